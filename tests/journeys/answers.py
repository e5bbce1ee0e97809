"""Sets of answers, named after what comes of them."""

from tests.walk import CALM
from triage.engine.guide import Guide
from triage.engine.parts import Question
from triage.engine.weigh import assess

Answers = dict[str, list[str]]

AT_HOME: Answers = CALM

ORDINARY_VISIT: Answers = CALM | {
    "triggers": ["resting"],
    "feel": ["urge", "crawling"],
    "when": ["at_rest", "evening_night"],
    "relief": ["moving"],
    "other_symptoms": ["none"],
    "course": ["months"],
    "trend": ["worse"],
    "impact": ["sleep", "distress"],
}

WITHIN_DAYS: Answers = CALM | {
    "triggers": ["exercise", "caffeine", "medicine", "fluid_loss"],
    "exertion_when": ["next_days"],
    "medicine_types": ["unsure"],
    "medicine_change": ["unsure"],
    "fluid_loss_kind": ["sweating"],
    "feel": ["trembling", "cramps"],
    "sides": ["unsure"],
    "relief": ["unsure"],
    "warning_signs": ["weakness", "walking"],
    "onset": ["unsure"],
    "course": ["weeks"],
    "trend": ["same"],
    "weeks_long": ["unsure"],
    "impact": ["daily"],
}
"""Asks many follow-ups, and leaves much unknown."""

UNEXPLAINED: Answers = CALM | {
    "triggers": ["none"],
    "feel": ["trembling"],
    "when": ["any_time"],
    "relief": ["moving"],
    "other_symptoms": ["none"],
    "onset": ["unsure"],
    "course": ["unsure"],
    "bouts": ["minutes"],
    "trend": ["same"],
}

EMERGENCY: Answers = {"emergency": ["collapse"]}


def fullest(guide: Guide, *, last_first: bool = False) -> Answers:
    """As much as can be chosen: every option in turn that does not make it an emergency."""
    answers: Answers = {"emergency": ["none"]}
    while due := [question for question in assess(guide, answers).asked if question.slug not in answers]:
        answers[due[0].slug] = _most(guide, answers, due[0], last_first)
    return answers


def _most(guide: Guide, answers: Answers, question: Question, last_first: bool) -> list[str]:
    options = [option for option in question.options if not (option.exclusive or option.unsure)]
    if question.kind == "single":
        options.sort(key=lambda option: -len(option.text))
    chosen: list[str] = []
    for option in reversed(options) if last_first else options:
        if question.kind == "single" and chosen:
            break
        if not _is_emergency(guide, answers | {question.slug: [*chosen, option.slug]}):
            chosen.append(option.slug)
    return chosen or [question.options[-1].slug]


def _is_emergency(guide: Guide, answers: Answers) -> bool:
    return assess(guide, answers).urgency == "emergency"
