"""What a clinician's signature covers, and which parts of a guide are signed."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from content.models import Signature
from content.things import Thing, Words, level_in_words, parts_in_words, things
from triage.engine.file import plain
from triage.engine.guide import Guide
from triage.engine.parts import Cause, Checked, Condition, Evidence, Page, Question, UrgencyRule
from triage.engine.weigh import Assessment, assess

CLINICIAN = "Clinician"
"""The group whose members sign. Nobody else does, a superuser neither."""

NESTED = ("questions", "options", "evidence")
"""Where parts stand that are signed on their own."""

AT_ONCE = 20
"""On one page."""

KINDS = {
    "urgencyrule": "Urgency rules",
    "option": "Emergency signs and options",
    "evidence": "Evidence",
    "cause": "Causes",
    "section": "Sections",
}

APART = {field.name for field in fields(Checked)} | {"evidence"}
"""What a signature does not cover: itself, when it was compared, and rows that are signed on their own."""

TOLD_APART = {"slug", "urgency", "today", "condition", "facts", "sources", *APART}
"""Fields that stand on the page in a way of their own, or that a signature does not cover."""

CHECK_AGAIN_AFTER = timedelta(days=365)

Cited = Mapping[str, Mapping[str, object]]


def cited(facts: Iterable[Any], sources: Iterable[Any]) -> Cited:
    """By slug, the words of what others stand on."""
    return {
        "facts": {fact.slug: fact.text for fact in facts},
        "sources": {source.slug: [source.publisher, source.title, source.url] for source in sources},
    }


def signature_digest(item: Checked, words: Cited, within: Any = None) -> str:
    """Of what is signed. `within` is the question or cause that it belongs to, if any. Nobody signs a
    question, a fact or a source, so they are signed with what is asked in them or stands on them."""
    said = {name: value for name, value in plain(item).items() if name not in APART}
    if isinstance(item, Evidence):  # it had no slug when the first ones were signed
        said.pop("slug", None)
    for name in words.keys() & said.keys():
        said[name] = sorted([slug, words[name].get(slug)] for slug in said[name])
    if condition := getattr(item, "condition", None):
        said["condition"] = in_any_order(condition)
    place = " ".join(getattr(within, name) for name in ("slug", "name", "text") if hasattr(within, name))
    text = json.dumps([type(item).__name__, place, said], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def in_any_order(condition: Condition) -> object:
    """The same for every way of writing it: order says nothing, and the admin has one of its own."""
    needed, none, unless = condition.sets
    groups = (sorted([n, *sorted(of)] for of, n in some) for some in (needed, unless))
    return [sorted(none), *groups]


def signed(guide: Guide) -> Guide:
    """The guide with the signatures that its parts have, and no others."""
    return replace(guide, **signed_parts({field.name: getattr(guide, field.name) for field in fields(guide)}))


def signed_parts(parts: Mapping[str, Any]) -> dict[str, Any]:
    known = {signature.digest: signature for signature in Signature.objects.all()}
    words = cited(parts["facts"], parts["sources"])
    return {name: _signed(part, None, known, words) for name, part in parts.items()}


def _signed(part: Any, within: Any, known: Mapping[str, Signature], words: Cited) -> object:
    if isinstance(part, tuple):
        return tuple(_signed(one, within, known, words) for one in part)
    changes: dict[str, object] = {}
    if isinstance(part, Page | Question | Cause):
        nested = (name for name in NESTED if hasattr(part, name))
        changes |= {name: _signed(getattr(part, name), part, known, words) for name in nested}
    if isinstance(part, Checked):
        found = known.get(signature_digest(part, words, within)) if known else None
        changes |= {
            "signed_by": found.signed_by if found else "",
            "signed_on": found.signed_on if found else None,
        }
    return replace(part, **changes) if changes else part


def signable(guide: Guide) -> dict[str, Thing]:
    """What can be signed, by the digest of what would be."""
    within: dict[str, Mapping[str, Any]] = {"option": guide.questions, "evidence": guide.cause_of}
    words = cited(guide.facts, guide.sources)
    return {
        signature_digest(thing.item, words, within.get(thing.kind, {}).get(thing.within)): thing
        for thing in things(guide)
        if isinstance(thing.item, Checked)
    }


def waiting(guide: Guide, kind: str, show: str) -> list[tuple[str, Thing]]:
    """Of this kind, what is "unsigned", "overdue" (signed longer ago than a year), or all."""
    long_ago = timezone.localdate() - CHECK_AGAIN_AFTER
    found = [(digest, thing) for digest, thing in signable(guide).items() if thing.kind == kind]
    if show == "overdue":
        return [one for one in found if one[1].item.signed_on and one[1].item.signed_on < long_ago]
    return [one for one in found if show != "unsigned" or not one[1].item.signed_by]


def to_read(guide: Guide, some: Iterable[tuple[str, Thing]]) -> Iterator[dict[str, object]]:
    """What a clinician reads of each before signing it."""
    words = Words(guide)
    weighed = [(story, assess(guide, guide.carried(story.answers))) for story in guide.vignettes]
    for digest, thing in some:
        item = thing.item
        part = guide.rule_of.get(thing.slug, item)  # a sign of an emergency is a rule of its own
        when, unless = parts_in_words(getattr(item, "condition", Condition()), words.options)
        yield {
            "digest": digest,
            "thing": thing,
            "asks": level_in_words(item.urgency, item.today) if isinstance(item, UrgencyRule) else "",
            "when": when,
            "unless": unless,
            "sources": words.say("sources", getattr(item, "sources", ())),
            "facts": [fact for fact in guide.facts if fact.slug in getattr(item, "facts", ())],
            "stories": [story for story, found in weighed if _speaks(part, found)],
            "more": words.told(thing, but=TOLD_APART),
        }


def _speaks(part: Any, found: Assessment) -> bool:
    """A rule may keep silent though its condition is true, where a cause explains it."""
    if isinstance(part, UrgencyRule):
        return part in found.signs
    return hasattr(part, "condition") and found.is_true(part.condition)


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
