"""Two guides compared, word by word."""

import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.apps import apps

from content.models import Usable
from content.things import SIGNED, Thing, Words, label, things
from triage.engine import limits
from triage.engine.guide import Guide
from triage.engine.parts import grouped

UNORDERED = ("facts", "sources")
"""They stand in the order of their own lists."""


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
    def about(self) -> str:
        """The thing that it speaks of; an order speaks of its list."""
        return self.place if self.is_order else self.thing.name

    @property
    def what(self) -> str:
        if self.field:
            return label(self.thing.kind, self.field).capitalize()
        return "Order" if self.is_order else "Gone" if self.is_gone else "New"

    @property
    def can_undo(self) -> bool:
        """A signature is of a clinician's making alone, and a level is always there."""
        if self.field:
            return self.field not in SIGNED
        return self.is_order or issubclass(apps.get_model("content", self.thing.kind), Usable)

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


def differences(before: Guide, after: Guide) -> tuple[Difference, ...]:
    """Every value that differs, in the order of the newer guide; what is gone comes last."""
    old, new = list(things(before)), list(things(after))
    was, is_there = {thing.key: thing for thing in old}, {thing.key for thing in new}
    places, then, now = dict(_places(new)), Words(before), Words(after)
    gone = [thing for thing in old if thing.key not in is_there]
    return (
        *(one for thing in new for one in _changes(was.get(thing.key), thing, then, now, places)),
        *(_difference(f"Gone: {thing.name}", thing, _lines(then.told(thing)), "") for thing in gone),
        *_order_differences(was, new),
    )


def _places(every: Iterable[Thing]) -> Iterator[tuple[tuple[str, str], str]]:
    """Where each thing that is asked stands: it can come before the signs of an emergency."""
    last: dict[tuple[str, str], Thing] = {}
    for thing in every:
        if thing.kind in ("page", "question", "option"):
            before = last.get((thing.kind, thing.within))
            last[thing.kind, thing.within] = thing
            yield thing.key, f"after {before.name}" if before else "first"


def _changes(
    was: Thing | None, thing: Thing, then: Words, now: Words, places: Mapping[tuple[str, str], str]
) -> Iterator[Difference]:
    if was is None:
        stands = [("place", places[thing.key])] if thing.key in places else []
        yield _difference(f"New: {thing.name}", thing, "", _lines([*stands, *now.told(thing)]))
        return
    new = thing.fields()
    for name, value in was.fields().items():
        if value == new[name] or (name in UNORDERED and sorted(value) == sorted(new[name])):
            continue
        place = f"{thing.name}, {label(thing.kind, name)}"
        words = then.say(name, value), now.say(name, new[name])
        if name == "page":
            words = words[0], f"{words[1]}, {places[thing.key]}"
        yield replace(_difference(place, thing, *words), field=name, earlier=was)


def _lines(values: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{name}: {said}" for name, said in values)


def _order_differences(old: Mapping[tuple[str, str], Thing], new: list[Thing]) -> Iterator[Difference]:
    """Things of one kind, within one other thing, that stay but change places."""
    place = {key: n for n, key in enumerate(old)}
    stays = [thing for thing in new if thing.key in old and old[thing.key].within == thing.within]
    groups = grouped(((thing.kind, thing.within), thing) for thing in stays)
    for (kind, within), now in groups.items():
        was = sorted(now, key=lambda thing: place[thing.key])
        if was != now:
            many = apps.get_model("content", kind)._meta.verbose_name_plural
            of = f"Order of {many}{f' of {within}' if within else ''}"
            before, after = (", ".join(thing.slug for thing in some) for some in (was, now))
            yield _difference(of, now[0], before, after)


def _difference(place: str, thing: Thing, before: str, after: str) -> Difference:
    return Difference(place, thing, *pieces(before, after))


Pieces = tuple[Piece, ...]


def pieces(before: str, after: str) -> tuple[Pieces, Pieces]:
    """A text before and after, parted into words that stay and words that do not."""
    was, now = _words(before) if after else [before], _words(after) if before else [after]
    times = Counter(now)
    if sum(times[word] for word in was) * min(len(was), len(now)) > limits.PAIRS:
        was, now = [before], [after]
    blocks = difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return (
        tuple(Piece("".join(was[i:j]), tag != "equal") for tag, i, j, _, _ in blocks if j > i),
        tuple(Piece("".join(now[i:j]), tag != "equal") for tag, _, _, i, j in blocks if j > i),
    )


def _words(text: str) -> list[str]:
    """Each with the space after it: a space that stays would tell nothing, and there are many."""
    return re.findall(r"\s+|\S+\s*", text)
