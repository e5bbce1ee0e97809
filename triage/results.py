"""The results page, made ready for its template: sentences, links and drawings, nothing left to decide."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from triage import drawing
from triage.engine.answers import Answers, chosen_options
from triage.engine.assessment import Assessment, Finding, asked, assess
from triage.engine.changes import Change, is_open, telling_apart, what_would_change
from triage.engine.guide import Evidence, Guide, Level, Match, Question, Section, UrgencyRule
from triage.engine.urgency import RANK
from triage.pages import PublicPage, Urls
from triage.releases import PublishedGuide
from triage.sheet import Sheet, doctors_sheet
from triage.text import sentence_of
from triage.wording import MATCHES, counted, in_sentence, listed, told_once

IN_FULL = 3
"""So many causes are shown with all their reasons."""

SIGNS_AT_ONCE = 3

STRENGTHS = {1: "Slightly", 2: "Clearly", 3: "Strongly"}


class Backing(NamedTuple):
    """What makes a row count: a fact of the article, or published guidance beyond it."""

    href: str = ""
    fact: str = ""
    beyond: str = ""
    signed: str = ""


class Sign(NamedTuple):
    sentence: str
    backing: Backing


class Step(NamedTuple):
    """One of the four levels on the scale. `current` is printed inside its tag."""

    name: str
    shape: SafeString
    current: SafeString


@dataclass(frozen=True)
class Urgency:
    slug: str
    emblem: str
    name: str
    heading: str
    text: str
    signs: tuple[Sign, ...]
    more: tuple[Sign, ...]
    """Further signs of this level, and those of the levels below, which count too."""
    more_words: str
    unfold: bool
    """Few enough to show them all at once."""
    scale: tuple[Step, ...]


class Unsettled(NamedTuple):
    """An answer that is missing, and what it could change."""

    question: str
    sentence: str
    href: str


class Row(NamedTuple):
    bar: SafeString
    text: str
    strength: str
    backing: Backing


@dataclass(frozen=True)
class CauseCard:
    slug: str
    name: str
    medical_name: str
    picture: str
    match: Match
    match_words: str
    disc: SafeString
    count: str
    rows: tuple[Row, ...]
    fold: bool
    """Closed at first where room is short."""
    what: SafeString
    helps: SafeString
    get_help: SafeString
    section_title: str
    section: SafeString
    section_href: str


class LessLikely(NamedTuple):
    name: str
    reason: str
    strength: str
    href: str


class Apart(NamedTuple):
    """Two causes close together, and the question that tells them apart."""

    sentence: str
    question: str
    href: str


class Flip(NamedTuple):
    condition: str
    mark: SafeString
    tone: str
    outcome: str


class Passage(NamedTuple):
    title: str
    quotes: tuple[str, ...]
    text: SafeString
    href: str


class Answer(NamedTuple):
    question: str
    chosen: str
    href: str


@dataclass(frozen=True, kw_only=True)
class ResultsPage(PublicPage):
    urgency: Urgency
    unsettled: tuple[Unsettled, ...]
    causes: tuple[CauseCard, ...]
    less_likely: tuple[LessLikely, ...]
    less_likely_words: str
    apart: Apart | None
    flips: tuple[Flip, ...]
    passages: tuple[Passage, ...]
    watch_heading: str
    watch_level: str
    watch_emblem: str
    watch: SafeString
    answers: tuple[Answer, ...]
    release_words: str
    back: str
    sheet: Sheet


def results_page(release: PublishedGuide, answers: Answers, urls: Urls, **common: Any) -> ResultsPage:
    """Everything that the page says about these answers, in the order of the page."""
    guide = release.guide
    assessment = assess(guide, answers)
    level = guide.level(assessment.urgency)
    shown = assessment.fitting[:IN_FULL]
    above = guide.levels[min(RANK[level.slug] + 1, len(guide.levels) - 1)]
    published = f"Release {release.number}, {release.published_on}"
    return ResultsPage(
        title=f"Your results: {in_sentence(level.heading)}",
        urls=urls,
        private=True,
        urgency=_urgency(guide, level, assessment, urls),
        unsettled=tuple(_unsettled(guide, answers, assessment, urls)),
        causes=tuple(_card(release, finding, n > 0, urls) for n, finding in enumerate(shown)),
        less_likely=tuple(_less_likely(finding, urls) for finding in assessment.findings[len(shown) :]),
        less_likely_words=counted(len(assessment.findings) - len(shown), "more cause", "more causes"),
        apart=_apart(guide, answers, assessment, urls),
        flips=tuple(_flip(guide, change) for change in what_would_change(guide, answers)),
        passages=tuple(_passages(release, assessment, shown, urls)),
        watch_heading=f"{above.heading} if" if above.slug == "emergency" else "Get help sooner if",
        watch_level=above.slug,
        watch_emblem=drawing.of_level(above.slug),
        watch=release.texts["watch", level.slug],
        answers=tuple(_answers(guide, answers, urls)),
        release_words=published,
        back=urls.step(guide.pages[0].slug),
        sheet=doctors_sheet(guide, answers, assessment, published),
        **common,
    )


# How soon.


def _urgency(guide: Guide, level: Level, assessment: Assessment, urls: Urls) -> Urgency:
    rules = told_once(assessment.signs)
    here = sum(rule.urgency == level.slug for rule in rules)
    signs = tuple(Sign(rule.reason, _backing(guide, rule, urls)) for rule in rules)
    first = min(here, SIGNS_AT_ONCE)
    return Urgency(
        slug=level.slug,
        emblem=drawing.of_level(level.slug),
        name=level.name,
        heading=level.heading,
        text=level.text,
        signs=signs[:first],
        more=signs[first:],
        more_words=counted(len(signs) - first, "more reason", "more reasons"),
        unfold=len(signs) <= SIGNS_AT_ONCE,
        scale=tuple(_step(other, other.slug == level.slug) for other in guide.levels),
    )


def _step(level: Level, here: bool) -> Step:
    return Step(level.name, drawing.SHAPES[level.slug], SafeString(' aria-current="true"' if here else ""))


def _backing(guide: Guide, row: Evidence | UrgencyRule, urls: Urls) -> Backing:
    if row.facts:
        return Backing(href=f"{urls.article}#{row.facts[0]}", fact=f"Fact {int(row.facts[0][1:])}")
    named = next(source for source in guide.sources if source.slug == row.sources[0])
    return Backing(
        beyond=f"Beyond the article: {named.publisher}, “{named.title}”.", signed=signed_words(row)
    )


def signed_words(row: Evidence | UrgencyRule) -> str:
    return f"Signed by {row.signed_by}." if row.signed_by else "Not yet signed by a clinician."


def _unsettled(guide: Guide, answers: Answers, assessment: Assessment, urls: Urls) -> Iterator[Unsettled]:
    """One for each question whose answer is missing, with the most urgent that it could lead to."""
    told = set()
    for rule in assessment.unsettled:
        for option in rule.condition.all + rule.condition.any:
            question, clause = guide.questions[option.partition(":")[0]], guide.options[option].clause
            if clause and question.slug not in told and is_open(question, answers):
                told.add(question.slug)
                name = in_sentence(guide.level(rule.urgency).name)
                yield Unsettled(
                    question.text,
                    f"If {clause}, this could be more urgent: {name}.",
                    _change_url(guide, question, urls),
                )


def _change_url(guide: Guide, question: Question, urls: Urls) -> str:
    return f"{urls.step(guide.page_of[question.slug].slug)}#{question.slug}"


# What it could be.


def _card(release: PublishedGuide, finding: Finding, fold: bool, urls: Urls) -> CauseCard:
    cause = finding.cause
    return CauseCard(
        slug=cause.slug,
        name=cause.name,
        medical_name=cause.medical_name,
        picture=drawing.of_cause(cause.slug),
        match=finding.match,
        match_words=MATCHES[finding.match],
        disc=drawing.DISCS[finding.match],
        count=_count(finding),
        rows=tuple(_rows(release.guide, finding, urls)),
        fold=fold,
        what=release.texts["what", cause.slug],
        helps=release.texts["helps", cause.slug],
        get_help=release.texts["get_help", cause.slug],
        section_title=_section(release.guide, cause.section).title,
        section=_passage_text(release, cause.section),
        section_href=f"{urls.article}#{cause.section}",
    )


def _count(finding: Finding) -> str:
    parts = [
        counted(len(finding.pro), "reason for", "reasons for"),
        f"{len(finding.contra) or 'none'} against",
    ]
    if finding.not_answered:
        parts.append(f"{len(finding.not_answered)} not answered")
    return ", ".join(parts)


def _rows(guide: Guide, finding: Finding, urls: Urls) -> Iterator[Row]:
    """Strongest first: what speaks for it, then against, then what was not answered."""
    for evidence in finding.pro + finding.contra:
        yield Row(
            drawing.BARS[evidence.points],
            evidence.text,
            strength_of(evidence),
            _backing(guide, evidence, urls),
        )
    for evidence in finding.not_answered:
        yield Row(
            drawing.UNKNOWN_BAR,
            evidence.text,
            f"Not answered. If so: {in_sentence(strength_of(evidence))}",
            _backing(guide, evidence, urls),
        )


def strength_of(evidence: Evidence) -> str:
    """The weight in words: "Clearly for", "Slightly against"."""
    return f"{STRENGTHS[abs(evidence.points)]} {'for' if evidence.points > 0 else 'against'}"


def _less_likely(finding: Finding, urls: Urls) -> LessLikely:
    against = finding.contra[0] if finding.contra else None
    return LessLikely(
        name=finding.cause.name,
        reason=against.text if against else "Nothing in your answers speaks for it.",
        strength=strength_of(against) if against else "",
        href=f"{urls.article}#{finding.cause.section}",
    )


def _apart(guide: Guide, answers: Answers, assessment: Assessment, urls: Urls) -> Apart | None:
    question = telling_apart(guide, answers)
    if question is None:
        return None
    two = listed(in_sentence(finding.cause.name) for finding in assessment.findings[:2])
    return Apart(f"Two causes fit almost equally: {two}.", question.text, _change_url(guide, question, urls))


# What would change this.


def _flip(guide: Guide, change: Change) -> Flip:
    condition = f"If {change.option.clause}" if change.chosen else f"Without “{change.option.text}”"
    before, after = change.urgency
    if before != after:
        return Flip(
            condition,
            drawing.SHAPES[after],
            after,
            f"We would say: {in_sentence(guide.level(after).heading)}.",
        )
    names = {cause.slug: cause.name for cause in guide.causes}
    first = change.first[1]
    if first is None:
        return Flip(condition, drawing.DISCS["unlikely"], "", "No cause would clearly fit.")
    return Flip(condition, drawing.DISCS["strong"], "", f"{names[first]} would come first.")


# What the article says.


def _passages(
    release: PublishedGuide, assessment: Assessment, shown: Sequence[Finding], urls: Urls
) -> Iterator[Passage]:
    """The sections behind the signs that spoke, with the sentence that each sign stands on."""
    in_cards = {finding.cause.section for finding in shown}
    quoted: dict[str, list[str]] = {}
    for rule in assessment.signs:
        for fact in rule.facts:
            quoted.setdefault(release.guide.section_of_fact[fact].slug, []).append(fact)
    for slug, facts in quoted.items():
        if slug not in in_cards:
            yield Passage(
                _section(release.guide, slug).title,
                tuple(_quote(release, fact) for fact in dict.fromkeys(facts)),
                _passage_text(release, slug),
                f"{urls.article}#{slug}",
            )


def _section(guide: Guide, slug: str) -> Section:
    return next(section for section in guide.sections if section.slug == slug)


def _quote(release: PublishedGuide, fact: str) -> str:
    return str(
        release.once(("quote", fact), lambda: sentence_of(release.guide.section_of_fact[fact].text, fact))
    )


def _passage_text(release: PublishedGuide, slug: str) -> SafeString:
    """A section as it reads inside this page, where another could bear the same fact's mark."""
    html = release.texts["section", slug]
    made = release.once(("passage", slug), lambda: SafeString(re.sub(r' id="F\d\d"', "", html)))
    return SafeString(made)


# What was answered.


def _answers(guide: Guide, answers: Answers, urls: Urls) -> Iterator[Answer]:
    for question in asked(guide, answers):
        chosen = listed(option.text for option in chosen_options(question, answers))
        yield Answer(question.short, chosen, _change_url(guide, question, urls))
