"""Answers that staff try: read from an address, weighed, and told with all that they come to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, combinations, islice, product
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from content.models import Option as OptionRow
from content.models import Vignette
from content.things import Thing, Words, level_in_words, names_of, things
from triage.engine.changes import Change, flips, what_would_change
from triage.engine.file import read_condition
from triage.engine.guide import Guide
from triage.engine.parts import Condition, Option, Question, options_in, question_of
from triage.engine.weigh import Assessment, Known, Options, holds, read_one
from triage.results import IN_FULL
from triage.web.jinja import html

KINDS = ("vignette", "urgencyrule", "evidence", "option")
"""What has answers to try: with which it speaks, or its own."""

WAYS = 2000
"""To make a condition true; more are not looked at."""
LONGEST_NAME = 60


# Between answers and an address.


def address(names: Iterable[str]) -> str:
    """The page with these options tried, each named `question:option`."""
    query = urlencode([("a", name) for name in names], safe=":")
    return f"{reverse('admin:try')}?{query}" if query else reverse("admin:try")


class LeftOut(NamedTuple):
    name: str
    why: str
    """"unknown", "twice", "beside" another answer, or "not due"."""


def read(guide: Guide, names: Iterable[str]) -> tuple[Assessment, list[LeftOut]]:
    """The answers that can be given together, weighed; and what is left out, whatever was sent."""
    sent, known = Counter(names), Known(set(), set(), set())
    left_out = [LeftOut(name, "unknown") for name in sent if name not in guide.options]
    left_out += [LeftOut(name, "twice") for name in guide.options if sent[name] > 1]
    answers: dict[str, tuple[str, ...]] = {}
    for slug, question in guide.questions.items():
        chosen = [option for option in question.options if f"{slug}:{option.slug}" in sent]
        is_due = question.show_if is None or holds(question.show_if, known.true, known.false, known.true)
        kept = _together(question, chosen) if is_due else []
        why = "beside" if is_due else "not due"
        left_out += [LeftOut(f"{slug}:{option.slug}", why) for option in chosen if option not in kept]
        if kept:
            answers[slug] = tuple(option.slug for option in kept)
        read_one(guide, question, answers, known)
    return Assessment(guide, answers, known), left_out


def _together(question: Question, chosen: list[Option]) -> list[Option]:
    """A sign is kept rather than "none of these"; of a single choice, the first in the guide."""
    beside = [option for option in chosen if not option.exclusive]
    return chosen[:1] if question.kind == "single" or not beside else beside


# Answers for a screen.


def names_for(guide: Guide, row: Any) -> list[str]:
    """A story's answers; for a rule, a row or an option those of the first story in which it speaks, else
    the fewest options with which it does. Empty where none were found."""
    if isinstance(row, Vignette):
        return [option.full_slug for option in row.answers.all()]
    condition = (
        Condition(all=(row.full_slug,)) if isinstance(row, OptionRow) else read_condition(row.condition)
    )
    stories = (names_of(story.answers) for story in guide.vignettes)
    told = (names for names in stories if read(guide, names)[0].is_true(condition))
    return next(told, None) or fewest(guide, condition)


def fewest(guide: Guide, condition: Condition) -> list[str]:
    """The options with which it is true, as few as were found, in the order of the guide.

    None where it names what is a draft or retired.
    """
    if not guide.options.keys() >= {*condition.options}:
        return []
    ways = (way for way in islice(_ways(guide, condition, {}), WAYS) if _works(guide, condition, way))
    found = min(ways, key=len, default=frozenset())
    return [name for name in guide.options if name in found]


def _works(guide: Guide, condition: Condition, way: Iterable[str]) -> bool:
    assessment, left_out = read(guide, way)
    return not left_out and assessment.is_true(condition)


Asked = dict[str, list[frozenset[str]]]
"""By question: sets of options with which it is asked. Each is looked for once: follow-ups that hang on two
others, and those on two more, would take a time that doubles with each."""


def _ways(guide: Guide, condition: Condition, asked: Asked) -> Iterator[frozenset[str]]:
    """Sets of options that may make it true, each with what its follow-ups hang on."""
    needed = [islice(combinations(group.of, group.at_least), WAYS) for group in condition.needed]
    known_not = [_instead(guide, option) for option in condition.none]
    for choice in product(*needed, *known_not):
        chosen = frozenset(chain(*choice))
        questions = dict.fromkeys(map(question_of, sorted(chosen)))
        for slug in questions:
            if slug not in asked:
                shown = guide.questions[slug].show_if
                asked[slug] = [*islice(_ways(guide, shown, asked), WAYS)] if shown else [frozenset()]
        yield from (chosen.union(*more) for more in product(*(asked[slug] for slug in questions)))


def _instead(guide: Guide, option: str) -> Iterator[tuple[str, ...]]:
    """What makes it known that an option is not chosen: nothing more, or another answer to its question."""
    yield ()
    names = guide.options_of[question_of(option)].values()
    sure = [name for name in names if name != option and name not in guide.unsure]
    alone = [name for name in sure if guide.options[name].exclusive]
    yield from ((name,) for name in alone or sure)


# What the page shows.


def page(assessment: Assessment, left_out: Iterable[LeftOut], keep: str) -> SafeString:
    """What was chosen and all that it comes to. `keep` leads to a new story of it, for who may write one."""
    guide, answers, words = assessment.guide, assessment.answers, Words(assessment.guide)
    screens = {id(thing.item): thing for thing in things(guide)}

    def screen_of(part: Any) -> Thing:
        """By its identity. A sign of an emergency is written on the screen of its option."""
        return screens.get(id(part)) or screens[id(guide.options[part.condition.all[0]])]

    context = {
        "guide": guide,
        "assessment": assessment,
        "words": words,
        "asks": level_in_words,
        "said": partial(_said, guide),
        "screen_of": screen_of,
        "empty": address(()),
        "keep": keep,
        "missing": [(_printable(name, words), why) for name, why in left_out],
        "pages": [(one, sum(len(q.chosen(answers)) for q in one.questions)) for one in guide.pages],
        "open": [question for question in assessment.asked if question.is_open(answers)],
        # How soon.
        "open_rules": [rule for rule in guide.rules if assessment.left_open(rule)],
        # For home or not: a rule asks for more, or one that was left open.
        "asks_for_more": assessment.urgency != "self_care" and not assessment.unearned,
        "shows_that_it_passes": guide.home is None or assessment.is_true(guide.home),
        # What it could be, and what would change it.
        "in_full": assessment.fitting[:IN_FULL],
        "flips": [(change, _address_after(change, assessment)) for change in what_would_change(assessment)],
    }
    return SafeString(html("tried.html", **context))


def _printable(name: str, words: Words) -> str:
    shown = "".join(c if c.isprintable() else "�" for c in name[:LONGEST_NAME])
    return words.options.get(name, shown)


def _said(guide: Guide, condition: Condition, among: Options) -> str:
    """The options that it needs and that stand among these, in words."""
    needed = dict.fromkeys(options_in(condition.needed))
    return "; ".join(guide.options[name].text for name in needed if name in among)


def _address_after(change: Change, assessment: Assessment) -> str:
    """Where the page is with the one answer changed, and without what is not asked then."""
    guide, answers, question = assessment.guide, assessment.answers, change.question
    choice = next(to for option, _, to in flips(question, answers) if option is change.option)
    after, _ = read(guide, names_of({**answers, question.slug: choice}))
    return address(names_of(after.answers))
