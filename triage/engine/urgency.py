"""The four urgencies."""

from typing import Literal, get_args

UrgencyName = Literal["self_care", "routine", "urgent", "emergency"]

URGENCIES: tuple[UrgencyName, ...] = get_args(UrgencyName)
"""From the least urgent to the most."""
RANK = {name: rank for rank, name in enumerate(URGENCIES)}
