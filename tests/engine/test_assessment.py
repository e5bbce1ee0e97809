from dataclasses import replace
from typing import Any

from hypothesis import given

from tests.build import a_cause, a_guide, a_row, a_rule
from tests.strategies import few, guides_with_answers
from triage.engine.parts import RANK
from triage.engine.weigh import Assessment, assess

GUIDE = a_guide()
COLD = {"emergency": ("none",), "triggers": ("cold",), "feel": ("shivering",), "warning_signs": ("none",)}


def slugs(assessment: Assessment) -> list[str]:
    return [finding.cause.slug for finding in assessment.findings]


def test_points_are_the_prior_and_those_of_each_true_row() -> None:
    guide = a_guide(causes=(a_cause("cold", *GUIDE.causes[1].evidence, prior=-2),))
    (finding,) = assess(guide, COLD).findings
    assert (finding.points, [row.points for row in finding.pro]) == (1, [2, 1])


def test_reasons_stand_for_against_and_not_answered_strongest_first() -> None:
    caffeine = assess(GUIDE, {"triggers": ("caffeine",)}).findings[0]
    assert [row.points for row in caffeine.pro] == [1]
    assert caffeine.contra == ()
    assert [row.points for row in caffeine.not_answered] == [2, -1]


def test_unknown_evidence_gives_no_points() -> None:
    assert [finding.points for finding in assess(GUIDE, {}).findings] == [0, 0]


def test_the_match_follows_the_points() -> None:
    cold, caffeine = assess(GUIDE, COLD).findings
    assert (cold.points, cold.match, caffeine.points, caffeine.match) == (3, "strong", -2, "unlikely")
    assert assess(GUIDE, {"triggers": ("caffeine",)}).findings[0].match == "possible"


def test_the_fitting_causes_are_those_at_least_possible() -> None:
    assert [finding.cause.slug for finding in assess(GUIDE, COLD).fitting] == ["cold"]


def test_causes_with_equal_points_stand_by_prior_then_by_slug() -> None:
    row = a_row(1, all=("triggers:cold",))
    guide = a_guide(causes=(a_cause("b"), a_cause("a"), a_cause("low", row, prior=-1)))
    assert slugs(assess(guide, {"triggers": ("cold",)})) == ["a", "b", "low"]


def test_the_most_urgent_rule_that_speaks_decides() -> None:
    answers = {"warning_signs": ("weakness", "numbness"), "trend": ("worse",)}
    assessment = assess(GUIDE, answers)
    assert assessment.urgency == "urgent"
    assert [rule.slug for rule in assessment.signs] == ["weak_legs", "numb_legs", "getting_worse"]


def test_rules_of_one_level_are_told_in_the_order_that_staff_gave_them() -> None:
    answers = {"warning_signs": ("weakness", "numbness"), "trend": ("worse",)}
    turned = replace(GUIDE, urgency_rules=GUIDE.urgency_rules[::-1])
    assert [rule.slug for rule in assess(turned, answers).signs] == [
        "numb_legs",
        "weak_legs",
        "getting_worse",
    ]


def test_no_rule_speaking_is_self_care() -> None:
    assert assess(GUIDE, COLD).urgency == "self_care"


def test_a_rule_for_the_unexplained_speaks_only_when_nothing_fits() -> None:
    sudden = {**COLD, "onset": ("sudden",)}
    assert assess(GUIDE, sudden).urgency == "self_care"
    unexplained = assess(GUIDE, {**sudden, "triggers": ("none",), "feel": ("trembling",)})
    assert (unexplained.urgency, [rule.slug for rule in unexplained.signs]) == (
        "urgent",
        ["sudden_no_reason"],
    )


def test_a_guide_without_causes_explains_nothing() -> None:
    assert assess(a_guide(causes=(), vignettes=()), {"onset": ("sudden",)}).urgency == "urgent"


def test_unsettled_are_the_more_urgent_rules_that_an_answer_could_make_speak() -> None:
    assessment = assess(GUIDE, {"emergency": ("none",), "trend": ("worse",), "onset": ("gradual",)})
    assert assessment.urgency == "routine"
    assert [rule.slug for rule in assessment.unsettled] == ["weak_legs", "numb_legs"]


def test_a_rule_less_urgent_than_the_urgency_is_not_unsettled() -> None:
    assert assess(GUIDE, {"emergency": ("collapse",)}).unsettled == ()


def test_a_follow_up_is_asked_only_when_it_is_due() -> None:
    every = [question.slug for question in assess(GUIDE, {"triggers": ("caffeine",)}).asked]
    assert every == [*GUIDE.questions]
    assert "caffeine_amount" not in [
        question.slug for question in assess(GUIDE, {"triggers": ("cold",)}).asked
    ]
    assert "caffeine_amount" not in [question.slug for question in assess(GUIDE, {}).asked]


@few
@given(guides_with_answers())
def test_points_are_always_the_sum_of_the_reasons_shown(pair: Any) -> None:
    for finding in assess(*pair).findings:
        shown = sum(row.points for row in (*finding.pro, *finding.contra))
        assert finding.points == finding.cause.prior + shown
        assert all(row.points > 0 for row in finding.pro)
        assert all(row.points < 0 for row in finding.contra)


@few
@given(guides_with_answers())
def test_a_rule_is_settled_or_unsettled_and_only_the_more_urgent_are_unsettled(pair: Any) -> None:
    assessment = assess(*pair)
    assert not set(assessment.signs) & set(assessment.unsettled)
    assert all(RANK[rule.urgency] > RANK[assessment.urgency] for rule in assessment.unsettled)


def test_a_rule_for_self_care_is_a_sign_too() -> None:
    guide = a_guide(urgency_rules=(a_rule("calm", "self_care", all=("triggers:cold",)),))
    assert [rule.slug for rule in assess(guide, COLD).signs] == ["calm"]
