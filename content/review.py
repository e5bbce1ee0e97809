"""What publishing would do: what blocks it, what differs, what changes for the stories."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db.models import Model
from django.utils import timezone

from content import working_copy
from content.differences import Difference, differences
from content.models import URGENCY, ReleasedSlug
from content.models import Vignette as VignetteRow
from content.reports import Law, laws, plain_laws
from content.signatures import CHECK_AGAIN_AFTER
from content.things import Thing, Words, label, level_in_words, place_of, screen, things
from triage import cookie, markdown
from triage.engine.evaluation import Figures, evaluate
from triage.engine.file import dump
from triage.engine.guide import Guide
from triage.engine.parts import RANK, Checked, UrgencyRule, Vignette
from triage.engine.weigh import Verdict, assess
from triage.models import digest
from triage.releases import PublishedGuide

HIGHEST_GRADE = 8
LARGEST_NUMBER = 99_999
"""Of a release."""
JUDGED = {"kind", "signs", "show_if", "exclusive", "unsure", "crisis", "everyday"}
"""The values, beside conditions, that say how soon."""


class Note(NamedTuple):
    """A sentence about a thing, about a row that is left out of the guide, or about the whole guide."""

    text: str
    about: Thing | Model | None = None

    @property
    def url(self) -> str:
        """The screen where it is mended; empty for the whole guide."""
        if isinstance(self.about, Model):
            return screen(self.about)
        return self.about.url if self.about else ""


class Result(NamedTuple):
    """What a guide says of a story; its first cause and its level in words, too."""

    verdict: Verdict
    cause: str
    level: str


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
        return self.after.verdict.rank < self.before.verdict.rank


@dataclass(frozen=True)
class Review:
    guide: Guide
    live: PublishedGuide | None
    blocks: tuple[Note, ...]
    warnings: dict[str, tuple[Note, ...]]
    """What to look at, by what is wrong there. It never stands in the way."""
    differences: tuple[Difference, ...]
    stories: tuple[ChangedStory, ...]
    figures: Figures
    laws: list[Law]

    @cached_property
    def text(self) -> str:
        return dump(self.guide)

    @property
    def digest(self) -> str:
        return digest(self.text)

    @property
    def changed_stories(self) -> int:
        """One that is tried as it was, too, counts once."""
        return len({story.vignette.slug for story in self.stories})

    @property
    def live_number(self) -> int | None:
        return self.live.number if self.live else None

    @cached_property
    def lowered(self) -> tuple[str, ...]:
        """What would, or for some answers could, be less urgent than now, stories, rules and what else says
        how soon: publishing needs a reason."""
        stories = dict.fromkeys(story.vignette.slug for story in self.stories if story.is_lowered)
        judged = (one.place for one in self.differences if _is_judged(one))
        return (*stories, *(lowered_rules(self.live.guide, self.guide) if self.live else ()), *judged)

    @property
    def worse(self) -> tuple[str, ...]:
        """The stories that come out worse, where they are more than the better ones: that needs a reason."""
        worse, better = (told(self.stories, tone) for tone in ("worse", "good"))
        return worse if len(worse) > len(better) else ()


def lowered_rules(live: Guide, guide: Guide) -> Iterator[str]:
    """The rules that ask for less than they did, of fewer people, or are gone, whether or not a story stands
    on them."""
    now = {rule.slug: rule for rule in guide.rules}
    for rule in live.rules:
        same = now.get(rule.slug)
        if not same or same.rank < rule.rank or not _speaks_as_often(rule, live, same, guide):
            yield f"the rule “{rule.reason.removesuffix('.')}”"
    if guide.home and live.home and not live.home.covers(guide.home):
        yield "what shows that it passes"


def _is_judged(change: Difference) -> bool:
    """Whether it can lower how soon, though no rule changes."""
    return change.thing.kind != "vignette" and (
        change.field in JUDGED or (change.is_gone and getattr(change.thing.item, "unsure", False))
    )


def _speaks_as_often(rule: UrgencyRule, live: Guide, now: UrgencyRule, guide: Guide) -> bool:
    """For all that its form shows, and for a level less too where it is calmed."""
    if now.unexplained and not rule.unexplained:
        return False
    return now.condition.covers(rule.condition) and guide.wary[now.slug].covers(live.wary[rule.slug])


def told(stories: Iterable[ChangedStory], tone: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(story.vignette.slug for story in stories if story.tone == tone))


def review(live: PublishedGuide | None, guide: Guide, drafts: Sequence[Model] | None = None) -> Review:
    """Compare `guide` with the live release and try it out. Within five seconds for one ten times the first.

    `drafts` are the rows that the guide leaves out, if the working copy makes it.
    """
    every = list(things(guide))
    checked = laws(guide)
    changes = differences(live.guide, guide) if live else ()
    figures = evaluate(guide, guide.vignettes)
    held = () if drafts is None else held_back(drafts, changes)
    warnings = {"Drafts, which are left out": rows(drafts or ())} | _warnings(every, changes)
    return Review(
        guide,
        live,
        blocks=(*held, *plain_blocks(guide, figures.verdicts), *_flaws(guide, checked)),
        warnings={text: notes for text, notes in warnings.items() if notes},
        differences=changes,
        stories=changed_stories(live.guide, guide, figures.verdicts) if live else (),
        figures=figures,
        laws=checked,
    )


# What blocks.


def rows(found: Iterable[Model]) -> tuple[Note, ...]:
    return tuple(Note(f"{str(row._meta.verbose_name).capitalize()}: {row}", row) for row in found)


def held_back(drafts: Iterable[Model], changes: Iterable[Difference]) -> Iterator[Note]:
    """What was published and is now a draft, or stands in one, would be gone from the public by an oversight;
    and a story whose causes are all out of use says nothing of what is right."""
    for row in drafts:
        if ReleasedSlug.holds(row):
            yield Note(f"“{row}” was published, and is a draft now. Finish it, or retire it.", row)
    row_of = working_copy.rows()
    for gone in filter(None, (row_of.get(change.thing.key) for change in changes if change.is_gone)):
        parent = getattr(gone, gone.siblings_by, None)
        if parent and parent.status == "draft" and not gone.status:
            where = f"stands in the draft “{parent}”. Finish that, or move it back."
            yield Note(f"“{gone}” was published, and {where}", gone)
    expects = VignetteRow.objects.filter(status="", expected__isnull=False)
    for story in expects.exclude(expected__cause__status="").distinct():
        yield Note(
            f"The story “{story}” accepts only causes that are not in use. Say which is right, if one is.",
            story,
        )


Verdicts = Mapping[str, Verdict]
"""What stories came to, by slug; those that are not in it are weighed."""


def plain_blocks(guide: Guide, verdicts: Verdicts) -> Iterator[Note]:
    """All that blocks but a broken law."""
    size = len(cookie.pack(LARGEST_NUMBER, _fullest(guide)))
    if size > cookie.MAX_PACKED:
        yield Note(
            f"Somebody who ticks everything would have {size:,} bytes of answers, and a browser keeps "
            f"{cookie.MAX_PACKED:,}. Ask less, or give shorter short names."
        )
    if "today" not in {level.slug for level in guide.levels}:
        yield Note("The words for “today” are missing: who is to be seen today would read “within days”.")
    for thing in things(guide):
        for name in thing.missing_texts():
            wrong = "has a row without “: ” and words after it" if name == "card" else "is empty"
            yield Note(f"{thing.name}: “{label(thing.kind, name)}” {wrong}.", thing)
        if thing.kind == "vignette" and thing.item.urgency == "emergency":
            found = result(guide, thing.item, verdicts)
            if found.verdict.urgency not in thing.item.urgency_accept:
                yield Note(f"{thing.name} is an emergency, but is told: {found.level}.", thing)


def _fullest(guide: Guide) -> dict[str, list[str]]:
    """Every question with all that can be ticked beside one another."""
    return {
        slug: [option.slug for option in question.options if not option.exclusive]
        for slug, question in guide.questions.items()
    }


def _flaws(guide: Guide, checked: list[Law]) -> Iterator[Note]:
    words = Words(guide)
    for law in checked:
        for flaw in law.flaws:
            thing, _ = place_of(f"{flaw.path}: ", guide, {})
            place = thing.name if thing else "The guide"
            yield Note(f"{place}: {words.with_names(flaw.mend)} ({law.sentence})", thing)


# What to look at.


def _warnings(every: list[Thing], changes: Iterable[Difference]) -> dict[str, tuple[Note, ...]]:
    checked = [thing for thing in every if isinstance(thing.item, Checked)]
    old = timezone.localdate() - CHECK_AGAIN_AFTER
    things = {
        "Never compared with its source": [t for t in checked if not t.item.checked_on],
        "Compared with its source more than a year ago": [
            t for t in checked if t.item.checked_on and t.item.checked_on < old
        ],
        "Was signed by a clinician, and is not as it was: the signature is gone": [
            change.thing for change in changes if change.field == "signed_by" and not change.now
        ],
        "Not signed by a clinician yet": [t for t in checked if not t.item.signed_by],
    }
    return {text: tuple(Note(t.name, t) for t in found) for text, found in things.items()} | {
        "Published guidance that one cannot open: no address, or a start page": unopened(every),
        f"Reads harder than grade {HIGHEST_GRADE}": _noted(every, _hard),
        "Sentences of more than 20 words": _noted(every, _long),
        "Links that open nothing": _noted(every, markdown.dead_links),
        "Lines on when to get help that begin with no level, beside others that do": _without_level(every),
    }


def unopened(every: Iterable[Thing]) -> tuple[Note, ...]:
    """The sources without an address, or whose address is the start page of a site."""
    sources = (thing for thing in every if thing.kind == "source")
    return tuple(Note(f"{t.name}: {t.item.url or 'no address'}", t) for t in sources if _is_bare(t.item.url))


def _is_bare(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _without_level(every: Iterable[Thing]) -> tuple[Note, ...]:
    """With one such line of a cause, none of them shows how soon."""
    levels = {thing.item.name for thing in every if thing.kind == "level"}
    found = []
    for thing in (thing for thing in every if thing.kind == "cause"):
        lines = thing.item.help_lines
        without = ["".join(line) for line in lines if line[0] not in levels]
        if len(without) < len(lines):
            found += [Note(f"{thing.name}: “{line}”", thing) for line in without]
    return tuple(found)


def _texts(every: Iterable[Thing]) -> Iterator[tuple[Thing, str, str]]:
    """Each text that the public reads, with its thing and the name of its field."""
    for thing in every:
        if thing.kind not in ("vignette", "fact", "source"):
            for name, value in thing.fields().items():
                if isinstance(value, str):
                    yield thing, name, value
                elif name == "ask":
                    yield from ((thing, name, line) for line in value)


def _noted(every: Iterable[Thing], wrong: Callable[[str], Iterable[str]]) -> tuple[Note, ...]:
    """Where a text has something wrong, and what."""
    return tuple(
        Note(f"{thing.name}, {label(thing.kind, name)}: {told}", thing)
        for thing, name, value in _texts(every)
        for told in wrong(value)
    )


def _hard(text: str) -> list[str]:
    grade = markdown.reading_grade(text)
    return [f"grade {grade}"] if grade is not None and grade > HIGHEST_GRADE else []


def _long(text: str) -> list[str]:
    return [f"“{sentence}”" for sentence in markdown.long_sentences(text)]


# What it does to the stories.


def result(guide: Guide, story: Vignette, verdicts: Verdicts) -> Result:
    verdict = verdicts.get(story.slug) or assess(guide, guide.carried(story.answers)).verdict
    name = guide.cause_of[verdict.first].name if verdict.first else "none fits"
    return Result(verdict, name, level_in_words(verdict.urgency, verdict.today))


def changed_stories(live: Guide, guide: Guide, verdicts: Verdicts) -> tuple[ChangedStory, ...]:
    """Stories whose first cause or urgency changes; those that only the live release has, or has with other
    answers, are tried too."""
    answers = {story.slug: story.answers for story in guide.vignettes}
    former = (story for story in live.vignettes if story.answers != answers.get(story.slug))
    tried: list[tuple[Vignette, Verdicts]] = [(story, {}) for story in former]
    tried += [(story, verdicts) for story in guide.vignettes]
    names = {cause.slug: cause.name for cause in (*live.causes, *guide.causes)}
    found = []
    for vignette, known in tried:
        before, after = result(live, vignette, {}), result(guide, vignette, known)
        if before.verdict != after.verdict:
            causes = " or ".join(names[cause] for cause in vignette.causes) or "none fits"
            urgencies = " or ".join(URGENCY[urgency] for urgency in vignette.urgency_accept)
            verdict = _verdict(vignette, before, after)
            found.append(ChangedStory(vignette, before, after, causes, urgencies, *verdict))
    return tuple(found)


def _verdict(vignette: Vignette, before: Result, after: Result) -> tuple[str, str]:
    was, now = _wrongs(vignette, before.verdict), _wrongs(vignette, after.verdict)
    if now - was:
        return f"Worse: {', '.join(sorted(now - was))}", "worse"
    if was - now:
        return "Better", "good"
    return f"Still {', '.join(sorted(now)) or 'right'}", "same"


def _wrongs(vignette: Vignette, verdict: Verdict) -> set[str]:
    wrongs = set()
    if verdict.first not in (vignette.causes or (None,)):
        wrongs.add("another cause")
    if verdict.urgency not in vignette.urgency_accept:
        low = RANK[verdict.urgency] < min(RANK[name] for name in vignette.urgency_accept)
        wrongs.add("too low" if low else "too high")
    return wrongs


# For programs.


def plain(review: Review) -> dict[str, object]:
    return {
        "digest": review.digest,
        "live": review.live_number,
        "blocks": [block.text for block in review.blocks],
        "warnings": {text: [note.text for note in notes] for text, notes in review.warnings.items()},
        "differences": [{"place": d.place, "before": d.was, "after": d.now} for d in review.differences],
        "vignettes": [
            {
                "vignette": story.vignette.slug,
                "before": _plain(story.before.verdict),
                "after": _plain(story.after.verdict),
                "verdict": story.verdict,
            }
            for story in review.stories
        ],
        "lowered": list(review.lowered),
        "worse": list(review.worse),
        "figures": review.figures.plain(),
        "laws": plain_laws(review.laws),
    }


def _plain(verdict: Verdict) -> dict[str, object]:
    return {"cause": verdict.first, "urgency": verdict.urgency, "today": verdict.today}
