"""The figures of an evaluation, and the safety laws, for staff: for a page, a terminal and a program."""

from typing import Any, NamedTuple

from triage.engine.evaluation import NO_CAUSE, RATES, Figures, Rate
from triage.engine.guide import Guide
from triage.engine.laws import LAWS, Flaw
from triage.engine.parts import URGENCIES

CAVEAT = (
    "People described the stories, doctors published them, or they were made to break the rules. "
    "A reader said what is expected of each, and whoever wrote the rules knew them. "
    "No clinician has signed these labels yet. Nothing here was tested on patients."
)
SHOWN_MISSES = 200


class Law(NamedTuple):
    """A law as staff read it; one without flaws holds."""

    slug: str
    sentence: str
    flaws: tuple[Flaw, ...]


def rates(figures: dict[str, Rate]) -> list[dict[str, Any]]:
    """Those that count anything."""
    return [_told(what, figures[name]) for name, what in RATES.items() if figures[name].of]


def _told(what: str, rate: Rate) -> dict[str, Any]:
    """In words and percents."""
    shares = (rate.interval[0], rate.count / rate.of, rate.interval[1])
    low, here, high = (round(100 * share, 1) for share in shares)
    told = {"what": what, "count": f"{rate.count:,} of {rate.of:,}", "interval": f"{low} to {high} %"}
    return told | {"rate": rate, "low": low, "here": here, "width": round(high - low, 1)}


def laws(guide: Guide) -> list[Law]:
    return [Law(slug, sentence, tuple(find(guide))) for slug, (sentence, find) in LAWS.items()]


def page(guide: Guide, title: str, figures: Figures, checked: list[Law]) -> dict[str, Any]:
    """What templates/reports/evaluation.html and .txt show."""
    causes = {cause.slug: cause.name for cause in guide.causes} | {NO_CAUSE: "None fits"}
    kinds = {kind: rates(found) for kind, found in figures.kinds.items()}
    tables = {"The first cause": figures.causes, "How soon to get help": figures.urgency}
    return {
        "title": title,
        "caveat": CAVEAT,
        "figures": figures,
        "rates": rates(figures.rates),
        "kinds": kinds if len(kinds) > 1 else {},
        "tables": tables if figures.stories else {},
        "given_in_all": [pair for found in figures.given.values() for pair in found.items()],
        "names": causes | {urgency: guide.level(urgency).name for urgency in URGENCIES},
        "misses": figures.misses[:SHOWN_MISSES],
        "more_misses": max(0, len(figures.misses) - SHOWN_MISSES),
        "laws": checked,
    }


def plain(figures: Figures, checked: list[Law]) -> dict[str, object]:
    return {"note": CAVEAT, **figures.plain(), "laws": plain_laws(checked)}


def plain_laws(checked: list[Law]) -> list[dict[str, object]]:
    return [
        {
            "law": law.slug,
            "sentence": law.sentence,
            "held": not law.flaws,
            "flaws": [flaw._asdict() for flaw in law.flaws],
        }
        for law in checked
    ]
