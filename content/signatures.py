"""What a clinician's signature covers, and which parts of a guide are signed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from django.utils import timezone

from content.models import Signature
from content.things import Thing, things
from triage.engine.file import plain
from triage.engine.guide import Guide
from triage.engine.parts import Cause, Checked, Condition, Page, Question

CLINICIAN = "Clinician"
"""The group whose members sign. Nobody else does, a superuser neither."""

NESTED = ("questions", "options", "evidence")
"""Where parts stand that are signed on their own."""

APART = {field.name for field in fields(Checked)} | {"evidence"}
"""What a signature does not cover: itself, when it was compared, and rows that are signed on their own."""


def digest_of(item: Checked, within: str) -> str:
    """Of what is signed. `within` is the slug of the question or cause that it belongs to."""
    said = {name: value for name, value in plain(item).items() if name not in APART}
    said |= {name: sorted(said[name]) for name in ("facts", "sources") if name in said}
    if condition := getattr(item, "condition", None):
        said["condition"] = _in_any_order(condition)
    text = json.dumps([type(item).__name__, within, said], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _in_any_order(condition: Condition) -> object:
    """The same for every way of writing it: order says nothing, and the admin has one of its own."""
    needed, none, unless = condition.sets
    groups = (sorted([n, *sorted(of)] for of, n in some) for some in (needed, unless))
    return [sorted(none), *groups]


def signed(guide: Guide) -> Guide:
    """The guide with the signatures that its parts have, and no others."""
    return replace(guide, **signed_parts({field.name: getattr(guide, field.name) for field in fields(guide)}))


def signed_parts(parts: Mapping[str, object]) -> dict[str, Any]:
    known = {signature.digest: signature for signature in Signature.objects.all()}
    return {name: _signed(part, "", known) for name, part in parts.items()}


def _signed(part: Any, within: str, known: Mapping[str, Signature]) -> object:
    if isinstance(part, tuple):
        return tuple(_signed(one, within, known) for one in part)
    changes: dict[str, object] = {}
    if isinstance(part, Page | Question | Cause):
        changes |= {
            name: _signed(getattr(part, name), part.slug, known) for name in NESTED if hasattr(part, name)
        }
    if isinstance(part, Checked):
        found = known.get(digest_of(part, within)) if known else None
        changes |= {
            "signed_by": found.signed_by if found else "",
            "signed_on": found.signed_on if found else None,
        }
    return replace(part, **changes) if changes else part


def signable(guide: Guide) -> dict[str, Thing]:
    """What can be signed, by the digest of what would be."""
    return {
        digest_of(thing.item, thing.within): thing
        for thing in things(guide)
        if isinstance(thing.item, Checked)
    }


def sign(guide: Guide, digests: Iterable[str], by: str) -> tuple[list[Thing], int]:
    """Sign what has these digests in the guide. What was signed, and how many have changed and were not."""
    now, sent = signable(guide), set(digests)
    made = {digest: thing for digest, thing in now.items() if digest in sent}
    about = {"signed_by": by, "signed_on": timezone.localdate()}
    Signature.objects.bulk_create(
        [Signature(digest=digest, what=thing.name, **about) for digest, thing in made.items()],
        update_conflicts=True,
        unique_fields=["digest"],
        update_fields=["what", *about],
    )
    return list(made.values()), len(sent - now.keys())
