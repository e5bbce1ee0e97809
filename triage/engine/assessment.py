"""Weigh one set of answers: how soon to seek help, and what speaks for and against each cause."""

from dataclasses import dataclass
from typing import NamedTuple

from triage.engine.answers import Answers
from triage.engine.compiled import Row, holding
from triage.engine.guide import Cause, Evidence, Guide, Match, Question, UrgencyRule
from triage.engine.urgency import RANK, UrgencyName


class Finding(NamedTuple):
    """A cause weighed. Its points are its prior and those of every row in `pro` and `contra`."""

    cause: Cause
    points: int
    match: Match
    pro: tuple[Evidence, ...]
    contra: tuple[Evidence, ...]
    not_answered: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """`signs` are the urgency rules that spoke, `unsettled` those more urgent than `urgency`
    that an answer still missing could make speak; both most urgent first. `findings` holds
    every cause, best first."""

    urgency: UrgencyName
    signs: tuple[UrgencyRule, ...]
    unsettled: tuple[UrgencyRule, ...]
    findings: tuple[Finding, ...]

    @property
    def fitting(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.match != "unlikely")


def assess(guide: Guide, answers: Answers) -> Assessment:
    """Weigh `answers`, which must have no problems in this guide (`answer_problems`).

    Each point doubles the odds that a cause plays a part, each negative point halves them. Causes
    are weighed apart. Unknown evidence gives no points; an urgency rule speaks only when true.
    Raises KeyError on an option that the guide does not know.
    """
    compiled = guide.compiled
    state = compiled.read(answers)
    findings = sorted(
        (_weigh(guide, cause, rows, state) for cause, rows in compiled.causes), key=_most_points
    )
    explained = bool(findings) and findings[0].match != "unlikely"
    signs: list[UrgencyRule] = []
    unsettled: list[UrgencyRule] = []
    for rule, sure in holding(compiled.rules, state):
        if not (rule.unexplained and explained):
            (signs if sure else unsettled).append(rule)
    urgency: UrgencyName = signs[0].urgency if signs else "self_care"
    return Assessment(
        urgency,
        tuple(signs),
        tuple(rule for rule in unsettled if RANK[rule.urgency] > RANK[urgency]),
        tuple(findings),
    )


def _weigh(guide: Guide, cause: Cause, rows: tuple[Row[Evidence], ...], state: int) -> Finding:
    points = cause.prior
    pro: list[Evidence] = []
    contra: list[Evidence] = []
    not_answered: list[Evidence] = []
    for evidence, sure in holding(rows, state):
        if not sure:
            not_answered.append(evidence)
        else:
            points += evidence.points
            (pro if evidence.points > 0 else contra).append(evidence)
    return Finding(cause, points, guide.match(points), tuple(pro), tuple(contra), tuple(not_answered))


def _most_points(finding: Finding) -> int:
    """Equal points leave the order of `Compiled.causes`: the higher prior, then the slug."""
    return -finding.points


def asked(guide: Guide, answers: Answers) -> tuple[Question, ...]:
    """The questions that these answers call for, in order; a follow-up only when it is due."""
    state = guide.compiled.read(answers)
    return tuple(
        question
        for question, asking in zip(guide.questions.values(), guide.compiled.questions, strict=True)
        if asking.show_if is None or asking.show_if.is_true(state)
    )
