"""Points and urgency only: what an assessment gives without its reasons, and again after one answer changed.

For all that asks "and what if?" many times: what would change this, the safety laws, the evaluation.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from triage.engine.answers import Answers
from triage.engine.compiled import Row, Worth
from triage.engine.guide import Guide, UrgencyRule
from triage.engine.urgency import RANK, URGENCIES, UrgencyName

Testable = TypeVar("Testable", Row[UrgencyRule], Worth)


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
        self.points = _summed(compiled.priors, _true(compiled.evidence, self.state))
        self.rules = _true(compiled.rules, self.state)

    @property
    def weight(self) -> Weight:
        first = first_cause(self.guide, self.points)
        rank = _rank(self.rules, explained=first is not None)
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
        self.points = _summed(weighing.points, _true(self.reach.evidence, weighing.state), times=-1)
        others = [row for row in weighing.rules if not row.mentions(self.reach.mask)]
        self.ranks = {explained: _rank(others, explained=explained) for explained in (False, True)}
        everything = self.state | self.reach.mask  # what no answer to the question makes true is left out
        self.evidence = _true(self.reach.evidence, everything)
        rules = _true(self.reach.rules, everything)
        self.rules = [row for row in rules if RANK[row.item.urgency] > self.ranks[True]]

    def weigh(self, choice: Sequence[str]) -> Weight:
        """As if the question had been answered with `choice`; nothing chosen is not answered."""
        self.answers[self.question] = choice
        state = self.guide.compiled.read(self.answers, self.reach.questions, self.state)
        points = _summed(self.points, _true(self.evidence, state))
        first = first_cause(self.guide, points)
        explained = first is not None
        rank = max(self.ranks[explained], _rank(_true(self.rules, state), explained=explained))
        return Weight(URGENCIES[rank], first, tuple(points))


def urgency_of(guide: Guide, answers: Answers) -> UrgencyName:
    """How soon to seek help, and no more; the points are only summed when a rule hangs on them."""
    compiled = guide.compiled
    state = compiled.read(answers)
    rules = _true(compiled.rules, state)
    explained = False
    if any(row.item.unexplained for row in rules):
        points = _summed(compiled.priors, _true(compiled.evidence, state))
        explained = first_cause(guide, points) is not None
    return URGENCIES[_rank(rules, explained=explained)]


def first_cause(guide: Guide, points: Sequence[int]) -> str | None:
    most = max(points, default=guide.possible_at - 1)
    return None if most < guide.possible_at else guide.compiled.causes[points.index(most)][0].slug


def _true(rows: Iterable[Testable], state: int) -> list[Testable]:
    """The rows that are true; `Row.is_true` written out, for this is where the time goes."""
    return [row for row in rows if state & row.needs == row.needs and (not row.any or state & row.any)]


def _summed(points: Iterable[int], rows: Iterable[Worth], times: int = 1) -> list[int]:
    """The points with those of the rows."""
    points = list(points)
    for row in rows:
        points[row.place] += times * row.points
    return points


def _rank(rules: Iterable[Row[UrgencyRule]], *, explained: bool) -> int:
    """The rank of the most urgent of the rules, which stand most urgent first, that speaks."""
    return next((RANK[row.item.urgency] for row in rules if not (row.item.unexplained and explained)), 0)
