"""What is told of a whole guide, on a page, on paper, in a terminal and to a program (templates/reports/).

How well it judges its stories, with the safety laws; the judgement as sentences and as a matrix; the safety
case: its purpose, its hazards and what stands against them.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString

from content.things import Words, level_in_words
from triage import markdown
from triage.engine.evaluation import NO_CAUSE, RATES, Figures, Rate, evaluate
from triage.engine.guide import Guide
from triage.engine.laws import LAWS, Flaw
from triage.engine.parts import RANK, URGENCIES, Condition
from triage.web.jinja import html

# How well it judges.

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


def evaluation(guide: Guide, title: str, figures: Figures, checked: list[Law]) -> dict[str, Any]:
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


# The judgement, as sentences and as a matrix.

NOT_CHOSEN, HOLDS_BACK, WITH_OTHERS = "°", "×", "&"
"""After the points: how an option counts there."""

Cell = tuple[str, str]
"""What one column says of an option, and its tone."""


def judgement(guide: Guide) -> dict[str, Any]:
    """What templates/reports/matrix_of.html shows."""
    return {
        "guide": guide,
        "rows": [*guide.rules, *(row for _, row in guide.evidence)],
        "words": Words(guide),
        "asks": level_in_words,
        "cells": partial(_cells, guide),
    }


def matrix(guide: Guide) -> SafeString:
    """For a page of the staff."""
    return SafeString(html("matrix_of.html", **judgement(guide)))


def matrix_page(guide: Guide, title: str) -> str:
    """HTML that needs nothing else, with its styles inside."""
    styles = _section("steady.css", "Tokens") + _section("staff.css", "Matrix")
    return html("matrix_alone.html", title=title, styles=styles, **judgement(guide))


def _section(sheet: str, heading: str) -> str:
    """A part of a stylesheet, from its heading to the next."""
    text = (settings.BASE_DIR / "static" / sheet).read_text()
    return text.partition(f"/* ==== {heading} ==== */")[2].partition("/* ====")[0]


def _cells(guide: Guide, option: str) -> Iterator[Cell]:
    """The points of each cause's rows that name an option, and how many rules of each level stand on it."""
    for cause in guide.causes:
        named = [row for row in cause.evidence if option in row.condition.options]
        rows = [(_how(option, row.condition), row) for row in named]
        rows.sort(key=lambda pair: (pair[0] == HOLDS_BACK, pair[0] == NOT_CHOSEN, -abs(pair[1].points)))
        if not rows:
            yield "", ""
            continue
        how, first = rows[0]
        tone = "" if how == HOLDS_BACK else f"{'for' if first.points > 0 else 'against'}{abs(first.points)}"
        yield " ".join(f"{row.points:+d}{how}" for how, row in rows).replace("-", "−"), tone
    named_by = [rule for rule in guide.rules if option in rule.condition.options]
    rules = [rule for rule in named_by if _how(option, rule.condition) != HOLDS_BACK]
    levels = sorted({rule.urgency for rule in rules}, key=lambda level: -RANK[level])
    counts = (f"{level[0].upper()}{sum(rule.urgency == level for rule in rules)}" for level in levels)
    yield " ".join(counts), levels[0] if levels else ""


def _how(option: str, condition: Condition) -> str:
    if option in condition.none:
        return NOT_CHOSEN
    if not any(option in group.of for group in condition.needed):
        return HOLDS_BACK
    is_enough = [group.at_least for group in condition.needed] == [1] and not condition.none
    return "" if is_enough else WITH_OTHERS


# The safety case.

FOLDER = settings.BASE_DIR / "docs/safety"
PRINCIPLES = (
    "a threat is a group of signs",
    "an exception must be known to calm",
    "not sure lowers by one level at most",
    "what passes off lowers by one level at most",
    "home is earned",
)


class Control(NamedTuple):
    """What stands against a hazard: a rule, a law, a principle or a test."""

    kind: str
    name: str
    told: str
    is_there: bool


def hazards(guide: Guide) -> list[dict[str, object]]:
    """Those of docs/safety/hazards.json, each control looked up in the guide."""
    known = {
        "rule": {rule.slug: rule.reason for rule in guide.rules},
        "law": {law: sentence for law, (sentence, _) in LAWS.items()},
        "principle": {principle: principle for principle in PRINCIPLES},
    }

    def control(named: str) -> Control:
        kind, _, name = named.partition(":")
        if kind == "test":
            return Control(kind, name, name, (settings.BASE_DIR / name).exists())
        return Control(kind, name, known[kind].get(name, name), name in known[kind])

    rows = json.loads((FOLDER / "hazards.json").read_text(encoding="utf-8"))
    return [row | {"controls": [control(named) for named in row["controls"]]} for row in rows]


def _paper(name: str) -> SafeString:
    """Without its heading."""
    return markdown.render((FOLDER / f"{name}.md").read_text(encoding="utf-8").partition("\n")[2])


def safety_case(guide: Guide, title: str) -> str:
    """HTML that needs nothing else."""
    context = {
        "title": title,
        "purpose": _paper("purpose"),
        "transparency": _paper("transparency"),
        "data_protection": _paper("data-protection"),
        "hazards": hazards(guide),
        "laws": laws(guide),
        "rates": rates(evaluate(guide, guide.vignettes).rates),
    }
    return html("safety_case.html", **context, **judgement(guide))
