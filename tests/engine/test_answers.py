from typing import Any

import pytest
from hypothesis import given

from tests.build import a_guide
from tests.strategies import few, guides_with_answers

GUIDE = a_guide()


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"triger": ("cold",)}, 'no question "triger"'),
        ({"triggers": ("heat",)}, 'no option "triggers:heat"'),
        ({"triggers": ("cold", "heat")}, 'no option "triggers:heat"'),
        ({"triggers": ("cold", "cold")}, '"triggers:cold" is chosen twice'),
        ({"triggers": ("none", "cold")}, '"triggers:none" cannot stand beside another choice'),
        ({"onset": ("sudden", "gradual")}, '"onset" takes one choice, not 2'),
        ({"onset": ()}, '"onset" has no choice; leave it out when it was not answered'),
    ],
)
def test_answers_that_could_not_be_given_are_named(answers: Any, problem: str) -> None:
    assert list(GUIDE.answer_problems(answers)) == [problem]


def test_every_problem_is_named() -> None:
    assert len(list(GUIDE.answer_problems({"onset": ("now",), "no": ("x",), "feel": ("x", "y")}))) == 4


def test_a_question_left_out_is_no_problem() -> None:
    assert not list(GUIDE.answer_problems({}))


def test_carried_answers_keep_what_the_guide_knows_and_allows_in_its_order() -> None:
    answers = {
        "onset": ("sudden", "gradual"),
        "feel": ("shivering", "trembling", "tickling"),
        "gone": ("x",),
        "triggers": ("cold",),
    }
    assert GUIDE.carried(answers) == {"triggers": ("cold",), "feel": ("trembling", "shivering")}


@few
@given(guides_with_answers())
def test_carried_answers_have_no_problems_and_stay_what_they_are(pair: Any) -> None:
    guide, answers = pair
    kept = guide.carried(answers)
    assert not list(guide.answer_problems(kept))
    assert guide.carried(kept) == kept
    assert {slug: set(chosen) for slug, chosen in kept.items()} == {s: set(c) for s, c in answers.items()}
