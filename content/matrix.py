"""The judgement on paper: options against causes and rules, and each rule and row as a sentence."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from content.things import Words, level_in_words
from triage.engine.guide import Guide
from triage.engine.parts import RANK, Condition
from triage.web.jinja import html

NOT_CHOSEN, HOLDS_BACK, WITH_OTHERS = "°", "×", "&"
"""After the points: how an option counts there."""

Cell = tuple[str, str]
"""What one column says of an option, and its tone."""


def told(guide: Guide) -> dict[str, Any]:
    """What templates/reports/matrix_of.html shows."""
    return {
        "guide": guide,
        "rows": [*guide.rules, *(row for _, row in guide.evidence)],
        "words": Words(guide),
        "asks": level_in_words,
        "cells": partial(_cells, guide),
    }


def fragment(guide: Guide) -> SafeString:
    """For a page of the staff."""
    return SafeString(html("matrix_of.html", **told(guide)))


def page_of_its_own(guide: Guide, title: str) -> str:
    """HTML that needs nothing else, with its styles inside."""
    styles = _section("steady.css", "Tokens") + _section("staff.css", "Matrix")
    return html("matrix_alone.html", title=title, styles=styles, **told(guide))


def _section(sheet: str, heading: str) -> str:
    """A part of a stylesheet, from its heading to the next."""
    text = Path(settings.BASE_DIR, "static", sheet).read_text()
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
