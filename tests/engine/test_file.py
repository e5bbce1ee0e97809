import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import a_guide
from tests.strategies import guides
from triage.engine.file import dump, load, read_condition
from triage.engine.guide import Guide, GuideError


def plain(**changes: Any) -> dict[str, Any]:
    """The small guide as it is read from JSON."""
    return json.loads(dump(a_guide(**changes)))


def problems(raw: Any) -> tuple[str, ...]:
    with pytest.raises(GuideError) as caught:
        load(raw if isinstance(raw, str) else json.dumps(raw))
    return caught.value.problems


@given(guides())
def test_what_is_dumped_is_loaded_unchanged(guide: Guide) -> None:
    assert load(dump(guide)) == guide


def test_the_first_guide_stands_in_the_repo_just_as_it_is_dumped() -> None:
    text = Path("content/first_guide.json").read_text(encoding="utf-8")
    assert dump(load(text)) == text


def test_what_has_its_default_is_left_out() -> None:
    option = plain()["pages"][0]["questions"][0]["options"][0]
    assert sorted(option) == ["clause", "slug", "text"]


def test_evidence_of_an_older_file_gets_its_slug_of_its_words() -> None:
    raw = plain()
    rows = [row for cause in raw["causes"] for row in cause["evidence"]]
    kept = rows.pop()["slug"]
    for row in rows:
        row["text"] = "You shivered, it's cold"
        del row["slug"]
    found = [row.slug for cause in load(json.dumps(raw)).causes for row in cause.evidence]
    assert found[:2] == ["you_shivered_its_cold", "you_shivered_its_cold_2"]
    assert found[-1] == kept
    assert len({*found}) == len(found)


def test_a_text_of_several_lines_is_a_list_of_lines() -> None:
    raw = plain()
    raw["sections"][0]["text"] = ["Coffee.[F01]", "", "- Cold.[F02]"]
    assert load(json.dumps(raw)).sections[0].text == "Coffee.[F01]\n\n- Cold.[F02]"
    assert json.loads(dump(load(json.dumps(raw)))) == raw


def test_each_problem_is_told_with_its_path() -> None:
    raw = plain()
    raw["causes"][1]["evidence"][0]["condition"] = {"all": ["trigers:cold"]}
    assert problems(raw) == ('causes[1].evidence[0].condition: no option "trigers:cold"',)


def test_every_problem_is_told_at_once() -> None:
    raw = plain()
    del raw["possible_at"]
    raw["strong_at"] = "three"
    raw["pages"][0]["titel"] = "Safety"
    raw["pages"][4]["questions"][0]["kind"] = "many"
    raw["causes"][0]["section"] = "nowhere"
    raw["urgency_rules"][0]["unexplained"] = 1
    assert problems(raw) == (
        "possible_at: is missing",
        "strong_at: must be a whole number",
        "pages[0].titel: is not a key here",
        "pages[4].questions[0].kind: must be one of 'single', 'multiple'",
        "urgency_rules[0].unexplained: must be true or false",
        'causes[0].section: no section "nowhere"',
    )


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (["pages"], {}, "pages: must be a list"),
        (["pages", 0], 1, "pages[0]: must be an object"),
        (
            ["causes", 0, "evidence", 0, "points"],
            True,
            "causes[0].evidence[0].points: must be a whole number",
        ),
        (["causes", 0, "name"], ["a", 1], "causes[0].name: must be a text"),
        (["causes", 0, "name"], None, "causes[0].name: must be a text"),
        (
            ["causes", 0, "checked_on"],
            "today",
            'causes[0].checked_on: must be a date such as "2026-01-31"',
        ),
        (["causes", 0, "signed_on"], 5, 'causes[0].signed_on: must be a date such as "2026-01-31"'),
        (["vignettes", 0, "answers"], [], "vignettes[0].answers: must be an object"),
        (
            ["vignettes", 0, "urgency"],
            ["urgent"],
            "vignettes[0].urgency: must be one of 'self_care', 'routine', 'urgent', 'emergency'",
        ),
    ],
)
def test_what_has_the_wrong_shape_is_told(path: list[Any], value: Any, problem: str) -> None:
    raw = plain()
    place: Any = raw
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert problems(raw)[0] == problem


def test_a_problem_does_not_hide_those_of_a_place_with_a_longer_number() -> None:
    raw = plain()
    raw["facts"] = [{"slug": f"F{n:02}", "text": ""} for n in range(11)]
    raw["facts"][1] = {"text": ""}
    assert 'facts[10]: "F10" is told 0 times, must be once' in problems(raw)


def test_a_missing_choice_between_words_is_told_once() -> None:
    raw = plain()
    del raw["pages"][4]["questions"][0]["kind"]
    assert problems(raw) == ("pages[4].questions[0].kind: is missing",)


def test_a_missing_condition_is_told_once() -> None:
    raw = plain()
    del raw["causes"][0]["evidence"][0]["condition"]
    [problem] = [problem for problem in problems(raw) if "condition" in problem]
    assert problem == "causes[0].evidence[0].condition: is missing"


def test_null_stands_for_what_may_be_missing() -> None:
    raw = plain()
    raw["causes"][0]["checked_on"] = None
    raw["pages"][0]["questions"][0]["show_if"] = None
    assert load(json.dumps(raw)) == a_guide()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ('{"possible_at": NaN}', "not JSON: NaN is no number here"),
        ('{"ask": [], "ask": []}', 'not JSON: "ask" is given 2 times'),
        ("[]", "must be an object"),
        ("null", "must be an object"),
    ],
)
def test_what_is_no_guide_at_all_is_told(text: str, problem: str) -> None:
    assert problems(text)[0] == problem


def test_json_nested_too_deep_is_a_problem_and_no_crash() -> None:
    assert problems("[" * 100_000)[0].startswith("not JSON: ")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(plain())), inner, max_size=3)
        ),
        max_leaves=10,
    )
)
def test_any_json_gives_a_guide_or_its_problems(raw: Any) -> None:
    assert problems(json.dumps(raw))


def test_a_condition_that_cannot_be_read_says_where() -> None:
    with pytest.raises(GuideError, match="condition"):
        read_condition({"any": "trend:worse"})
