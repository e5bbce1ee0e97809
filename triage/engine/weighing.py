"""Points and urgency only: what an assessment gives without its reasons, and again after one answer changed.

For all that asks "and what if?" many times: what would change this, the safety laws, the evaluation.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from triage.engine.answers import Answers
from triage.engine.compiled import Row, true
from triage.engine.guide import Evidence, Guide, UrgencyRule
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
        self.guide = guide
        self.answers = answers
        self.state = guide.compiled.read(answers)
        self.points = tuple(cause.prior + _total(rows, self.state) for cause, rows in guide.compiled.causes)

    @property
    def weight(self) -> Weight:
        first = first_cause(self.guide, self.points)
        rank = _rank(self.guide.compiled.rules, self.state, explained=first is not None)
        return Weight(URGENCIES[rank], first, self.points)

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
        self.points = [
            points - _total(rows, weighing.state)
            for points, rows in zip(weighing.points, self.reach.evidence, strict=True)
        ]
        self.ranks = {
            explained: _rank(self.reach.other_rules, weighing.state, explained=explained)
            for explained in (False, True)
        }
        self.rules = tuple(row for row in self.reach.rules if RANK[row.item.urgency] > self.ranks[True])

    def weigh(self, choice: Sequence[str]) -> Weight:
        """As if the question had been answered with `choice`; nothing chosen is not answered."""
        self.answers[self.question] = choice
        state = self.guide.compiled.read(self.answers, self.reach.questions, self.state)
        points = tuple(
            [rest + _total(rows, state) for rest, rows in zip(self.points, self.reach.evidence, strict=True)]
        )
        first = first_cause(self.guide, points)
        explained = first is not None
        rank = max(self.ranks[explained], _rank(self.rules, state, explained=explained))
        return Weight(URGENCIES[rank], first, points)


def first_cause(guide: Guide, points: Sequence[int]) -> str | None:
    most = max(points, default=guide.possible_at - 1)
    return None if most < guide.possible_at else guide.compiled.causes[points.index(most)][0].slug


def _total(rows: Iterable[Row[Evidence]], state: int) -> int:
    """The points of the rows that are true; `true` written out, for speed."""
    points = 0
    for _, needs, any_, _, evidence in rows:
        if state & needs == needs and (not any_ or state & any_):
            points += evidence.points
    return points


def _rank(rules: Iterable[Row[UrgencyRule]], state: int, *, explained: bool) -> int:
    """The rank of the most urgent rule that speaks; `rules` stand most urgent first."""
    for rule in true(rules, state):
        if not (rule.unexplained and explained):
            return RANK[rule.urgency]
    return 0
