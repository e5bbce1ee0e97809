"""What publishing would do: what blocks it, what differs, what changes for the stories."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from content.differences import Difference, differences
from content.figures import Law, law_lines, laws, plain_laws
from content.things import URGENCY_IN_WORDS, Thing, Words, label, place_of, things
from triage import cookie, markdown
from triage.engine.evaluation import Figures, evaluate
from triage.engine.file import dump
from triage.engine.guide import Guide
from triage.engine.parts import RANK, Answers, Checked, UrgencyName, Vignette
from triage.engine.weigh import assess
from triage.models import digest
from triage.releases import PublishedGuide

HIGHEST_GRADE = 8
LARGEST_NUMBER = 99_999
"""Of a release."""
CHECK_AGAIN_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class Note:
    """A sentence about a thing, or about the whole guide."""

    text: str
    thing: Thing | None = None


@dataclass(frozen=True)
class Remark:
    """A kind of thing to look at, and where. It never stands in the way."""

    text: str
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Result:
    """What a guide says of a story."""

    first: str
    """The first cause's slug, empty when none fits."""
    cause: str
    urgency: UrgencyName

    @property
    def urgency_in_words(self) -> str:
        return URGENCY_IN_WORDS[self.urgency]


@dataclass(frozen=True)
class ChangedStory:
    vignette: Vignette
    before: Result
    after: Result
    expected_causes: str
    expected_urgencies: str
    verdict: str
    tone: str
    """"good", "worse" or "same"."""

    @property
    def is_lowered(self) -> bool:
        return RANK[self.after.urgency] < RANK[self.before.urgency]


@dataclass(frozen=True)
class Review:
    guide: Guide
    live: PublishedGuide | None
    blocks: tuple[Note, ...]
    warnings: tuple[Remark, ...]
    differences: tuple[Difference, ...]
    stories: tuple[ChangedStory, ...]
    figures: Figures
    laws: list[Law]

    @cached_property
    def digest(self) -> str:
        return digest(dump(self.guide))

    @property
    def live_number(self) -> int | None:
        return self.live.number if self.live else None

    @property
    def next_number(self) -> int:
        return (self.live_number or 0) + 1

    @property
    def lowered(self) -> tuple[str, ...]:
        """The stories whose urgency would be lower than now: publishing needs a reason."""
        return tuple(story.vignette.slug for story in self.stories if story.is_lowered)


def review(live: PublishedGuide | None, guide: Guide, today: date | None = None) -> Review:
    """Compare `guide` with the live release and try it out. Within five seconds for the first guide."""
    every = list(things(guide))
    checked = laws(guide)
    changes = differences(live.guide, guide) if live else ()
    return Review(
        guide,
        live,
        blocks=(*plain_blocks(guide), *_flaws(guide, checked)),
        warnings=tuple(w for w in _warnings(every, changes, today or timezone.localdate()) if w.notes),
        differences=changes,
        stories=tuple(_changed_stories(live.guide, guide)) if live else (),
        figures=evaluate(guide, guide.vignettes),
        laws=checked,
    )


# What blocks.


def plain_blocks(guide: Guide) -> tuple[Note, ...]:
    """All that blocks but a broken law."""
    return tuple(_plain_blocks(guide))


def _plain_blocks(guide: Guide) -> Iterator[Note]:
    size = len(cookie.pack(LARGEST_NUMBER, _fullest(guide)))
    if size > cookie.MAX_PACKED:
        yield Note(
            f"Somebody who ticks everything would have {size:,} bytes of answers, and a browser keeps "
            f"{cookie.MAX_PACKED:,}. Ask less, or give shorter short names."
        )
    for thing in things(guide):
        for name in thing.missing_texts():
            yield Note(f"{thing.name}: “{label(thing.kind, name)}” is empty.", thing)
        if thing.kind == "vignette" and thing.item.urgency == "emergency":
            found = result(guide, thing.item.answers)
            if found.urgency not in thing.item.urgency_accept:
                yield Note(f"{thing.name} is an emergency, but is told: {found.urgency_in_words}.", thing)


def _fullest(guide: Guide) -> dict[str, list[str]]:
    """Every question with all that can be ticked beside one another."""
    return {
        slug: [option.slug for option in question.options if not option.apart or question.kind == "single"]
        for slug, question in guide.questions.items()
    }


def _flaws(guide: Guide, checked: list[Law]) -> Iterator[Note]:
    """Where the guide breaks a safety law, and how to mend it."""
    words = Words(guide)
    for law in checked:
        for flaw in law.flaws:
            thing, _ = place_of(f"{flaw.path}: ", guide)
            place = thing.name if thing else "The guide"
            yield Note(f"{place}: {words.with_names(flaw.mend)} ({law.sentence})", thing)


# What to look at.


def _warnings(every: list[Thing], changes: Iterable[Difference], today: date) -> Iterator[Remark]:
    checked = [thing for thing in every if isinstance(thing.item, Checked)]
    old = today - CHECK_AGAIN_AFTER
    yield Remark(
        "Never compared with its source",
        tuple(Note(thing.name, thing) for thing in checked if not thing.item.checked_on),
    )
    yield Remark(
        "Compared with its source more than a year ago",
        tuple(
            Note(thing.name, thing)
            for thing in checked
            if thing.item.checked_on and thing.item.checked_on < old
        ),
    )
    yield Remark(
        "Was signed by a clinician, and is not as it was: the signature is gone",
        tuple(Note(d.thing.name, d.thing) for d in changes if d.place.endswith(", signed by") and not d.now),
    )
    yield Remark(
        "Not signed by a clinician yet",
        tuple(Note(thing.name, thing) for thing in checked if not thing.item.signed_by),
    )
    yield Remark(f"Reads harder than grade {HIGHEST_GRADE}", tuple(_hard(every)))
    yield Remark("Sentences of more than 20 words", tuple(_long(every)))


def _texts(every: Iterable[Thing]) -> Iterator[tuple[Thing, str, str]]:
    """Each text that the public reads, with its thing and the name of its field."""
    for thing in every:
        if thing.kind not in ("vignette", "fact", "source"):
            for name, value in thing.fields().items():
                if isinstance(value, str):
                    yield thing, name, value
                elif name == "ask":
                    yield from ((thing, name, line) for line in value)


def _hard(every: Iterable[Thing]) -> Iterator[Note]:
    for thing, name, value in _texts(every):
        grade = markdown.reading_grade(value)
        if grade is not None and grade > HIGHEST_GRADE:
            yield Note(f"{thing.name}, {label(thing.kind, name)}: grade {grade}", thing)


def _long(every: Iterable[Thing]) -> Iterator[Note]:
    for thing, name, value in _texts(every):
        for sentence in markdown.long_sentences(value):
            yield Note(f"{thing.name}, {label(thing.kind, name)}: “{sentence}”", thing)


# What it does to the stories.


def result(guide: Guide, answers: Answers) -> Result:
    assessment = assess(guide, guide.carried(answers))
    if not assessment.fitting:
        return Result("", "none fits", assessment.urgency)
    cause = assessment.fitting[0].cause
    return Result(cause.slug, cause.name, assessment.urgency)


def _changed_stories(live: Guide, guide: Guide) -> Iterator[ChangedStory]:
    """Stories whose first cause or urgency changes; those that only the live release has are tried too."""
    stories = {vignette.slug: vignette for vignette in (*live.vignettes, *guide.vignettes)}
    names = {cause.slug: cause.name for cause in (*live.causes, *guide.causes)}
    for vignette in stories.values():
        before, after = result(live, vignette.answers), result(guide, vignette.answers)
        if (before.first, before.urgency) != (after.first, after.urgency):
            yield ChangedStory(
                vignette,
                before,
                after,
                " or ".join(names[cause] for cause in vignette.causes) or "none fits",
                " or ".join(URGENCY_IN_WORDS[urgency] for urgency in vignette.urgency_accept),
                *_verdict(vignette, before, after),
            )


def _verdict(vignette: Vignette, before: Result, after: Result) -> tuple[str, str]:
    was, now = _wrongs(vignette, before), _wrongs(vignette, after)
    if now - was:
        return f"Worse: {', '.join(sorted(now - was))}", "worse"
    if was - now:
        return "Better", "good"
    return f"Still {', '.join(sorted(now)) or 'right'}", "same"


def _wrongs(vignette: Vignette, result: Result) -> set[str]:
    wrongs = set()
    if result.first not in (vignette.causes or ("",)):
        wrongs.add("another cause")
    if result.urgency not in vignette.urgency_accept:
        low = RANK[result.urgency] < min(RANK[name] for name in vignette.urgency_accept)
        wrongs.add("too low" if low else "too high")
    return wrongs


# For a terminal, and for programs.


def lines(review: Review) -> Iterator[str]:
    against = f"release {review.live_number}" if review.live else "nothing published yet"
    yield f"The working copy against {against}: {review.digest}"
    yield f"{len(review.blocks)} to mend before publishing"
    yield from (f"  {block.text}" for block in review.blocks)
    yield f"{len(review.differences)} changes"
    for change in review.differences:
        yield f"  {change.place}"
        yield from (f"    - {line}" for line in change.was.splitlines())
        yield from (f"    + {line}" for line in change.now.splitlines())
    yield f"{len(review.stories)} of {review.figures.stories} stories changed"
    for story in review.stories:
        before, after = (f"{r.cause}, {r.urgency_in_words}" for r in (story.before, story.after))
        yield f"  {story.vignette.slug}: {before} -> {after}. {story.verdict}."
    yield from (f"{name}: {rate.count} of {rate.of}" for name, rate in review.figures.rates.items())
    yield from law_lines(review.laws)
    yield from (f"Look at: {warning.text}: {len(warning.notes)}" for warning in review.warnings)


def plain(review: Review) -> dict[str, Any]:
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
        "laws": plain_laws(review.laws),
    }
