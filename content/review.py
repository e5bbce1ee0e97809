"""What publishing would do: what blocks it, what differs, what changes for the stories."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from django.utils import timezone

from content.differences import Difference, differences
from content.things import URGENCY_IN_WORDS, Thing, label, things
from triage import text
from triage.engine.answers import Answers, carried
from triage.engine.assessment import assess
from triage.engine.evaluation import Figures, evaluate
from triage.engine.file import dump, load
from triage.engine.guide import Checked, Guide, Vignette
from triage.engine.laws import LAWS, Law, Outcome
from triage.engine.urgency import RANK, UrgencyName
from triage.models import digest
from triage.releases import PublishedGuide

HIGHEST_GRADE = 8
CHECK_AGAIN_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class Note:
    """A sentence about a thing, or about the whole guide."""

    text: str
    thing: Thing | None = None


@dataclass(frozen=True)
class Warning:
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
    warnings: tuple[Warning, ...]
    differences: tuple[Difference, ...]
    stories: tuple[ChangedStory, ...]
    figures: Figures
    laws: tuple[tuple[Law, Outcome], ...]

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
    laws = tried_laws(dump(guide))
    return Review(
        guide,
        live,
        blocks=(*plain_blocks(guide), *_broken_laws(laws)),
        warnings=tuple(w for w in _warnings(every, today or timezone.localdate()) if w.notes),
        differences=differences(live.guide, guide) if live else (),
        stories=tuple(_changed_stories(live.guide, guide)) if live else (),
        figures=evaluate(guide, guide.vignettes),
        laws=laws,
    )


@lru_cache(maxsize=2)
def tried_laws(guide: str) -> tuple[tuple[Law, Outcome], ...]:
    """The laws tried on a guide's text. Kept, for publishing tries what the review has just tried."""
    found = load(guide)
    return tuple((law, law.check(found)) for law in LAWS)


# What blocks.


def plain_blocks(guide: Guide) -> tuple[Note, ...]:
    """All that blocks but a broken law, which takes seconds to find."""
    return tuple(_plain_blocks(guide))


def _plain_blocks(guide: Guide) -> Iterator[Note]:
    for thing in things(guide):
        for name in thing.missing_texts():
            yield Note(f"{thing.name}: “{label(thing.kind, name)}” is empty.", thing)
        if thing.kind == "vignette" and thing.item.urgency == "emergency":
            found = result(guide, thing.item.answers)
            if found.urgency not in thing.item.urgency_accept:
                yield Note(f"{thing.name} is an emergency, but is told: {found.urgency_in_words}.", thing)


def _broken_laws(laws: Iterable[tuple[Law, Outcome]]) -> Iterator[Note]:
    for law, outcome in laws:
        if not outcome.held:
            yield Note(f"This no longer holds: {law.sentence} {outcome.counterexample}")


# What to look at.


def _warnings(every: list[Thing], today: date) -> Iterator[Warning]:
    checked = [thing for thing in every if isinstance(thing.item, Checked)]
    old = today - CHECK_AGAIN_AFTER
    yield Warning(
        "Never compared with its source",
        tuple(Note(thing.name, thing) for thing in checked if not thing.item.checked_on),
    )
    yield Warning(
        "Compared with its source more than a year ago",
        tuple(
            Note(thing.name, thing)
            for thing in checked
            if thing.item.checked_on and thing.item.checked_on < old
        ),
    )
    yield Warning(
        "Not signed by a clinician yet",
        tuple(Note(thing.name, thing) for thing in checked if not thing.item.signed_by),
    )
    yield Warning(f"Reads harder than grade {HIGHEST_GRADE}", tuple(_hard(every)))
    yield Warning("Sentences of more than 20 words", tuple(_long(every)))


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
        grade = text.reading_grade(value)
        if grade is not None and grade > HIGHEST_GRADE:
            yield Note(f"{thing.name}, {label(thing.kind, name)}: grade {grade}", thing)


def _long(every: Iterable[Thing]) -> Iterator[Note]:
    for thing, name, value in _texts(every):
        for sentence in text.long_sentences(value):
            yield Note(f"{thing.name}, {label(thing.kind, name)}: “{sentence}”", thing)


# What it does to the stories.


def result(guide: Guide, answers: Answers) -> Result:
    assessment = assess(guide, carried(guide, answers))
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
