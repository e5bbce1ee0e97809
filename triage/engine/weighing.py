"""Points and urgency only: what an assessment gives without its reasons, and again after one answer changed.

For all that asks "and what if?" many times: what would change this, the safety laws, the evaluation.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from triage.engine.answers import Answers
from triage.engine.compiled import Row, Worth
from triage.engine.guide import Guide, UrgencyRule
from triage.engine.urgency import RANK, URGENCIES, UrgencyName


class Weight(NamedTuple):
    """`points` stand in the order of `Compiled.causes`; `first` is the first cause that is at least
    possible, None when none is."""

    urgency: UrgencyName
    first: str | None
    points: tuple[int, ...]


class Weighing:
    """One set of answers, weighed; `answers` must have no problems in this guide."""

    def __init__(self, guide: Guide, answers: Answers) -> None:
        compiled = guide.compiled
        self.guide = guide
        self.answers = answers
        self.state = compiled.read(answers)
        self.points = _summed(compiled.priors, compiled.evidence, self.state)
        self.true_rules = _true(compiled.rules, self.state)

    @property
    def weight(self) -> Weight:
        first = first_cause(self.guide, self.points)
        rank = _rank(self.true_rules, self.state, explained=first is not None)
        return Weight(URGENCIES[rank], first, tuple(self.points))

    def around(self, question: str) -> "Around":
        return Around(self, question)


class Around:
    """What does not hang on one question, weighed once, so that another answer to it costs little."""

    def __init__(self, weighing: Weighing, question: str) -> None:
        self.guide = weighing.guide
        self.question = question
        self.answers = dict(weighing.answers)
        self.reach = weighing.guide.compiled.reach[question]
        self.state = weighing.state & ~self.reach.mask
        self.points = _summed(weighing.points, self.reach.evidence, weighing.state, times=-1)
        others = [row for row in weighing.true_rules if not row.mentions(self.reach.mask)]
        self.ranks = {
            explained: _rank(others, weighing.state, explained=explained) for explained in (False, True)
        }
        self.rules = tuple(row for row in self.reach.rules if RANK[row.item.urgency] > self.ranks[True])

    def weigh(self, choice: Sequence[str]) -> Weight:
        """As if the question had been answered with `choice`; nothing chosen is not answered."""
        self.answers[self.question] = choice
        state = self.guide.compiled.read(self.answers, self.reach.questions, self.state)
        points = _summed(self.points, self.reach.evidence, state)
        first = first_cause(self.guide, points)
        explained = first is not None
        rank = max(self.ranks[explained], _rank(self.rules, state, explained=explained))
        return Weight(URGENCIES[rank], first, tuple(points))


def first_cause(guide: Guide, points: Sequence[int]) -> str | None:
    most = max(points, default=guide.possible_at - 1)
    return None if most < guide.possible_at else guide.compiled.causes[points.index(most)][0].slug


def _summed(points: Iterable[int], rows: Iterable[Worth], state: int, times: int = 1) -> list[int]:
    """The points with those of the rows that are true; `Row.is_true` written out, for speed."""
    points = list(points)
    for needs, any_, place, worth in rows:
        if state & needs == needs and (not any_ or state & any_):
            points[place] += times * worth
    return points


def _true(rules: Iterable[Row[UrgencyRule]], state: int) -> list[Row[UrgencyRule]]:
    """Written out likewise."""
    return [row for row in rules if state & row.needs == row.needs and (not row.any or state & row.any)]


def _rank(rules: Iterable[Row[UrgencyRule]], state: int, *, explained: bool) -> int:
    """The rank of the most urgent rule that speaks; `rules` stand most urgent first. Written out likewise."""
    for _, needs, any_, _, rule in rules:
        is_true = state & needs == needs and (not any_ or state & any_)
        if is_true and not (rule.unexplained and explained):
            return RANK[rule.urgency]
    return 0
