from typing import Any

from hypothesis import given

from tests.build import a_guide, a_page, a_question, a_single
from tests.strategies import few, guides
from triage.engine.answers import answer_problems
from triage.engine.guide import Condition, Guide
from triage.engine.sets import every_set, sample

GUIDE = a_guide()


def a_small_way(*questions: Any) -> Guide:
    pages = tuple(a_page(question.slug, question) for question in questions)
    return a_guide(pages=pages, causes=(), urgency_rules=())


def every(guide: Guide, *conditions: Condition, at_most: int = 1000) -> list[Any] | None:
    found = every_set(guide, conditions, at_most=at_most)
    return None if found is None else list(found)


# The sample.


def test_the_sample_is_always_the_same(guide: Guide) -> None:
    assert list(sample(guide, 50)) == list(sample(guide, 50))


def test_a_longer_sample_begins_with_the_shorter(guide: Guide) -> None:
    assert list(sample(guide, 80))[:40] == list(sample(guide, 40))


@few
@given(guides())
def test_sets_of_the_sample_have_no_problems(guide: Guide) -> None:
    for answers in sample(guide, 20):
        assert not list(answer_problems(guide, answers))


def test_the_sample_holds_full_sets_and_sparse_ones_with_every_option(guide: Guide) -> None:
    found = list(sample(guide, 2000))
    sizes = {len(answers) for answers in found}
    assert min(sizes) < 5
    assert max(sizes) == len(guide.questions)
    seen = {f"{slug}:{option}" for answers in found for slug, chosen in answers.items() for option in chosen}
    assert seen == {*guide.options}


# Every combination.


def test_every_combination_of_the_options_that_matter_comes_once() -> None:
    guide = a_small_way(
        a_question("feel", "hot", "cold", "none"), a_single("onset", "sudden", "gradual", "unsure")
    )
    found = every(guide, Condition(all=("feel:hot", "onset:sudden")))
    assert found is not None
    # nothing, hot, cold, both, none; nothing, sudden, gradual, unsure
    assert len(found) == len({str(answers) for answers in found}) == 5 * 4


def test_one_option_stands_for_all_that_no_condition_names() -> None:
    guide = a_small_way(a_question("feel", "hot", "cold", "wet", "numb"))
    assert every(guide, Condition(all=("feel:wet",))) == [
        {},
        {"feel": ("wet",)},
        {"feel": ("hot",)},
        {"feel": ("wet", "hot")},
    ]


def test_what_a_follow_up_hangs_on_matters_too() -> None:
    follow_up = a_single("how_much", "little", "much", show_if=Condition(any=("triggers:coffee",)))
    guide = a_small_way(a_question("triggers", "cold", "wet", "coffee"), follow_up)
    found = every(guide, Condition(all=("how_much:much",)))
    assert found is not None
    assert {"triggers": ("coffee",), "how_much": ("much",)} in found


def test_too_many_combinations_are_left_to_the_sample() -> None:
    guide = a_small_way(a_question("feel", *(f"f{n}" for n in range(60))))
    named = Condition(all=tuple(f"feel:f{n}" for n in range(60)))
    assert every(guide, named) is None


@few
@given(guides())
def test_combinations_have_no_problems(guide: Guide) -> None:
    conditions = [rule.condition for rule in guide.urgency_rules]
    for answers in every(guide, *conditions, at_most=200) or []:
        assert not list(answer_problems(guide, answers))
