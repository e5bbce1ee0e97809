"""One change of the working copy, taken back to what the live release has."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from content import working_copy
from content.differences import Difference
from content.models import ReleasedSlug
from content.things import SIGNED
from triage.engine.guide import GuideError

DELETED = "{} was deleted, or moved elsewhere. Write it anew, or put the release back"


def undo(change: Difference) -> Model:
    """Take it back, and return its row. What is new becomes a draft, for somebody wrote it; what an older
    release has had is retired.

    Raises GuideError where no row is left of what is gone, where others stand on the change, or it stands on
    another one.
    """
    row, before = working_copy.rows().get(change.thing.key), working_copy.build()
    if row is None:
        raise GuideError([DELETED.format("its row")])
    with transaction.atomic():
        try:
            _take_back(row, change)
        except IntegrityError:
            raise GuideError(["it goes together with another change; take that back first"]) from None
        except KeyError:
            raise GuideError([DELETED.format("what it named")]) from None
        if working_copy.hold_whole() == before:
            raise GuideError(["it speaks of what is retired or a draft; take that back first"])
    return row


def _take_back(row: Any, change: Difference) -> None:
    if change.is_order:
        _order(row, [slug.rpartition(":")[2] for slug in change.was.split(", ")])
    elif change.field or change.is_gone:
        earlier = (change.earlier or change.thing).fields()
        if change.is_gone:
            row.status = ""
        for name in [change.field] if change.field else [name for name in earlier if name not in SIGNED]:
            working_copy.set_field(row, name, earlier[name])
    else:
        row.status = "retired" if ReleasedSlug.holds(row) else "draft"
        row.save()


def _order(row: Any, slugs: list[str]) -> None:
    """Give those of the slugs the places that they share, in this order; the others stay where they are."""
    rows = list(row.siblings())
    named = {one.slug: one for one in rows if one.slug in slugs}
    turn = iter(slugs)
    row.put_in_order([named[next(turn)] if one.slug in named else one for one in rows])
