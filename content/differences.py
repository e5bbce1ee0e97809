"""Two guides compared, word by word."""

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from content.things import Thing, Words, label, things
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

    @property
    def was(self) -> str:
        return "".join(piece.text for piece in self.before)

    @property
    def now(self) -> str:
        return "".join(piece.text for piece in self.after)


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
    yield from _order_differences(old, new)


def _pairs(old: list[Thing], new: list[Thing]) -> dict[tuple[str, str], Thing]:
    """What each thing of the newer guide was. Evidence has no slug: its condition or its words tell."""
    was = {(thing.kind, thing.slug): thing for thing in old if thing.kind != "evidence"}
    pairs = {key: was[key] for thing in new if (key := (thing.kind, thing.slug)) in was}
    left = [thing for thing in old if thing.kind == "evidence"]
    for same in SAME_EVIDENCE:
        for thing in new:
            if thing.kind == "evidence" and ("evidence", thing.slug) not in pairs:
                found = next((one for one in left if same(one) == same(thing)), None)
                if found:
                    pairs["evidence", thing.slug] = found
                    left.remove(found)
    return pairs


def _field_differences(was: Thing, thing: Thing, before: Words, after: Words) -> Iterator[Difference]:
    new = thing.fields()
    for name, value in was.fields().items():
        if value != new[name]:
            place = f"{thing.name}, {label(thing.kind, name)}"
            yield _difference(place, thing, before.say(name, value), after.say(name, new[name]))


def _summary(thing: Thing, words: Words) -> str:
    values = ((label(thing.kind, name), words.say(name, value)) for name, value in thing.fields().items())
    return "\n".join(f"{name}: {value}" for name, value in values if value and value != "no")


def _order_differences(old: list[Thing], new: list[Thing]) -> Iterator[Difference]:
    """Groups whose members stay but change places, among pages, questions, options, causes and sections."""
    for kind in ("page", "question", "option", "cause", "section"):
        before, after = _groups(old, kind), _groups(new, kind)
        for within, members in after.items():
            kept = before.get(within, {})
            was, now = [slug for slug in kept if slug in members], [slug for slug in members if slug in kept]
            if was != now:
                place = f"Order of {kind}s{f' of {within}' if within else ''}"
                yield _difference(place, members[now[0]], ", ".join(was), ", ".join(now))


def _groups(every: list[Thing], kind: str) -> dict[str, dict[str, Thing]]:
    found: dict[str, dict[str, Thing]] = {}
    for thing in every:
        if thing.kind == kind:
            found.setdefault(thing.within, {})[thing.slug] = thing
    return found


def _difference(place: str, thing: Thing, before: str, after: str) -> Difference:
    was, now = _words(before), _words(after)
    blocks = difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return Difference(
        place,
        thing,
        tuple(Piece("".join(was[i:j]), tag != "equal") for tag, i, j, _, _ in blocks if j > i),
        tuple(Piece("".join(now[i:j]), tag != "equal") for tag, _, _, i, j in blocks if j > i),
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)
