"""The judgement on paper: options against causes and rules, and each rule and row as a sentence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from content.models import POINTS
from content.things import Words, level_in_words
from triage.engine.guide import Guide
from triage.engine.parts import RANK, Condition, Evidence, UrgencyRule

NOT_CHOSEN, HOLDS_BACK, WITH_OTHERS = "°", "×", "&"
"""After the points: how an option counts there."""

Cell = tuple[str, str]
"""What one column says of an option, and its tone."""


def matrix(guide: Guide, title: str) -> dict[str, Any]:
    """What templates/content/matrix_of.html shows."""
    words = Words(guide)
    rows = [*guide.rules, *(row for cause in guide.causes for row in cause.evidence)]
    return {
        "title": title,
        "guide": guide,
        "lines": list(_lines(guide)),
        "rules": [_sentence(level_in_words(rule.urgency, rule.today), rule, words) for rule in guide.rules],
        "evidence": [
            (cause.name, [_sentence(POINTS[row.points], row, words) for row in cause.evidence])
            for cause in guide.causes
        ],
        "sentences": len(rows),
        "signed": sum(bool(row.signed_by) for row in rows),
    }


def page_of_its_own(guide: Guide, title: str) -> str:
    """HTML that needs nothing else, with its styles inside."""
    styles = _section("steady.css", "Tokens") + _section("staff.css", "Matrix")
    return render_to_string("content/matrix_alone.html", {"matrix": matrix(guide, title), "styles": styles})


def _section(sheet: str, heading: str) -> str:
    """A part of a stylesheet, from its heading to the next."""
    text = Path(settings.BASE_DIR, "static", sheet).read_text()
    return text.partition(f"/* ==== {heading} ==== */")[2].partition("/* ====")[0]


def _lines(guide: Guide) -> Iterator[tuple[str, list[Cell]]]:
    """Each option with a cell for each cause, and one for how soon; a question has none."""
    for question in guide.questions.values():
        yield question.short, []
        for option in question.options:
            yield option.text, list(_cells(guide, f"{question.slug}:{option.slug}"))


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


def _sentence(asks: str, item: UrgencyRule | Evidence, words: Words) -> dict[str, object]:
    """A rule or a row of evidence, to be read and signed; it asks for its level or its points, in words."""
    stands_on = "; ".join(filter(None, (*item.facts, words.say("sources", item.sources))))
    return {"asks": asks, "item": item, "when": words.condition(item.condition), "stands_on": stands_on}
