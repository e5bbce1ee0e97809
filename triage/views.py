"""What the public meets. A view looks up, decides and shows; the judgement is the engine's."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import REASON_NO_CSRF_COOKIE, get_token
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from triage import cookie, pages
from triage.forms import PageForm
from triage.journey import Journey, begin
from triage.measured import measured
from triage.pages import Marks, MessagePage, Prepared, PublicPage, Urls
from triage.releases import NoRelease, PublishedGuide, Shelf, shelf
from triage.results import results_page
from triage.wizard import CheckWizard

NOTICES = {
    "first": "Please answer this page first. The answers you gave are kept.",
    "resumed": "You are back where you left off. Your answers are kept.",
    "expired": "Your answers were older than two hours, so they are gone. Please start again.",
    "unreadable": "We could not read your earlier answers. Please start again.",
    "moved": "The questions have changed since you began. We kept every answer that still fits.",
}

DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)
"""It is away, locked, full, read-only or broken. The other errors of a database are our own mistakes."""

View = Callable[..., HttpResponseBase]


class Questionnaire:
    """The whole way from the start page to the results, over the releases of one shelf.

    The public has one; a preview is another, with its own addresses and its own cookie.
    """

    def __init__(self, *, urls: Urls, cookie_name: str, shelf: Shelf, preview: bool = False) -> None:
        self.urls, self.cookie_name, self.shelf, self.preview = urls, cookie_name, shelf, preview

    def patterns(self, guard: Callable[[View], View] = lambda view: view) -> list[URLPattern]:
        """URL patterns below `urls.prefix`; `guard` wraps each view."""
        views: list[tuple[str, View, str]] = [
            ("", self.constant("start.html", self.start_page), "start"),
            ("check/", self.check, "check"),
            ("check/<slug:step>/", self.check, "step"),
            ("results/", require_safe(self.results), "results"),
            ("emergency/", require_safe(self.emergency), "emergency"),
            ("clear/", require_http_methods(["GET", "HEAD", "POST"])(self.clear), "clear"),
            ("article/", self.constant("article.html", self.article_page), "article"),
            ("about/", self.constant("about.html", self.about_page), "about"),
            ("privacy/", self.constant("privacy.html", self.privacy_page), "privacy"),
            ("accessibility/", self.constant("accessibility.html", self.accessibility_page), "accessibility"),
        ]
        return [path(route, guard(_or_unavailable(view)), name=name) for route, view, name in views]

    # Pages that are the same for everybody: made once per release.

    def constant(self, template: str, page: Callable[[PublishedGuide], PublicPage]) -> View:
        @require_safe
        def view(request: HttpRequest) -> HttpResponse:
            release = self.shelf.newest()
            return HttpResponse(release.once((template, self), lambda: _html(template, page(release))))

        return view

    def start_page(self, release: PublishedGuide) -> PublicPage:
        return PublicPage(title="Why does my leg shake?", **self.common)

    def article_page(self, release: PublishedGuide) -> PublicPage:
        return pages.article_page(release, **self.common)

    def about_page(self, release: PublishedGuide) -> PublicPage:
        return pages.AboutPage(
            title="How Steady decides", release=release, figures=measured(release.figures), **self.common
        )

    def privacy_page(self, release: PublishedGuide) -> PublicPage:
        return PublicPage(title="Privacy", **self.common)

    def accessibility_page(self, release: PublishedGuide) -> PublicPage:
        return PublicPage(title="Accessibility", **self.common)

    @property
    def common(self) -> dict[str, Any]:
        return {"urls": self.urls, "preview": self.preview}

    # The questions.

    def check(self, request: HttpRequest, step: str | None = None) -> HttpResponseBase:
        journey = self.journey(request)
        request.journey = journey  # type: ignore[attr-defined]
        wizard = journey.release.once(
            ("wizard", self), lambda: CheckWizard.for_release(journey.release, self)
        )
        return wizard(request, step=step)

    def show(
        self, request: HttpRequest, journey: Journey, step: str, back: str, form: PageForm | None = None
    ) -> HttpResponse:
        """A page of questions with its answers; or, with a form, as it was sent and what is wrong."""
        notice = NOTICES.get(journey.notice or request.GET.get("notice", ""), "")
        common = {"back": back, "csrf": get_token(request), "notice": notice}
        if form is not None:
            html, status = self._wrong_page(journey, step, form, common), HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            html, status = self._prepared_page(journey, step, common), HTTPStatus.OK
        return self.keep(HttpResponse(html, status=status), journey)

    def _prepared_page(self, journey: Journey, step: str, values: dict[str, Any]) -> str:
        """The page from parts made once per release: its frame, and its questions as they are asked."""
        release, asked = journey.release, journey.asked_on(step)
        single = len(asked) == 1
        boxes = _boxes(journey.answers)
        fields = "".join(
            release.once(("field", slug, single), partial(_prepared_field, release, slug, single)).filled(
                boxes
            )
            for slug in asked
        )
        values = values | {"fields": SafeString(fields)}
        if values["notice"]:
            return self._page(release, step, single, {}, values)
        marks = {name: Marks()[name] for name, value in values.items() if value}
        frame = release.once(
            ("frame", self, step, single),
            lambda: Prepared(self._page(release, step, single, {}, values | marks)),
        )
        return frame.filled(values)

    def _wrong_page(self, journey: Journey, step: str, form: PageForm, values: dict[str, Any]) -> str:
        release, single = journey.release, len(form.fields) == 1
        errors, boxes = form.first_errors(), _boxes(form.sent())
        fields = "".join(
            pages.field(release, slug, single=single, boxes=boxes, error=errors.get(slug, ""))
            for slug in form.fields
        )
        return self._page(release, step, single, errors, values | {"fields": SafeString(fields)})

    def _page(
        self, release: PublishedGuide, step: str, single: bool, errors: dict[str, str], values: dict[str, Any]
    ) -> str:
        page = next(page for page in release.guide.pages if page.slug == step)
        return _html(
            "question.html",
            pages.question_page(release, page, single=single, errors=errors, **values, **self.common),
        )

    # What comes of them.

    def results(self, request: HttpRequest) -> HttpResponseBase:
        journey = self.journey(request)
        if (due := self.due(journey)) != self.urls.results:
            return self.redirect(journey, due, "" if due == self.urls.emergency else "first")
        page = results_page(
            journey.release,
            journey.answers,
            self.urls,
            notice=NOTICES.get(journey.notice, ""),
            csrf=get_token(request),
            preview=self.preview,
        )
        return self.keep(HttpResponse(_html("results.html", page)), journey)

    def emergency(self, request: HttpRequest) -> HttpResponseBase:
        journey = self.journey(request)
        if (due := self.due(journey)) != self.urls.emergency:
            return self.redirect(journey, due)
        page = pages.emergency_page(
            journey.release.guide,
            journey.assessment(),
            journey.answers,
            csrf=get_token(request),
            **self.common,
        )
        return self.keep(HttpResponse(_html("emergency.html", page)), journey)

    def clear(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST":
            response: HttpResponse = HttpResponseRedirect(self.urls.clear)
            response.delete_cookie(self.cookie_name, path=self.urls.prefix, samesite="Lax")
            return _private(response)
        if request.COOKIES.get(self.cookie_name):
            return _private(HttpResponseRedirect(self.urls.check))
        page = MessagePage(
            title="Your answers are cleared",
            heading="Your answers are cleared",
            text=("Nothing of them is left on this device or with us.",),
            action_text="Start again",
            action_url=self.urls.start,
            drawing="drawings/blank.html",
            **self.common,
        )
        return _private(HttpResponse(_html("message.html", page)))

    # The journey, from request to response.

    def journey(self, request: HttpRequest) -> Journey:
        return begin(self.shelf, request.COOKIES.get(self.cookie_name))

    def due(self, journey: Journey) -> str:
        """The one rule of the route: an emergency first, then what has no answer yet, then the results."""
        if journey.is_emergency():
            return self.urls.emergency
        page = journey.first_unanswered()
        return self.urls.step(page) if page else self.urls.results

    def redirect(self, journey: Journey, url: str, notice: str = "") -> HttpResponse:
        notice = journey.notice or notice
        return self.keep(HttpResponseRedirect(f"{url}?notice={notice}" if notice else url), journey)

    def keep(self, response: HttpResponse, journey: Journey) -> HttpResponse:
        """The answers travel with the response, in the cookie and nowhere else."""
        if journey.changed:
            response.set_cookie(
                self.cookie_name,
                cookie.pack(journey.release.number, journey.answers),
                path=self.urls.prefix,
                secure=settings.CSRF_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _boxes(answers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {f"{slug}:{option}": " checked" for slug, chosen in answers.items() for option in chosen}


def _prepared_field(release: PublishedGuide, slug: str, single: bool) -> Prepared:
    return Prepared(pages.field(release, slug, single=single, boxes=Marks()))


def _html(template: str, page: PublicPage) -> str:
    return render_to_string(template, {"page": page})


def _or_unavailable(view: View) -> View:
    """While there is no release at all, say so in plain words."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NoRelease:
            return unavailable(request)

    return wrapped


questionnaire = Questionnaire(urls=Urls(), cookie_name=settings.ANSWERS_COOKIE, shelf=shelf)


# What goes wrong. None of these reads the request's body, which may be what is wrong.


def _message(
    status: HTTPStatus, heading: str, *text: str, drawing: str, action: str = "Go to the start page"
) -> HttpResponse:
    page = MessagePage(
        title=heading,
        heading=heading,
        text=text,
        action_text=action,
        action_url="/",
        drawing=f"drawings/{drawing}.html",
    )
    return _private(HttpResponse(_html("message.html", page), status=status))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django also takes a session that could not be saved for a bad request, whatever the reason."""
    if _is_of_the_database(exception):
        return database_away(request)
    return _message(
        HTTPStatus.BAD_REQUEST,
        "We could not read that",
        "Your browser sent something we do not understand. Please go back and try once more.",
        drawing="lace",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _message(
        HTTPStatus.FORBIDDEN,
        "You may not open this page",
        "It is for staff with the right to see it. If that is you, ask for that right.",
        drawing="steps",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _message(
        HTTPStatus.NOT_FOUND,
        "There is no such page",
        "The address may be mistyped or old. Your answers, if you gave any, are still here.",
        drawing="steps",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the error, which it does not pass on."""
    if _is_of_the_database(sys.exc_info()[1]):
        return database_away(request)
    return _message(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on our side",
        "Your answers are still in your browser. Please try again in a minute.",
        "If you feel very unwell, do not wait for this page. Call for help.",
        drawing="lace",
    )


def _is_of_the_database(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, DATABASE_TROUBLE):
        error = error.__context__
    return error is not None


def database_away(request: HttpRequest) -> HttpResponse:
    """Only staff meet this one: the public pages go on without the database."""
    return _message(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database does not answer",
        "Nothing was saved just now. Please go back and try again in a minute.",
        "The public pages go on with the release they have.",
        action="Go to the public site",
        drawing="plug",
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    return _message(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The questions are not ready yet",
        "Please try again in a minute.",
        "If you feel very unwell, do not wait for this page. Call for help.",
        action="Try again",
        drawing="plug",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if reason == REASON_NO_CSRF_COOKIE:
        return _message(
            HTTPStatus.FORBIDDEN,
            "Please allow cookies for this site",
            "Your browser did not send our cookie back, so we cannot keep your answers.",
            "Allow cookies for this site in your browser’s settings. Then start again.",
            action="Start again",
            drawing="cookie",
        )
    return _message(
        HTTPStatus.FORBIDDEN,
        "This page was open for too long",
        "Please go back, load the page again, and press the button once more.",
        drawing="clock",
    )
