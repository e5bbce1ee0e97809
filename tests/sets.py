"""Sets of answers to try a guide with, always the same."""

from collections.abc import Iterator
from random import Random

from triage.engine.guide import Guide
from triage.engine.parts import Question

SEED = 38
"""Any number; always the same, so that a check can be repeated."""

Given = dict[str, tuple[str, ...]]


def sample(guide: Guide, count: int) -> Iterator[Given]:
    """That many sets of answers: full ones and sparse ones, "none" often enough to matter."""
    random = Random(SEED)
    tables = [
        [(slug, _ready(question, random, gaps)) for slug, question in guide.questions.items()]
        for gaps in (0, 0, 1, 4)
    ]
    for n in range(count):
        table = tables[n % len(tables)]
        picks = ((slug, random.choice(ready)) for slug, ready in table)
        yield {slug: choice for slug, choice in picks if choice}


def _ready(question: Question, random: Random, gaps: int) -> list[tuple[str, ...]]:
    """Choices to pick from, with one empty choice for every `gaps` out of `gaps` + 1."""
    alone: list[tuple[str, ...]] = [(option.slug,) for option in question.options]
    if question.kind == "single":
        return alone * 2 + [()] * len(alone) * 2 * gaps
    free = [option.slug for option in question.options if not option.apart]
    together = [
        tuple(random.sample(free, min(len(free), random.choice((2, 2, 3, 4))))) for _ in range(2 * len(free))
    ]
    ready = [*alone, *together]
    nothing = [(option.slug,) for option in question.options if option.exclusive]
    ready += nothing * len(ready) * (3 if question.signs else 1)
    return ready + [()] * len(ready) * gaps
