"""The doctor's sheet: complete, and set to fit."""

from dataclasses import replace
from datetime import date

from tests.build import a_cause, a_guide, a_page, a_question, a_row, a_rule, pages_that_pass
from tests.html import words
from tests.triage.test_results import results_of
from triage.engine.parts import Group
from triage.engine.weigh import assess
from triage.releases import PublishedGuide
from triage.results import Results
from triage.sheet import DENSITIES, Sheet
from triage.web.jinja import html


def sheet_of(guide=None, **answers):
    return Sheet(results_of(guide=guide, **answers))


def told(guide=None, **answers):
    """The words of the sheet."""
    results = results_of(guide=guide, **answers)
    parts = {"results": results, "guide": results.guide, "level": results.level, "release": results.release}
    return words(html("parts/sheet.html", **parts, sheet=Sheet(results), today=date(2026, 11, 26)))


def states(sheet):
    return {sign.option.text: sign.present for sign in sheet.signs}


def test_signs_are_present_or_absent():
    signs = states(sheet_of(warning_signs=("weakness",)))
    assert (signs["Weakness"], signs["Numbness"]) == (True, False)


def test_a_sign_is_not_known_when_its_question_was_not_answered():
    assert states(sheet_of(warning_signs=()))["Weakness"] is None


def test_a_sign_is_not_known_when_the_answer_was_not_sure():
    signs = a_question("warning_signs", "weakness", "numbness", "unsure", signs="warning")
    guide = a_guide(pages=(a_page("symptoms", signs),), causes=(), urgency_rules=(), vignettes=())
    given = {"warning_signs": ("unsure",)}
    sheet = Sheet(Results(PublishedGuide(1, guide, None, {}), assess(guide, given)))
    assert set(states(sheet).values()) == {None}


def test_signs_that_are_present_come_first():
    assert sheet_of(warning_signs=("numbness",)).signs[0].option.text == "Numbness"


def test_emergency_signs_that_are_absent_take_one_line():
    assert "Any of the 2 emergency signs: absent" in told()
    assert "Collapse" not in states(sheet_of())


def test_other_answers_stand_as_facts_and_follow_ups_only_where_they_were_asked():
    labels = [question.short for question, _ in sheet_of().facts]
    assert "Warning signs" not in labels
    assert "Caffeine amount" not in labels
    assert labels[0] == "Triggers"


def test_a_question_without_an_answer_says_so():
    assert "Onset Not answered" in told(onset=())


def test_it_says_how_soon_and_why():
    page = told(warning_signs=("weakness",), trend=("worse",))
    assert "How soon: Urgent: do this. Weak legs. Getting worse." in page


def test_it_says_what_makes_a_danger_count_less():
    better = (Group(of=("trend:better",)),)
    rule = a_rule("cold", "emergency", all=("triggers:cold",), unless=better)
    page = told(a_guide(pages=pages_that_pass(), urgency_rules=(rule,)), trend=("better",))
    assert "How soon: Today: do this. Cold. It counts less, for the patient says: Better." in page


def test_where_nothing_asks_for_more_it_says_so():
    assert "Nothing in the answers asks for more." in told()


def test_what_not_sure_lifts_is_named_and_then_nothing_else_is_said():
    sheet = told(
        trend=("unsure",), guide=a_guide(urgency_rules=(a_rule("bad", "urgent", all=("trend:worse",)),))
    )
    assert "Not sure about: Trend." in sheet
    assert "Nothing in the answers" not in sheet


def test_emergency_signs_that_somebody_is_not_sure_of_are_not_absent():
    first, *rest = a_guide().pages
    question = a_question("emergency", "collapse", "injury", "unsure", "none", signs="emergency")
    guide = a_guide(pages=(replace(first, questions=(question,)), *rest))
    assert "Any of the 2 emergency signs: not known" in told(guide, emergency=("unsure",))


def test_of_many_reasons_the_most_urgent_are_told_and_the_rest_counted():
    rules = tuple(a_rule(f"rule{n}", "urgent", all=("warning_signs:weakness",)) for n in range(6))
    assert "And 2 more reasons." in told(a_guide(urgency_rules=rules), warning_signs=("weakness",))


def test_causes_stand_with_what_speaks_for_and_against_them():
    cause = a_cause(
        "cold", a_row(2, text="Cold", all=("triggers:cold",)), a_row(-1, text="Wet", all=("feel:shivering",))
    )
    assert "Cold Fits partly Cold. Against: wet." in told(a_guide(causes=(cause,)))


def test_questions_of_the_first_cause_come_before_those_for_any_doctor():
    cause = a_cause("cold", a_row(2, all=("triggers:cold",)), ask=("Is it the cold?",))
    guide = a_guide(causes=(cause,), ask=("What now?", "Is it the cold?"))
    assert sheet_of(guide).ask == ["Is it the cold?", "What now?"]


def test_few_answers_are_set_large_and_very_many_small():
    assert sheet_of().density == ""
    words = tuple(a_row(1, text="word " * 200, all=("triggers:cold",)) for _ in range(3))
    assert sheet_of(a_guide(causes=(a_cause("cold", *words),))).density == DENSITIES[0][1]
