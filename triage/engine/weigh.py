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
    Group,
    Match,
    Question,
    UrgencyName,
    UrgencyRule,
    options_in,
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


def at_best(known: Known, options: Options) -> tuple[Options, Options, Options]:
    """For `holds`, which then says whether it is possible: what is not known turns out as it is needed."""
    return options - known.false, options - known.true, known.true


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
        if not holds(shown, *at_best(known, {*shown.options})):
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
class Assessment:
    """What a set of answers comes to, each part worked out once it is asked for.

    Each point doubles the odds that a cause plays a part, each negative point halves them. Causes are
    weighed apart. Unknown evidence gives no points. Each list of rules has the most urgent first.
    """

    guide: Guide
    answers: Answers
    known: Known

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """The questions that these answers call for, in order; a follow-up only when it is due."""
        questions = self.guide.questions.values()
        return tuple(q for q in questions if q.show_if is None or self.is_true(q.show_if))

    # The causes.

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

    @property
    def ranked(self) -> list[str]:
        """The causes, best first: most points, then the higher prior, then the slug."""
        return sorted(self.guide.best_first, key=lambda slug: -self.points[slug])

    @cached_property
    def findings(self) -> tuple["Finding", ...]:
        """Every cause with its reasons, best first."""
        guide, true, at_best = self.guide, self.evidence, self.at_best
        rows: dict[str, tuple[list[Evidence], ...]] = {slug: ([], [], []) for slug in self.points}
        for n in sorted(reachable(guide.evidence_by_key, at_best[0])):
            cause, row = guide.evidence[n]
            if n in true:
                rows[cause][0 if row.points > 0 else 1].append(row)
            elif holds(row.condition, *at_best):
                rows[cause][2].append(row)
        weighed = ((slug, self.points[slug]) for slug in self.ranked)
        return tuple(
            Finding(guide.cause_of[slug], points, guide.match(points), *map(tuple, rows[slug]))
            for slug, points in weighed
        )

    @property
    def fitting(self) -> tuple["Finding", ...]:
        return tuple(finding for finding in self.findings if finding.match != "unlikely")

    # How soon.

    @cached_property
    def signs(self) -> tuple[UrgencyRule, ...]:
        """The rules that speak."""
        places = sorted(reachable(self.guide.rules_by_key, self.known.true))
        rules = (rule for n in places if self.is_true((rule := self.guide.rules[n]).condition))
        return tuple(rule for rule in rules if not (rule.unexplained and self.first))

    @cached_property
    def spoke(self) -> "Rank":
        """How urgent, by the rules that speak."""
        return max((rule.rank for rule in self.signs), default=LOWEST)

    @cached_property
    def rank(self) -> "Rank":
        """The most urgent that a rule asks for, one left open among them."""
        rank = self.spoke
        for rule in self._may_be_open:
            if ONE_LOWER[rule.rank[0]] <= rank:
                break  # those that follow are no more urgent
            left = self.left_open(rule)
            rank = max(rank, left.rank) if left else rank
        return rank

    @cached_property
    def floor(self) -> tuple["Open", ...]:
        """The rules left open that lift the urgency to where it is, or have been calmed to that."""
        left = filter(None, map(self.left_open, self._may_be_open))
        return tuple(
            one
            for one in left
            if one.rank == self.rank != LOWEST and (one.rank > self.spoke or not one.is_unsure)
        )

    @property
    def _may_be_open(self) -> Iterator[UrgencyRule]:
        """The most urgent first; none where all was sure and nothing passes off."""
        if self.known.unsure or not self.guide.passing.isdisjoint(self.known.true):
            for n in sorted(reachable(self.guide.rules_by_key, self.at_worst[0])):
                yield self.guide.rules[n]

    @cached_property
    def unearned(self) -> bool:
        """No rule asks for help, and looking after it at home is not earned: that takes an answer that shows
        that it passes, and an everyday cause that fits."""
        guide, points = self.guide, self.points
        if self.rank != LOWEST or guide.home is None:
            return False
        fits = any(cause.everyday and points[cause.slug] >= guide.possible_at for cause in guide.causes)
        return not (fits and self.is_true(guide.home))

    @property
    def urgency(self) -> UrgencyName:
        """How soon to seek help."""
        return "routine" if self.unearned else URGENCIES[self.rank[0]]

    @property
    def is_emergency(self) -> bool:
        """A rule says so, and no answer still to be given can hold it back."""
        true, false, unsure = self.known
        signs = (rule for rule in self.signs if rule.urgency == "emergency")
        return any(holds(rule.condition, true, false, self.at_best[0] - unsure) for rule in signs)

    @property
    def today(self) -> bool:
        """An urgent result that cannot wait for days."""
        return self.rank[1]

    @property
    def verdict(self) -> "Verdict":
        return Verdict(self.urgency, self.today, self.first)

    @cached_property
    def unsettled(self) -> tuple[UrgencyRule, ...]:
        """The rules more urgent than `urgency` that an answer still missing could make speak."""
        guide, at_best = self.guide, self.at_best
        told, reached = {rule.slug for rule in self.signs}, self.verdict.rank
        return tuple(
            rule
            for rule in (guide.rules[n] for n in sorted(reachable(guide.rules_by_key, at_best[0])))
            if rule.rank > reached
            and rule.slug not in told
            and not (rule.unexplained and self.first)
            and holds(rule.condition, *at_best)
        )

    # What both are told by.

    def is_true(self, condition: Condition) -> bool:
        true, false, _ = self.known
        return holds(condition, true, false, true)

    @cached_property
    def at_best(self) -> tuple[Options, Options, Options]:
        return at_best(self.known, self.guide.options.keys())

    @cached_property
    def at_worst(self) -> tuple[Options, Options]:
        """For `holds`: all that was answered "not sure" turned out badly."""
        true, false, unsure = self.known
        return true | unsure, false | unsure

    def left_open(self, rule: UrgencyRule) -> "Open | None":
        """A rule that is not true and still asks for help: for a level less where "not sure" left it open,
        and for a level less where it is held back because the shaking passes off or is long known."""
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

    def missing(self, rule: UrgencyRule) -> list[Group]:
        """What the rule needs and has not enough of yet."""
        true = self.known.true
        return [group for group in rule.condition.needed if len(true.intersection(group.of)) < group.at_least]

    def unsure_of(self, rule: UrgencyRule) -> set[str]:
        """The options that were left open by "not sure" and that this rule turns on."""
        return self.known.unsure & {*rule.condition.none, *options_in(self.missing(rule))}


def assess(guide: Guide, answers: Answers) -> Assessment:
    """`answers` have no problems in this guide. Raises KeyError on an option that it does not know.

    All of it, reasons included, takes 100 microseconds for the first guide.
    """
    return Assessment(guide, answers, read(guide, answers))


class Verdict(NamedTuple):
    """What an assessment comes to without its reasons; `first` is the first cause that is possible."""

    urgency: UrgencyName
    today: bool
    first: str | None

    @property
    def rank(self) -> "Rank":
        return RANK[self.urgency], self.today


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


class Finding(NamedTuple):
    """A cause weighed. Its points are its prior and those of every row in `pro` and `contra`."""

    cause: Cause
    points: int
    match: Match
    pro: tuple[Evidence, ...]
    contra: tuple[Evidence, ...]
    not_answered: tuple[Evidence, ...]

    @property
    def reasons(self) -> list[Evidence]:
        """Those for and against, the strongest first."""
        return sorted((*self.pro, *self.contra), key=lambda row: -abs(row.points))
