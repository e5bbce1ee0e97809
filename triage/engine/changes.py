"""What would change this: each answer flipped in memory, points and urgency only.

A flip is one answer given otherwise: a single choice changed to another option, or one option of
a multiple choice added or taken away. "Not sure" is no flip.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from triage.engine.answers import Answers, chosen_options
from triage.engine.assessment import asked
from triage.engine.guide import Guide, Option, Question
from triage.engine.urgency import RANK, UrgencyName
from triage.engine.weighing import Weighing

SHOWN = 3
CLOSE = 1
"""Two causes this many points apart, or fewer, are close together."""


class Change(NamedTuple):
    """A flip and what it does; each pair holds before and after.

    `chosen` says whether `option` would be chosen or taken away. A first cause is a slug, or None
    when no cause is at least possible.
    """

    question: Question
    option: Option
    chosen: bool
    urgency: tuple[UrgencyName, UrgencyName]
    first: tuple[str | None, str | None]

    @property
    def steps(self) -> int:
        """By how many levels the urgency would rise (fall, when negative)."""
        before, after = self.urgency
        return RANK[after] - RANK[before]

    @property
    def is_telling(self) -> bool:
        """Changes something, and can be said."""
        return bool(self.option.clause) and (self.steps != 0 or self.first[0] != self.first[1])


def what_would_change(guide: Guide, answers: Answers) -> tuple[Change, ...]:
    """At most three flips that would change the first cause or the urgency, most instructive first.

    Most instructive: first what the person did not say or was not sure of; then a change of the
    urgency by one level, by more, and of the first cause alone; raising before lowering; then the
    order of the guide. One flip for each question; none of an emergency sign, which needs no
    explaining, and none without a clause.
    """
    questions = [question for question in asked(guide, answers) if question.signs != "emergency"]
    instructive = sorted(
        (change for change in _changes(guide, answers, questions) if change.is_telling),
        key=lambda change: _how_instructive(change, is_open(change.question, answers)),
    )
    one_each = {change.question.slug: change for change in reversed(instructive)}
    return tuple(change for change in instructive if one_each[change.question.slug] is change)[:SHOWN]


def all_changes(guide: Guide, answers: Answers) -> tuple[Change, ...]:
    """Every flip of every question that these answers call for, in the order of the guide."""
    return tuple(_changes(guide, answers, asked(guide, answers)))


def telling_apart(guide: Guide, answers: Answers) -> Question | None:
    """When the first two causes are close together: the question that would best tell them apart.

    Questions still open go first; then the one with the flip that moves the two furthest apart.
    None when the two are not close, or not both at least possible, or when no flip parts them.
    """
    weighing = Weighing(guide, answers)
    best = sorted(range(len(weighing.points)), key=lambda n: -weighing.points[n])[:2]
    if len(best) < 2 or weighing.points[best[1]] < guide.possible_at:
        return None
    gap = _gap(weighing.points, best)
    if gap > CLOSE:
        return None
    parting = []
    for question in asked(guide, answers):
        around = weighing.around(question.slug)
        widest = max(_gap(around.weigh(choice).points, best) for _, _, choice in flips(question, answers))
        if widest > gap:
            parting.append((not is_open(question, answers), -widest, question))
    return min(parting, key=lambda part: part[:2])[-1] if parting else None


def is_open(question: Question, answers: Answers) -> bool:
    """Not answered, or answered "not sure"."""
    chosen = chosen_options(question, answers)
    return not chosen or any(option.unsure for option in chosen)


def flips(question: Question, answers: Answers) -> Iterator[tuple[Option, bool, tuple[str, ...]]]:
    """Yield each option to flip, whether it would be chosen, and what would then be chosen."""
    chosen = answers.get(question.slug, ())
    sure = [option for option in question.options if not option.unsure]
    for option in sure:
        if question.kind == "single":
            if option.slug not in chosen:
                yield option, True, (option.slug,)
            continue
        kept = tuple(o.slug for o in sure if o.slug in chosen and not o.exclusive and o is not option)
        if option.slug not in chosen and not (option.exclusive and kept):
            yield option, True, (*kept, option.slug)
        elif option.slug in chosen and not option.exclusive:
            none = tuple(o.slug for o in sure if o.exclusive)[:1]
            if kept or none:
                yield option, False, kept or none


def _changes(guide: Guide, answers: Answers, questions: Iterable[Question]) -> Iterator[Change]:
    weighing = Weighing(guide, answers)
    urgency, first, _ = weighing.weight
    for question in questions:
        around = weighing.around(question.slug)
        for option, chosen, choice in flips(question, answers):
            after = around.weigh(choice)
            yield Change(question, option, chosen, (urgency, after.urgency), (first, after.first))


def _how_instructive(change: Change, is_open: bool) -> tuple[bool, ...]:
    size = abs(change.steps)
    return not is_open, size != 1, size == 0, change.steps < 0


def _gap(points: Sequence[int], two: Sequence[int]) -> int:
    return abs(points[two[0]] - points[two[1]])
