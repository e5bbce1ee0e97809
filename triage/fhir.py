"""The guide as an HL7 FHIR R4 Questionnaire, and answers as a QuestionnaireResponse, for other software.

A question's linkId is its slug, an answer's code the slug of the option. A page is a group.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from triage.engine.guide import Guide
from triage.engine.parts import Answers, Condition, Option, Question


def questionnaire(guide: Guide, number: int | None) -> dict[str, Any]:
    """`number` is the release's, and the version; none for what is not published."""
    found: dict[str, Any] = {
        "resourceType": "Questionnaire",
        "name": "Steady",
        "title": "Why does my leg shake?",
        "status": "active" if number else "draft",
        "subjectType": ["Patient"],
        "item": [
            {
                "linkId": f"page-{page.slug}",
                "text": page.title,
                "type": "group",
                "item": [_question(question) for question in page.questions],
            }
            for page in guide.pages
        ],
    }
    return found | ({"version": str(number)} if number else {})


def _question(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {
        "linkId": question.slug,
        "text": question.text,
        "type": "choice",
        "required": True,
        "repeats": question.kind == "multiple",
        "answerOption": [{"valueCoding": _coding(option)} for option in question.options],
    }
    if question.show_if:
        found |= _enabled(question.show_if)
    return found


def _coding(option: Option) -> dict[str, str]:
    return {"code": option.slug, "display": option.text}


def _enabled(condition: Condition) -> dict[str, Any]:
    """FHIR knows "all of" and "any of". What says more than that is asked rather too often than not."""
    (group, *more) = condition.needed
    is_all = group.at_least == len(group.of) and not more
    named = [name.split(":") for one in condition.needed for name in one.of]
    when = [
        {"question": question, "operator": "=", "answerCoding": {"code": option}}
        for question, option in named
    ]
    return {"enableWhen": when, "enableBehavior": "all" if is_all and len(when) > 1 else "any"}


def response(guide: Guide, number: int, answers: Answers, at: datetime) -> dict[str, Any]:
    """Only what was answered stands in it."""
    pages = (
        {
            "linkId": f"page-{page.slug}",
            "text": page.title,
            "item": [
                {
                    "linkId": question.slug,
                    "text": question.text,
                    "answer": [{"valueCoding": _coding(option)} for option in question.chosen(answers)],
                }
                for question in page.questions
                if question.chosen(answers)
            ],
        }
        for page in guide.pages
    )
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"urn:steady:questionnaire|{number}",
        "status": "completed",
        "authored": at.isoformat(),
        "item": [page for page in pages if page["item"]],
    }


def answers_of(resource: dict[str, Any]) -> dict[str, list[str]]:
    """The options that a QuestionnaireResponse names, by question; whatever else it holds is left out."""
    found: dict[str, list[str]] = {}
    for item in _items(resource):
        codes = [_code(answer) for answer in item.get("answer") or () if isinstance(answer, dict)]
        if codes:
            found[str(item.get("linkId"))] = codes
    return found


def _code(answer: dict[str, Any]) -> str:
    coding = answer.get("valueCoding")
    return str(coding.get("code")) if isinstance(coding, dict) else ""


def _items(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in resource.get("item") or ():
        if isinstance(item, dict):
            yield item
            yield from _items(item)
