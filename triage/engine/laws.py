"""The safety laws: what must be true of every guide, whatever staff change.

A law is proved from the guide's structure where that gives it. Where it does not, every combination
of the options that matter is tried if there are not too many, else a sample, always the same sets.
A law that fails shows the smallest set of answers that breaks it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from triage.engine.answers import Answers
from triage.engine.assessment import asked, assess
from triage.engine.guide import Cause, Condition, Evidence, Guide, Option, Question
from triage.engine.sets import Given, every_set, sample
from triage.engine.urgency import RANK
from triage.engine.weighing import Weighing

SETS = 20_000
"""How many sets are tried for a law that nothing proves, unless told otherwise."""

How = Literal["proof", "enumeration", "sample", "example"]
Broken = Callable[[Answers], str]
"""Says how a set of answers breaks the law; empty when it does not."""
Watch = Callable[[Iterable[Given]], Iterable[Given]]
"""What the sets to try are led through: a progress bar, say."""


class Outcome(NamedTuple):
    """How a law came out. `tried` counts answer sets; none were needed for a proof."""

    held: bool
    how: How
    tried: int = 0
    counterexample: str = ""
    note: str = ""

    @property
    def said(self) -> str:
        """How it was checked, in words."""
        words = {
            "proof": "proved from the guide’s structure",
            "enumeration": f"every combination tried, {self.tried:,} in all",
            "sample": f"{self.tried:,} sets of answers tried, always the same",
            "example": f"an example found for each, within {self.tried:,} sets of answers",
        }[self.how]
        return f"{words}; {self.note}" if self.note else words


@dataclass(frozen=True, slots=True)
class Law:
    slug: str
    sentence: str
    judge: "Callable[[Guide, Trial], Outcome]"

    def check(self, guide: Guide, sets: int = SETS, watch: Watch = iter) -> Outcome:
        """Whether it holds, trying at most about `sets` sets of answers where it takes trying."""
        return self.judge(guide, Trial(guide, sets, watch))


class Trial(NamedTuple):
    """Tries sets of answers for a law that nothing proves."""

    guide: Guide
    sets: int
    watch: Watch

    def run(self, broken: Broken, conditions: Iterable[Condition], note: str = "") -> Outcome:
        """Look for a set of answers that is `broken`; `conditions` are those that the law hangs on."""
        every = every_set(self.guide, conditions, at_most=self.sets)
        how: How = "sample" if every is None else "enumeration"
        sets = sample(self.guide, self.sets) if every is None else every
        tried = 0
        for answers in self.watch(sets):
            tried += 1
            if broken(answers):
                return Outcome(False, how, tried, _told(*smallest(answers, broken)), note)
        return Outcome(True, how, tried, note=note)


def smallest(answers: Answers, broken: Broken) -> tuple[Answers, str]:
    """Leave out answers one by one for as long as it stays broken; with the sentence that says how."""
    said = broken(answers)
    for slug, chosen in answers.items():
        rest = {other: choice for other, choice in answers.items() if other != slug}
        fewer = [{**answers, slug: tuple(o for o in chosen if o != option)} for option in chosen]
        for less in [rest, *(fewer if len(chosen) > 1 else [])]:
            if broken(less):
                return smallest(less, broken)
    return answers, said


def _told(answers: Answers, said: str) -> str:
    given = "; ".join(f"{slug}: {', '.join(chosen)}" for slug, chosen in answers.items())
    return f"{said} Answers: {given or 'none'}."


def _proved(note: str = "") -> Outcome:
    return Outcome(True, "proof", note=note)


# The laws.


def _signs_only_raise(guide: Guide, trial: Trial) -> Outcome:
    signs = list(_signs(guide, "warning", "emergency"))
    unproved = [pair for pair in signs if not _raises_by_structure(guide, *pair)]
    if not unproved:
        return _proved(f"for all {len(signs)} signs")

    def broken(answers: Answers) -> str:
        weighing = Weighing(guide, answers)
        before = weighing.weight.urgency
        if before == "self_care":
            return ""
        due = {question.slug for question in asked(guide, answers)}
        for question, sign in unproved:
            if question.slug in due and sign not in answers.get(question.slug, ()):
                after = weighing.around(question.slug).weigh(_with(question, answers, sign)).urgency
                if RANK[after] < RANK[before]:
                    return f"“{question.slug}:{sign}” added lowers {before} to {after}."
        return ""

    note = f"for {len(signs) - len(unproved)} of {len(signs)} signs it is proved"
    return trial.run(broken, _conditions(guide), note)


def _raises_by_structure(guide: Guide, question: Question, sign: str) -> bool:
    """No rule can fall silent when the sign is added: no follow-up hangs on it, no rule looks at what
    it takes away, and it explains nothing, or has a rule of its own that outvotes the unexplained."""
    option = f"{question.slug}:{sign}"
    others = [other for other in question.options if other.slug != sign]
    dropped = {f"{question.slug}:{other.slug}" for other in others if _gives_way(question, other)}
    if len(guide.compiled.reach[question.slug].questions) > 1:
        return False
    for rule in guide.urgency_rules:
        if option in rule.condition.none or dropped & {*rule.condition.all, *rule.condition.any}:
            return False
    rows = [row for cause in guide.causes for row in cause.evidence]
    if not any(_may_lift(row, question, option, dropped) for row in rows):
        return True
    unexplained = [RANK[rule.urgency] for rule in guide.urgency_rules if rule.unexplained]
    return _rank_from(guide, option, when_explained=True) >= max(unexplained, default=0)


def _may_lift(row: Evidence, question: Question, option: str, dropped: set[str]) -> bool:
    """Whether the cause of the row may have more points with the option added and `dropped` gone."""
    condition = row.condition
    if row.points < 0:
        return option in condition.none or bool(dropped & {*condition.all, *condition.any})
    ruled_out = any(other.startswith(f"{question.slug}:") for other in condition.none)
    return ruled_out or option in condition.all or option in condition.any


def _emergency_wins(guide: Guide, trial: Trial) -> Outcome:
    emergency = RANK["emergency"]
    signs = list(_signs(guide, "emergency"))
    unproved = [
        (question, sign)
        for question, sign in signs
        if _rank_from(guide, f"{question.slug}:{sign}", when_explained=True) < emergency
    ]
    if not unproved:
        return _proved(f"each of {len(signs)} signs has a rule of its own")

    def broken(answers: Answers) -> str:
        due = {question.slug for question in asked(guide, answers)}
        weighing = Weighing(guide, answers)
        for question, sign in unproved:
            if question.slug in due:
                urgency = weighing.around(question.slug).weigh(_with(question, answers, sign)).urgency
                if urgency != "emergency":
                    return f"“{question.slug}:{sign}” added gives only {urgency}."
        return ""

    return trial.run(broken, _conditions(guide))


def _unsure_is_not_no(guide: Guide, trial: Trial) -> Outcome:
    """ "Not sure" leaves the options not chosen unknown, so that no "none of" gains by it, unless a
    follow-up is hidden by it: then all its options count as not chosen."""
    hiding = [question.slug for question in guide.questions.values() if _hides_on_unsure(guide, question)]
    if not hiding:
        return _proved("no follow-up is hidden by “not sure”")
    compiled = guide.compiled
    masks = {
        option: compiled.false(compiled.bits[option])
        for condition in _conditions(guide)
        for option in condition.none
    }

    def broken(answers: Answers) -> str:
        before = compiled.read(answers)
        for question in asked(guide, answers):
            for unsure in (option.slug for option in question.options if option.unsure):
                after = compiled.read({**answers, question.slug: (unsure,)})
                for option, mask in masks.items():
                    if after & mask and not before & mask:
                        return f"“{question.slug}:{unsure}” makes “none of {option}” true."
        return ""

    return trial.run(broken, _conditions(guide))


def _hides_on_unsure(guide: Guide, question: Question) -> bool:
    condition = question.show_if or Condition()
    return any(guide.options[option].unsure for option in condition.none)


def _unexplained_is_seen(guide: Guide, trial: Trial) -> Outcome:
    worrying = [option for option in ("onset:sudden", "trend:worse") if option in guide.options]
    unproved = [option for option in worrying if not _rank_from(guide, option, when_explained=False)]
    if not unproved:
        return _proved("a rule for each" if worrying else "the guide asks neither")

    def broken(answers: Answers) -> str:
        for option in unproved:
            question, _, slug = option.partition(":")
            weight = Weighing(guide, {**answers, question: (slug,)}).weight
            if weight.first is None and weight.urgency == "self_care":
                return f"With “{option}” nothing fits, and it is self_care."
        return ""

    return trial.run(broken, _conditions(guide))


def _pages_can_be_left(guide: Guide, trial: Trial) -> Outcome:
    """Each question has an answer for everybody. What is asked hangs on earlier pages alone, which the
    guide makes sure of, so that a page once answered stays answered and the way goes on."""
    for page in guide.pages:
        for question in page.questions:
            if question.kind == "single" and not any(option.unsure for option in question.options):
                shown = f"Page “{page.slug}”: “{question.slug}” is a single choice without “not sure”."
                return Outcome(False, "proof", counterexample=shown)
    return _proved("each single choice offers “not sure”; a follow-up hangs on earlier pages alone")


def _every_cause_can_lead(guide: Guide, trial: Trial) -> Outcome:
    """Built up answer by answer; a cause that is not reached so is looked for among the sets."""
    missing = {cause.slug for cause in guide.causes}
    tried = 0
    for cause in guide.causes:
        found, steps = _led_by(guide, cause)
        tried += steps
        if found:
            missing.discard(cause.slug)
    if missing:
        for answers in trial.watch(sample(guide, trial.sets)):
            tried += 1
            missing.discard(Weighing(guide, answers).weight.first or "")
            if not missing:
                break
    if missing:
        shown = f"No answers were found that put {', '.join(sorted(missing))} first."
        return Outcome(False, "example", tried, shown)
    return Outcome(True, "example", tried)


def _led_by(guide: Guide, cause: Cause) -> tuple[bool, int]:
    """Whether answers that put the cause first are found by adding the best answer again and again."""
    place = [other for other, _ in guide.compiled.causes].index(cause)
    answers: Given = {}
    lead, steps = (-1000, 0), 0
    while True:
        weighing = Weighing(guide, answers)
        if weighing.weight.first == cause.slug:
            return True, steps
        best = None
        for question in asked(guide, answers):
            around = weighing.around(question.slug)
            for choice in _added(question, answers):
                steps += 1
                points = around.weigh(choice).points
                rest = max((p for n, p in enumerate(points) if n != place), default=0)
                if (points[place] - rest, points[place]) > lead:
                    lead = (points[place] - rest, points[place])
                    best = {**answers, question.slug: choice}
        if best is None:
            return False, steps
        answers = best


def _order_is_nothing(guide: Guide, trial: Trial) -> Outcome:
    """Answers are read into a set of bits. Rows and rules are weighed in an order of their own, unless
    two of them stand in the order in which they were written: then turning them round shows it."""
    turned = replace(
        guide,
        causes=tuple(replace(cause, evidence=cause.evidence[::-1]) for cause in reversed(guide.causes)),
        urgency_rules=guide.urgency_rules[::-1],
        vignettes=(),
    )
    if _as_weighed(guide) == _as_weighed(turned):
        return _proved("however they are written, rows and rules are weighed in one order")

    def broken(answers: Answers) -> str:
        backwards = {slug: chosen[::-1] for slug, chosen in reversed([*answers.items()])}
        same = _all_told(guide, answers) == _all_told(turned, backwards)
        return "" if same else "The same answers and rows in another order give another result."

    return trial.run(broken, _conditions(guide))


def _as_weighed(guide: Guide) -> object:
    return [(cause.slug, rows) for cause, rows in guide.compiled.causes], guide.compiled.rules


def _all_told(guide: Guide, answers: Answers) -> object:
    assessment = assess(guide, answers)
    return (
        assessment.urgency,
        assessment.signs,
        assessment.unsettled,
        [(f.cause.slug, *f[1:]) for f in assessment.findings],
    )


def _evidence_never_lowers(guide: Guide, trial: Trial) -> Outcome:
    """Points are added up, and a row for a cause has one or more. What could still turn against a
    cause is an option that stands for it, when it opens a follow-up whose absence counted."""
    pairs = [(cause, option) for cause in guide.causes for option in speaking_for(guide, cause)]
    unproved = [(cause, option) for cause, option in pairs if not _lifts_by_structure(guide, cause, option)]
    if not unproved:
        return _proved(f"for {len(pairs)} pairs of an option and a cause that it speaks for")
    places = {cause.slug: n for n, (cause, _) in enumerate(guide.compiled.causes)}

    def broken(answers: Answers) -> str:
        answers = {q.slug: answers[q.slug] for q in asked(guide, answers) if q.slug in answers}
        weighing = Weighing(guide, answers)
        for cause, option in unproved:
            slug, _, added = option.partition(":")
            more = _with(guide.questions[slug], answers, added)
            if len(more) == len(answers.get(slug, ())) + 1 > 1:
                after = weighing.around(slug).weigh(more).points[places[cause.slug]]
                if after < weighing.points[places[cause.slug]]:
                    return f"“{option}” added makes {cause.slug} less likely."
        return ""

    return trial.run(broken, [row.condition for cause in guide.causes for row in cause.evidence])


def speaking_for(guide: Guide, cause: Cause) -> Iterator[str]:
    """The options of multiple choices that stand only for the cause: in a row for it, in no row against
    it, and in no "none of" of a row for it."""
    pro = [row.condition for row in cause.evidence if row.points > 0]
    contra = [row.condition for row in cause.evidence if row.points < 0]
    against = {option for condition in contra for option in (*condition.all, *condition.any)}
    against |= {option for condition in pro for option in condition.none}
    for option in dict.fromkeys(option for condition in pro for option in (*condition.all, *condition.any)):
        question = guide.questions[option.partition(":")[0]]
        apart = guide.options[option].exclusive or guide.options[option].unsure
        if question.kind == "multiple" and not apart and option not in against:
            yield option


def _lifts_by_structure(guide: Guide, cause: Cause, option: str) -> bool:
    """No row of the cause loses by a follow-up that the option opens, or looks at one that it closes."""
    for question in guide.questions.values():
        if question.show_if and option in question.show_if.options:
            moved = {asking.slug for asking in guide.compiled.reach[question.slug].questions}
            closes = option in question.show_if.none
            if any(_looks_at(row, moved, closes) for row in cause.evidence):
                return False
    return True


def _looks_at(row: Evidence, moved: set[str], closes: bool) -> bool:
    if closes:
        return bool(moved & row.condition.questions)
    return row.points > 0 and any(option.partition(":")[0] in moved for option in row.condition.none)


LAWS = (
    Law(
        "signs_only_raise",
        "A warning sign or a sign of an emergency, added, never lowers the urgency.",
        _signs_only_raise,
    ),
    Law(
        "emergency_wins",
        "A sign of an emergency always leads to emergency help, whatever else was answered.",
        _emergency_wins,
    ),
    Law("unsure_is_not_no", "“Not sure” never makes a “none of” true.", _unsure_is_not_no),
    Law(
        "unexplained_is_seen",
        "When nothing fits and it began suddenly or is getting worse, we never say to look after it at home.",
        _unexplained_is_seen,
    ),
    Law("pages_can_be_left", "Every page can be left.", _pages_can_be_left),
    Law("every_cause_can_lead", "Every cause can come first.", _every_cause_can_lead),
    Law("order_is_nothing", "The order of the answers and of the rows does not matter.", _order_is_nothing),
    Law("evidence_never_lowers", "Evidence for a cause never lowers it.", _evidence_never_lowers),
)


# What the laws ask of a guide.


def _conditions(guide: Guide) -> list[Condition]:
    rows = [row.condition for cause in guide.causes for row in cause.evidence]
    shown = [question.show_if for question in guide.questions.values() if question.show_if]
    return [*rows, *shown, *(rule.condition for rule in guide.urgency_rules)]


def _signs(guide: Guide, *kinds: str) -> Iterator[tuple[Question, str]]:
    for question in guide.questions.values():
        if question.signs in kinds:
            for option in question.options:
                if not option.exclusive and not option.unsure:
                    yield question, option.slug


def _rank_from(guide: Guide, option: str, *, when_explained: bool) -> int:
    """The rank that this option alone makes sure of, whatever else was answered."""
    return max(
        (
            RANK[rule.urgency]
            for rule in guide.urgency_rules
            if _follows_from(rule.condition, option) and not (rule.unexplained and when_explained)
        ),
        default=0,
    )


def _follows_from(condition: Condition, option: str) -> bool:
    """The option alone makes the condition true."""
    in_any = not condition.any or option in condition.any
    return in_any and not condition.none and set(condition.all) <= {option}


def _gives_way(question: Question, option: Option) -> bool:
    """The option goes when another one is chosen."""
    return question.kind == "single" or option.exclusive or option.unsure


def _with(question: Question, answers: Answers, added: str) -> tuple[str, ...]:
    """The choice with one more option, without those that give way to it."""
    chosen = answers.get(question.slug, ())
    kept = (o.slug for o in question.options if o.slug in chosen and not _gives_way(question, o))
    return (*(slug for slug in kept if slug != added), added)


def _added(question: Question, answers: Answers) -> Iterator[tuple[str, ...]]:
    chosen = answers.get(question.slug, ())
    for option in question.options:
        if option.slug not in chosen:
            yield (option.slug,) if option.exclusive else _with(question, answers, option.slug)
