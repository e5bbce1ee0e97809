"""An evaluation for people: as lines for a terminal, and as one page with the matrices drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from triage.engine.evaluation import NO_CAUSE, Figures, Matrix, Miss, Rate
from triage.engine.guide import Guide
from triage.engine.laws import Law, Outcome
from triage.engine.urgency import URGENCIES
from triage.measured import ROWS

CAVEAT = (
    "The makers of Steady wrote the stories and said what is expected of each. "
    "No clinician has signed these labels yet. Nothing here was tested on patients."
)
SHOWN_MISSES = 200

Laws = tuple[tuple[Law, Outcome], ...]


@dataclass(frozen=True)
class RateRow:
    """A rate. `low`, `width` and `here` are percents, to draw its interval."""

    what: str
    count: str
    percent: str
    interval: str
    low: float
    width: float
    here: float


@dataclass(frozen=True)
class Cell:
    """A count, and the square that stands for its share of the row, in percent of the cell's side."""

    count: int
    side: float
    at: float
    tone: str


@dataclass(frozen=True)
class Row:
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """What was expected, one row each, against what was given, one column each."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class MissRow:
    miss: Miss
    wrong: str
    expected: str
    given: str


@dataclass(frozen=True)
class EvaluationPage:
    title: str
    basis: str
    caveat: str
    rates: tuple[RateRow, ...]
    tables: tuple[Table, ...]
    given: tuple[tuple[str, int], ...]
    tipping: tuple[tuple[str, int], ...]
    misses: tuple[MissRow, ...]
    more_misses: int
    laws: Laws


def evaluation_page(guide: Guide, title: str, figures: Figures, laws: Laws) -> EvaluationPage:
    causes = {cause.slug: cause.name for cause in guide.causes} | {NO_CAUSE: "None fits"}
    levels: dict[str, str] = {urgency: guide.level(urgency).name for urgency in URGENCIES}
    tables = (
        _table("The first cause", figures.causes, causes),
        _table("How soon to get help", figures.urgency, levels),
    )
    given = {**figures.given["causes"], **figures.given["urgency"]}
    return EvaluationPage(
        title,
        _basis(figures),
        CAVEAT,
        rates=tuple(_rate(name, rate) for name, rate in figures.rates.items() if rate.of),
        tables=tables if figures.stories else (),
        given=tuple((name, given[slug]) for slug, name in (causes | levels).items()),
        tipping=tuple(figures.tipping.items()),
        misses=tuple(_miss(miss) for miss in figures.misses[:SHOWN_MISSES]),
        more_misses=max(0, len(figures.misses) - SHOWN_MISSES),
        laws=laws,
    )


def _basis(figures: Figures) -> str:
    told = f"{figures.sets:,} sets of answers were weighed; {figures.stories:,} of them say what is expected."
    if figures.flipped < figures.stories:
        told += f" In the first {figures.flipped:,} of these, single answers were changed."
    return told


def _rate(name: str, rate: Rate) -> RateRow:
    low, here, high = (round(100 * x, 1) for x in (rate.interval[0], rate.count / rate.of, rate.interval[1]))
    return RateRow(
        ROWS.get(name, "How soon to get help was just as expected"),
        f"{rate.count:,} of {rate.of:,}",
        f"{here} %",
        f"{low} to {high} %",
        low,
        round(high - low, 1),
        here,
    )


def _table(title: str, matrix: Matrix, names: Mapping[str, str]) -> Table:
    rows = (Row(name, tuple(_cells(slug, matrix[slug]))) for slug, name in names.items())
    return Table(title, tuple(names.values()), tuple(rows))


def _cells(expected: str, counts: Mapping[str, int]) -> Iterator[Cell]:
    whole = sum(counts.values()) or 1
    for given, count in counts.items():
        side = round(100 * sqrt(count / whole), 1)
        yield Cell(count, side, (100 - side) / 2, "right" if given == expected else "wrong")


def _miss(miss: Miss) -> MissRow:
    story = miss.story
    return MissRow(
        miss,
        ", ".join(miss.wrong).replace("_", " "),
        f"{', '.join(story.causes) or NO_CAUSE}; {' or '.join(story.urgency_accept)}",
        f"{', '.join(f'{slug} ({match}, {points})' for slug, match, points in miss.causes)}; {miss.urgency}",
    )


def lines(page: EvaluationPage) -> Iterator[str]:
    """The same for a terminal."""
    yield from (page.title, page.basis, page.caveat, "")
    yield from (f"{r.what:<52}{r.count:>16}{r.percent:>9}   ({r.interval})" for r in page.rates)
    for table in page.tables:
        yield from ("", f"{table.title}, expected: given")
        for row in table.rows:
            told = [
                f"{name} {cell.count}"
                for name, cell in zip(table.columns, row.cells, strict=True)
                if cell.count
            ]
            if told:
                yield f"  {row.name}: {', '.join(told)}"
    yield from ("", "Given in all: " + ", ".join(f"{name} {count}" for name, count in page.given if count))
    if page.tipping:
        yield "Options that tip the result: " + ", ".join(f"{slug} {count}" for slug, count in page.tipping)
    for missed in page.misses:
        yield from ("", f"{missed.miss.story.slug} missed {missed.wrong}", f"  {missed.miss.story.story}")
        yield from (f"  expected {missed.expected}", f"  given {missed.given}")
        yield from (f"    {r.what} {_signed(r.points)}{r.text}" for r in missed.miss.reasons)
    if page.more_misses:
        yield f"and {page.more_misses:,} more misses"
    if page.laws:
        yield ""
    for law, outcome in page.laws:
        held = "holds " if outcome.held else "BROKEN"
        yield f"{held} {law.sentence} ({outcome.said}) {outcome.counterexample}"


def _signed(points: int | None) -> str:
    return "" if points is None else f"{points:+d} "


def plain(figures: Figures, laws: Laws) -> dict[str, Any]:
    """The same for programs."""
    return {
        "note": CAVEAT,
        **figures.plain(),
        "laws": [{"law": law.slug, "sentence": law.sentence, **outcome._asdict()} for law, outcome in laws],
    }
