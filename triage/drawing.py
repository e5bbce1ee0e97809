"""What is drawn: which picture goes with what, and the small drawings that carry a meaning.

Each drawing says the same as the words beside it, so all of them are hidden from screen readers.
"""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from triage.engine.guide import Match
from triage.engine.urgency import UrgencyName

_CAUSES = {
    "muscle_fatigue": "muscle",
    "caffeine": "cup",
    "anxiety": "heart",
    "cold": "sock",
    "restless_legs": "night",
    "medication": "bottle",
    "electrolytes": "drop",
    "habit": "shoe",
}
_ELSE = "steps"
"""For a cause that staff added."""


def of_cause(slug: str) -> str:
    """The template of a cause's picture."""
    return f"drawings/{_CAUSES.get(slug, _ELSE)}.html"


def of_level(urgency: UrgencyName) -> str:
    """The template of a level's emblem."""
    return f"drawings/{urgency}.html"


def _svg(view: str, inner: str, name: str = "") -> SafeString:
    width, height = view.split()
    kind = f' class="{name}"' if name else ""
    return SafeString(
        f'<svg{kind} viewBox="0 0 {view}" width="{width}" height="{height}" aria-hidden="true">{inner}</svg>'
    )


def _blocks(corners: Sequence[int], look: str) -> str:
    squares = "".join(f"M{x} 4h10v10h-10z" for x in corners)
    return f'<path d="{squares}" stroke="currentColor" stroke-linejoin="round" {look}/>'


def _bar(points: int) -> SafeString:
    """Solid blocks to the right speak for a cause, hollow ones to the left against it."""
    if points > 0:
        return _svg("104 18", _blocks((58, 74, 90)[:points], 'fill="currentColor" stroke-width="4"'))
    return _svg("104 18", _blocks((36, 20, 4)[:-points], 'fill="none" stroke-width="2"'), "no")


BARS = {points: _bar(points) for points in (-3, -2, -1, 1, 2, 3)}
"""One block for each point."""

UNKNOWN_BAR = _svg(
    "104 18",
    '<circle cx="52" cy="9" r="6" fill="var(--paper,#fff)" stroke="currentColor" stroke-width="2"/>',
    "un",
)
"""A ring on the axis: not answered."""

_RING = '<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2"/>'
DISCS: dict[Match, SafeString] = {
    "strong": _svg("24 24", '<circle cx="12" cy="12" r="10" fill="currentColor"/>'),
    "possible": _svg("24 24", f'{_RING}<path d="M12 3a9 9 0 0 0 0 18z" fill="currentColor"/>'),
    "unlikely": _svg("24 24", _RING),
}
"""A full, half and empty disc, for how well a cause fits."""

_OUTLINE = 'fill="none" stroke="currentColor" stroke-width="2"'
SHAPES: dict[UrgencyName, SafeString] = {
    "self_care": _svg("28 28", f'<circle cx="14" cy="14" r="10" {_OUTLINE}/>'),
    "routine": _svg("28 28", f'<rect x="4.5" y="4.5" width="19" height="19" rx="4" {_OUTLINE}/>'),
    "urgent": _svg("28 28", f'<path d="M14 2.5 25.5 14 14 25.5 2.5 14z" {_OUTLINE}/>'),
    "emergency": _svg("28 28", f'<path d="M9.5 3.5h9l6 6v9l-6 6h-9l-6-6v-9z" {_OUTLINE}/>'),
}
"""Circle, square, diamond, octagon: how soon, and nothing else."""

SIGNS = {
    True: _svg(
        "14 14",
        '<rect width="14" height="14" rx="2"/>'
        '<path d="m3 7 3 3 5-6" fill="none" stroke="#fff" stroke-width="2"/>',
    ),
    False: _svg(
        "14 14",
        '<path d="M1 1h12v12H1zM4 7h6" fill="none" stroke="#000" stroke-width="1.25"/>',
    ),
    None: _svg(
        "14 14",
        '<path d="M1 1h12v12H1z" fill="none" stroke="#000" stroke-width="1.25" stroke-dasharray="2 1.5"/>',
    ),
}
"""For the doctor's sheet: present, absent, not known."""
