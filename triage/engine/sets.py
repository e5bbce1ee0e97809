"""Sets of answers to try a guide with: a sample, always the same, or every combination that matters."""

from collections.abc import Iterable, Iterator
from itertools import combinations, product
from math import prod
from random import Random
from typing import NamedTuple

from triage.engine.guide import Condition, Guide, Question

SEED = 38
"""Any number; always the same, so that a check can be repeated."""

Given = dict[str, tuple[str, ...]]


def sample(guide: Guide, count: int) -> Iterator[Given]:
    """That many sets of answers, always the same: full ones and sparse ones, "none" often enough to matter.

    A follow-up may be answered though it is not asked; such an answer does not count.
    """
    random = Random(SEED)  # noqa: S311 - not for secrets
    tables = [
        [(slug, _ready(question, random, gaps)) for slug, question in guide.questions.items()]
        for gaps in (0, 0, 1, 4)
    ]
    for n in range(count):
        table = tables[n % len(tables)]
        picks = ((slug, ready[int(random.random() * len(ready))]) for slug, ready in table)
        yield {slug: choice for slug, choice in picks if choice}


def _ready(question: Question, random: Random, gaps: int) -> list[tuple[str, ...]]:
    """Choices to pick from, with one empty choice for every `gaps` out of `gaps` + 1."""
    alone: list[tuple[str, ...]] = [(option.slug,) for option in question.options]
    if question.kind == "single":
        return alone * 2 + [()] * len(alone) * 2 * gaps
    free = [option.slug for option in question.options if not option.exclusive and not option.unsure]
    together = [
        tuple(random.sample(free, min(len(free), random.choice((2, 2, 3, 4))))) for _ in range(2 * len(free))
    ]
    ready = [*alone, *together]
    nothing = [(option.slug,) for option in question.options if option.exclusive]
    ready += nothing * len(ready) * (3 if question.signs else 1)
    return ready + [()] * len(ready) * gaps


def every_set(guide: Guide, conditions: Iterable[Condition], *, at_most: int) -> Iterator[Given] | None:
    """Every combination of answers that these conditions can tell apart; None if there are too many.

    Of a question, the options that no condition names are as one: a single one stands for them. A
    question of which none is named is left out.
    """
    named = {option for condition in conditions for option in condition.options}
    for question in reversed(guide.questions.values()):
        if question.show_if and any(option.startswith(f"{question.slug}:") for option in named):
            named |= set(question.show_if.options)
    parts = [_Matter.of(question, named) for question in guide.questions.values()]
    return _every(guide, parts) if prod(part.size for part in parts) <= at_most else None


class _Matter(NamedTuple):
    """The options of a question that make a difference."""

    free: list[str]
    """Can be combined, up to `most` of them."""
    exclusive: list[str]
    most: int

    @classmethod
    def of(cls, question: Question, named: set[str]) -> "_Matter":
        if not any(f"{question.slug}:{option.slug}" in named for option in question.options):
            return cls([], [], 0)
        matter = [o for o in question.options if o.unsure or f"{question.slug}:{o.slug}" in named]
        for exclusive in (False, True):
            matter += [o for o in question.options if o.exclusive == exclusive and o not in matter][:1]
        free = [option.slug for option in matter if not option.exclusive]
        most = 1 if question.kind == "single" else len(free)
        return cls(free, [option.slug for option in matter if option.exclusive], most)

    @property
    def size(self) -> int:
        """Of the choices, nothing among them; reckoned, for there may be billions."""
        together = len(self.free) if self.most <= 1 else 2 ** len(self.free) - 1
        return 1 + together + len(self.exclusive)

    @property
    def choices(self) -> list[tuple[str, ...]]:
        together = [some for size in range(1, self.most + 1) for some in combinations(self.free, size)]
        return [(), *together, *((slug,) for slug in self.exclusive)]


def _every(guide: Guide, parts: list[_Matter]) -> Iterator[Given]:
    for picks in product(*(part.choices for part in parts)):
        yield {slug: choice for slug, choice in zip(guide.questions, picks, strict=True) if choice}
