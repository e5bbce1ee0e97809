"""What would change this: each answer flipped in memory, points and urgency only.

A flip is one answer given otherwise: a single choice changed to another option, or one option of
a multiple choice added or taken away. "Not sure" is no flip.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from triage.engine.parts import RANK, Answers, Option, Question, UrgencyName
from triage.engine.weigh import Known, Weighed, ranked, read_one

SHOWN = 3
CLOSE = 1
"""Two causes this many points apart, or fewer, are close together."""


class Change(NamedTuple):
    """A flip and what it does; each pair holds before and after.

    `chosen` says whether `option` would be chosen or taken away. A first cause is a slug, or None
    when no cause is at least possible. An urgency stands with whether it is for today.
    """

    question: Question
    option: Option
    chosen: bool
    urgency: tuple[UrgencyName, UrgencyName]
    today: tuple[bool, bool]
    first: tuple[str | None, str | None]

    @property
    def steps(self) -> int:
        """By how many levels the urgency would rise (fall, when negative)."""
        before, after = self.urgency
        return RANK[after] - RANK[before]

    @property
    def is_worse(self) -> bool:
        """It makes it more urgent."""
        return (self.steps, self.today[1] - self.today[0]) > (0, 0)

    @property
    def is_telling(self) -> bool:
        """Changes something, and can be said."""
        pairs = (self.urgency, self.today, self.first)
        return bool(self.option.clause) and any(before != after for before, after in pairs)


def what_would_change(weighed: Weighed) -> tuple[Change, ...]:
    """At most three flips that would change the first cause or the urgency, most instructive first.

    Most instructive: first what the person did not say or was not sure of; then a change of the
    urgency by one level, by more, and of the first cause alone; raising before lowering; then the
    order of the guide. One flip for each question; none of an emergency sign, which needs no
    explaining, none without a clause, and none that a person cannot use: what was said stays true, but
    worse may come, and what is open may turn out. Within two milliseconds for the first guide.
    """
    usable = [
        (question, question.is_open(weighed.answers))
        for question in weighed.asked
        if question.signs != "emergency" and (question.may_change or question.is_open(weighed.answers))
    ]
    instructive = sorted(
        (
            (change, is_open)
            for question, is_open in usable
            for change in changes(weighed, question)
            if change.is_telling and change.chosen and (is_open or change.is_worse)
        ),
        key=lambda pair: _how_instructive(*pair),
    )
    one_each = {change.question.slug: change for change, _ in reversed(instructive)}
    return tuple(change for change, _ in instructive if one_each[change.question.slug] is change)[:SHOWN]


def telling_apart(weighed: Weighed) -> Question | None:
    """When the first two causes are close together: the question that would best tell them apart.

    Of those still open, the one with the flip that moves the two furthest apart.
    None when the two are not close, or not both at least possible, or when no flip parts them.
    """
    two = ranked(weighed.guide, weighed.points)[:2]
    if len(two) < 2 or weighed.points[two[1]] < weighed.guide.possible_at:
        return None
    gap = _gap(weighed.points, two)
    if gap > CLOSE:
        return None
    parting = []
    for question in (question for question in weighed.asked if question.is_open(weighed.answers)):
        choices = (choice for _, _, choice in flips(question, weighed.answers))
        gaps = (_gap(flipped(weighed, question, choice).points, two) for choice in choices)
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


def flipped(weighed: Weighed, question: Question, choice: Sequence[str]) -> Weighed:
    """The same answers, but for this question; it, and what hangs on it, is read anew."""
    guide, moved = weighed.guide, weighed.guide.follow_ups[question.slug]
    options = {option for one in moved for option in guide.options_of[one.slug].values()}
    answers = {**weighed.answers, question.slug: choice}
    known = Known(*(said - options for said in weighed.known))
    for one in moved:
        read_one(guide, one, answers, known)
    return Weighed(guide, answers, known)


def changes(weighed: Weighed, question: Question) -> Iterator[Change]:
    """Every flip of this question."""
    before = weighed.verdict
    for option, chosen, choice in flips(question, weighed.answers):
        after = flipped(weighed, question, choice).verdict
        yield Change(
            question,
            option,
            chosen,
            (before.urgency, after.urgency),
            (before.today, after.today),
            (before.first, after.first),
        )


def _how_instructive(change: Change, is_open: bool) -> tuple[bool, ...]:
    size = abs(change.steps)
    return not is_open, size != 1, size == 0, change.steps < 0


def _gap(points: Mapping[str, int], two: Sequence[str]) -> int:
    return abs(points[two[0]] - points[two[1]])
