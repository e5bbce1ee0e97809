"""The judgement on paper: options against causes and rules, and each rule and row as a sentence."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string

from content.things import POINTS_IN_WORDS, Words, level_in_words
from triage.engine.guide import Guide
from triage.engine.parts import RANK, Condition, Evidence, UrgencyRule


class Cell(NamedTuple):
    """What one column says of an option."""

    text: str = ""
    tone: str = ""


EMPTY = Cell()
NOT_CHOSEN, HOLDS_BACK, WITH_OTHERS = "°", "×", "&"
"""After the points: how an option counts there."""


class MatrixRow(NamedTuple):
    text: str
    cells: tuple[Cell, ...]
    """One for each cause, and one for how soon; none for a question."""


class Sentence(NamedTuple):
    """A rule or a row of evidence, to be read and signed."""

    asks: str
    """The level or the points, in words."""
    item: UrgencyRule | Evidence
    when: str
    stands_on: str


class Matrix(NamedTuple):
    title: str
    guide: Guide
    lines: tuple[MatrixRow, ...]
    rules: tuple[Sentence, ...]
    evidence: tuple[tuple[str, tuple[Sentence, ...]], ...]
    """By the name of the cause."""

    @property
    def sentences(self) -> int:
        return len(self.rules) + sum(len(rows) for _, rows in self.evidence)

    @property
    def signed(self) -> int:
        rows = (*self.rules, *(row for _, rows in self.evidence for row in rows))
        return sum(bool(row.item.signed_by) for row in rows)


def matrix(guide: Guide, title: str) -> Matrix:
    words = Words(guide)
    return Matrix(
        title,
        guide,
        tuple(_lines(guide)),
        tuple(_sentence(level_in_words(rule.urgency, rule.today), rule, words) for rule in guide.rules),
        tuple(
            (cause.name, tuple(_sentence(POINTS_IN_WORDS[row.points], row, words) for row in cause.evidence))
            for cause in guide.causes
        ),
    )


def page_of_its_own(guide: Guide, title: str) -> str:
    """HTML that needs nothing else, with its styles inside."""
    styles = _section("steady.css", "Tokens") + _section("staff.css", "Matrix")
    return render_to_string("content/matrix_alone.html", {"matrix": matrix(guide, title), "styles": styles})


def _section(sheet: str, heading: str) -> str:
    """A part of a stylesheet, from its heading to the next."""
    text = Path(settings.BASE_DIR, "static", sheet).read_text()
    return text.partition(f"/* ==== {heading} ==== */")[2].partition("/* ====")[0]


def _lines(guide: Guide) -> Iterator[MatrixRow]:
    for question in guide.questions.values():
        yield MatrixRow(question.short, ())
        for option in question.options:
            yield MatrixRow(option.text, tuple(_cells(guide, f"{question.slug}:{option.slug}")))


def _cells(guide: Guide, option: str) -> Iterator[Cell]:
    """The points of each cause's rows that name an option, and how many rules of each level stand on it."""
    for cause in guide.causes:
        named = [row for row in cause.evidence if option in row.condition.options]
        rows = [(_how(option, row.condition), row) for row in named]
        rows.sort(key=lambda pair: (pair[0] == HOLDS_BACK, pair[0] == NOT_CHOSEN, -abs(pair[1].points)))
        if not rows:
            yield EMPTY
            continue
        how, first = rows[0]
        tone = "" if how == HOLDS_BACK else f"{'for' if first.points > 0 else 'against'}{abs(first.points)}"
        yield Cell(" ".join(f"{row.points:+d}{how}" for how, row in rows).replace("-", "−"), tone)
    named_by = [rule for rule in guide.rules if option in rule.condition.options]
    rules = [rule for rule in named_by if _how(option, rule.condition) != HOLDS_BACK]
    levels = sorted({rule.urgency for rule in rules}, key=lambda level: -RANK[level])
    counts = (f"{level[0].upper()}{sum(rule.urgency == level for rule in rules)}" for level in levels)
    yield Cell(" ".join(counts), levels[0] if levels else "")


def _how(option: str, condition: Condition) -> str:
    if option in condition.none:
        return NOT_CHOSEN
    if not any(option in group.of for group in condition.needed):
        return HOLDS_BACK
    is_enough = [group.at_least for group in condition.needed] == [1] and not condition.none
    return "" if is_enough else WITH_OTHERS


def _sentence(asks: str, item: UrgencyRule | Evidence, words: Words) -> Sentence:
    stands_on = "; ".join(filter(None, (*item.facts, words.say("sources", item.sources))))
    return Sentence(asks, item, words.condition(item.condition), stands_on)
