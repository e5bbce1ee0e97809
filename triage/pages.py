"""What every view of the way has in common: somebody's journey, and the cookie that carries it."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.views import View

from triage import cookie
from triage.journey import Journey, begin
from triage.releases import ReleaseCache
from triage.web.jinja import Urls, html, private


@dataclass(frozen=True)
class Site:
    """One way from start to results: the public's, or a preview with addresses and a cookie of its own."""

    urls: Urls
    cookie_name: str
    releases: ReleaseCache
    preview: str = ""
    """What is previewed; empty for the public."""

    def render(self, template: str, **context: object) -> HttpResponse:
        kind = "plain" if template.endswith(".txt") else "html"
        page = html(template, urls=self.urls, preview=self.preview, **context)
        return HttpResponse(page, content_type=f"text/{kind}; charset=utf-8")

    def due(self, journey: Journey) -> str:
        """The address of the page that is due."""
        page = journey.due
        return self.urls.step(page) if page in journey.questions else str(getattr(self.urls, page))

    def keep(self, response: HttpResponseBase, journey: Journey) -> HttpResponseBase:
        """The answers travel with the response, in the cookie and nowhere else."""
        if journey.changed:
            response.set_cookie(
                self.cookie_name,
                cookie.pack(journey.release.number, journey.answers, journey.wrong),
                path=self.urls.prefix,
                secure=settings.CSRF_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return private(response)


class JourneyView(View):
    """A page that reads somebody's answers. Whatever it answers carries them on, and is kept by nobody."""

    site: Site = None  # type: ignore[assignment]  # given to as_view
    journey: Journey

    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        super().setup(request, *args, **kwargs)
        self.journey = begin(self.site.releases, request.COOKIES.get(self.site.cookie_name))
        request.journey = self.journey  # type: ignore[attr-defined]  # for the wizard's storage

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return self.site.keep(super().dispatch(request, *args, **kwargs), self.journey)

    def show(self, template: str, **context: object) -> HttpResponse:
        return self.site.render(
            template,
            private=True,
            csrf=get_token(self.request),
            notice=self.journey.notice or self.request.GET.get("notice"),
            release=self.journey.release,
            journey=self.journey,
            **context,
        )

    def lead_on(self, notice: str = "") -> HttpResponse:
        """To the page that is due; only above questions a notice says that they come first."""
        is_question = self.journey.due in self.journey.questions
        url, notice = self.site.due(self.journey), self.journey.notice or (notice if is_question else "")
        return HttpResponseRedirect(f"{url}?notice={notice}" if notice else url)
