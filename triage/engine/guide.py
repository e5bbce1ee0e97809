"""The guide: all that is known, as a tree of frozen objects that is checked when it is made.

An impossible guide cannot exist: `Guide(...)` raises `GuideError` with every problem at once.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property

from triage.engine import limits
from triage.engine.parts import (
    URGENCIES,
    Answers,
    Cause,
    Condition,
    Evidence,
    Fact,
    Group,
    Level,
    Match,
    Option,
    Page,
    Question,
    Section,
    Source,
    UrgencyName,
    UrgencyRule,
    Vignette,
    grouped,
    question_of,
)

SLUG = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}")
RESERVED = {"page": {"done", "emergency", "results"}, "question": {"back", "csrfmiddlewaretoken"}}
"""Slugs that the way has for its own: where it leads, and what its forms send beside answers."""
LEVELS = (*URGENCIES[:3], "today", URGENCIES[3])


def slug_for(words: str, taken: Collection[str]) -> str:
    """A slug made from words, which is not taken yet."""
    ascii_words = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"\W+", "_", ascii_words.replace("'", "")).strip("_0123456789")[:40].strip("_") or "row"
    choices = (f"{made}_{n}" if n > 1 else made for n in range(1, len(taken) + 2))
    return next(slug for slug in choices if slug not in taken)


class GuideError(ValueError):
    """A guide that cannot be. `problems` holds one sentence each, led by the path to the place."""

    def __init__(self, problems: Iterable[str]) -> None:
        # What they quote can hold half of a surrogate pair, which nothing can write.
        self.problems = tuple(line.encode(errors="backslashreplace").decode() for line in problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, kw_only=True)
class Guide:
    possible_at: int
    """From this many points on a cause is possible."""
    strong_at: int
    """From this many points on its match is strong."""
    levels: tuple[Level, ...]
    pages: tuple[Page, ...]
    causes: tuple[Cause, ...]
    urgency_rules: tuple[UrgencyRule, ...]
    home: Condition | None = None
    """What shows that it passes. Without it, or without an everyday cause that fits, nobody is told to
    look after it at home; a guide that has no such condition asks for nothing."""
    home_reason: str = ""
    """Why it is not for looking after at home, where nothing else speaks."""
    sections: tuple[Section, ...]
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    ask: tuple[str, ...] = ()
    """Questions to ask any doctor, whatever the causes."""
    film: tuple[str, ...] = ()
    """What to film for a doctor."""
    vignettes: tuple[Vignette, ...] = ()

    def __post_init__(self) -> None:
        # Of what is too large no more is told than that, for to look on would take long.
        if problems := [*_size_problems(self)] or [*_part_problems(self)]:
            raise GuideError(f"{path}: {problem}" for path, problem in problems)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """In the order in which they are asked."""
        return {question.slug: question for page in self.pages for question in page.questions}

    @cached_property
    def options(self) -> dict[str, Option]:
        """By `question:option`, in the order in which they are asked."""
        return {
            f"{question.slug}:{option.slug}": option
            for question in self.questions.values()
            for option in question.options
        }

    @cached_property
    def signs_of_emergency(self) -> tuple[Option, ...]:
        """In the order in which they are asked."""
        asked = (question for question in self.questions.values() if question.signs == "emergency")
        return tuple(option for question in asked for option in question.options if not option.apart)

    @cached_property
    def options_of(self) -> dict[str, dict[str, str]]:
        """By question: what its options are named, `question:option`, by slug."""
        return {
            slug: {option.slug: f"{slug}:{option.slug}" for option in question.options}
            for slug, question in self.questions.items()
        }

    @cached_property
    def unsure(self) -> frozenset[str]:
        """The options that say "not sure"."""
        return frozenset(name for name, option in self.options.items() if option.unsure)

    @cached_property
    def wary(self) -> dict[str, Condition]:
        """The condition of each rule without what passes off among its exceptions. Beside an answer to the
        same question that does not ("better" beside "the same") it says no more than that one, and stays."""

        def kept(group: Group) -> Group:
            others = {question_of(name) for name in group.of if name not in self.passing}
            of = (name for name in group.of if name not in self.passing or question_of(name) in others)
            return replace(group, of=tuple(of))

        return {
            rule.slug: replace(rule.condition, unless=tuple(map(kept, rule.condition.unless)))
            for rule in self.rules
        }

    @cached_property
    def passing(self) -> frozenset[str]:
        """The options that say that it passes off."""
        return frozenset(name for name, option in self.options.items() if option.passing)

    @cached_property
    def follow_ups(self) -> dict[str, tuple[Question, ...]]:
        """By question: itself, and the follow-ups that hang on it, however far, in order."""
        found = {}
        for slug, first in self.questions.items():
            hanging = {slug: first}
            for question in self.questions.values():
                if question.show_if and not question.show_if.questions.isdisjoint(hanging):
                    hanging[question.slug] = question
            found[slug] = tuple(hanging.values())
        return found

    @cached_property
    def pages_of(self) -> dict[str, list[Page]]:
        """By section, in the order in which they are asked."""
        return grouped((page.section, page) for page in self.pages)

    @cached_property
    def page_of(self) -> dict[str, Page]:
        return {question.slug: page for page in self.pages for question in page.questions}

    @cached_property
    def cause_of(self) -> dict[str, Cause]:
        return {cause.slug: cause for cause in self.causes}

    @cached_property
    def best_first(self) -> tuple[str, ...]:
        """The causes in the order that settles equal points: the higher prior, then the slug."""
        return tuple(sorted(self.cause_of, key=lambda slug: (-self.cause_of[slug].prior, slug)))

    @cached_property
    def section_of(self) -> dict[str, Section]:
        return {section.slug: section for section in self.sections}

    @cached_property
    def source_of(self) -> dict[str, Source]:
        return {source.slug: source for source in self.sources}

    @cached_property
    def section_of_fact(self) -> dict[str, Section]:
        return {fact: section for section in self.sections for fact in section.facts}

    @cached_property
    def rule_of(self) -> dict[str, UrgencyRule]:
        """By `question:option`: what a sign of an emergency asks for by itself."""
        return {
            f"{question.slug}:{option.slug}": _rule_of(question, option)
            for question in self.questions.values()
            for option in question.options
            if option.reason
        }

    @cached_property
    def rules(self) -> tuple[UrgencyRule, ...]:
        """The most urgent first; of one level the signs of an emergency first, then as staff ordered them."""
        every = (*self.rule_of.values(), *self.urgency_rules)
        return tuple(sorted(every, key=lambda rule: rule.rank, reverse=True))

    @cached_property
    def evidence(self) -> tuple[tuple[str, Evidence], ...]:
        """Every row with the slug of its cause, the strongest first, in whatever order they are written."""
        rows = ((cause.slug, row) for cause in self.causes for row in cause.evidence)
        return tuple(sorted(rows, key=lambda pair: (-abs(pair[1].points), pair[1].text, repr(pair))))

    @cached_property
    def rules_by_key(self) -> dict[str, list[int]]:
        """Places in `rules` by what a rule cannot be true without; by "" what needs nothing chosen."""
        return grouped((key, n) for n, rule in enumerate(self.rules) for key in rule.condition.keys)

    @cached_property
    def evidence_by_key(self) -> dict[str, list[int]]:
        return grouped((key, n) for n, (_, row) in enumerate(self.evidence) for key in row.condition.keys)

    def level(self, urgency: UrgencyName, *, today: bool = False) -> Level:
        """The words for it; those of the urgency alone where the guide has none for today."""
        words = {level.slug: level for level in self.levels}
        return words["today"] if today and "today" in words else words[urgency]

    def match(self, points: int) -> Match:
        if points >= self.strong_at:
            return "strong"
        return "possible" if points >= self.possible_at else "unlikely"

    def answer_problems(self, answers: Answers) -> Iterator[str]:
        """Yield a sentence, naming the slug, for each answer that could not have been given.

        A question left out is no problem: it counts as not answered.
        """
        for slug, chosen in answers.items():
            if question := self.questions.get(slug):
                yield from question.choice_problems(chosen)
            else:
                yield f'no question "{slug}"'

    def carried(self, answers: Answers) -> dict[str, tuple[str, ...]]:
        """The answers that this guide can read: what it does not know, or allow, is dropped.

        In goes a set that may come from another release; out comes one without problems,
        questions and options in the order of the guide.
        """
        kept = {}
        for slug, question in self.questions.items():
            chosen = tuple(option.slug for option in question.chosen(answers))
            if chosen and not any(question.choice_problems(chosen)):
                kept[slug] = chosen
        return kept


def _rule_of(question: Question, option: Option) -> UrgencyRule:
    """What a sign of an emergency asks for by itself."""
    return UrgencyRule(
        slug=f"{question.slug}_{option.slug}",
        urgency="emergency",
        reason=option.reason,
        first_aid=option.first_aid,
        condition=Condition(all=(f"{question.slug}:{option.slug}",)),
        crisis=option.crisis,
        facts=option.facts,
        sources=option.sources,
        checked_on=option.checked_on,
        signed_by=option.signed_by,
        signed_on=option.signed_on,
    )


Problem = tuple[str, str]
"""The path to the place in the guide's file, and what cannot be there."""


def _size_problems(guide: Guide) -> Iterator[Problem]:
    parts = {
        "pages": len(guide.pages),
        "questions": sum(len(page.questions) for page in guide.pages),
        "options": sum(len(question.options) for page in guide.pages for question in page.questions),
        "causes": len(guide.causes),
        "rows of evidence": sum(len(cause.evidence) for cause in guide.causes),
        "urgency rules": len(guide.urgency_rules),
        "sections": len(guide.sections),
        "facts": len(guide.facts),
        "sources": len(guide.sources),
        "stories": len(guide.vignettes),
    }
    for what, count in parts.items():
        if count > limits.COUNTS[what]:
            yield what, f"{count:,} are too many, at most {limits.COUNTS[what]:,} can be"
    for path, value in leaves(guide):
        if isinstance(value, str) and len(value) > limits.TEXT:
            yield path, f"is longer than {limits.TEXT:,} letters"
        elif isinstance(value, str) and value.count("[") > limits.BRACKETS:
            yield path, f"holds more than {limits.BRACKETS} signs ["


def leaves(guide: Guide) -> Iterator[tuple[str, object]]:
    """Yield each text, number and date of a guide with its path in the guide's file."""
    left: list[tuple[str, object]] = [("", guide)]
    while left:
        path, value = left.pop()
        if isinstance(value, tuple):
            left += [(f"{path}[{n}]", item) for n, item in enumerate(value)][::-1]
        elif isinstance(value, dict):
            left += [(f"{path}.{name}", item) for name, item in value.items()][::-1]
        elif is_dataclass(value):
            dot = f"{path}." if path else ""
            left += [(dot + field.name, getattr(value, field.name)) for field in fields(value)][::-1]
        else:
            yield path, value


def _part_problems(guide: Guide) -> Iterator[Problem]:
    yield from _slug_problems(guide)
    if guide.possible_at >= guide.strong_at:
        yield "strong_at", "must be more than possible_at"
    if tuple(level.slug for level in guide.levels) not in (LEVELS, URGENCIES):
        yield "levels", f"must be exactly {', '.join(LEVELS)}, in this order; today may be left out"
    yield from _page_problems(guide)
    if guide.home is not None:
        yield from condition_problems("home", guide.home, guide.options)
        if guide.home.unless:
            yield "home", "takes no “unless”: it must be known that it passes"
    for c, cause in enumerate(guide.causes):
        path = f"causes[{c}]"
        if cause.section not in guide.section_of:
            yield f"{path}.section", f'no section "{cause.section}"'
        yield from _reference_problems(f"{path}.sources", "source", cause.sources, guide.source_of)
        for e, evidence in enumerate(cause.evidence):
            if not 1 <= abs(evidence.points) <= 3:
                yield f"{path}.evidence[{e}].points", "must be 1 to 3, or -1 to -3"
            yield from _row_problems(f"{path}.evidence[{e}]", evidence, guide)
    for r, rule in enumerate(guide.urgency_rules):
        if rule.today and rule.urgency != "urgent":
            yield f"urgency_rules[{r}].today", "is for urgent rules alone"
        yield from _row_problems(f"urgency_rules[{r}]", rule, guide)
    yield from _fact_problems(guide)
    for v, vignette in enumerate(guide.vignettes):
        yield from _vignette_problems(f"vignettes[{v}]", vignette, guide)


def _slug_problems(guide: Guide) -> Iterator[Problem]:
    """A slug stands for one thing of its kind; an option's for one of its question."""
    for name in ("pages", "causes", "urgency_rules", "sections", "facts", "sources", "vignettes"):
        parts = ((f"{name}[{n}]", part.slug) for n, part in enumerate(getattr(guide, name)))
        yield from _named_problems(name.removesuffix("s").replace("_", " "), parts)
    yield from _named_problems("question", ((path, one.slug) for path, one in questions_at(guide)))
    rows = ((c, e, row) for c, cause in enumerate(guide.causes) for e, row in enumerate(cause.evidence))
    yield from _named_problems("evidence", ((f"causes[{c}].evidence[{e}]", row.slug) for c, e, row in rows))
    rules = Counter(rule.slug for rule in guide.rules)
    for path, question in questions_at(guide):
        options = [(f"{path}.options[{o}]", option) for o, option in enumerate(question.options)]
        yield from _named_problems("option", ((at, option.slug) for at, option in options))
        for at, option in options:
            if option.reason and rules[_rule_of(question, option).slug] > 1:
                yield f"{at}.slug", f'"{option.slug}" would name a second rule; choose another'


def _named_problems(what: str, named: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """By path: slugs of one kind."""
    places = list(named)
    count = Counter(slug for _, slug in places)
    for path, slug in places:
        if not SLUG.fullmatch(slug):
            yield f"{path}.slug", f'"{slug}" must be letters, digits and _, a letter first'
        elif slug in RESERVED.get(what, ()):
            yield f"{path}.slug", f'"{slug}" has a meaning of its own here; choose another'
        elif count[slug] > 1:
            yield f"{path}.slug", f'"{slug}" stands for more than one {what}'


def questions_at(guide: Guide) -> Iterator[tuple[str, Question]]:
    """Each question with its path in the guide's file."""
    for p, page in enumerate(guide.pages):
        for q, question in enumerate(page.questions):
            yield f"pages[{p}].questions[{q}]", question


def _page_problems(guide: Guide) -> Iterator[Problem]:
    """A follow-up stands on a later page than the question it follows; a section stays together."""
    if not guide.pages:
        yield "pages", "must have at least one page"
    before: set[str] = set()
    left: set[str] = set()
    for p, page in enumerate(guide.pages):
        if p and page.section != guide.pages[p - 1].section:
            left.add(guide.pages[p - 1].section)
        if page.section in left:
            yield (
                f"pages[{p}].section",
                f'pages of one part stand together: move it to the others of "{page.section}"',
            )
        if not page.questions:
            yield f"pages[{p}].questions", "must have at least one question"
        for q, question in enumerate(page.questions):
            yield from _question_problems(f"pages[{p}].questions[{q}]", question, guide, before)
        before |= {question.slug for question in page.questions}


def _question_problems(path: str, question: Question, guide: Guide, before: set[str]) -> Iterator[Problem]:
    if len(question.options) < 2:
        yield f"{path}.options", "must have at least two options"
    if question.kind == "single" and any(option.exclusive for option in question.options):
        yield f"{path}.options", "a single choice needs no exclusive option"
    for o, option in enumerate(question.options):
        yield from _cited_problems(f"{path}.options[{o}]", option, guide)
        if option.reason and not (option.facts or option.sources):
            yield f"{path}.options[{o}]", "must name a fact or a source for its reason"
    if question.show_if is not None:
        yield from condition_problems(f"{path}.show_if", question.show_if, guide.options)
        if not question.show_if.options:
            yield f"{path}.show_if", "must name at least one option"
        for slug in sorted(question.show_if.questions & set(guide.questions) - before):
            yield f"{path}.show_if", f'"{slug}" must be asked on an earlier page'


def condition_problems(path: str, condition: Condition, options: Iterable[str]) -> Iterator[Problem]:
    """Yield what a condition cannot say: an option that is not there, named twice, or too few of them."""
    if len(condition.options) > limits.NAMED:
        yield path, f"names {len(condition.options):,} options, at most {limits.NAMED} can be"
        return
    for name in ("groups", "unless"):
        if len(groups := getattr(condition, name)) > limits.GROUPS:
            yield path, f"{name}: {len(groups)} are too many, at most {limits.GROUPS} can be"
    known = set(options)
    for option in dict.fromkeys(condition.options):
        if option not in known:
            yield path, f'no option "{option}"'
    for group in (*condition.needed, *condition.unless):
        if not 1 <= group.at_least <= len(group.of):
            yield path, f"at least {group.at_least} of {len(group.of)} cannot be"
    alone = (*condition.all, *condition.none)
    groups = (condition.any, *(group.of for group in (*condition.groups, *condition.unless)))
    for together in (alone, *((*dict.fromkeys(alone), *group) for group in groups)):
        for option, times in Counter(together).items():
            if times > 1:
                yield path, f'"{option}" is named twice'


def _reference_problems(
    path: str, what: str, slugs: tuple[str, ...], known: Iterable[str]
) -> Iterator[Problem]:
    known = set(known)
    for slug, times in Counter(slugs).items():
        if slug not in known:
            yield path, f'no {what} "{slug}"'
        elif times > 1:
            yield path, f'"{slug}" is named twice'


def _cited_problems(path: str, row: Evidence | UrgencyRule | Option, guide: Guide) -> Iterator[Problem]:
    facts = (fact.slug for fact in guide.facts)
    yield from _reference_problems(f"{path}.facts", "fact", row.facts, facts)
    yield from _reference_problems(f"{path}.sources", "source", row.sources, guide.source_of)


def _row_problems(path: str, row: Evidence | UrgencyRule, guide: Guide) -> Iterator[Problem]:
    yield from condition_problems(f"{path}.condition", row.condition, guide.options)
    if not (row.condition.needed or row.condition.none):
        yield f"{path}.condition", "must name at least one option that it stands on"
    yield from _cited_problems(path, row, guide)
    if not row.facts and not row.sources:
        yield path, "must name a fact or a source"


def _fact_problems(guide: Guide) -> Iterator[Problem]:
    """Each fact stands in exactly one section, once."""
    facts = {fact.slug for fact in guide.facts}
    told = Counter(fact for section in guide.sections for fact in section.facts)
    for s, section in enumerate(guide.sections):
        for slug in sorted(set(section.facts) - facts):
            yield f"sections[{s}].text", f'no fact "{slug}"'
    for f, fact in enumerate(guide.facts):
        if told[fact.slug] != 1:
            yield f"facts[{f}]", f'"{fact.slug}" is told {told[fact.slug]} times, must be once'


def _vignette_problems(path: str, vignette: Vignette, guide: Guide) -> Iterator[Problem]:
    for problem in guide.answer_problems(vignette.answers):
        yield f"{path}.answers", problem
    yield from _reference_problems(f"{path}.causes", "cause", vignette.causes, guide.cause_of)
    if vignette.urgency not in vignette.urgency_accept:
        yield f"{path}.urgency_accept", f'must hold "{vignette.urgency}"'
    for name, said in (("urgency_accept", vignette.urgency_accept), ("opinions", vignette.opinions)):
        for word in set(said) - set(URGENCIES):
            yield f"{path}.{name}", f'"{word}" is no urgency; those are {", ".join(URGENCIES)}'
