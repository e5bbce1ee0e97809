"""The questionnaire and the answers, for other software that speaks FHIR R4."""

import io
import json
import sys
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from tests.client import Client
from tests.walk import CALM, walk
from triage import fhir
from triage.engine.weigh import assess

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_the_questionnaire_is_valid_and_has_every_question_once(guide):
    found = fhir.questionnaire(guide, 3)
    Questionnaire.model_validate(found)
    asked = [item["linkId"] for page in found["item"] for item in page["item"]]
    assert asked == list(guide.questions)
    assert len({page["linkId"] for page in found["item"]} | set(asked)) == len(guide.pages) + len(asked)
    assert (found["version"], found["status"]) == ("3", "active")


def test_a_follow_up_is_enabled_by_what_it_hangs_on(guide):
    items = {item["linkId"]: item for page in fhir.questionnaire(guide, 3)["item"] for item in page["item"]}
    assert items["caffeine_amount"]["enableWhen"] == [
        {"question": "triggers", "operator": "=", "answerCoding": {"code": "caffeine"}}
    ]
    assert "enableWhen" not in items["feel"]


def test_a_page_of_follow_ups_is_enabled_by_any_of_them(guide):
    pages = {page["linkId"]: page for page in fhir.questionnaire(guide, 3)["item"]}
    hangs_on = {row["answerCoding"]["code"] for row in pages["page-details"]["enableWhen"]}
    assert {"exercise", "caffeine", "medicine"} <= hangs_on
    assert pages["page-details"]["enableBehavior"] == "any"
    assert "enableWhen" not in pages["page-health"]


def test_hints_are_told_and_none_of_these_stands_alone(guide):
    [signs] = fhir.questionnaire(guide, 3)["item"][0]["item"]
    question = guide.questions["emergency"]
    assert signs["item"][0]["text"] == question.hint
    for offered, option in zip(signs["answerOption"], question.options, strict=True):
        assert option.hint in offered["valueCoding"]["display"]
        assert ("extension" in offered) is option.exclusive


def test_a_sign_of_an_emergency_says_at_once_why(guide):
    [signs] = fhir.questionnaire(guide, 3)["item"][0]["item"]
    told = {item["enableWhen"][0]["answerCoding"]["code"]: item["text"] for item in signs["item"][1:]}
    signs = guide.questions["emergency"].options
    assert told == {option.slug: option.reason for option in signs if option.reason}


def test_every_story_comes_back_from_its_response_as_it_was(guide):
    for story in guide.vignettes:
        found = fhir.response(guide, 3, story.answers, AT)
        QuestionnaireResponse.model_validate(found)
        back = {slug: tuple(codes) for slug, codes in fhir.answers_of(found).items()}
        assert {slug: set(chosen) for slug, chosen in back.items()} == {
            slug: set(chosen) for slug, chosen in story.answers.items()
        }
        assert assess(guide, back).urgency == assess(guide, story.answers).urgency


def test_what_is_no_response_of_ours_holds_no_answers():
    assert fhir.answers_of(
        {"item": [{"linkId": "feel"}, "x", {"item": None, "answer": ["y", {"valueString": "z"}]}]}
    ) == {"None": [""]}
    twice = [{"linkId": "feel", "answer": [{"valueCoding": {"code": code}}]} for code in ("a", "b")]
    assert fhir.answers_of({"item": twice}) == {"feel": ["a", "b"]}
    assert fhir.answers_of({"item": 5}) == fhir.answers_of({"item": [{"answer": 5}]}) == {}


@pytest.mark.usefixtures("release")
def test_a_person_can_take_the_answers_along_and_they_are_assessed_the_same(client, monkeypatch, capsys):
    walk(client)
    response = client.get("/results/fhir.json")
    assert response["Content-Type"] == "application/fhir+json"
    assert response["Cache-Control"] == "no-store"
    for line, flags in ((response.content, {"fhir": True}), (json.dumps({"answers": CALM}).encode(), {})):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line)))
        call_command("assess", **flags)
    taken, given = map(json.loads, capsys.readouterr().out.splitlines())
    assert (taken["urgency"], taken["causes"]) == (given["urgency"], given["causes"])


@pytest.mark.usefixtures("release")
def test_what_is_not_asked_any_more_is_not_in_the_file(client):
    walk(client, CALM | {"triggers": ["caffeine"]})
    client.post("/check/triggers/", {"triggers": ["none"]})
    walk(client, CALM | {"triggers": ["none"]})
    response = client.get("/results/fhir.json")
    assert response["Content-Type"] == "application/fhir+json"
    assert b"caffeine_amount" not in response.content


@pytest.mark.usefixtures("release")
def test_without_results_there_is_no_file():
    assert Client().get("/results/fhir.json", follow=True).request["PATH_INFO"] == "/check/safety/"


@pytest.mark.usefixtures("release")
def test_the_command_writes_the_questionnaire_of_a_release(capsys):
    call_command("export_fhir", release=1)
    assert json.loads(capsys.readouterr().out)["version"] == "1"
