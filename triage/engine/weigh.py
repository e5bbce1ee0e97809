"""Weigh one set of answers: how soon to seek help, and what speaks for and against each cause.

What was not answered, or answered "not sure", is unknown; unknown is never no. A rule that "not sure" left
open, or that is held back because the shaking passes off, still lifts the urgency to one level below its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from triage.engine.guide import Guide
from triage.engine.parts import (
    RANK,
    URGENCIES,
    Answers,
    Cause,
    Condition,
    Evidence,
    Match,
    Question,
    UrgencyName,
    UrgencyRule,
)

Options = AbstractSet[str]
"""By `question:option`."""


class Known(NamedTuple):
    """What a set of answers says of each option; one that stands in none of the three was not answered."""

    true: set[str]
    false: set[str]
    unsure: set[str]
    """Left open by "not sure", or hanging on something that was."""


def holds(condition: Condition, yes: Options, no: Options, true: Options) -> bool:
    """Whether the condition is true when options in `yes` count as chosen and those in `no` as not.

    `true` are those known to be chosen: nothing else holds a condition back.
    """
    needed, none, unless = condition.sets
    for of, at_least in needed:
        if len(of & yes) < at_least:
            return False
    for of, at_least in unless:
        if len(of & true) >= at_least:
            return False
    return none <= no


def is_possible(condition: Condition, known: Known) -> bool:
    """Whether it is not known to be false: true, or unknown."""
    needed, none, unless = condition.sets
    for of, at_least in needed:
        if len(of - known.false) < at_least:
            return False
    for of, at_least in unless:
        if len(of & known.true) >= at_least:
            return False
    return none.isdisjoint(known.true)


def reachable(by_key: Mapping[str, Iterable[int]], yes: Options) -> set[int]:
    """The places of what can be true when no option but those in `yes` is chosen."""
    return {n for key in by_key.keys() & yes for n in by_key[key]}.union(by_key.get("", ()))


def read(guide: Guide, answers: Answers) -> Known:
    """What answers without problems in this guide say.

    A question that is rightly not asked is answered without. One that hangs on "not sure" is unsure itself.
    One that hangs on questions of which nothing is known is not known either, and is passed over.
    """
    known = Known(set(), set(), set())
    told = set(answers)
    for question in guide.questions.values():
        shown = question.show_if
        if question.slug in answers or (shown and not shown.questions.isdisjoint(told)):
            read_one(guide, question, answers, known)
            told.add(question.slug)
    return known


def read_one(guide: Guide, question: Question, answers: Answers, known: Known) -> None:
    """Add to `known` what the answer to one question says, with all before it known."""
    options = guide.options_of[question.slug]
    shown = question.show_if
    if shown and not holds(shown, known.true, known.false, known.true):
        if not is_possible(shown, known):
            known.false.update(options.values())
            return
        if not known.unsure.isdisjoint(shown.options):
            known.unsure.update(options.values())
            return
    if chosen := answers.get(question.slug):
        picked = {options[slug] for slug in chosen}
        known.true.update(picked)
        others = known.false if guide.unsure.isdisjoint(picked) else known.unsure
        others.update(options.values())
        others -= picked


@dataclass(frozen=True)
class Weighed:
    """One set of answers, weighed once for all that asks about it.

    Each point doubles the odds that a cause plays a part, each negative point halves them. Causes are
    weighed apart. Unknown evidence gives no points.
    """

    guide: Guide
    answers: Answers
    known: Known

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """The questions that these answers call for, in order; a follow-up only when it is due."""
        questions = self.guide.questions.values()
        return tuple(q for q in questions if q.show_if is None or self.is_true(q.show_if))

    @cached_property
    def evidence(self) -> frozenset[int]:
        """The rows that are true, by their place in `Guide.evidence`."""
        places = reachable(self.guide.evidence_by_key, self.known.true)
        return frozenset(n for n in places if self.is_true(self.guide.evidence[n][1].condition))

    @cached_property
    def points(self) -> dict[str, int]:
        """By cause: its prior and the points of its rows that are true."""
        points = {cause.slug: cause.prior for cause in self.guide.causes}
        for n in self.evidence:
            cause, row = self.guide.evidence[n]
            points[cause] += row.points
        return points

    @cached_property
    def first(self) -> str | None:
        """The first cause, if it is possible."""
        best = max(self.guide.best_first, key=self.points.__getitem__, default=None)
        return best if best and self.points[best] >= self.guide.possible_at else None

    @cached_property
    def signs(self) -> tuple[UrgencyRule, ...]:
        """The rules that speak, the most urgent first."""
        places = sorted(reachable(self.guide.rules_by_key, self.known.true))
        rules = (rule for n in places if self.is_true((rule := self.guide.rules[n]).condition))
        return tuple(rule for rule in rules if not (rule.unexplained and self.first))

    @cached_property
    def spoke(self) -> "Rank":
        """How urgent, by the rules that speak."""
        return max((rule.rank for rule in self.signs), default=LOWEST)

    @cached_property
    def lifting(self) -> tuple["Open", ...]:
        """The rules left open that still ask for more than those that speak, the most urgent first."""
        if not self.known.unsure and self.guide.passing.isdisjoint(self.known.true):
            return ()
        places = sorted(reachable(self.guide.rules_by_key, self.at_worst[0]))
        rules = (rule for n in places if ONE_LOWER[(rule := self.guide.rules[n]).rank[0]] > self.spoke)
        found = (self.left_open(rule) for rule in rules)
        return tuple(left for left in found if left and left.rank > self.spoke)

    @cached_property
    def verdict(self) -> "Verdict":
        """How soon: the most urgent that a rule asks for, or what an open one lifts it to.

        With neither, looking after it at home is earned when it passes and an everyday cause fits.
        """
        guide, points = self.guide, self.points
        rank = max((self.spoke, *[left.rank for left in self.lifting]))
        is_earned = guide.home is None or (self.is_true(guide.home) and _is_everyday(guide, points))
        unearned = rank == LOWEST and not is_earned
        return Verdict(URGENCIES[1 if unearned else rank[0]], rank[1], unearned, self.first)

    def is_true(self, condition: Condition) -> bool:
        true, false, _ = self.known
        return holds(condition, true, false, true)

    @cached_property
    def at_worst(self) -> tuple[Options, Options]:
        """For `holds`: all that was answered "not sure" turned out badly."""
        true, false, unsure = self.known
        return true | unsure, false | unsure

    def left_open(self, rule: UrgencyRule) -> "Open | None":
        """A rule that is not true and still asks for help: for a level less where "not sure" left it open,
        and for a level less where it is held back because the shaking passes off."""
        (yes, no), (true, false, _) = self.at_worst, self.known
        wary = self.guide.wary[rule.slug]
        if not holds(wary, yes, no, true) or self.is_true(rule.condition):
            return None
        is_eased = not holds(rule.condition, yes, no, true)
        is_unsure = not holds(wary, true, false, true)
        rank = ONE_LOWER[RANK[rule.urgency]]
        if is_eased and is_unsure:
            rank = ONE_LOWER[rank[0]]
        return Open(rule, rank, is_eased, is_unsure)

    def unsure_of(self, rule: UrgencyRule) -> set[str]:
        """The options that were left open by "not sure" and that this rule turns on."""
        true, _, unsure = self.known
        needed, none, _ = rule.condition.sets
        missing = (of for of, at_least in needed if len(of & true) < at_least)
        return unsure & none.union(*missing)


class Verdict(NamedTuple):
    """What an assessment comes to without its reasons; `first` is the first cause that is possible."""

    urgency: UrgencyName
    today: bool
    unearned: bool
    first: str | None


Rank = tuple[int, bool]
LOWEST: Rank = (0, False)
ONE_LOWER: dict[int, Rank] = {3: (2, True), 2: (1, False), 1: LOWEST, 0: LOWEST}
"""What a rule that was left open still asks for, by its rank: an emergency is looked at today."""


class Open(NamedTuple):
    """A rule that was left open, and what it still asks for."""

    rule: UrgencyRule
    rank: Rank
    is_eased: bool
    """It is held back by what passes off, or is long known."""
    is_unsure: bool
    """What it needs was answered "not sure"."""


def _is_everyday(guide: Guide, points: Mapping[str, int]) -> bool:
    """An everyday cause is at least possible."""
    return any(cause.everyday and points[cause.slug] >= guide.possible_at for cause in guide.causes)


def ranked(guide: Guide, points: Mapping[str, int]) -> list[str]:
    """The causes, best first: most points, then the higher prior, then the slug."""
    return sorted(guide.best_first, key=lambda slug: -points[slug])


class Finding(NamedTuple):
    """A cause weighed. Its points are its prior and those of every row in `pro` and `contra`."""

    cause: Cause
    points: int
    match: Match
    pro: tuple[Evidence, ...]
    contra: tuple[Evidence, ...]
    not_answered: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a set of answers comes to; each list of rules has the most urgent first.

    `urgency`   how soon to seek help
    `today`     an urgent result that cannot wait for days
    `signs`     the rules that spoke
    `floor`     the rules that were left open, and that lift the urgency to where it is
    `unearned`  nothing else speaks, but looking after it at home is not earned
    `unsettled` the rules more urgent than `urgency` that an answer still missing could make speak
    `findings`  every cause, best first
    """

    urgency: UrgencyName
    today: bool
    signs: tuple[UrgencyRule, ...]
    floor: tuple[Open, ...]
    unearned: bool
    unsettled: tuple[UrgencyRule, ...]
    findings: tuple[Finding, ...]

    @property
    def fitting(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.match != "unlikely")


def weigh(guide: Guide, answers: Answers) -> Weighed:
    """`answers` have no problems in this guide. Raises KeyError on an option that it does not know."""
    return Weighed(guide, answers, read(guide, answers))


def assess(guide: Guide, answers: Answers) -> Assessment:
    """Weigh answers and tell the reasons. Within 100 microseconds for the first guide."""
    return explain(weigh(guide, answers))


def explain(weighed: Weighed) -> Assessment:
    """The verdict with its reasons."""
    guide, known, verdict = weighed.guide, weighed.known, weighed.verdict
    maybe = guide.options.keys() - known.false
    reached = (RANK[verdict.urgency], verdict.today)
    told = {rule.slug for rule in weighed.signs}
    return Assessment(
        urgency=verdict.urgency,
        today=verdict.today,
        signs=weighed.signs,
        floor=tuple(left for left in weighed.lifting if left.rank == reached),
        unearned=verdict.unearned,
        unsettled=tuple(
            rule
            for rule in (guide.rules[n] for n in sorted(reachable(guide.rules_by_key, maybe)))
            if rule.rank > reached
            and rule.slug not in told
            and not (rule.unexplained and verdict.first)
            and is_possible(rule.condition, known)
        ),
        findings=tuple(_findings(weighed, maybe)),
    )


def _findings(weighed: Weighed, maybe: Options) -> Iterator[Finding]:
    guide, points = weighed.guide, weighed.points
    rows: dict[str, tuple[list[Evidence], ...]] = {slug: ([], [], []) for slug in points}
    for n in sorted(reachable(guide.evidence_by_key, maybe)):
        cause, row = guide.evidence[n]
        if n in weighed.evidence:
            rows[cause][0 if row.points > 0 else 1].append(row)
        elif is_possible(row.condition, weighed.known):
            rows[cause][2].append(row)
    for slug in ranked(guide, points):
        pro, contra, not_answered = map(tuple, rows[slug])
        yield Finding(
            guide.cause_of[slug], points[slug], guide.match(points[slug]), pro, contra, not_answered
        )
