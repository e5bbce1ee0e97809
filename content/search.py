"""Words found in every text of the working copy, and replaced after a look."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import models

from content import history, working_copy
from content.differences import Piece, Pieces, pieces
from content.forms import SHORT_ENOUGH
from content.models import StoredCondition
from content.things import screen
from triage.engine.guide import GuideError

SHORTEST, LONGEST, MOST = 2, 200, 200
"""Letters of what is searched for, and texts that are shown."""
NO_WORDS = ("slug", "opinions", "url")
AROUND = 80
"""Letters that an excerpt shows before and after what was found."""
QUOTES = ("'’‘", '"“”', " \xa0", "-‑–")


@dataclass(frozen=True)
class Found:
    """A text of a row that holds the words."""

    row: models.Model
    field: models.Field
    query: str

    @property
    def text(self) -> str:
        return str(getattr(self.row, self.field.attname))

    @property
    def kind(self) -> str:
        return str(self.row._meta.verbose_name).capitalize()

    @property
    def place(self) -> str:
        return str(self.field.verbose_name)

    @property
    def url(self) -> str:
        return screen(self.row)

    @property
    def key(self) -> str:
        """Names this text as it is now."""
        digest = sha256(self.text.encode()).hexdigest()[:16]
        return f"{self.row._meta.model_name} {self.row.pk} {self.field.name} {digest}"

    @cached_property
    def excerpt(self) -> tuple[Piece, ...]:
        """The first place where it stands, with the words around it."""
        found = next(_alike(self.query).finditer(self.text))
        start, end = max(0, found.start() - AROUND), found.end() + AROUND
        before = ("…" if start else "") + self.text[start : found.start()]
        after = self.text[found.end() : end] + ("…" if end < len(self.text) else "")
        return Piece(before, changed=False), Piece(found[0], changed=True), Piece(after, changed=False)

    def replaced(self, words: str) -> str:
        return self.text.replace(self.query, words).strip()


def search(query: str, *, exactly: bool = False) -> list[Found]:
    """The first texts that hold the words, else capital or not, with straight or curly quotes."""
    alike = re.compile(re.escape(query)) if exactly else _alike(query)
    found = (Found(row, field, query) for row, field in _texts() if alike.search(getattr(row, field.attname)))
    return list(islice(found, MOST + 1))


def looks(found: Iterable[Found], words: str) -> list[tuple[Found, tuple[Pieces, Pieces]]]:
    return [(one, pieces(one.text, one.replaced(words))) for one in found if one.replaced(words) != one.text]


def replace(query: str, words: str, keys: Iterable[str], user_id: int | None) -> tuple[int, list[str]]:
    """Replace in the texts of these keys. How many were, and the names of those that have changed.

    Raises GuideError when a text, or the working copy, could not stand so.
    """
    wanted = {key.rpartition(" ")[0]: key for key in keys}
    done, changed = 0, []
    with working_copy.staying_whole():
        for found in (Found(row, field, query) for row, field in _texts()):
            key = wanted.get(found.key.rpartition(" ")[0])
            if key == found.key and query in found.text:
                _write(found, words, user_id)
                done += 1
            elif key:
                changed.append(f"{found.kind} “{found.row}”, {found.place}")
    return done, changed


def _write(found: Found, words: str, user_id: int | None) -> None:
    row, field, before, name = found.row, found.field, found.text, str(found.row)
    setattr(row, field.attname, found.replaced(words))
    try:
        SHORT_ENOUGH(found.text)
        row.clean_fields(exclude=[other.name for other in row._meta.fields if other != field])
    except ValidationError as error:
        why = " ".join(error.messages).removesuffix(".")
        raise GuideError([f"{found.kind} “{name}”, {found.place}: {why}"]) from None
    row.save(update_fields=[field.name])
    history.log([row], user_id, f"{found.place.capitalize()}: “{before}” → “{found.text}”")


def _texts() -> Iterator[tuple[models.Model, models.Field]]:
    """Every text of every row, whether in use or not, with its field."""
    for model in working_copy.KINDS.values():
        fields = [field for field in model._meta.fields if _holds_words(field)]
        for row in model._default_manager.all():
            yield from ((row, field) for field in fields)


def _holds_words(field: models.Field) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(
        field, StoredCondition
    )
    return is_text and not field.choices and field.name not in NO_WORDS


def _alike(query: str) -> re.Pattern[str]:
    letters = (next((f"[{same}]" for same in QUOTES if c in same), re.escape(c)) for c in query)
    return re.compile("".join(letters), re.IGNORECASE)
