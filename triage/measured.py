"""How well a release judged its stories, and the safety laws, as the page about Steady tells them."""

from dataclasses import dataclass
from typing import Any

from triage.engine.laws import LAWS

ROWS = {
    "first_right": "The first cause was right",
    "among_three": "The right cause was among the first three",
    "none_held_back": "No cause was right, and none was said to fit well",
    "urgency_accepted": "How soon to get help was right",
    "emergencies_missed": "Emergencies that were missed",
    "under": "Less urgent than it should be",
    "over": "More urgent than it should be",
    "robust": "One answer changed, and the result stayed the same",
}
"""The rates of `triage.engine.evaluation`, in plain words."""


@dataclass(frozen=True)
class Row:
    what: str
    count: str
    interval: str


@dataclass(frozen=True)
class Measured:
    stories: int
    rows: tuple[Row, ...]
    laws: tuple[str, ...]


def measured(figures: dict[str, Any]) -> Measured:
    """`figures` are those kept with a release; one without has no rows."""
    rates = figures.get("rates", {})
    return Measured(
        stories=figures.get("stories", 0),
        rows=tuple(_row(what, rates[name]) for name, what in ROWS.items() if name in rates),
        laws=tuple(law.sentence for law in LAWS),
    )


def _row(what: str, rate: dict[str, Any]) -> Row:
    low, high = round(rate["low"] * 100), round(rate["high"] * 100)
    return Row(what, f"{rate['count']} of {rate['of']}", f"{low} to {high}\u00a0%")
