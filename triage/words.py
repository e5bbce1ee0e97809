"""Putting the words of a guide together: what templates call as filters."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone


def in_sentence(text: str) -> str:
    """With a small first letter, unless it is a short form such as "RLS" or the word "I"."""
    return text if text[1:2].isupper() or text.startswith("I ") else text[:1].lower() + text[1:]


def listed(texts: Iterable[str]) -> str:
    """One line: "Being cold or wet; standing still"."""
    first, *rest = [*texts] or [""]
    return "; ".join([first, *map(in_sentence, rest)])


def day(when: date) -> str:
    """In words: 3 November 2026."""
    if isinstance(when, datetime):
        when = timezone.localtime(when)
    return f"{when:%-d %B %Y}"
