"""The guide as an HL7 FHIR R4 Questionnaire, and answers as a QuestionnaireResponse, for other software.

A question's linkId is its slug, an answer's code the slug of the option. A page is a group. What is only
to be read, a hint or why a sign is an emergency, is an item of the type "display" below its question.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from triage.engine.guide import Guide
from triage.engine.parts import Answers, Condition, Option, Page, Question

URL = "urn:steady:questionnaire"
FHIR = "http://hl7.org/fhir"
EXTENSION = f"{FHIR}/StructureDefinition/questionnaire"


def questionnaire(guide: Guide, number: int | None) -> dict[str, object]:
    """`number` is the release's, and the version; none for what is not published."""
    found: dict[str, object] = {
        "resourceType": "Questionnaire",
        "url": URL,
        "name": "Steady",
        "title": "Why does my leg shake?",
        "status": "active" if number else "draft",
        "subjectType": ["Patient"],
        "item": [_page(page) for page in guide.pages],
    }
    return found | ({"version": str(number)} if number else {})


def _page(page: Page) -> dict[str, object]:
    found: dict[str, object] = {
        "linkId": f"page-{page.slug}",
        "text": page.title,
        "type": "group",
        "item": [_question(question) for question in page.questions],
    }
    return found | _any_is_asked(page)


def _any_is_asked(page: Page) -> dict[str, object]:
    """A page of follow-ups alone is no empty heading."""
    asked = [_enabled(question.show_if) if question.show_if else {} for question in page.questions]
    when = [row for one in asked for row in one.get("enableWhen", ())]
    return {"enableWhen": when, "enableBehavior": "any"} if all(asked) else {}


def _question(question: Question) -> dict[str, object]:
    found: dict[str, object] = {
        "linkId": question.slug,
        "text": question.text,
        "type": "choice",
        "required": True,
        "repeats": question.kind == "multiple",
        "extension": _boxes(question),
        "answerOption": [_offered(option) for option in question.options],
    }
    if to_read := [*_to_read(question)]:
        found["item"] = to_read
    if question.show_if:
        found |= _enabled(question.show_if)
    return found


def _boxes(question: Question) -> list[dict[str, object]]:
    """Every option in sight, one below the other: nobody opens a list to look for a sign of an emergency."""
    box = "check-box" if question.kind == "multiple" else "radio-button"
    coding = {"system": f"{FHIR}/questionnaire-item-control", "code": box}
    return [
        {"url": f"{EXTENSION}-itemControl", "valueCodeableConcept": {"coding": [coding]}},
        {"url": f"{EXTENSION}-choiceOrientation", "valueCode": "vertical"},
    ]


def _offered(option: Option) -> dict[str, object]:
    """FHIR has no place for the hint of an option but its words."""
    words = f"{option.text} ({option.hint})" if option.hint else option.text
    found: dict[str, object] = {"valueCoding": _coding(option) | {"display": words}}
    if option.exclusive:
        found["extension"] = [{"url": f"{EXTENSION}-optionExclusive", "valueBoolean": True}]
    return found


def _to_read(question: Question) -> Iterator[dict[str, object]]:
    """Other software asks on after a sign of an emergency, so it tells at once why it is one."""
    if question.hint:
        yield {"linkId": f"{question.slug}-hint", "text": question.hint, "type": "display"}
    for option in question.options:
        if option.reason:
            chosen = {"question": question.slug, "operator": "=", "answerCoding": {"code": option.slug}}
            link = f"{question.slug}-{option.slug}"
            yield {"linkId": link, "text": option.reason, "type": "display", "enableWhen": [chosen]}


def _coding(option: Option) -> dict[str, str]:
    return {"code": option.slug, "display": option.text}


def _enabled(condition: Condition) -> dict[str, Any]:
    """FHIR knows "all of" and "any of". What says more than that is asked rather too often than not."""
    when = [
        {"question": question, "operator": "=", "answerCoding": {"code": option}}
        for group in condition.needed
        for question, option in (name.split(":") for name in group.of)
    ]
    is_all = all(group.at_least == len(group.of) for group in condition.needed)
    return {"enableWhen": when, "enableBehavior": "all" if is_all else "any"} if when else {}


def response(guide: Guide, number: int, answers: Answers, at: datetime) -> dict[str, object]:
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
        "questionnaire": f"{URL}|{number}",
        "status": "completed",
        "authored": at.isoformat(),
        "item": [page for page in pages if page["item"]],
    }


def answers_of(resource: dict[str, Any]) -> dict[str, list[str]]:
    """The options that a QuestionnaireResponse names, by question; whatever else it holds is left out."""
    found: dict[str, list[str]] = {}
    for item in _items(resource):
        if codes := [_code(answer) for answer in _objects(item.get("answer"))]:
            found.setdefault(str(item.get("linkId")), []).extend(codes)
    return found


def _code(answer: dict[str, object]) -> str:
    coding = answer.get("valueCoding")
    return str(coding.get("code")) if isinstance(coding, dict) else ""


def _items(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in _objects(resource.get("item")):
        yield item
        yield from _items(item)


def _objects(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
