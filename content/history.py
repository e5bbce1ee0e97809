"""Who changed what in the working copy."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model

from content import working_copy
from content.differences import ByThing, Difference, by_thing, differences
from triage.engine.guide import Guide

SIGNED, MOVED = "Signed.", "Moved."
"""What the history of a row says where a clinician signed it, and where it changed places."""


class ByPerson(NamedTuple):
    people: str
    """Their names; empty where none is known."""
    things: list[ByThing]


def by_person(changes: Iterable[Difference], since: datetime | None) -> list[ByPerson]:
    """The changes by who made them since then, and thing by thing."""
    names = _names(since)
    keys = {thing: row.pk for thing, row in working_copy.rows().items()}
    found: dict[str, list[ByThing]] = defaultdict(list)
    for group in by_thing(changes):
        who = dict.fromkeys(name for row in _told_by(group.changes[0], keys) for name in names.get(row, ()))
        found[", ".join(who)].append(group)
    return [ByPerson(*pair) for pair in sorted(found.items())]


def _told_by(change: Difference, keys: Mapping[tuple[str, str], int]) -> list[tuple[str, int | str]]:
    """The entries that say who made a change, as `_names` has them."""
    thing = change.thing
    if change.is_order:  # whichever of them was moved
        return [(thing.kind, MOVED)]
    if thing.kind == "evidence" and change.is_gone:  # its number is that of another row by now
        return []
    rows = [(thing.kind, thing.slug), *([("question", thing.within)] if thing.kind == "option" else [])]
    return [(kind, keys.get((kind, slug), 0)) for kind, slug in rows]


def _names(since: datetime | None) -> dict[tuple[str, int | str], list[str]]:
    """By kind and key of a row, who saved it, the last one first; and by kind who moved any."""
    entries = LogEntry.objects.filter(content_type__app_label="content")
    if since:
        entries = entries.filter(action_time__gte=since)
    found: dict[tuple[str, int | str], list[str]] = defaultdict(list)
    fields = ("content_type__model", "object_id", "user__username", "change_message")
    for kind, key, name, message in entries.values_list(*fields):
        found[kind, int(key or 0)].append(name)
        if message == MOVED:
            found[kind, MOVED].append(name)
    return found


def log_replaced(before: Guide | None, after: Guide, user_id: int | None, message: str) -> None:
    """An entry for each row that differs after the whole working copy was replaced."""
    changes = differences(before, after) if before else ()
    things = {(change.thing.kind, change.thing.slug) for change in changes if not change.is_gone}
    rows = working_copy.rows()
    log([rows[thing] for thing in sorted(things)], user_id, message)


def log(rows: Collection[Model], user_id: Any, message: str) -> None:
    if rows:
        LogEntry.objects.log_actions(user_id, rows, CHANGE, message)


def told_changes(before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Each value that differs, in words, before and after."""
    for key in {**before, **after}:
        (name, was), (new_name, now) = before.get(key, ("", "")), after.get(key, ("", ""))
        if was != now:
            yield f"{new_name or name}: “{was}” → “{now}”"
