"""The safety file: every control that a hazard names is there, and nothing that guards lacks a hazard."""

from pathlib import Path

import pytest

from content import reports
from triage.engine.guide import Guide
from triage.engine.laws import LAWS


@pytest.fixture(scope="module")
def controls(guide: Guide) -> set[tuple[str, str]]:
    return {(c.kind, c.name) for hazard in reports.hazards(guide) for c in hazard["controls"]}


def test_every_control_that_a_hazard_names_is_there(guide: Guide) -> None:
    missing = [c.name for hazard in reports.hazards(guide) for c in hazard["controls"] if not c.is_there]
    assert missing == []


def test_every_hazard_is_told_whole_and_leaves_its_weight_to_a_clinician(guide: Guide) -> None:
    for hazard in reports.hazards(guide):
        assert all(hazard[name] for name in ("id", "hazard", "cause", "effect", "harm"))
        assert hazard["severity"] == hazard["likelihood"] == ""
        assert hazard["controls"]


def test_every_law_every_emergency_rule_and_every_principle_stands_against_some_hazard(
    guide: Guide, controls: set[tuple[str, str]]
) -> None:
    named = {("law", law) for law in LAWS}
    named |= {("rule", rule.slug) for rule in guide.rules if rule.urgency == "emergency"}
    named |= {("principle", principle) for principle in reports.PRINCIPLES}
    assert named - controls == set()


@pytest.mark.django_db
def test_the_safety_case_is_one_page_that_needs_nothing_else(small: None, tmp_path: Path) -> None:
    from django.core.management import call_command

    call_command("safety_case", html=tmp_path / "case.html", stdout=None)
    page = (tmp_path / "case.html").read_text()
    assert "Intended purpose" in page
    assert "In one signed cookie in the person" in page
    assert "It learns nothing from people" in page
    assert "Severity and likelihood are left to a clinician" in page
    assert not any(word in page for word in ("<script", "<link", "src=", "http"))


def test_what_is_not_there_is_said(guide: Guide) -> None:
    from dataclasses import replace

    rules = tuple(rule for rule in guide.urgency_rules if rule.slug != "sudden_weakness")
    page = reports.safety_case(replace(guide, urgency_rules=rules), "Release 7")
    assert "is not there" in page
    assert "the safety case of release 7" in page
