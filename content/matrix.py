"""The judgement on one sheet: each option against the causes and the urgency rules, as a drawing."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from content.things import POINTS_IN_WORDS, URGENCY_IN_WORDS, Words
from triage.engine.guide import Guide
from triage.engine.parts import RANK, Evidence, UrgencyRule

# Millimetres on an A3 sheet, within its margins.
WIDTH, HEIGHT, GAP = 404.0, 281.0, 6.0
BLOCK = (WIDTH - GAP) / 2
TOP, LEGEND_LINE, LEGEND_COLUMNS = 33.0, 2.9, 4
LABEL, SOON, CITED = 60.0, 20.0, 34.0
SHOWN_ROWS, SHOWN_SOURCES = 3, 6


@dataclass(frozen=True)
class Cell:
    """What one column says of an option. `title` tells it in full."""

    x: float
    width: float
    text: str
    title: str
    tone: str = ""

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def fit(self) -> str:
        """Names smaller letters where the usual ones would not fit."""
        return "long" if len(self.text) * 1.3 > self.width else ""


@dataclass(frozen=True)
class Row:
    x: float
    y: float
    text: str
    cells: tuple[Cell, ...]
    is_question: bool


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Matrix:
    title: str
    summary: str
    height: float
    """Of one row."""
    heads: tuple[Label, ...]
    rows: tuple[Row, ...]
    legend: tuple[Label, ...]
    box: str = f"0 0 {WIDTH:.0f} {HEIGHT:.0f}"
    row_width: float = BLOCK

    @property
    def baseline(self) -> float:
        return self.height * 0.74

    @property
    def size(self) -> float:
        """Of the letters."""
        return self.height * 0.68


def matrix(guide: Guide, title: str) -> Matrix:
    """Two blocks of rows side by side, made as high as the sheet allows, and the sources below."""
    legend = _legend(guide)
    count = len(guide.options) + len(guide.questions)
    per_block = ceil(count / 2)
    room = HEIGHT - TOP - ceil(len(legend) / LEGEND_COLUMNS) * LEGEND_LINE - 4
    height = min(3.6, room / per_block)
    below = TOP + per_block * height + 5
    column = WIDTH / LEGEND_COLUMNS
    per_column = ceil(len(legend) / LEGEND_COLUMNS)
    return Matrix(
        title,
        _summary(guide),
        round(height, 3),
        tuple(label for left in (0.0, BLOCK + GAP) for label in _heads(guide, left)),
        tuple(
            Row(
                n // per_block * (BLOCK + GAP),
                round(TOP + n % per_block * height, 2),
                text,
                cells,
                is_question,
            )
            for n, (text, cells, is_question) in enumerate(_lines(guide))
        ),
        tuple(
            Label(round(n // per_column * column, 1), round(below + n % per_column * LEGEND_LINE, 2), text)
            for n, text in enumerate(legend)
        ),
    )


def page_of_its_own(guide: Guide, title: str) -> str:
    """HTML that needs nothing else, with its styles inside."""
    styles = _section("steady.css", "Tokens") + _section("staff.css", "Matrix")
    return render_to_string("content/matrix_alone.html", {"page": matrix(guide, title), "styles": styles})


def _section(sheet: str, heading: str) -> str:
    """A part of a stylesheet, from its heading to the next."""
    text = Path(settings.BASE_DIR, "static", sheet).read_text()
    return text.partition(f"/* ==== {heading} ==== */")[2].partition("/* ====")[0]


def _columns(guide: Guide) -> tuple[float, dict[str, float]]:
    """The width of a cause's column, and where each column begins."""
    width = (BLOCK - LABEL - SOON - CITED) / max(len(guide.causes), 1)
    return width, {cause.slug: LABEL + n * width for n, cause in enumerate(guide.causes)}


def _heads(guide: Guide, left: float) -> Iterator[Label]:
    width, starts = _columns(guide)
    for cause in guide.causes:
        yield Label(
            round(left + starts[cause.slug] + width / 2, 2), TOP - 2, f"{cause.name} ({cause.prior:+d})"
        )
    yield Label(left + BLOCK - CITED - SOON / 2, TOP - 2, "How soon")
    yield Label(left + BLOCK - CITED / 2, TOP - 2, "Stands on")


def _lines(guide: Guide) -> Iterator[tuple[str, tuple[Cell, ...], bool]]:
    words = Words(guide)
    for question in guide.questions.values():
        yield question.short, (), True
        for option in question.options:
            yield option.text, tuple(_cells(guide, f"{question.slug}:{option.slug}", words)), False


def _cells(guide: Guide, option: str, words: Words) -> Iterator[Cell]:
    """What each cause says of an option, how soon it asks for help, and what all of that stands on."""
    width, starts = _columns(guide)
    cited: list[Evidence | UrgencyRule] = []
    for cause in guide.causes:
        rows = [row for row in cause.evidence if option in row.condition.options]
        rows.sort(key=lambda row: (option in row.condition.none, -abs(row.points)))
        cited += rows
        if rows:
            text = _some([f"{row.points:+d}{_how(option, row)}" for row in rows], SHOWN_ROWS)
            title = "\n".join(
                _told(f"{cause.name}: {POINTS_IN_WORDS[row.points]}. {row.text}", row, words) for row in rows
            )
            tone = f"{'for' if rows[0].points > 0 else 'against'}{abs(rows[0].points)}"
            yield Cell(starts[cause.slug], width, text.replace("-", "−"), title, tone)
    rules = [rule for rule in guide.urgency_rules if option in rule.condition.options]
    cited += rules
    if rules:
        levels = sorted({rule.urgency for rule in rules}, key=lambda level: -RANK[level])
        text = " ".join(
            f"{level[0].upper()}{sum(rule.urgency == level for rule in rules)}" for level in levels
        )
        title = "\n".join(
            _told(f"{URGENCY_IN_WORDS[rule.urgency]}: {rule.reason}", rule, words) for rule in rules
        )
        yield Cell(BLOCK - CITED - SOON, SOON, text, title, levels[0])
    codes = list(dict.fromkeys(code for row in cited for code in (*row.facts, *row.sources)))
    if codes:
        yield Cell(BLOCK - CITED, CITED, _some(codes, SHOWN_SOURCES), ", ".join(codes))


def _some(words: list[str], most: int) -> str:
    return " ".join(words) if len(words) <= most else f"{' '.join(words[:most])} …"


def _how(option: str, row: Evidence) -> str:
    """Signs after the points: when it was not chosen (°), only together with others (&), signed (✓)."""
    condition = row.condition
    together = len(condition.all) + bool(condition.any) > 1 or condition.none
    how = "°" if option in condition.none else "&" if together else ""
    return f"{how}✓" if row.signed_by else how


def _told(sentence: str, row: Evidence | UrgencyRule, words: Words) -> str:
    signed = f"signed by {row.signed_by}" if row.signed_by else "not signed yet"
    return f"{sentence} ({words.condition(row.condition)}; {', '.join((*row.facts, *row.sources))}; {signed})"


def _summary(guide: Guide) -> str:
    rows: list[Any] = [*guide.urgency_rules, *(row for cause in guide.causes for row in cause.evidence)]
    signed = sum(bool(row.signed_by) for row in rows)
    return (
        f"{len(guide.options)} options, {len(guide.causes)} causes (with the points that each starts from), "
        f"{len(guide.urgency_rules)} urgency rules. A clinician has signed {signed} of {len(rows)} rows."
    )


def _legend(guide: Guide) -> list[str]:
    keys = [
        "+3 strongly for, −3 strongly against",
        "+2& only together with other answers",
        "−2° when it was not chosen; +1✓ signed by a clinician",
        "E emergency, U within days, R ordinary visit, S at home: how many rules name it",
        "F01 to F99: facts of the article",
    ]
    return keys + [_short(f"{s.slug} {s.publisher}: {s.title}") for s in guide.sources]


def _short(text: str, most: int = 62) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
