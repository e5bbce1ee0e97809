"""The guide: all that is known, as a tree of frozen objects that is checked when it is made.

An impossible guide cannot exist: `Guide(...)` raises `GuideError` with every problem at once.
Texts are Markdown or plain words that staff wrote; the engine never reads them, it only carries them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from triage.engine.answers import answer_problems
from triage.engine.compiled import Compiled
from triage.engine.urgency import RANK, URGENCIES, UrgencyName

Match = Literal["strong", "possible", "unlikely"]

SLUG = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}")
FACT_MARK = re.compile(r"\[(F\d\d)\]")
"""Stands in a section's text right after the sentence that tells the fact."""


class GuideError(ValueError):
    """A guide that cannot be. `problems` holds one sentence each, led by the path to the place."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """True when all of these, any of these and none of these options are chosen.

    An option is written `question:option`. An empty list asks nothing.
    """

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        return self.all + self.any + self.none

    @property
    def questions(self) -> frozenset[str]:
        return frozenset(option.partition(":")[0] for option in self.options)


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    slug: str
    text: str
    hint: str = ""
    clause: str = ""
    """What choosing it says, to stand after "If": "it began suddenly"."""
    exclusive: bool = False
    """Cannot stand beside another choice ("none of these")."""
    unsure: bool = False
    """Choosing it leaves the options not chosen unknown ("not sure")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    slug: str
    kind: Literal["single", "multiple"]
    text: str
    short: str
    """A few words for lists and for the doctor's sheet: "Where it is"."""
    hint: str = ""
    why: str = ""
    """Markdown, under "Why we ask this"."""
    signs: Literal["", "warning", "emergency"] = ""
    """Each option that is not exclusive is a sign of this kind."""
    show_if: Condition | None = None
    """A follow-up: asked only when this is true of pages before it."""
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    slug: str
    section: str
    """The part of the way it belongs to: "Symptoms". Pages of one section stand together."""
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that the article says, in one line of our own. Its slug is F and two digits."""

    slug: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Published guidance: who says it, on which page, and how we came to read it."""

    slug: str
    publisher: str
    title: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """When an editor last compared it with its source, and which clinician signed it, if any."""

    checked_on: date | None = None
    signed_by: str = ""
    signed_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Section(Checked):
    """A part of the article told anew. `[F09]` marks the sentence that tells fact F09."""

    slug: str
    title: str
    text: str

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(FACT_MARK.findall(self.text))


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence(Checked):
    """A condition that speaks for a cause (1 to 3 points) or against it (-1 to -3)."""

    points: int
    text: str
    condition: Condition
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause(Checked):
    slug: str
    name: str
    medical_name: str = ""
    prior: int
    """The points it starts from."""
    section: str
    what: str
    helps: str
    get_help: str
    ask: tuple[str, ...] = ()
    """Questions that a person might ask a doctor about it."""
    sources: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class UrgencyRule(Checked):
    """A condition that asks for an urgency. A rule with no fact goes beyond the article."""

    slug: str
    urgency: UrgencyName
    reason: str
    condition: Condition
    unexplained: bool = False
    """Speaks only when no cause is at least possible."""
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """The words for one urgency."""

    slug: UrgencyName
    name: str
    heading: str
    text: str
    watch: str
    """Markdown list: what to watch for, and get help sooner."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vignette:
    """A story with its answers and what is expected; `causes` best first, empty when none fits."""

    slug: str
    kind: str
    story: str
    answers: dict[str, tuple[str, ...]]
    causes: tuple[str, ...]
    urgency: UrgencyName
    urgency_accept: tuple[UrgencyName, ...]
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Guide:
    possible_at: int
    """From this many points on a cause is possible."""
    strong_at: int
    """From this many points on its match is strong."""
    levels: tuple[Level, ...]
    pages: tuple[Page, ...]
    causes: tuple[Cause, ...]
    urgency_rules: tuple[UrgencyRule, ...]
    sections: tuple[Section, ...]
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    ask: tuple[str, ...] = ()
    """Questions to ask any doctor, whatever the causes."""
    vignettes: tuple[Vignette, ...] = ()

    def __post_init__(self) -> None:
        if problems := [f"{path}: {problem}" for path, problem in find_problems(self)]:
            raise GuideError(problems)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """In the order in which they are asked."""
        return {question.slug: question for page in self.pages for question in page.questions}

    @cached_property
    def options(self) -> dict[str, Option]:
        """By `question:option`, in the order in which they are asked."""
        return {
            f"{question.slug}:{option.slug}": option
            for question in self.questions.values()
            for option in question.options
        }

    @cached_property
    def page_of(self) -> dict[str, Page]:
        return {question.slug: page for page in self.pages for question in page.questions}

    @cached_property
    def section_of_fact(self) -> dict[str, Section]:
        return {fact: section for section in self.sections for fact in section.facts}

    @cached_property
    def compiled(self) -> Compiled:
        return Compiled(self)

    def level(self, urgency: UrgencyName) -> Level:
        return self.levels[RANK[urgency]]

    def match(self, points: int) -> Match:
        if points >= self.strong_at:
            return "strong"
        return "possible" if points >= self.possible_at else "unlikely"


Problem = tuple[str, str]


def find_problems(guide: Guide) -> Iterator[Problem]:
    """Yield (path, sentence) for everything that cannot be, in the order of the file."""
    yield from _slug_problems(guide)
    if guide.possible_at >= guide.strong_at:
        yield "strong_at", "must be more than possible_at"
    if tuple(level.slug for level in guide.levels) != URGENCIES:
        yield "levels", f"must be exactly {', '.join(URGENCIES)}, in this order"
    yield from _page_problems(guide)
    facts = {fact.slug for fact in guide.facts}
    sources = {source.slug for source in guide.sources}
    sections = {section.slug for section in guide.sections}
    options = set(guide.options)
    for c, cause in enumerate(guide.causes):
        path = f"causes[{c}]"
        if cause.section not in sections:
            yield f"{path}.section", f'no section "{cause.section}"'
        yield from _reference_problems(f"{path}.sources", "source", cause.sources, sources)
        for e, evidence in enumerate(cause.evidence):
            if not 1 <= abs(evidence.points) <= 3:
                yield f"{path}.evidence[{e}].points", "must be 1 to 3, or -1 to -3"
            yield from _row_problems(f"{path}.evidence[{e}]", evidence, options, facts, sources)
    for r, rule in enumerate(guide.urgency_rules):
        yield from _row_problems(f"urgency_rules[{r}]", rule, options, facts, sources)
    yield from _fact_problems(guide, facts)
    for v, vignette in enumerate(guide.vignettes):
        yield from _vignette_problems(f"vignettes[{v}]", vignette, guide)


def _slug_problems(guide: Guide) -> Iterator[Problem]:
    named: dict[str, list[tuple[str, str]]] = {
        "page": [(f"pages[{i}]", page.slug) for i, page in enumerate(guide.pages)],
        "question": [
            (f"pages[{p}].questions[{q}]", question.slug)
            for p, page in enumerate(guide.pages)
            for q, question in enumerate(page.questions)
        ],
        "cause": [(f"causes[{i}]", cause.slug) for i, cause in enumerate(guide.causes)],
        "urgency rule": [(f"urgency_rules[{i}]", x.slug) for i, x in enumerate(guide.urgency_rules)],
        "section": [(f"sections[{i}]", x.slug) for i, x in enumerate(guide.sections)],
        "fact": [(f"facts[{i}]", x.slug) for i, x in enumerate(guide.facts)],
        "source": [(f"sources[{i}]", x.slug) for i, x in enumerate(guide.sources)],
        "vignette": [(f"vignettes[{i}]", x.slug) for i, x in enumerate(guide.vignettes)],
    }
    for p, page in enumerate(guide.pages):
        for q, question in enumerate(page.questions):
            path = f"pages[{p}].questions[{q}]"
            named[f"option of {path}"] = [
                (f"{path}.options[{o}]", option.slug) for o, option in enumerate(question.options)
            ]
    for what, places in named.items():
        count = Counter(slug for _, slug in places)
        for path, slug in places:
            if not SLUG.fullmatch(slug):
                yield f"{path}.slug", f'"{slug}" must be letters, digits and _, a letter first'
            elif count[slug] > 1:
                yield f"{path}.slug", f'"{slug}" stands for more than one {what.split(" of ")[0]}'


def _page_problems(guide: Guide) -> Iterator[Problem]:
    """A follow-up stands on a later page than the question it follows; a section stays together."""
    if not guide.pages:
        yield "pages", "must have at least one page"
    before: set[str] = set()
    left: set[str] = set()
    for p, page in enumerate(guide.pages):
        if p and page.section != guide.pages[p - 1].section:
            left.add(guide.pages[p - 1].section)
        if page.section in left:
            yield f"pages[{p}].section", f'"{page.section}" was left and cannot come again'
        if not page.questions:
            yield f"pages[{p}].questions", "must have at least one question"
        for q, question in enumerate(page.questions):
            path = f"pages[{p}].questions[{q}]"
            if len(question.options) < 2:
                yield f"{path}.options", "must have at least two options"
            if question.kind == "single" and any(option.exclusive for option in question.options):
                yield f"{path}.options", "a single choice needs no exclusive option"
            if question.show_if is not None:
                yield from _condition_problems(f"{path}.show_if", question.show_if, set(guide.options))
                for slug in sorted(question.show_if.questions & set(guide.questions) - before):
                    yield f"{path}.show_if", f'"{slug}" must be asked on an earlier page'
        before |= {question.slug for question in page.questions}


def _condition_problems(path: str, condition: Condition, options: set[str]) -> Iterator[Problem]:
    if not condition.options:
        yield path, "must name at least one option"
    for option, times in Counter(condition.options).items():
        if option not in options:
            yield path, f'no option "{option}"'
        elif times > 1:
            yield path, f'"{option}" is named twice'


def _reference_problems(path: str, what: str, slugs: tuple[str, ...], known: set[str]) -> Iterator[Problem]:
    for slug, times in Counter(slugs).items():
        if slug not in known:
            yield path, f'no {what} "{slug}"'
        elif times > 1:
            yield path, f'"{slug}" is named twice'


def _row_problems(
    path: str, row: Evidence | UrgencyRule, options: set[str], facts: set[str], sources: set[str]
) -> Iterator[Problem]:
    yield from _condition_problems(f"{path}.condition", row.condition, options)
    yield from _reference_problems(f"{path}.facts", "fact", row.facts, facts)
    yield from _reference_problems(f"{path}.sources", "source", row.sources, sources)
    if not row.facts and not row.sources:
        yield path, "must name a fact or a source"


def _fact_problems(guide: Guide, facts: set[str]) -> Iterator[Problem]:
    """Each fact stands in exactly one section, once."""
    told = Counter(fact for section in guide.sections for fact in section.facts)
    for s, section in enumerate(guide.sections):
        for slug in sorted(set(section.facts) - facts):
            yield f"sections[{s}].text", f'no fact "{slug}"'
    for f, fact in enumerate(guide.facts):
        if told[fact.slug] != 1:
            yield f"facts[{f}]", f'"{fact.slug}" is told {told[fact.slug]} times, must be once'


def _vignette_problems(path: str, vignette: Vignette, guide: Guide) -> Iterator[Problem]:
    for problem in answer_problems(guide, vignette.answers):
        yield f"{path}.answers", problem
    causes = {cause.slug for cause in guide.causes}
    yield from _reference_problems(f"{path}.causes", "cause", vignette.causes, causes)
    if vignette.urgency not in vignette.urgency_accept:
        yield f"{path}.urgency_accept", f'must hold "{vignette.urgency}"'
