"""Whatever writes a release or the whole working copy; the admin and the commands call it."""

import json
from datetime import datetime
from pathlib import Path
from typing import NotRequired, TypedDict, Unpack

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from content import working_copy
from content.differences import differences
from content.history import newest_entry
from content.models import ReleasedSlug
from content.review import Review, review
from content.signatures import signed
from content.things import things
from triage import markdown
from triage.engine.file import dump, load
from triage.engine.guide import Guide, GuideError
from triage.models import Release
from triage.models import digest as release_digest
from triage.releases import PublishedGuide, newest_readable, read, releases

FIRST_GUIDE = Path(__file__).with_name("first_guide.json")
FIRST_PUBLISHER = "first_release"
LOCK = 7_308_323
"""What staff on PostgreSQL queue for: a number that nothing else in the database uses."""


class About(TypedDict):
    """What is said of a release that is made."""

    note: str
    by: str
    reason: NotRequired[str]
    for_safety: NotRequired[bool]


class NotPublished(Exception):
    """Nothing was published; the sentence says why."""


class WouldDiscard(Exception):
    """The working copy holds changes that stand in no release, and nobody said that they may go."""


def live() -> PublishedGuide | None:
    """The newest release that can be read: what the public sees."""
    return newest_readable(Release.objects.all(), set())


def first_published(number: int) -> datetime:
    """When the guide of this release was published first: to roll back is to publish it once more."""
    same = Release.objects.filter(digest__in=Release.objects.filter(number=number).values("digest"))
    return same.aggregate(first=Min("published_at"))["first"]


def guide_of(number: int | None) -> Guide:
    """Of a release, or the one that the working copy makes. Raises GuideError where that makes none,
    Release.DoesNotExist, and DamagedRelease when its text is not what was published."""
    return working_copy.build() if number is None else read(Release.objects.get(number=number)).guide


def title_of(number: int | None) -> str:
    return "The working copy" if number is None else f"Release {number}"


def review_working_copy() -> Review:
    """What publishing the working copy would do. Raises GuideError when it makes no guide."""
    return review(live(), working_copy.build(), working_copy.left_out("draft"))


@transaction.atomic
def publish(*, digest: str, against: int | None = None, **about: Unpack[About]) -> Release:
    """Publish the working copy if it is still what was reviewed: the guide of this digest.

    `against` is the number of the release that a page compared it with, to be held to that as well; `about`
    is what `_release` takes. Raises GuideError when the working copy makes no guide, else NotPublished.
    """
    one_at_a_time()
    seen = review_working_copy()
    if seen.digest != digest or against not in (None, seen.live_number):
        raise NotPublished("Something has changed since the review. Nothing was published.")
    return _release(seen, **about)


@transaction.atomic
def roll_back(*, number: int, against: int | None = None, **about: Unpack[About]) -> Release:
    """Publish the guide of an older release again, as the newest. The working copy stays as it is.

    It is held to what a new guide is held to, and to `against`, the number of the release that a page showed
    as the live one. Raises Release.DoesNotExist, DamagedRelease or NotPublished.
    """
    one_at_a_time()
    seen = review(live(), signed(guide_of(number)))
    if against not in (None, seen.live_number):
        raise NotPublished(f"Release {seen.live_number} is live by now. Nothing was published.")
    return _release(seen, **about)


@transaction.atomic
def replace(guide: Guide, *, discard: bool = False, against: str = "") -> None:
    """Make a guide the working copy.

    `against` is the newest entry of the history when a page showed what would be lost, to be held to that.
    Raises WouldDiscard, and GuideError on what the tables cannot hold.
    """
    one_at_a_time()
    is_agreed = discard and against in ("", newest_entry())
    if not is_agreed and would_lose():
        changed = "Something has changed since you looked. See again what would be lost."
        unsaid = "The working copy holds changes that stand in no release. They would be lost."
        raise WouldDiscard(changed if discard else unsaid)
    working_copy.replace(guide)


def would_lose() -> list[str]:
    """What stands in no release, in words, and would go with the working copy."""
    try:
        guide = working_copy.build()
    except GuideError:
        return [] if working_copy.is_empty() else ["The whole working copy, which makes no guide yet."]
    kinds = {"draft": "Draft", "retired": "Retired"}
    lost = [f"{kind}: {row}" for status, kind in kinds.items() for row in working_copy.left_out(status)]
    if not Release.objects.filter(digest=release_digest(dump(guide))).exists():
        seen = live()
        changes = [change.place for change in differences(seen.guide, guide)] if seen else []
        lost += changes or ["The whole working copy."]
    return lost


def first_release() -> Release | None:
    """Publish the first guide, where nothing was published and nothing is being written yet."""
    with transaction.atomic():
        one_at_a_time()
        if newest_number() or not working_copy.is_empty():
            return None
        text = FIRST_GUIDE.read_text(encoding="utf-8")
        replace(load(text))
        return publish(digest=release_digest(text), note="The first guide.", by=FIRST_PUBLISHER)


def first_guide_is_newer() -> bool:
    """Whether people are served the first guide as an earlier version of the code brought it."""
    live = Release.objects.first()
    text = FIRST_GUIDE.read_text(encoding="utf-8")
    return bool(live and live.published_by == FIRST_PUBLISHER and live.digest != release_digest(text))


def _clean(text: str) -> str:
    """Without what nobody sees: a NUL, or what drives the terminal of who lists the releases."""
    return markdown.UNSEEN.sub("", text.replace("\r", "")).strip()


def _release(seen: Review, *, note: str, by: str, reason: str = "", for_safety: bool = False) -> Release:
    """The one way to a release. Call it after `one_at_a_time`: no number is left out or taken twice."""
    if not _clean(note):
        raise NotPublished("A note is missing: say what changed and why. Nothing was published.")
    if seen.blocks:
        raise NotPublished("\n".join(["Nothing was published.", *(block.text for block in seen.blocks)]))
    if seen.lowered and not _clean(reason):
        raise NotPublished(
            f"A lower urgency needs a reason. It is or can be lower for: {', '.join(seen.lowered)}."
        )
    if seen.worse and not _clean(reason):
        raise NotPublished(f"More stories come out worse than better. Say why: {', '.join(seen.worse)}.")
    ReleasedSlug.objects.bulk_create(
        (
            ReleasedSlug(kind=thing.kind, slug=thing.slug)
            for thing in things(seen.guide)
            if thing.kind != "thresholds"  # they have no slug
        ),
        ignore_conflicts=True,
    )
    transaction.on_commit(releases.look_now, robust=True)
    return Release.objects.create(
        number=newest_number() + 1,
        guide=seen.text,
        digest=seen.digest,
        published_at=timezone.now(),
        published_by=by,
        for_safety=for_safety,
        note=_clean(note),
        reason=_clean(reason),
        figures=json.dumps(seen.figures.plain()),
    )


def newest_number() -> int:
    newest = Release.objects.first()
    return newest.number if newest else 0


def one_at_a_time() -> None:
    """Wait until no other of the staff writes. On SQLite a transaction does so by itself: it is immediate."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
