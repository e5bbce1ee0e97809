"""The parts of a guide: frozen objects that carry slugs, points and texts.

Texts are Markdown or plain words that staff wrote; the engine never reads them, it only carries them.
An option is named `question:option`. What a whole guide must be is told in `triage.engine.guide`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, TypeVar, get_args

Match = Literal["strong", "possible", "unlikely"]
UrgencyName = Literal["self_care", "routine", "urgent", "emergency"]
LevelName = Literal["self_care", "routine", "urgent", "today", "emergency"]
"""An urgency; or "today", the words for an urgent result that cannot wait for days."""

URGENCIES: tuple[UrgencyName, ...] = get_args(UrgencyName)
"""From the least urgent to the most."""
RANK = {name: rank for rank, name in enumerate(URGENCIES)}

Answers = Mapping[str, Sequence[str]]
"""The slugs of the options chosen, by the slug of their question."""

K = TypeVar("K")
V = TypeVar("V")


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """What stands with each key, in order."""
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


FACT_MARK = re.compile(r"\[(F\d\d)\]")
"""Stands in a section's text right after the sentence that tells the fact."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Of these options, at least so many."""

    of: tuple[str, ...]
    at_least: int = 1


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What must have been said: true, false or unknown.

    `all`     each of these options is chosen
    `any`     at least one of these is, where there are any
    `groups`  of each group at least so many are
    `none`    each of these is known not to be chosen
    `unless`  not so when of one of these groups at least so many are known to be chosen

    An option of a question that was not answered, or was answered "not sure", is unknown. Unknown options
    leave `all`, `any`, `groups` and `none` unknown; they never satisfy `unless`, so only what was said
    holds a condition back. A condition without anything in `all`, `any`, `groups` and `none` is always true,
    but for its `unless`.
    """

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    none: tuple[str, ...] = ()
    unless: tuple[Group, ...] = ()

    @property
    def needed(self) -> tuple[Group, ...]:
        """What must be chosen, as groups alone."""
        every = (Group(of=self.all, at_least=len(self.all)),) if self.all else ()
        one = (Group(of=self.any),) if self.any else ()
        return (*every, *one, *self.groups)

    @cached_property
    def options(self) -> tuple[str, ...]:
        """Every option that it names, in its order; one in two groups twice."""
        return (*options_in(self.needed), *options_in(self.unless), *self.none)

    @cached_property
    def questions(self) -> frozenset[str]:
        return frozenset(map(question_of, self.options))

    @cached_property
    def sets(self) -> tuple["Counted", frozenset[str], "Counted"]:
        """`needed`, `none` and `unless` as sets, for the weigher."""
        return _counted(self.needed), frozenset(self.none), _counted(self.unless)

    def covers(self, other: "Condition") -> bool:
        """Whether its form shows that it is true wherever the other is: it needs no more, and nothing more
        holds it back."""
        (needed, none, unless), (has, has_not, held) = self.sets, other.sets
        return (
            all(any(some <= of and n >= at_least for some, n in has) for of, at_least in needed)
            and none <= has_not
            and all(any(of <= some and n <= at_least for some, n in held) for of, at_least in unless)
        )

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Options without any of which it cannot be true: of so many that are needed, all but the others."""
        first = self.needed[:1]
        return tuple(o for group in first for o in group.of[: len(group.of) - group.at_least + 1]) or ("",)


def options_in(groups: Iterable[Group]) -> Iterator[str]:
    return (option for group in groups for option in group.of)


def question_of(option: str) -> str:
    """The slug of the question that an option named `question:option` belongs to."""
    return option.partition(":")[0]


Counted = tuple[tuple[frozenset[str], int], ...]


def _counted(groups: tuple[Group, ...]) -> Counted:
    return tuple((frozenset(group.of), group.at_least) for group in groups)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """When an editor last compared it with its source, and which clinician signed it, if any."""

    checked_on: date | None = None
    signed_by: str = ""
    signed_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Option(Checked):
    slug: str
    text: str
    hint: str = ""
    clause: str = ""
    """What choosing it says, to stand after "If": "it began suddenly"."""
    spoken: str = ""
    """One whole sentence to read out to a doctor: "My legs feel weak."."""
    exclusive: bool = False
    """Cannot stand beside another choice ("none of these")."""
    unsure: bool = False
    """Choosing it leaves the options not chosen unknown ("not sure")."""
    passing: bool = False
    """Says that the shaking passes off, or is long known. That need not hold for the danger: where an
    exception rests on this, the rule still asks for one level less."""
    reason: str = ""
    """A sign of an emergency is a rule of its own: the sentence that tells why."""
    first_aid: str = ""
    """Markdown: what to do until help comes."""
    crisis: bool = False
    """Leads to the page about thoughts of self-harm."""
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def apart(self) -> bool:
        """Stands after the others: none of these, not sure."""
        return self.exclusive or self.unsure


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
    signs: Literal["", "symptom", "warning", "emergency"] = ""
    """Each option that does not stand apart is a sign of this kind: its absence is told on the sheet too."""
    may_change: bool = False
    """What was answered may be otherwise tomorrow: the results say what that would change."""
    sheet_place: int = 0
    """Its place among what a doctor asks first; 0 for after those, in the order of the guide."""
    show_if: Condition | None = None
    """A follow-up: asked only when this is true of pages before it."""
    options: tuple[Option, ...]

    def chosen(self, answers: Answers) -> tuple[Option, ...]:
        """The options that were chosen, in the order of the guide."""
        chosen = answers.get(self.slug)
        return tuple(option for option in self.options if option.slug in chosen) if chosen else ()

    def is_open(self, answers: Answers) -> bool:
        """Not answered, or answered "not sure"."""
        chosen = self.chosen(answers)
        return not chosen or any(option.unsure for option in chosen)

    def choice_problems(self, chosen: Sequence[str]) -> Iterator[str]:
        """Yield a sentence, naming the slug, for each reason why these options cannot be chosen together."""
        options = {option.slug: option for option in self.options}
        for slug, times in Counter(chosen).items():
            if slug not in options:
                yield f'no option "{self.slug}:{slug}"'
            elif times > 1:
                yield f'"{self.slug}:{slug}" is chosen twice'
            elif options[slug].exclusive and len(chosen) > 1:
                yield f'"{self.slug}:{slug}" cannot stand beside another choice'
        if self.kind == "single" and len(chosen) > 1:
            yield f'"{self.slug}" takes one choice, not {len(chosen)}'
        if not chosen:
            yield f'"{self.slug}" has no choice; leave it out when it was not answered'


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    slug: str
    section: str
    """The part of the way it belongs to: "Symptoms". Pages of one section stand together."""
    title: str
    picture: str = ""
    """The drawing beside its questions."""
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

    slug: str = ""
    """The file of an older release may leave it out: `load` makes one of the words."""
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
    picture: str = ""
    """The drawing beside it."""
    everyday: bool = False
    """Harmless and passing: "look after it at home" is said only when such a cause fits."""
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

    @property
    def help_lines(self) -> list[tuple[str, str, str]]:
        """When to get help: each line, cut at its first colon. Before it can stand the name of a level."""
        return [line.partition(":") for line in self.get_help.splitlines() if line.strip()]


@dataclass(frozen=True, kw_only=True, slots=True)
class UrgencyRule(Checked):
    """A condition that asks for an urgency. A rule with no fact goes beyond the article."""

    slug: str
    urgency: UrgencyName
    today: bool = False
    """An urgent rule that cannot wait for days."""
    reason: str
    first_aid: str = ""
    """Markdown: what to do until help comes."""
    condition: Condition
    unexplained: bool = False
    """Speaks only when no cause is at least possible. Older releases have it; `unless` replaced it."""
    crisis: bool = False
    """Leads to the page about thoughts of self-harm."""
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[int, bool]:
        """How urgent it is, to be compared."""
        return RANK[self.urgency], self.today


@dataclass(frozen=True, kw_only=True, slots=True)
class CardRow:
    """A line of the card that says how soon: "When it is closed", and what to do then."""

    label: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """The words for one urgency, or for an urgent one of today."""

    slug: LevelName
    name: str
    heading: str
    text: str
    card: tuple[CardRow, ...] = ()
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
    opinions: tuple[UrgencyName, ...] = ()
    """What each reader said that was asked apart from the others."""
    why: str
    source: str
