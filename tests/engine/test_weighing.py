from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.build import a_guide
from tests.strategies import answers, few, guides_with_answers
from triage.engine.assessment import assess
from triage.engine.weighing import Weighing, Weight, urgency_of


def in_full(guide: Any, given_answers: Any) -> Weight:
    """What the assessment with reasons comes to."""
    assessment = assess(guide, given_answers)
    points = {finding.cause.slug: finding.points for finding in assessment.findings}
    first = assessment.fitting[0].cause.slug if assessment.fitting else None
    order = [cause.slug for cause, _ in guide.compiled.causes]
    return Weight(assessment.urgency, first, tuple(points[slug] for slug in order))


@few
@given(guides_with_answers())
def test_it_comes_to_the_same_as_the_assessment(pair: Any) -> None:
    assert Weighing(*pair).weight == in_full(*pair)
    assert urgency_of(*pair) == in_full(*pair).urgency


@few
@given(guides_with_answers(), st.data())
def test_another_answer_to_one_question_is_weighed_as_if_all_were_weighed_anew(
    pair: Any, data: st.DataObject
) -> None:
    guide, before = pair
    question = data.draw(st.sampled_from(sorted(guide.questions)))
    choice = data.draw(answers(guide)).get(question, ())
    assert Weighing(guide, before).around(question).weigh(choice) == in_full(
        guide, {**before, question: choice}
    )


def test_nothing_chosen_counts_as_not_answered() -> None:
    guide = a_guide()
    around = Weighing(guide, {"triggers": ("cold",)}).around("triggers")
    assert around.weigh(()) == in_full(guide, {})
