"""The doctor's sheet: complete, and one page."""

from tests.build import a_cause, a_guide, a_page, a_question, a_row, a_rule
from tests.triage.test_results import CALM
from triage.engine.assessment import assess
from triage.sheet import FORMS, doctors_sheet


def sheet_of(guide=None, **answers):
    guide = guide or a_guide()
    given = CALM | answers
    return doctors_sheet(guide, given, assess(guide, given), "Release 7")


def states(sheet):
    return {sign.words: sign.state for sign in sheet.signs}


def test_signs_are_present_or_absent():
    signs = states(sheet_of(warning_signs=("weakness",)))
    assert (signs["Weakness"], signs["Numbness"]) == ("present", "absent")


def test_a_sign_is_not_known_when_its_question_was_not_answered():
    assert states(sheet_of(warning_signs=()))["Weakness"] == "not known"


def test_a_sign_is_not_known_when_the_answer_was_not_sure():
    signs = a_question("warning_signs", "weakness", "numbness", "unsure", signs="warning")
    guide = a_guide(pages=(a_page("symptoms", signs),), causes=(), urgency_rules=(), vignettes=())
    given = {"warning_signs": ("unsure",)}
    sheet = doctors_sheet(guide, given, assess(guide, given), "")
    assert set(states(sheet).values()) == {"not known"}


def test_signs_that_are_present_come_first():
    assert sheet_of(warning_signs=("numbness",)).signs[0].words == "Numbness"


def test_emergency_signs_that_are_absent_take_one_line():
    assert states(sheet_of())["Any of the 2 emergency signs"] == "absent"


def test_other_answers_stand_as_facts_and_follow_ups_only_where_they_were_asked():
    labels = [fact.label for fact in sheet_of().facts]
    assert "Warning signs" not in labels
    assert "Caffeine amount" not in labels
    assert labels[0] == "Feel"


def test_a_question_without_an_answer_says_so():
    facts = {fact.label: fact.text for fact in sheet_of(onset=()).facts}
    assert facts["Onset"] == "Not answered"


def test_it_says_how_soon_and_why():
    sheet = sheet_of(warning_signs=("weakness",), trend=("worse",))
    assert (sheet.how_soon, sheet.because) == ("Urgent: do this", "Weak legs. Getting worse.")


def test_without_a_sign_it_says_that_none_was_chosen():
    assert sheet_of().because == "No warning sign was chosen."


def test_of_many_reasons_the_most_urgent_are_told_and_the_rest_counted():
    rules = tuple(a_rule(f"rule{n}", "urgent", all=("warning_signs:weakness",)) for n in range(6))
    assert sheet_of(a_guide(urgency_rules=rules), warning_signs=("weakness",)).because.endswith(
        "And 2 more reasons."
    )


def test_causes_stand_with_what_speaks_for_and_against_them():
    cause = a_cause(
        "cold", a_row(2, text="Cold", all=("triggers:cold",)), a_row(-1, text="Wet", all=("feel:shivering",))
    )
    (told,) = sheet_of(a_guide(causes=(cause,))).causes
    assert (told.name, told.match, told.reasons) == ("Cold", "Fits partly", "Cold. Against: wet.")


def test_questions_of_the_first_cause_come_before_those_for_any_doctor():
    cause = a_cause("cold", a_row(2, all=("triggers:cold",)), ask=("Is it the cold?",))
    guide = a_guide(causes=(cause,), ask=("What now?", "Is it the cold?"))
    assert sheet_of(guide).ask == ("Is it the cold?", "What now?")


def test_few_answers_are_set_large_and_very_many_small():
    assert sheet_of().form == ""
    words = tuple(a_row(1, text="word " * 200, all=("triggers:cold",)) for _ in range(3))
    assert sheet_of(a_guide(causes=(a_cause("cold", *words),))).form == FORMS[0][1]
