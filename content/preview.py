"""The whole questionnaire on the working copy or a release, for staff. It has a cookie of its own."""

from dataclasses import dataclass, replace

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLResolver, reverse
from django.urls.resolvers import RegexPattern
from django.utils import timezone

from content import trying, working_copy
from content.models import slug_of
from content.things import names_of
from triage.engine.guide import Guide
from triage.engine.parts import Vignette
from triage.engine.weigh import assess
from triage.journey import Journey
from triage.models import Release
from triage.pages import Site
from triage.releases import PublishedGuide, ReleaseCache, read
from triage.views import patterns
from triage.web.jinja import Urls

COOKIE = "preview"
SCREEN = "screen"
"""In the session: where “See it on the page” was chosen."""


class OneGuide(ReleaseCache):
    """Holds nothing else."""

    def __init__(self, guide: PublishedGuide) -> None:
        self.guide = guide

    def newest(self) -> PublishedGuide:
        return self.guide

    def get(self, number: int) -> PublishedGuide | None:
        return self.guide if number == self.guide.number else None


@dataclass(frozen=True)
class Preview(Site):
    """From every page that has answers a way to try them, and back to the screen that somebody came from."""

    screen: tuple[str, str] = ("", "")
    """Its address, and what it is of."""

    def render(self, template: str, **context: object) -> HttpResponse:
        journey = context.get("journey")
        names = names_of(journey.answers) if isinstance(journey, Journey) else []
        try_url = trying.address(names) if names else ""
        return super().render(template, try_url=try_url, screen=self.screen, **context)


def questionnaire(number: int | None = None) -> Preview:
    """Over the working copy, or over a release. Raises GuideError when the working copy makes no guide."""
    if number is None:
        guide, what = PublishedGuide(0, working_copy.build(), timezone.now(), {}), "the working copy"
        prefix = reverse("admin:preview")
    else:
        guide, what = read(Release.objects.get(number=number)), f"release {number}"
        prefix = reverse("admin:preview_release", args=(number,))
    return Preview(urls=Urls(prefix), cookie_name=COOKIE, releases=OneGuide(guide), preview=what)


def show(request: HttpRequest, rest: str = "", number: int | None = None) -> HttpResponseBase:
    """The page at this path below the preview's own address. Raises Http404 where there is none."""
    site = replace(questionnaire(number), screen=tuple(request.session.get(SCREEN, ("", ""))))
    found = URLResolver(RegexPattern(r""), patterns(site)).resolve(rest)
    return found.func(request, *found.args, **found.kwargs)


def see(kind: str, row: Model) -> HttpResponseBase:
    """Go to where this stands on the page, with answers that lead there, if there are any."""
    preview, slug = questionnaire(), slug_of(row)
    release = preview.releases.newest()
    if kind == "section":
        return HttpResponseRedirect(f"{preview.urls.article}#{slug}")
    if kind in trying.KINDS:
        answers = trying.read(release.guide, trying.names_for(release.guide, row))[0].answers
    else:
        stories = (v for v in release.guide.vignettes if _leads_to(release.guide, v, kind, slug))
        answers = next((story.answers for story in stories), {})
    if not answers:
        return HttpResponseRedirect(preview.urls.start)
    journey = Journey(release)
    journey.answer(answers)
    question = _question(release.guide, kind, slug)
    url = preview.urls.step(release.guide.page_of[question].slug) if question else preview.due(journey)
    return preview.keep(HttpResponseRedirect(url), journey)


def _question(guide: Guide, kind: str, slug: str) -> str:
    """The question that stands for a page, itself or an option; none for the rest."""
    if kind == "page":
        return next((question for question, page in guide.page_of.items() if page.slug == slug), "")
    return slug.partition(":")[0] if kind in ("question", "option") else ""


def _leads_to(guide: Guide, story: Vignette, kind: str, slug: str) -> bool:
    match kind:
        case "page" | "question":
            return _question(guide, kind, slug) in story.answers
        case "cause":
            return slug in [finding.cause.slug for finding in assess(guide, story.answers).fitting[:1]]
    return False
