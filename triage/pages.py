"""What the templates of the public pages are given: one `page` each, with nothing left to decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString
from jinja2 import Environment, StrictUndefined

from triage.engine.assessment import Assessment
from triage.engine.guide import Guide, Option, Page, Question, UrgencyRule
from triage.measured import Measured
from triage.releases import PublishedGuide
from triage.wording import day, told_once


@dataclass(frozen=True)
class Urls:
    """Where things are: at the root in public, under a prefix in a preview."""

    prefix: str = "/"

    @property
    def start(self) -> str:
        return self.prefix

    def step(self, page: str) -> str:
        return f"{self.prefix}check/{page}/"

    @property
    def check(self) -> str:
        return f"{self.prefix}check/"

    @property
    def results(self) -> str:
        return f"{self.prefix}results/"

    @property
    def emergency(self) -> str:
        return f"{self.prefix}emergency/"

    @property
    def clear(self) -> str:
        return f"{self.prefix}clear/"

    @property
    def article(self) -> str:
        return f"{self.prefix}article/"

    @property
    def about(self) -> str:
        return f"{self.prefix}about/"

    @property
    def privacy(self) -> str:
        return f"{self.prefix}privacy/"

    @property
    def accessibility(self) -> str:
        return f"{self.prefix}accessibility/"


class Site:
    """What a deployment says of itself."""

    @property
    def contact_text(self) -> str:
        return str(settings.CONTACT).removeprefix("mailto:").removeprefix("https://")

    @property
    def contact_url(self) -> str:
        contact = str(settings.CONTACT)
        return f"mailto:{contact}" if "@" in contact and ":" not in contact else contact

    @property
    def emergency_number(self) -> str:
        return str(settings.EMERGENCY_NUMBER)

    @property
    def emergency_url(self) -> str:
        """A link that dials, where the deployment gave a number."""
        digits = "".join(self.emergency_number.split())
        return f"tel:{digits}" if digits.removeprefix("+").isdigit() else ""


@dataclass(frozen=True, kw_only=True)
class PublicPage:
    title: str
    urls: Urls = Urls()
    notice: str = ""
    private: bool = False
    """Holds answers: not to be indexed, and the answers can be cleared from here."""
    preview: str = ""
    """What is previewed; empty on the public's own pages."""
    csrf: str = ""
    site: Site = Site()


@dataclass(frozen=True, kw_only=True)
class MessagePage(PublicPage):
    """One thing to say, and one thing to do."""

    heading: str
    text: tuple[str, ...]
    action_text: str
    action_url: str
    drawing: str


@dataclass(frozen=True)
class ArticleSection:
    slug: str
    title: str
    html: SafeString
    checked: str


@dataclass(frozen=True, kw_only=True)
class ArticlePage(PublicPage):
    sections: tuple[ArticleSection, ...]


@dataclass(frozen=True, kw_only=True)
class AboutPage(PublicPage):
    release: PublishedGuide
    figures: Measured


@dataclass(frozen=True, kw_only=True)
class EmergencyPage(PublicPage):
    reasons: tuple[str, ...]
    undo: str
    """The page on which the answer was given."""

    @property
    def call_number(self) -> str:
        return self.site.emergency_number

    @property
    def call_url(self) -> str:
        return self.site.emergency_url


def article_page(release: PublishedGuide, **common: Any) -> ArticlePage:
    return ArticlePage(
        title="The article, section by section",
        sections=tuple(
            ArticleSection(
                section.slug, section.title, release.texts["section", section.slug], checked_words(section)
            )
            for section in release.guide.sections
        ),
        **common,
    )


def checked_words(row: Any) -> str:
    """When it was compared with its source, and whether a clinician signed it."""
    checked = f"Checked against its source on {day(row.checked_on)}. " if row.checked_on else ""
    if row.signed_by and row.signed_on:
        return f"{checked}Signed by {row.signed_by} on {day(row.signed_on)}."
    return f"{checked}Not signed by a clinician yet."


def emergency_page(
    guide: Guide, assessment: Assessment, answers: dict[str, tuple[str, ...]], **common: Any
) -> EmergencyPage:
    signs = [rule for rule in assessment.signs if rule.urgency == "emergency"]
    return EmergencyPage(
        title="Emergency: get help now",
        reasons=tuple(rule.reason for rule in told_once(signs)),
        undo=common["urls"].step(_last_page_of(guide, signs[0], answers).slug),
        private=True,
        **common,
    )


def _last_page_of(guide: Guide, rule: UrgencyRule, answers: dict[str, tuple[str, ...]]) -> Page:
    """The last page on which an answer that the rule stands on was given."""
    named = {option.partition(":")[0] for option in rule.condition.all + rule.condition.any}
    return [guide.page_of[question] for question in guide.questions if question in named & set(answers)][-1]


@dataclass(frozen=True)
class OptionView:
    id: str
    value: str
    text: str
    hint: str
    checked: str
    """Printed inside the box."""


@dataclass(frozen=True)
class QuestionView:
    slug: str
    text: str
    hint: str
    why: str
    input: str
    single: bool
    """Alone on its page: its legend is the page's heading."""
    error: str
    options: tuple[OptionView, ...]
    apart: tuple[OptionView, ...]
    """Set apart after "or": none of these, not sure."""

    @property
    def describedby(self) -> SafeString:
        """The attribute that ties hint and error to the group of boxes, where there is either."""
        ids = [f"{self.slug}-{part}" for part in ("hint", "error") if getattr(self, part)]
        return SafeString(f' aria-describedby="{" ".join(ids)}"' if ids else "")


@dataclass(frozen=True)
class Way:
    """The drawing of how far you are: a line that has calmed, then a wave."""

    here: int

    @classmethod
    def at(cls, step: int, steps: int) -> "Way":
        return cls(round(48 * (step + 0.5) / steps) * 10)

    @property
    def done(self) -> str:
        return f"M2 12H{self.here}"

    @property
    def rest(self) -> str:
        return f"M{self.here} 12q5-12 10 0" + "t10 0" * (47 - self.here // 10)


@dataclass(frozen=True)
class ErrorView:
    text: str
    href: str


@dataclass(frozen=True, kw_only=True)
class QuestionPage(PublicPage):
    heading: str
    single: bool
    section: str
    progress: str
    way: Way
    back: str
    action: str
    drawing: str
    errors: tuple[ErrorView, ...]
    fields: SafeString


class Marks(dict[str, SafeString]):
    """Has a value for every key: a mark, to be filled in later by `Prepared`."""

    EDGE = "\x01"

    def __missing__(self, key: str) -> SafeString:
        return SafeString(f"{self.EDGE}{key}{self.EDGE}")

    def get(self, key: str, default: Any = None) -> SafeString:
        return self[key]


class Prepared:
    """A page rendered once, with marks where a request's own values go."""

    def __init__(self, html: str) -> None:
        parts = html.split(Marks.EDGE)
        self.constant, self.names = parts[::2], parts[1::2]

    def filled(self, values: Mapping[str, str]) -> str:
        """The page with each mark's value, or nothing where it has none."""
        pieces = zip(self.constant, (values.get(name, "") for name in self.names), strict=False)
        return "".join(chain.from_iterable(pieces)) + self.constant[-1]


DRAWINGS = {
    "safety": "lens",
    "triggers": "cup",
    "details": "bottle",
    "feel": "muscle",
    "pattern": "night",
    "symptoms": "heart",
    "duration": "clock",
    "impact": "steps",
}
"""A picture beside the questions of a page, where we have one."""


def question_page(
    release: PublishedGuide,
    page: Page,
    *,
    single: bool,
    fields: SafeString,
    errors: Mapping[str, str],
    **common: Any,
) -> QuestionPage:
    """A page of questions around its `fields`; `errors` has a sentence by question."""
    guide = release.guide
    sections = list(dict.fromkeys(other.section for other in guide.pages))
    parts = [other for other in guide.pages if other.section == page.section]
    part = f", part {parts.index(page) + 1} of {len(parts)}" if len(parts) > 1 else ""
    return QuestionPage(
        title=f"{'Error: ' if errors else ''}{page.title} – {page.section}{part}",
        heading=page.title,
        single=single,
        section=page.section,
        progress=f"section {sections.index(page.section) + 1} of {len(sections)}{part}",
        way=Way.at(guide.pages.index(page), len(guide.pages)),
        action=common["urls"].step(page.slug),
        drawing=f"drawings/{DRAWINGS.get(page.slug, 'leg')}.html",
        errors=tuple(
            ErrorView(text, f"#{slug}-{_first_box(guide.questions[slug])}") for slug, text in errors.items()
        ),
        fields=fields,
        private=True,
        **common,
    )


def _first_box(question: Question) -> str:
    """Not sure and none of these stand last."""
    return min(question.options, key=lambda option: option.exclusive or option.unsure).slug


def field(
    release: PublishedGuide, slug: str, *, single: bool, boxes: Mapping[str, str], error: str = ""
) -> str:
    """A question as HTML. `boxes` says what to print in a box, by `question:option`."""
    question = release.guide.questions[slug]
    options = [
        (option.exclusive or option.unsure, _option_view(question, option, boxes))
        for option in question.options
    ]
    view = QuestionView(
        slug=slug,
        text=question.text,
        hint=question.hint,
        why=release.texts["why", slug],
        input="radio" if question.kind == "single" else "checkbox",
        single=single,
        error=error,
        options=tuple(view for apart, view in options if not apart),
        apart=tuple(view for apart, view in options if apart),
    )
    return render_to_string("field.html", {"question": view}, using="public")


def _option_view(question: Question, option: Option, boxes: Mapping[str, str]) -> OptionView:
    box = SafeString(boxes.get(f"{question.slug}:{option.slug}", ""))
    return OptionView(f"{question.slug}-{option.slug}", option.slug, option.text, option.hint, box)


def html(template: str, page: PublicPage) -> str:
    return render_to_string(template, {"page": page}, using="public")


def environment(**options: Any) -> Environment:
    """Of the public templates: they call `static` alone, and a name that is not there is an error."""
    public = Environment(**options | {"undefined": StrictUndefined})  # noqa: S701 - Django turns autoescape on
    public.globals["static"] = static
    return public


def private(response: HttpResponse) -> HttpResponse:
    """Kept by no browser and no search engine."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
