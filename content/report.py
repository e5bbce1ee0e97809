"""A review and the list of releases, for a terminal and for programs."""

from collections.abc import Iterable, Iterator
from typing import Any

from content.review import Review
from triage.models import Release
from triage.wording import counted


def lines(review: Review) -> str:
    """The review as text."""
    return "\n".join(_lines(review))


def _lines(review: Review) -> Iterator[str]:
    against = f"release {review.live_number}" if review.live else "nothing published yet"
    yield f"The working copy against {against}: {review.digest}"
    yield counted(len(review.blocks), "thing blocks publishing", "things block publishing")
    yield from (f"  {block.text}" for block in review.blocks)
    yield counted(len(review.differences), "change", "changes")
    for change in review.differences:
        yield f"  {change.place}"
        yield from (f"    - {line}" for line in change.was.splitlines())
        yield from (f"    + {line}" for line in change.now.splitlines())
    yield f"{counted(len(review.stories), 'story', 'stories')} of {review.figures.stories} changed"
    for story in review.stories:
        before, after = (f"{r.cause}, {r.urgency_in_words}" for r in (story.before, story.after))
        yield f"  {story.vignette.slug}: {before} -> {after}. {story.verdict}."
    yield from (f"{name}: {rate.count} of {rate.of}" for name, rate in review.figures.rates.items())
    for law, outcome in review.laws:
        yield f"{'holds' if outcome.held else 'BROKEN'}: {law.sentence} ({outcome.said})"
    yield from (f"Look at: {warning.text}: {len(warning.notes)}" for warning in review.warnings)


def plain(review: Review) -> dict[str, Any]:
    """The review for JSON."""
    return {
        "digest": review.digest,
        "live": review.live_number,
        "blocks": [block.text for block in review.blocks],
        "warnings": {warning.text: [note.text for note in warning.notes] for warning in review.warnings},
        "differences": [{"place": d.place, "before": d.was, "after": d.now} for d in review.differences],
        "vignettes": [
            {
                "vignette": story.vignette.slug,
                "before": {"cause": story.before.first or None, "urgency": story.before.urgency},
                "after": {"cause": story.after.first or None, "urgency": story.after.urgency},
                "verdict": story.verdict,
            }
            for story in review.stories
        ],
        "lowered": list(review.lowered),
        "figures": review.figures.plain(),
        "laws": [
            {
                "law": law.slug,
                "held": o.held,
                "how": o.how,
                "tried": o.tried,
                "counterexample": o.counterexample,
            }
            for law, o in review.laws
        ],
    }


def releases(rows: Iterable[Release]) -> list[dict[str, Any]]:
    """Newest first, as they come; the first is live."""
    return [
        {
            "number": release.number,
            "live": place == 0,
            "published_at": release.published_at.isoformat(),
            "published_by": release.published_by,
            "note": release.note,
            "digest": release.digest,
            "reason": release.reason,
            "for_safety": release.for_safety,
        }
        for place, release in enumerate(rows)
    ]
