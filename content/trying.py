"""Answers that staff try: read from an address, weighed, and told with all that they come to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, islice, product
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from content.models import Option as OptionRow
from content.models import Vignette
from content.things import Thing, Words, level_in_words, names_of, things
from triage.engine.changes import Change, flips, what_would_change
from triage.engine.file import read_condition
from triage.engine.guide import Guide
from triage.engine.parts import Condition, Level, Option, Page, Question, UrgencyRule, options_in, question_of
from triage.engine.weigh import Assessment, Finding, Known, Options, holds, read_one
from triage.results import IN_FULL

KINDS = ("vignette", "urgencyrule", "evidence", "option")
"""What has answers to try: with which it speaks, or its own."""

WAYS = 2000
"""To make a condition true; more are not looked at."""
LONGEST_NAME = 60
NAMED_AT_MOST = 10


# Between answers and an address.


def address(names: Iterable[str]) -> str:
    """The page with these options tried, each named `question:option`."""
    query = urlencode([("a", name) for name in names], safe=":")
    return f"{reverse('admin:try')}?{query}" if query else reverse("admin:try")


class LeftOut(NamedTuple):
    name: str
    why: str
    """"unknown", "twice", "beside" another answer, or "not due"."""


def read(guide: Guide, names: Iterable[str]) -> tuple[Assessment, list[LeftOut]]:
    """The answers that can be given together, weighed; and what is left out, whatever was sent."""
    sent, known = Counter(names), Known(set(), set(), set())
    left_out = [LeftOut(name, "unknown") for name in sent if name not in guide.options]
    left_out += [LeftOut(name, "twice") for name in guide.options if sent[name] > 1]
    answers: dict[str, tuple[str, ...]] = {}
    for slug, question in guide.questions.items():
        chosen = [option for option in question.options if f"{slug}:{option.slug}" in sent]
        is_due = question.show_if is None or holds(question.show_if, known.true, known.false, known.true)
        kept = _together(question, chosen) if is_due else []
        why = "beside" if is_due else "not due"
        left_out += [LeftOut(f"{slug}:{option.slug}", why) for option in chosen if option not in kept]
        if kept:
            answers[slug] = tuple(option.slug for option in kept)
        read_one(guide, question, answers, known)
    return Assessment(guide, answers, known), left_out


def _together(question: Question, chosen: list[Option]) -> list[Option]:
    """A sign is kept rather than "none of these"; of a single choice, the first in the guide."""
    beside = [option for option in chosen if not option.exclusive]
    return chosen[:1] if question.kind == "single" or not beside else beside


# Answers for a screen.


def names_for(guide: Guide, row: Any) -> list[str]:
    """A story's answers; for a rule, a row or an option those of the first story in which it speaks, else
    the fewest options with which it does. Empty where none were found."""
    if isinstance(row, Vignette):
        return [option.full_slug for option in row.answers.all()]
    condition = (
        Condition(all=(row.full_slug,)) if isinstance(row, OptionRow) else read_condition(row.condition)
    )
    stories = (names_of(story.answers) for story in guide.vignettes)
    told = (names for names in stories if read(guide, names)[0].is_true(condition))
    return next(told, None) or fewest(guide, condition)


def fewest(guide: Guide, condition: Condition) -> list[str]:
    """The options with which it is true, as few as were found, in the order of the guide.

    None where it names what is a draft or retired.
    """
    if not guide.options.keys() >= {*condition.options}:
        return []
    ways = (way for way in islice(_ways(guide, condition), WAYS) if _works(guide, condition, way))
    found = min(ways, key=len, default=frozenset())
    return [name for name in guide.options if name in found]


def _works(guide: Guide, condition: Condition, way: Iterable[str]) -> bool:
    assessment, left_out = read(guide, way)
    return not left_out and assessment.is_true(condition)


def _ways(guide: Guide, condition: Condition) -> Iterator[frozenset[str]]:
    """Sets of options that may make it true, each with what its follow-ups hang on."""
    needed = [islice(combinations(group.of, group.at_least), WAYS) for group in condition.needed]
    known_not = [_instead(guide, option) for option in condition.none]
    for choice in product(*needed, *known_not):
        chosen = frozenset(chain(*choice))
        questions = dict.fromkeys(map(question_of, sorted(chosen)))
        shown = (guide.questions[slug].show_if for slug in questions)
        hung_on = (islice(_ways(guide, one), WAYS) for one in shown if one)
        yield from (chosen.union(*more) for more in product(*hung_on))


def _instead(guide: Guide, option: str) -> Iterator[tuple[str, ...]]:
    """What makes it known that an option is not chosen: nothing more, or another answer to its question."""
    yield ()
    names = guide.options_of[question_of(option)].values()
    sure = [name for name in names if name != option and name not in guide.unsure]
    alone = [name for name in sure if guide.options[name].exclusive]
    yield from ((name,) for name in alone or sure)


# What the page shows.


class AskedPage(NamedTuple):
    page: Page
    chosen: int
    """How many of its answers."""
    questions: list[tuple[Question, str]]
    """Each with when it is asked, in words; empty when it always is."""


class Spoken(NamedTuple):
    """A rule, with the screen where it is written."""

    rule: UrgencyRule
    asks: str
    said: str
    """What was chosen of what it needs, in words."""
    unsure: str
    """What was answered "not sure" of it."""
    screen: Thing
    lifts: bool
    """It was left open, and lifts the urgency to where it is."""


class Fit(NamedTuple):
    finding: Finding
    rows: tuple[Thing, ...]
    is_shown: bool
    """Among those that the results show in full."""


class Flip(NamedTuple):
    change: Change
    is_level: bool
    """The level changes; else the first cause."""
    before: str
    after: str
    address: str


@dataclass(frozen=True)
class Tried:
    assessment: Assessment
    left_out: Sequence[LeftOut]

    @property
    def guide(self) -> Guide:
        return self.assessment.guide

    @cached_property
    def words(self) -> Words:
        return Words(self.guide)

    @cached_property
    def screens(self) -> dict[int, Thing]:
        """By the identity of a part."""
        return {id(thing.item): thing for thing in things(self.guide)}

    @property
    def missing(self) -> list[LeftOut]:
        """What was left out, in words, as much of it as can be read."""
        return [LeftOut(self._told(name), why) for name, why in self.left_out[:NAMED_AT_MOST]]

    def _told(self, name: str) -> str:
        shown = "".join(c if c.isprintable() else "�" for c in name[:LONGEST_NAME])
        return self.words.options.get(name, shown)

    @property
    def more_missing(self) -> int:
        return max(0, len(self.left_out) - NAMED_AT_MOST)

    @cached_property
    def chosen(self) -> list[str]:
        return names_of(self.assessment.answers)

    @property
    def pages(self) -> list[AskedPage]:
        return [self._asked(page) for page in self.guide.pages]

    def _asked(self, page: Page) -> AskedPage:
        when = [self.words.condition(one.show_if) if one.show_if else "" for one in page.questions]
        chosen = sum(len(self.assessment.answers.get(one.slug, ())) for one in page.questions)
        return AskedPage(page, chosen, list(zip(page.questions, when, strict=True)))

    @property
    def open(self) -> list[tuple[Question, bool]]:
        """The questions that would be asked and are open, each with whether "not sure" was the answer."""
        answers = self.assessment.answers
        return [(one, one.slug in answers) for one in self.assessment.asked if one.is_open(answers)]

    # How soon.

    @property
    def level(self) -> Level:
        return self.guide.level(self.assessment.urgency, today=self.assessment.today)

    @property
    def asks(self) -> str:
        return level_in_words(self.assessment.urgency, self.assessment.today)

    @property
    def rules(self) -> list[Spoken]:
        return [self._spoken(rule) for rule in self.assessment.signs]

    @property
    def open_rules(self) -> list[Spoken]:
        return [self._spoken(rule) for rule in self.guide.rules if self.assessment.left_open(rule)]

    def _spoken(self, rule: UrgencyRule) -> Spoken:
        return Spoken(
            rule,
            level_in_words(rule.urgency, rule.today),
            self._said(rule.condition, self.assessment.known.true),
            self._said(rule.condition, self.assessment.known.unsure),
            self._screen_of(rule),
            rule in [left.rule for left in self.assessment.floor],
        )

    def _said(self, condition: Condition, among: Options) -> str:
        """The options that it needs and that stand among these, in words."""
        needed = dict.fromkeys(options_in(condition.needed))
        return "; ".join(self.guide.options[name].text for name in needed if name in among)

    def _screen_of(self, rule: UrgencyRule) -> Thing:
        """A sign of an emergency is written on the screen of its option."""
        found = self.screens.get(id(rule))
        return found or self.screens[id(self.guide.options[rule.condition.all[0]])]

    # For home or not.

    @property
    def asks_for_more(self) -> bool:
        """A rule does, or one that was left open."""
        return self.assessment.urgency != "self_care" and not self.assessment.unearned

    @property
    def shows_that_it_passes(self) -> bool:
        return self.guide.home is None or self.assessment.is_true(self.guide.home)

    @property
    def passes_because(self) -> str:
        return self._said(self.guide.home, self.assessment.known.true) if self.guide.home else ""

    @property
    def everyday(self) -> str:
        return "; ".join(f.cause.name for f in self.assessment.fitting if f.cause.everyday)

    # What it could be, and what would change it.

    @property
    def causes(self) -> list[Fit]:
        shown = self.assessment.fitting[:IN_FULL]
        return [
            Fit(
                finding,
                tuple(self.screens[id(row)] for row in (*finding.pro, *finding.contra)),
                finding in shown,
            )
            for finding in self.assessment.findings
        ]

    @property
    def flips(self) -> list[Flip]:
        return [self._flip(change) for change in what_would_change(self.assessment)]

    def _flip(self, change: Change) -> Flip:
        question, answers = change.question, self.assessment.answers
        choice = next(to for option, _, to in flips(question, answers) if option is change.option)
        after, _ = read(self.guide, names_of({**answers, question.slug: choice}))
        verdicts = (change.before, change.after)
        levels = [level_in_words(one.urgency, one.today) for one in verdicts]
        causes = [self.guide.cause_of[one.first].name if one.first else "none" for one in verdicts]
        is_level = levels[0] != levels[1]
        before, then = levels if is_level else causes
        return Flip(change, is_level, before, then, address(names_of(after.answers)))
