"""A condition is true, false or unknown; unknown is never no."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import a_guide, a_page, a_question, a_single
from tests.strategies import conditions
from triage.engine.guide import Guide
from triage.engine.parts import Answers, Condition, Group
from triage.engine.weigh import at_best, holds, read

FEEL = ("feel:trembling", "feel:shivering")
GUIDE = a_guide(
    causes=(),
    urgency_rules=(),
    vignettes=(),
    pages=(
        a_page("symptoms", a_question("feel", "trembling", "shivering", "unsure")),
        a_page("later", a_single("sides", "one_leg", "unsure", show_if=Condition(any=("feel:shivering",)))),
        a_page("last", a_single("deep", "yes", "no", show_if=Condition(all=("sides:one_leg",)))),
    ),
)


def truth(condition: Condition, answers: Answers, guide: Guide = GUIDE) -> str:
    known = read(guide, answers)
    if holds(condition, known.true, known.false, known.true):
        return "true"
    return "unknown" if holds(condition, *at_best(known, {*condition.options})) else "false"


TREMBLES: Answers = {"feel": ("trembling",)}
NOT_SURE: Answers = {"feel": ("unsure",)}
TREMBLES_AT_LEAST: Answers = {"feel": ("trembling", "unsure")}


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        (Condition(all=("feel:trembling",)), TREMBLES, "true"),
        (Condition(all=("feel:shivering",)), TREMBLES, "false"),
        (Condition(all=("feel:trembling",)), {}, "unknown"),
        (Condition(all=("feel:trembling",)), NOT_SURE, "unknown"),
        (Condition(all=("feel:trembling",)), TREMBLES_AT_LEAST, "true"),
        (Condition(all=("feel:shivering",)), TREMBLES_AT_LEAST, "unknown"),
        (Condition(all=("feel:unsure",)), NOT_SURE, "true"),
        (Condition(all=FEEL), TREMBLES, "false"),
        (Condition(all=FEEL), {"feel": ("trembling", "shivering")}, "true"),
        (Condition(any=FEEL), TREMBLES, "true"),
        (Condition(any=FEEL), {}, "unknown"),
        (Condition(any=FEEL), NOT_SURE, "unknown"),
        (Condition(any=("feel:shivering", "feel:unsure")), TREMBLES, "false"),
        (Condition(none=("feel:shivering",)), TREMBLES, "true"),
        (Condition(none=("feel:trembling",)), TREMBLES, "false"),
        (Condition(none=("feel:shivering",)), {}, "unknown"),
        (Condition(none=("feel:shivering",)), NOT_SURE, "unknown"),
        (Condition(none=("feel:shivering",)), TREMBLES_AT_LEAST, "unknown"),
        (Condition(all=("feel:trembling",), none=("feel:shivering",)), TREMBLES_AT_LEAST, "unknown"),
        (Condition(all=("feel:shivering",), none=("feel:trembling",)), TREMBLES_AT_LEAST, "false"),
        (Condition(all=("feel:trembling",), any=("feel:shivering",)), TREMBLES, "false"),
    ],
)
def test_what_is_known_decides(condition: Condition, answers: Answers, expected: str) -> None:
    assert truth(condition, answers) == expected


def test_a_question_rightly_not_asked_counts_as_answered_without() -> None:
    assert truth(Condition(none=("sides:one_leg",)), TREMBLES) == "true"


def test_a_question_that_was_asked_and_not_answered_is_unknown() -> None:
    assert truth(Condition(none=("sides:one_leg",)), {"feel": ("shivering",)}) == "unknown"


def test_a_question_that_might_have_been_asked_is_unknown() -> None:
    assert truth(Condition(none=("sides:one_leg",)), NOT_SURE) == "unknown"
    assert truth(Condition(none=("sides:one_leg",)), {}) == "unknown"


def test_an_answer_to_a_follow_up_no_longer_asked_does_not_count() -> None:
    assert truth(Condition(all=("sides:one_leg",)), {**TREMBLES, "sides": ("one_leg",)}) == "false"


def test_a_follow_up_of_a_follow_up_is_not_asked_either() -> None:
    assert (
        truth(Condition(none=("deep:yes",)), {**TREMBLES, "sides": ("one_leg",), "deep": ("yes",)}) == "true"
    )


BOTH: Answers = {"feel": ("trembling", "shivering")}
TREMBLING_UNLESS = Condition(all=("feel:trembling",), unless=(Group(of=("feel:shivering",)),))
UNLESS_BOTH = Condition(any=FEEL, unless=(Group(of=FEEL, at_least=2),))
TWO_OF = Condition(groups=(Group(of=("feel:trembling", "feel:shivering", "sides:one_leg"), at_least=2),))


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        (TWO_OF, BOTH, "true"),
        (TWO_OF, {"feel": ("shivering",), "sides": ("one_leg",)}, "true"),
        (TWO_OF, TREMBLES, "false"),
        (TWO_OF, {"feel": ("shivering",)}, "unknown"),
        (TWO_OF, NOT_SURE, "unknown"),
        (TREMBLING_UNLESS, TREMBLES, "true"),
        (
            Condition(all=("feel:trembling",), unless=(Group(of=("feel:shivering",)),)),
            TREMBLES_AT_LEAST,
            "true",
        ),
        (
            Condition(all=("feel:trembling",), unless=(Group(of=FEEL),)),
            {"feel": ("trembling", "shivering")},
            "false",
        ),
        (UNLESS_BOTH, TREMBLES, "true"),
        (
            Condition(any=FEEL, unless=(Group(of=FEEL, at_least=2),)),
            {"feel": ("trembling", "shivering")},
            "false",
        ),
        (Condition(unless=(Group(of=("feel:shivering",)),)), {}, "true"),
    ],
)
def test_a_group_counts_and_only_what_was_said_holds_back(
    condition: Condition, answers: Answers, expected: str
) -> None:
    assert truth(condition, answers) == expected


@given(st.data())
def test_what_is_true_is_possible(data: st.DataObject) -> None:
    options = [*FEEL, "feel:unsure", "sides:one_leg"]
    condition = data.draw(conditions(options, options))
    known = read(GUIDE, data.draw(st.sampled_from([{}, TREMBLES, NOT_SURE, TREMBLES_AT_LEAST])))
    possible = holds(condition, *at_best(known, {*condition.options}))
    assert possible or not holds(condition, known.true, known.false, known.true)


@given(st.data())
def test_a_condition_that_covers_another_is_true_wherever_that_is(data: st.DataObject) -> None:
    options = [*FEEL, "feel:wobbly"]
    one, other = (data.draw(conditions(options, options)) for _ in range(2))
    for answered in product(["yes", "no", "open"], repeat=len(options)):
        told = dict(zip(options, answered, strict=True))
        true, false = ({name for name in options if told[name] == said} for said in ("yes", "no"))
        if one.covers(other) and holds(other, true, false, true):
            assert holds(one, true, false, true)


@given(
    conditions([*FEEL, "sides:one_leg"], FEEL), st.sampled_from(["all", "any", "groups", "none", "unless"])
)
def test_a_condition_with_less_in_it_covers_the_whole(condition: Condition, part: str) -> None:
    assert condition.covers(condition)
    assert replace(condition, **{part: ()}).covers(condition)
