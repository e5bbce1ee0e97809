"""What would change this: each answer flipped in memory, points and urgency only.

A flip is one answer given otherwise: a single choice changed to another option, or one option of
a multiple choice added or taken away. "Not sure" is no flip.
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from triage.engine.parts import RANK, Answers, Option, Question, grouped
from triage.engine.weigh import Assessment, Known, Verdict, read_one

SHOWN = 3
CLOSE = 1
"""Two causes this many points apart, or fewer, are close together."""


class Change(NamedTuple):
    """A flip and what it does. `chosen` says whether `option` would be chosen or taken away."""

    question: Question
    option: Option
    chosen: bool
    before: Verdict
    after: Verdict

    @property
    def steps(self) -> int:
        """By how many levels the urgency would rise (fall, when negative)."""
        return RANK[self.after.urgency] - RANK[self.before.urgency]

    @property
    def is_worse(self) -> bool:
        """It makes it more urgent."""
        return self.after.rank > self.before.rank

    @property
    def is_telling(self) -> bool:
        """Changes something, and can be said."""
        return bool(self.option.clause) and self.before != self.after


def what_would_change(assessment: Assessment) -> tuple[Change, ...]:
    """At most three flips that would change the first cause or the urgency, most instructive first.

    Most instructive: first what the person did not say or was not sure of; then a change of the
    urgency by one level, by more, and of the first cause alone; raising before lowering; then the
    order of the guide. One flip for each question; none of an emergency sign, which needs no
    explaining, none without a clause, and none that a person cannot use: what was said stays true, but
    worse may come, and what is open may turn out. Takes 1.2 milliseconds for the first guide, 2.4 where all
    is "not sure".
    """
    found: list[tuple[tuple[bool, ...], Change]] = []
    for question in assessment.asked:
        is_open = question.is_open(assessment.answers)
        if question.signs != "emergency" and (is_open or question.may_change):
            found += [
                (_how_instructive(change, is_open), change)
                for change in changes(assessment, question)
                if change.is_telling and change.chosen and (is_open or change.is_worse)
            ]
    of_each = grouped((change.question.slug, change) for _, change in sorted(found, key=itemgetter(0)))
    return tuple(first for first, *_ in of_each.values())[:SHOWN]


def telling_apart(assessment: Assessment) -> Question | None:
    """When the first two causes are close together: the question that would best tell them apart.

    Of those still open, the one with the flip that moves the two furthest apart.
    None when the two are not close, or not both at least possible, or when no flip parts them.
    """
    two = assessment.ranked[:2]
    if len(two) < 2 or assessment.points[two[1]] < assessment.guide.possible_at:
        return None
    gap = _gap(assessment.points, two)
    if gap > CLOSE:
        return None
    parting = []
    for question in (question for question in assessment.asked if question.is_open(assessment.answers)):
        choices = (choice for _, _, choice in flips(question, assessment.answers))
        gaps = (_gap(flipped(assessment, question, choice).points, two) for choice in choices)
        widest = max(gaps, default=gap)
        if widest > gap:
            parting.append((widest, question))
    return max(parting, key=lambda part: part[0])[1] if parting else None


def flips(question: Question, answers: Answers) -> Iterator[tuple[Option, bool, tuple[str, ...]]]:
    """Yield each option to flip, whether it would be chosen, and what would then be chosen.

    Of several, the others stay as they are: known not to be chosen, or open beside "not sure".
    """
    chosen = answers.get(question.slug, ())
    sure = [option for option in question.options if not option.unsure]
    unsure = [option.slug for option in question.options if option.unsure and option.slug in chosen]
    for option in sure:
        if question.kind == "single":
            if option.slug not in chosen:
                yield option, True, (option.slug,)
            continue
        kept = tuple(o.slug for o in sure if o.slug in chosen and not o.exclusive and o is not option)
        if option.slug not in chosen and not (option.exclusive and kept):
            yield option, True, (*kept, option.slug, *(() if option.exclusive else unsure))
        elif option.slug in chosen and not option.exclusive:
            none = tuple(o.slug for o in sure if o.exclusive)[:1]
            if kept or none:
                yield option, False, (*kept, *unsure) if kept else none


def flipped(assessment: Assessment, question: Question, choice: Sequence[str]) -> Assessment:
    """The same answers, but for this question; it, and what hangs on it, is read anew."""
    guide, moved = assessment.guide, assessment.guide.follow_ups[question.slug]
    options = {option for one in moved for option in guide.options_of[one.slug].values()}
    answers = {**assessment.answers, question.slug: choice}
    known = Known(*(said - options for said in assessment.known))
    for one in moved:
        read_one(guide, one, answers, known)
    return Assessment(guide, answers, known)


def changes(assessment: Assessment, question: Question) -> Iterator[Change]:
    """Every flip of this question."""
    before = assessment.verdict
    for option, chosen, choice in flips(question, assessment.answers):
        yield Change(question, option, chosen, before, flipped(assessment, question, choice).verdict)


def _how_instructive(change: Change, is_open: bool) -> tuple[bool, ...]:
    size = abs(change.steps)
    return not is_open, size != 1, size == 0, change.steps < 0


def _gap(points: Mapping[str, int], two: Sequence[str]) -> int:
    return abs(points[two[0]] - points[two[1]])
