"""What the public meets. A view looks up, decides and shows; the judgement is the engine's."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from triage import cookie, pages
from triage.errors import unavailable
from triage.forms import PageForm
from triage.journey import Journey, begin
from triage.measured import measured
from triage.pages import Marks, MessagePage, Prepared, PublicPage, Urls, html, private
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

View = Callable[..., HttpResponseBase]


class Questionnaire:
    """The whole way from the start page to the results, over the releases of one shelf.

    The public has one; a preview is another, with its own addresses and its own cookie.
    """

    def __init__(self, *, urls: Urls, cookie_name: str, shelf: Shelf, preview: str = "") -> None:
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
            return HttpResponse(release.once((template, self), lambda: html(template, page(release))))

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
        common = {"back": back, "csrf": csrf_token(request), "notice": notice}
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
        return html(
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
            csrf=csrf_token(request),
            preview=self.preview,
        )
        return self.keep(HttpResponse(html("results.html", page)), journey)

    def emergency(self, request: HttpRequest) -> HttpResponseBase:
        journey = self.journey(request)
        if (due := self.due(journey)) != self.urls.emergency:
            return self.redirect(journey, due)
        page = pages.emergency_page(
            journey.release.guide,
            journey.assessment(),
            journey.answers,
            csrf=csrf_token(request),
            **self.common,
        )
        return self.keep(HttpResponse(html("emergency.html", page)), journey)

    def clear(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST":
            response: HttpResponse = HttpResponseRedirect(self.urls.clear)
            response.delete_cookie(self.cookie_name, path=self.urls.prefix, samesite="Lax")
            return private(response)
        if request.COOKIES.get(self.cookie_name):
            return private(HttpResponseRedirect(self.urls.check))
        page = MessagePage(
            title="Your answers are cleared",
            heading="Your answers are cleared",
            text=("Nothing of them is left on this device or with us.",),
            action_text="Start again",
            action_url=self.urls.start,
            drawing="drawings/blank.html",
            **self.common,
        )
        return private(HttpResponse(html("message.html", page)))

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
        return private(response)


def csrf_token(request: HttpRequest) -> str:
    """What a form sends back: the value of the visitor's own cookie, checked by Django's middleware.

    Django would mask it anew for each page, against BREACH. That attack needs a page that repeats what
    was sent to it, and these do not (docs/decisions/0011).
    """
    return request.META.get("CSRF_COOKIE") or get_token(request)


def _boxes(answers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {f"{slug}:{option}": " checked" for slug, chosen in answers.items() for option in chosen}


def _prepared_field(release: PublishedGuide, slug: str, single: bool) -> Prepared:
    return Prepared(pages.field(release, slug, single=single, boxes=Marks()))


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
