"""The guide's conditions as bit masks, so that a whole guide is weighed in microseconds.

Made once per guide, by `Guide.compiled`. A set of answers becomes one number, its state: of N
options, option n has bit n, set when it is true, and bit N + n, set when it is false. An option
with neither bit set is unknown. A condition is a few masks held against the state.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from triage.engine.answers import Answers
from triage.engine.urgency import RANK

if TYPE_CHECKING:
    from triage.engine.guide import Cause, Condition, Evidence, Guide, Question, UrgencyRule

T = TypeVar("T")


class Row(NamedTuple, Generic[T]):
    """A condition as masks, beside what it stands for."""

    stops: int
    """Any of these bits makes it false: one of `all` is false, or one of `none` is true."""
    needs: int
    """It is true only with every one of these bits: `all` are true and `none` are false."""
    any: int
    """And with one of these, when there are any."""
    any_false: int
    """All of these bits make it false, when there are any."""
    item: T

    def is_true(self, state: int) -> bool:
        return state & self.needs == self.needs and (not self.any or state & self.any != 0)

    def is_false(self, state: int) -> bool:
        all_ruled_out = self.any != 0 and state & self.any_false == self.any_false
        return state & self.stops != 0 or all_ruled_out

    def mentions(self, mask: int) -> bool:
        return (self.stops | self.any) & mask != 0


class Asking(NamedTuple):
    """A question as masks."""

    slug: str
    says: dict[str, tuple[int, int]]
    """For each option the bits that choosing it alone sets: itself true; the others false,
    unless it is "not sure"."""
    all_false: int
    show_if: Row[None] | None


class Worth(NamedTuple):
    """A row of evidence with no more than its points need; `place` is its cause's in `Compiled.causes`."""

    needs: int
    any: int
    place: int
    points: int


class Reach(NamedTuple):
    """All that an answer to one question can move: the follow-ups that hang on it, then the rows
    and rules that mention one of these questions."""

    questions: tuple[Asking, ...]
    mask: int
    evidence: tuple[Worth, ...]
    rules: "tuple[Row[UrgencyRule], ...]"


def holding(rows: Iterable[Row[T]], state: int) -> Iterator[tuple[T, bool]]:
    """Yield each row's item whose condition is not false, and whether it is true (else unknown).

    What `is_false` and `is_true` say, written out: this is where the time goes.
    """
    for stops, needs, any_, any_false, item in rows:
        if not (state & stops or (any_ and state & any_false == any_false)):
            yield item, state & needs == needs and (not any_ or state & any_ != 0)


class Compiled:
    def __init__(self, guide: "Guide") -> None:
        self.bits = {option: 1 << n for n, option in enumerate(guide.options)}
        self.questions = tuple(self._asking(question) for question in guide.questions.values())
        # Best first when points are equal, so that sorting by points alone settles the order.
        causes = sorted(guide.causes, key=lambda cause: (-cause.prior, cause.slug))
        self.causes: tuple[tuple[Cause, tuple[Row[Evidence], ...]], ...] = tuple(
            (cause, tuple(self.row(e.condition, e) for e in sorted(cause.evidence, key=weightiest)))
            for cause in causes
        )
        self.rules: tuple[Row[UrgencyRule], ...] = tuple(
            self.row(rule.condition, rule) for rule in sorted(guide.urgency_rules, key=most_urgent)
        )

    def _asking(self, question: "Question") -> Asking:
        bits = {option.slug: self.bits[f"{question.slug}:{option.slug}"] for option in question.options}
        every = sum(bits.values())
        return Asking(
            question.slug,
            {
                option.slug: (bit, 0 if option.unsure else self.false(every ^ bit))
                for option, bit in zip(question.options, bits.values(), strict=True)
            },
            self.false(every),
            None if question.show_if is None else self.row(question.show_if, None),
        )

    def false(self, mask: int) -> int:
        """The bits that say false of the options whose bits say true in `mask`."""
        return mask << len(self.bits)

    def row(self, condition: "Condition", item: T) -> Row[T]:
        all_, any_, none = (
            sum(self.bits[option] for option in options)
            for options in (condition.all, condition.any, condition.none)
        )
        return Row(none | self.false(all_), all_ | self.false(none), any_, self.false(any_), item)

    def read(self, answers: Answers, questions: tuple[Asking, ...] = (), state: int = 0) -> int:
        """Answers without problems in, their state out. A question rightly not asked is answered without.

        With `questions`, only these are read, and added to `state`.
        """
        for slug, says, all_false, show_if in questions or self.questions:
            if show_if is not None and show_if.is_false(state):
                state |= all_false
            elif chosen := answers.get(slug):
                true, false = 0, all_false
                for option in chosen:
                    it_is, others_are_not = says[option]
                    true |= it_is
                    false &= others_are_not
                state |= true | false
        return state

    @cached_property
    def reach(self) -> dict[str, Reach]:
        """By question."""
        return {asking.slug: self._reach(n) for n, asking in enumerate(self.questions)}

    def _reach(self, n: int) -> Reach:
        reached = [self.questions[n]]
        mask = _both(reached[0])
        for asking in self.questions[n + 1 :]:
            if asking.show_if is not None and asking.show_if.mentions(mask):
                reached.append(asking)
                mask |= _both(asking)
        return Reach(
            tuple(reached),
            mask,
            tuple(worth for row, worth in self._evidence() if row.mentions(mask)),
            tuple(row for row in self.rules if row.mentions(mask)),
        )

    @cached_property
    def evidence(self) -> tuple[Worth, ...]:
        """Every row of every cause."""
        return tuple(worth for _, worth in self._evidence())

    def _evidence(self) -> "Iterator[tuple[Row[Evidence], Worth]]":
        for place, (_, rows) in enumerate(self.causes):
            for row in rows:
                yield row, Worth(row.needs, row.any, place, row.item.points)

    @cached_property
    def priors(self) -> tuple[int, ...]:
        return tuple(cause.prior for cause, _ in self.causes)


def _both(asking: Asking) -> int:
    """Every bit of the question's options."""
    return asking.all_false | sum(bit for bit, _ in asking.says.values())


def weightiest(evidence: "Evidence") -> tuple[object, ...]:
    """Sorts evidence strongest first, and always the same way whatever the order of the rows."""
    condition = evidence.condition
    return (
        *(-abs(evidence.points), evidence.text, evidence.points),
        *(condition.all, condition.any, condition.none, evidence.facts, evidence.sources),
    )


def most_urgent(rule: "UrgencyRule") -> tuple[int, str]:
    return -RANK[rule.urgency], rule.slug
