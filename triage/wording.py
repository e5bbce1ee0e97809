"""Putting words together."""

from collections.abc import Iterable
from datetime import date

from triage.engine.guide import Match, UrgencyRule

MATCHES: dict[Match, str] = {
    "strong": "Fits well",
    "possible": "Fits partly",
    "unlikely": "Does not fit",
}


def in_sentence(text: str) -> str:
    """With a small first letter, unless it is a short form such as "RLS" or the word "I"."""
    return text if text[1:2].isupper() or text.startswith("I ") else text[:1].lower() + text[1:]


def listed(texts: Iterable[str]) -> str:
    """One line: "Being cold or wet; standing still"."""
    first, *rest = [*texts] or [""]
    return "; ".join([first, *map(in_sentence, rest)])


def told_once(rules: Iterable[UrgencyRule]) -> tuple[UrgencyRule, ...]:
    """The rules without those that say what one before them has said."""
    told: dict[str, UrgencyRule] = {}
    for rule in rules:
        told.setdefault(rule.reason, rule)
    return tuple(told.values())


def day(when: date) -> str:
    """In words: 3 November 2026."""
    return f"{when:%-d %B %Y}"


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
