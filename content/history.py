"""Who changed what in the working copy."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model

from content import working_copy
from content.differences import Difference, differences
from content.screens import Shown, State
from triage.engine.guide import Guide

SIGNED, MOVED = "Signed.", "Moved."
"""What the history of a row says where a clinician signed it, and where it changed places."""


Entry = tuple[str, int, str]
"""The kind and key of a row, and whether it was moved or signed; which one was moved is not told apart."""


def by_person(changes: Iterable[Difference], since: datetime | None) -> list[tuple[str, list[Difference]]]:
    """The changes by the names of who made them since then; those of whom no name is known come first."""
    names = _names(since)
    keys = {thing: row.pk for thing, row in working_copy.rows().items()}
    found: dict[str, list[Difference]] = defaultdict(list)
    for change in changes:
        who = dict.fromkeys(name for row in _told_by(change, keys) for name in names.get(row, ()))
        found[", ".join(who)].append(change)
    return sorted(found.items())


def _told_by(change: Difference, keys: Mapping[tuple[str, str], int]) -> list[Entry]:
    """The entries that say who made a change, as `_names` has them."""
    thing = change.thing
    if change.is_order:  # whichever of them was moved
        return [(thing.kind, 0, MOVED)]
    if change.field in ("signed_by", "signed_on") and change.now:
        return [(thing.kind, keys.get(thing.key, 0), SIGNED)]
    rows = [thing.key, *([("question", thing.within)] if thing.kind == "option" else [])]
    return [(kind, keys.get((kind, slug), 0), "") for kind, slug in rows]


def _names(since: datetime | None) -> dict[Entry, list[str]]:
    """By entry, who made it, the last one first."""
    entries = LogEntry.objects.filter(content_type__app_label="content")
    if since:
        entries = entries.filter(action_time__gte=since)
    found: dict[Entry, list[str]] = defaultdict(list)
    fields = ("content_type__model", "object_id", "user__username", "change_message")
    for kind, key, name, message in entries.exclude(change_message="[]").values_list(*fields):
        what = message if message in (MOVED, SIGNED) else ""
        found[kind, 0 if what == MOVED else int(key or 0), what].append(name)
    return found


def newest_entry() -> str:
    """Its key, for a page to carry: a later one says that something has changed since."""
    entries = LogEntry.objects.filter(content_type__app_label="content")
    return str(entries.values_list("pk", flat=True).order_by("-pk").first())


def log_replaced(before: Guide | None, after: Guide, user_id: int | None, message: str) -> None:
    """An entry for each row that differs after the whole working copy was replaced; for one where none does,
    for drafts may have gone with it."""
    changes = differences(before, after) if before else ()
    things = {change.thing.key for change in changes if not change.is_gone} or {("thresholds", "")}
    rows = working_copy.rows()
    log([rows[thing] for thing in sorted(things)], user_id, message)


def log(rows: Collection[Model], user_id: Any, message: str) -> list[LogEntry]:
    return LogEntry.objects.log_actions(user_id, rows, CHANGE, message)


def told_changes(before: State, after: State) -> Iterator[str]:
    """Each value that differs, in words, before and after."""
    for key in {**before, **after}:
        was, now = before.get(key, Shown()), after.get(key, Shown())
        if was.value != now.value:
            yield f"{now.name or was.name}: “{was.words}” → “{now.words}”"
