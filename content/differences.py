"""Two guides compared, word by word."""

import difflib
import hashlib
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from django.apps import apps

from content.models import Usable
from content.things import NO_FIELD, Thing, Words, label, things
from triage.engine import limits
from triage.engine.guide import Guide

SAME_EVIDENCE: tuple[Callable[[Thing], object], ...] = (
    lambda row: (row.within, row.item),
    lambda row: (row.within, row.item.condition),
    lambda row: (row.within, row.item.text),
)
"""By what a row of evidence is known again, the surest first."""


@dataclass(frozen=True)
class Piece:
    """Words that stay, or that only this side has."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Difference:
    """One value before and after. What is new has no `before`, what is gone no `after`."""

    place: str
    thing: Thing
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    field: str = ""
    """Which value of the thing; empty for a whole thing, and for an order."""
    earlier: Thing | None = None
    """The thing before, where a value of it differs."""

    @property
    def is_gone(self) -> bool:
        return not self.field and not self.after

    @property
    def is_order(self) -> bool:
        return not self.field and bool(self.before and self.after)

    @property
    def what(self) -> str:
        """What of the thing differs."""
        if self.field:
            return label(self.thing.kind, self.field).capitalize()
        return "Order" if self.is_order else "Gone" if self.is_gone else "New"

    @property
    def can_undo(self) -> bool:
        """A signature is of a clinician's making alone, and a level is always there."""
        if self.is_order:
            return self.thing.kind != "evidence"  # no short names tell its rows
        is_usable = issubclass(apps.get_model("content", self.thing.kind), Usable)
        return self.field not in NO_FIELD if self.field else is_usable

    @property
    def key(self) -> str:
        """Tells this very change from any other, a later one of the same value too."""
        told = (self.thing.kind, self.thing.slug, self.field, self.was, self.now)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def was(self) -> str:
        return "".join(piece.text for piece in self.before)

    @property
    def now(self) -> str:
        return "".join(piece.text for piece in self.after)


class ByThing(NamedTuple):
    name: str
    changes: tuple[Difference, ...]


def by_thing(changes: Iterable[Difference]) -> list[ByThing]:
    """Neighbours that speak of the same thing together; an order speaks of its list."""
    names = groupby(changes, key=lambda one: one.place if one.is_order else one.thing.name)
    return [ByThing(name, tuple(same)) for name, same in names]


def differences(before: Guide, after: Guide) -> tuple[Difference, ...]:
    """Every value that differs, in the order of the newer guide; what is gone comes last."""
    return tuple(_differences(before, after))


def _differences(before: Guide, after: Guide) -> Iterator[Difference]:
    old, new = list(things(before)), list(things(after))
    pairs = _pairs(old, new)
    words = Words(before), Words(after)
    for thing in new:
        was = pairs.get((thing.kind, thing.slug))
        if was is None:
            yield _difference(f"New: {thing.name}", thing, "", _summary(thing, words[1]))
        else:
            yield from _field_differences(was, thing, *words)
    kept = {(thing.kind, thing.slug) for thing in pairs.values()}
    for thing in old:
        if (thing.kind, thing.slug) not in kept:
            yield _difference(f"Gone: {thing.name}", thing, _summary(thing, words[0]), "")
    yield from _order_differences(old, new, pairs)


def _pairs(old: list[Thing], new: list[Thing]) -> dict[tuple[str, str], Thing]:
    """What each thing of the newer guide was. Evidence has no slug: its condition or its words tell."""
    was = {(thing.kind, thing.slug): thing for thing in old if thing.kind != "evidence"}
    pairs = {key: was[key] for thing in new if (key := (thing.kind, thing.slug)) in was}
    left, rows = ([thing for thing in every if thing.kind == "evidence"] for every in (old, new))
    for same in SAME_EVIDENCE:
        found: defaultdict[object, deque[Thing]] = defaultdict(deque)
        for one in left:
            found[same(one)].append(one)
        for row in rows:
            if found[same(row)]:
                pairs["evidence", row.slug] = found[same(row)].popleft()
        rows = [row for row in rows if ("evidence", row.slug) not in pairs]
        taken = {was.slug for (kind, _), was in pairs.items() if kind == "evidence"}
        left = [one for one in left if one.slug not in taken]
    return pairs


def _field_differences(was: Thing, thing: Thing, before: Words, after: Words) -> Iterator[Difference]:
    new = thing.fields()
    for name, value in was.fields().items():
        if value != new[name]:
            place = f"{thing.name}, {label(thing.kind, name)}"
            words = before.say(name, value), after.say(name, new[name])
            yield replace(_difference(place, thing, *words), field=name, earlier=was)


def _summary(thing: Thing, words: Words) -> str:
    values = ((label(thing.kind, name), words.say(name, value)) for name, value in thing.fields().items())
    return "\n".join(f"{name}: {value}" for name, value in values if value and value != "no")


def _order_differences(
    old: list[Thing], new: list[Thing], pairs: Mapping[tuple[str, str], Thing]
) -> Iterator[Difference]:
    """Things of one kind, within one other thing, that stay but change places."""
    place = {(thing.kind, thing.slug): n for n, thing in enumerate(old)}
    groups: dict[tuple[str, str], list[Thing]] = defaultdict(list)
    for thing in new:
        earlier = pairs.get((thing.kind, thing.slug))
        if earlier and earlier.within == thing.within:
            groups[thing.kind, thing.within].append(thing)
    for (kind, within), now in groups.items():
        was = sorted(now, key=lambda thing: place[kind, pairs[kind, thing.slug].slug])
        if was != now:
            of = f"Order of {kind}s{f' of {within}' if within else ''}"
            yield _difference(of, now[0], _listed(was), _listed(now))


def _listed(some: Iterable[Thing]) -> str:
    """By short name; evidence has none."""
    return ", ".join(f"“{t.item.text}”" if t.kind == "evidence" else t.slug for t in some)


def _difference(place: str, thing: Thing, before: str, after: str) -> Difference:
    return Difference(place, thing, *pieces(before, after))


def pieces(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """A text before and after, parted into words that stay and words that do not."""
    was, now = _words(before) if after else [before], _words(after) if before else [after]
    times = Counter(now)
    if sum(times[word] for word in was) > limits.PAIRS:
        was, now = [before], [after]
    blocks = difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return (
        tuple(Piece("".join(was[i:j]), tag != "equal") for tag, i, j, _, _ in blocks if j > i),
        tuple(Piece("".join(now[i:j]), tag != "equal") for tag, _, _, i, j in blocks if j > i),
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)
