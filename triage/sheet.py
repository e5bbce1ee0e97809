"""The doctor's sheet: one printed page, for the fewest answers as for the most."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString

from triage import drawing
from triage.engine.answers import Answers, chosen_options
from triage.engine.assessment import Assessment, Finding, asked
from triage.engine.guide import Guide, Question
from triage.wording import MATCHES, counted, day, in_sentence, listed, told_once

FIRST = ("feel", "sides", "onset", "course", "bouts", "trend", "when", "relief")
"""What a doctor asks first: what, where, since when. The other questions follow in their order."""

ALSO_SIGNS = "other_symptoms"
"""Its options stand among the signs, for what is absent matters too."""

REASONS, CAUSES, FOR, AGAINST, QUESTIONS = 4, 3, 3, 2, 6
"""The most that is told of each."""

FORMS = ((2500, " dense tight least"), (1600, " dense tight"), (950, " dense"), (0, ""))
"""From so many letters on, the sheet is set smaller. Measured with the widest of the usual typefaces:
a set of answers that fills the page in one form is below the mark of the next."""

ROW = 12
"""A row takes the room of so many letters more."""


class SheetFact(NamedTuple):
    label: str
    text: str


class SheetSign(NamedTuple):
    box: SafeString
    kind: str
    words: str
    state: str


class SheetCause(NamedTuple):
    name: str
    match: str
    reasons: str


@dataclass(frozen=True)
class Sheet:
    today: str
    facts: tuple[SheetFact, ...]
    emblem: str
    how_soon: str
    because: str
    signs: tuple[SheetSign, ...]
    causes: tuple[SheetCause, ...]
    ask: tuple[str, ...]
    release: str
    form: str
    """Classes: "dense" where there is much to tell, "tight" where there is very much."""


def doctors_sheet(guide: Guide, answers: Answers, assessment: Assessment, release: str) -> Sheet:
    level = guide.level(assessment.urgency)
    questions = asked(guide, answers)
    facts = tuple(_facts(questions, answers))
    causes = tuple(_cause(finding) for finding in assessment.fitting[:CAUSES])
    because = _because(assessment)
    ask = _ask(guide, assessment)
    letters = [because, *ask, *(cause.reasons for cause in causes)]
    letters += [f"{fact.label}{fact.text}{' ' * ROW}" for fact in facts]
    return Sheet(
        today=day(timezone.localdate()),
        facts=facts,
        emblem=drawing.of_level(level.slug),
        how_soon=level.heading,
        because=because,
        signs=tuple(_signs(questions, answers)),
        causes=causes,
        ask=ask,
        release=release,
        form=_form(sum(map(len, letters))),
    )


def _form(letters: int) -> str:
    return next(form for start, form in FORMS if letters >= start)


def _because(assessment: Assessment) -> str:
    """The most urgent reasons, as sentences."""
    rules = told_once(assessment.signs)
    told = [rule.reason for rule in rules[:REASONS]]
    if more := len(rules) - len(told):
        told.append(f"And {counted(more, 'more reason', 'more reasons')}.")
    return " ".join(told) or "No warning sign was chosen."


def _facts(questions: Iterable[Question], answers: Answers) -> Iterator[SheetFact]:
    order = {slug: place for place, slug in enumerate(FIRST)}
    for question in sorted(questions, key=lambda question: order.get(question.slug, len(order))):
        if not _is_sign(question):
            yield SheetFact(
                question.short, listed(o.text for o in chosen_options(question, answers)) or "Not answered"
            )


def _is_sign(question: Question) -> bool:
    return bool(question.signs) or question.slug == ALSO_SIGNS


def _signs(questions: Iterable[Question], answers: Answers) -> Iterator[SheetSign]:
    """Present, absent or not known, the present first; emergency signs that are absent in one."""
    signs = [sign for question in questions if _is_sign(question) for sign in _states(question, answers)]
    yield from sorted(signs, key=lambda sign: sign.kind != "yes")


def _states(question: Question, answers: Answers) -> Iterator[SheetSign]:
    options = [option for option in question.options if not (option.exclusive or option.unsure)]
    chosen = chosen_options(question, answers)
    if question.signs == "emergency" and not any(option in chosen for option in options):
        yield _sign(f"Any of the {len(options)} emergency signs", False if chosen else None)
        return
    known = bool(chosen) and not any(option.unsure for option in chosen)
    for option in options:
        yield _sign(option.text, True if option in chosen else False if known else None)


def _sign(words: str, present: bool | None) -> SheetSign:
    kind, state = {True: ("yes", "present"), False: ("not", "absent"), None: ("open", "not known")}[present]
    return SheetSign(drawing.SIGNS[present], kind, words, state)


def _cause(finding: Finding) -> SheetCause:
    reasons = listed(evidence.text for evidence in finding.pro[:FOR])
    against = listed(in_sentence(evidence.text) for evidence in finding.contra[:AGAINST])
    return SheetCause(
        finding.cause.name,
        MATCHES[finding.match],
        f"{reasons}. Against: {against}." if against else f"{reasons}.",
    )


def _ask(guide: Guide, assessment: Assessment) -> tuple[str, ...]:
    of_causes = [finding.cause.ask[:2] for finding in assessment.fitting[:1]]
    return tuple(dict.fromkeys([question for asks in of_causes for question in asks] + [*guide.ask]))[
        :QUESTIONS
    ]
