"""The safety laws: what must be true of every guide, whatever staff change.

A law looks at the form of the guide alone. What it cannot prove blocks publishing, and names the row and
the mend. That the form suffices is held once for all guides, by properties of the engine
(tests/engine/test_laws.py).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from triage.engine.guide import Guide, questions_at
from triage.engine.parts import (
    RANK,
    Cause,
    Condition,
    Evidence,
    Option,
    Question,
    UrgencyRule,
    options_in,
    question_of,
)
from triage.engine.satisfiable import contradictions
from triage.engine.weigh import assess, reachable


class Flaw(NamedTuple):
    """Where a guide breaks a law, and how to mend it; `path` is the place in the guide's file."""

    path: str
    mend: str


def _signs_only_raise(guide: Guide) -> Iterator[Flaw]:
    """A sign, added, makes no rule fall silent and lets no everyday cause earn that one stays at home."""
    for path, question in questions_at(guide):
        if question.signs in ("warning", "emergency") and question.kind == "single":
            yield Flaw(path, "Signs can come together: let this question take several choices.")
        for o, option in enumerate(question.options):
            if option.apart and option.reason:
                yield Flaw(f"{path}.options[{o}]", "It gives way to a sign: leave out its own reason.")
    conditions = ((path, rule.condition) for path, rule in _rules(guide))
    rules = [(path, _held_back(condition), {*options_in(condition.needed)}) for path, condition in conditions]
    for place, question, option in _signs(guide, "warning", "emergency"):
        name = f"{question.slug}:{option.slug}"
        gives_way = (other for other in question.options if question.kind == "single" or other.exclusive)
        dropped = {f"{question.slug}:{other.slug}" for other in gives_way} - {name}
        for path, held, needed in rules:
            if name in held:
                yield Flaw(path, f"“{name}” is a sign: it must not hold this rule back.")
            if dropped & needed:
                yield Flaw(path, f"It falls silent when “{name}” is chosen: leave out what gives way.")
        for path, other in _follow_ups(guide):
            if question.slug in other.questions:
                yield Flaw(path, f"“{question.slug}” asks for signs: no follow-up may hang on it.")
        if not _rank_alone(guide, name) and _may_earn_home(guide, question, name, dropped):
            yield Flaw(place, f"“{name}” lifts an everyday cause: give it an urgency rule of its own.")


def _may_earn_home(guide: Guide, question: Question, name: str, dropped: set[str]) -> bool:
    home = guide.home or Condition()
    rows = (row for cause in guide.causes if cause.everyday for row in cause.evidence)
    return (
        name in options_in(home.needed)
        or question.slug in set(map(question_of, home.none))
        or any(_may_lift(row, question, name, dropped) for row in rows)
    )


def _may_lift(row: Evidence, question: Question, name: str, dropped: set[str]) -> bool:
    """Whether its cause may have more points with the option added and `dropped` gone."""
    condition = row.condition
    held = _held_back(condition)
    if row.points < 0:
        return name in held or bool(dropped & {*options_in(condition.needed)})
    return question.slug in set(map(question_of, held)) or name in options_in(condition.needed)


def _emergency_wins(guide: Guide) -> Iterator[Flaw]:
    """Each sign of an emergency asks for emergency help by itself, and nothing can hold that back."""
    for place, question, option in _signs(guide, "emergency"):
        if _rank_alone(guide, f"{question.slug}:{option.slug}") < RANK["emergency"]:
            yield Flaw(place, "Give this sign of an emergency its reason: it asks for help by itself.")


def _unsure_lowers_one_level(guide: Guide) -> Iterator[Flaw]:
    """An answer turned to "not sure" leaves every rule that spoke at least open, one level below."""
    for path, rule in _rules(guide):
        if rule.unexplained:
            yield Flaw(path, "Say what is known to calm it under “unless”, not whether a cause fits.")
    for path, condition in _conditions(guide):
        if guide.unsure & _held_back(condition):
            yield Flaw(path, "“Not sure” is no answer: it must not stand under “none of” or “unless”.")
    for path, condition in _follow_ups(guide):
        if guide.unsure & {*condition.options} or condition.unless:
            yield Flaw(path, "A follow-up must not hang on “not sure”, nor on an “unless”.")
    if guide.home and guide.unsure & {*guide.home.options}:
        yield Flaw("home", "“Not sure” shows nothing: leave it out.")


def _exceptions_are_known(guide: Guide) -> Iterator[Flaw]:
    """A rule is held back by what was said alone, never by what was left open."""
    for path, rule in _rules(guide):
        if rule.condition.none:
            yield Flaw(path, "Move “none of” to “unless”: only what was said may calm a rule.")


def _home_is_earned(guide: Guide) -> Iterator[Flaw]:
    """It is said only when an everyday cause fits and something that was said shows that it passes."""
    if guide.home is None or not guide.home.needed:
        yield Flaw("home", "Say which answers show that it passes.")
    elif not guide.home_reason.strip():
        yield Flaw("home_reason", "Say why it is not for looking after at home.")
    if not any(cause.everyday for cause in guide.causes):
        yield Flaw("causes", "Mark the everyday causes.")


def _pages_can_be_left(guide: Guide) -> Iterator[Flaw]:
    """Each question has an answer for everybody. What is asked hangs on earlier pages alone, which the
    guide makes sure of, so that a page once answered stays answered and the way goes on."""
    for path, question in questions_at(guide):
        if question.kind == "single" and not any(option.unsure for option in question.options):
            yield Flaw(path, "A single choice needs a “not sure”.")
        elif not any(option.apart for option in question.options):
            yield Flaw(path, "Add “none of these” or “not sure”: somebody whom nothing fits cannot go on.")


def _every_cause_can_lead(guide: Guide) -> Iterator[Flaw]:
    """For each cause the guide has a story in which it comes first, and does."""
    led: set[str] = set()
    for story in guide.vignettes:
        best = story.causes[0] if story.causes else ""
        if best and best not in led and assess(guide, story.answers).first == best:
            led.add(best)
    for n, cause in enumerate(guide.causes):
        if cause.slug not in led:
            yield Flaw(f"causes[{n}]", "Add a story in which this cause is the best and comes first.")


def _evidence_never_lowers(guide: Guide) -> Iterator[Flaw]:
    """Points are added up, and a row for a cause has one or more. What could still turn against a cause
    is an option that stands for it, when it opens a follow-up whose absence counted."""
    for n, cause in enumerate(guide.causes):
        for option in speaking_for(guide, cause):
            for question in guide.questions.values():
                if question.show_if and option in question.show_if.options:
                    moved = {follow_up.slug for follow_up in guide.follow_ups[question.slug]}
                    closes = option in question.show_if.none
                    for e, row in enumerate(cause.evidence):
                        if _looks_at(row, moved, closes):
                            mend = f"“{option}” speaks for the cause, and this row may then turn against it."
                            yield Flaw(f"causes[{n}].evidence[{e}]", mend)


def speaking_for(guide: Guide, cause: Cause) -> Iterator[str]:
    """The options of multiple choices that stand only for the cause: in a row for it, in no row against
    it, and in nothing that holds back a row for it."""
    pro = [row.condition for row in cause.evidence if row.points > 0]
    contra = [row.condition for row in cause.evidence if row.points < 0]
    against = {option for condition in contra for option in options_in(condition.needed)}
    against |= {option for condition in pro for option in _held_back(condition)}
    for option in dict.fromkeys(option for condition in pro for option in options_in(condition.needed)):
        question = guide.questions[question_of(option)]
        if question.kind == "multiple" and not guide.options[option].apart and option not in against:
            yield option


def _looks_at(row: Evidence, moved: set[str], closes: bool) -> bool:
    if closes:
        return bool(moved & row.condition.questions)
    return row.points > 0 and any(question_of(o) in moved for o in _held_back(row.condition))


def _conditions_can_be_true(guide: Guide) -> Iterator[Flaw]:
    for path, condition in _conditions(guide):
        for reason in contradictions(guide, condition):
            yield Flaw(path, f"This can never be true: {reason}.")


LAWS: dict[str, tuple[str, Callable[[Guide], Iterator[Flaw]]]] = {
    "signs_only_raise": ("a sign, added, never lowers the urgency", _signs_only_raise),
    "emergency_wins": ("a sign of an emergency always leads to emergency help", _emergency_wins),
    "unsure_lowers_one_level": (
        "“not sure” lowers the urgency by one level at most",
        _unsure_lowers_one_level,
    ),
    "exceptions_are_known": ("a rule is held back only by what was said", _exceptions_are_known),
    "home_is_earned": ("staying at home is earned", _home_is_earned),
    "pages_can_be_left": ("every question has an answer for everybody", _pages_can_be_left),
    "every_cause_can_lead": ("every cause can come first", _every_cause_can_lead),
    "evidence_never_lowers": ("a reason for a cause never lowers it", _evidence_never_lowers),
    "conditions_can_be_true": ("every condition can come true", _conditions_can_be_true),
}
"""By name: what it says, and what yields where a guide breaks it."""


# What the laws ask of a guide.


def _follow_ups(guide: Guide) -> Iterator[tuple[str, Condition]]:
    for path, question in questions_at(guide):
        if question.show_if:
            yield f"{path}.show_if", question.show_if


def _rules(guide: Guide) -> Iterator[tuple[str, UrgencyRule]]:
    for n, rule in enumerate(guide.urgency_rules):
        yield f"urgency_rules[{n}]", rule


def _conditions(guide: Guide) -> Iterator[tuple[str, Condition]]:
    yield from _follow_ups(guide)
    if guide.home:
        yield "home", guide.home
    for n, cause in enumerate(guide.causes):
        for e, row in enumerate(cause.evidence):
            yield f"causes[{n}].evidence[{e}].condition", row.condition
    for path, rule in _rules(guide):
        yield f"{path}.condition", rule.condition


def _signs(guide: Guide, *kinds: str) -> Iterator[tuple[str, Question, Option]]:
    for path, question in questions_at(guide):
        for o, option in enumerate(question.options):
            if question.signs in kinds and not option.apart:
                yield f"{path}.options[{o}]", question, option


def _held_back(condition: Condition) -> set[str]:
    """By which options, once chosen."""
    return {*condition.none, *options_in(condition.unless)}


def _rank_alone(guide: Guide, option: str) -> int:
    """The rank that this option alone makes sure of, whatever else was answered."""
    rules = (guide.rules[n] for n in reachable(guide.rules_by_key, {option}))
    return max((RANK[rule.urgency] for rule in rules if _follows(rule, option)), default=0)


def _follows(rule: UrgencyRule, option: str) -> bool:
    """The option alone makes the rule speak."""
    condition = rule.condition
    held_back = condition.none or condition.unless or rule.unexplained
    return not held_back and all(group.at_least == 1 and option in group.of for group in condition.needed)
