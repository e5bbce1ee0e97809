from dataclasses import replace
from typing import Any

from hypothesis import given

from tests.build import UNSURE, a_cause, a_guide, a_page, a_question, a_row, a_rule, a_single
from tests.strategies import few, guides_with_answers
from triage.engine.changes import Change, changes, flips, telling_apart, what_would_change
from triage.engine.guide import Guide
from triage.engine.parts import Answers, Option, Question
from triage.engine.weigh import assess

GUIDE = a_guide()
CALM = {
    "emergency": ("none",),
    "triggers": ("cold",),
    "feel": ("shivering",),
    "warning_signs": ("none",),
    "onset": ("gradual",),
    "trend": ("better",),
}
FEEL = a_question("feel", "hot", "cold", "none", "unsure")


def said(changes: tuple[Change, ...]) -> list[str]:
    return [f"{'+' if c.chosen else '-'}{c.question.slug}:{c.option.slug}" for c in changes]


def would_change(guide: Guide, answers: Answers) -> tuple[Change, ...]:
    return what_would_change(assess(guide, answers))


def apart(guide: Guide, answers: Answers) -> Question | None:
    return telling_apart(assess(guide, answers))


def every_change(guide: Guide, answers: Answers) -> list[Change]:
    weighed = assess(guide, answers)
    return [change for question in weighed.asked for change in changes(weighed, question)]


def flipped(question: Any, *chosen: str) -> dict[str, tuple[str, ...]]:
    return {
        f"{'+' if is_chosen else '-'}{option.slug}": choice
        for option, is_chosen, choice in flips(question, {question.slug: chosen} if chosen else {})
    }


# What a flip is.


def test_a_single_choice_changes_to_each_other_option_that_is_sure() -> None:
    onset = GUIDE.questions["onset"]
    assert flipped(onset, "sudden") == {"+gradual": ("gradual",)}
    assert flipped(onset, "unsure") == flipped(onset) == {"+sudden": ("sudden",), "+gradual": ("gradual",)}


def test_an_option_of_a_multiple_choice_is_added_or_taken_away() -> None:
    assert flipped(FEEL, "hot") == {"-hot": ("none",), "+cold": ("hot", "cold")}
    assert flipped(FEEL, "hot", "cold") == {"-hot": ("cold",), "-cold": ("hot",)}


def test_adding_takes_away_what_cannot_stand_beside_it() -> None:
    assert flipped(FEEL, "none") == {"+hot": ("hot",), "+cold": ("cold",)}


def test_what_not_sure_leaves_open_stays_open_beside_what_is_added() -> None:
    assert flipped(FEEL, "unsure") == {
        "+hot": ("hot", "unsure"), "+cold": ("cold", "unsure"), "+none": ("none",)
    }  # fmt: skip


def test_the_last_option_is_not_taken_away_where_there_is_no_none() -> None:
    plain = a_question("feel", "hot", "cold")
    assert flipped(plain, "hot") == {"+cold": ("hot", "cold")}


# All of them.


def test_every_question_that_is_due_is_flipped_and_no_other() -> None:
    due = {change.question.slug for change in every_change(GUIDE, CALM)}
    assert due == {*GUIDE.questions} - {"caffeine_amount"}


@few
@given(guides_with_answers())
def test_each_change_is_what_weighing_the_flipped_answers_gives(pair: Any) -> None:
    guide, answers = pair
    every = [
        (question, option, chosen, {**answers, question.slug: choice})
        for question in assess(guide, answers).asked
        for option, chosen, choice in flips(question, answers)
    ]
    changes = every_change(guide, answers)
    assert [(c.question, c.option, c.chosen) for c in changes] == [one[:3] for one in every]
    for change, (*_, changed) in zip(changes, every, strict=True):
        for side, weighed in enumerate((assess(guide, answers), assess(guide, changed))):
            first = weighed.fitting[0].cause.slug if weighed.fitting else None
            assert ((change.before, change.after)[side][::2]) == (weighed.urgency, first)


# What is shown.


def test_one_level_goes_before_two() -> None:
    assert said(would_change(GUIDE, CALM)) == ["+trend:worse", "+warning_signs:weakness"]


def test_at_most_three_are_shown_each_of_another_question(guide: Guide) -> None:
    shown = [would_change(guide, story.answers) for story in guide.vignettes]
    assert max(map(len, shown)) == 3
    assert all(len({change.question.slug for change in changes}) == len(changes) for changes in shown)
    assert all(change.is_telling for changes in shown for change in changes)


def test_what_was_not_said_or_not_sure_goes_first() -> None:
    unsure = {slug: chosen for slug, chosen in CALM.items() if slug != "warning_signs"}
    assert said(would_change(GUIDE, unsure))[0] == "+warning_signs:weakness"


def test_what_was_said_is_not_taken_back() -> None:
    assert would_change(GUIDE, {**CALM, "warning_signs": ("weakness",), "trend": ("worse",)}) == ()


def test_what_was_said_beside_not_sure_is_not_taken_back() -> None:
    rule = a_rule("both", "urgent", all=("feel:trembling", "feel:shivering"))
    guide = a_guide(urgency_rules=(rule,))
    assert said(would_change(guide, {**CALM, "feel": ("trembling", "unsure")})) == ["+feel:shivering"]


def test_a_sign_beside_not_sure_is_no_ground_to_wait() -> None:
    guide = a_guide(urgency_rules=(a_rule("shivers", "emergency", all=("feel:shivering",)),))
    coffee = {"triggers": ("caffeine",), "caffeine_amount": ("much",), "feel": ("unsure",)}
    shown = would_change(guide, {**CALM, **coffee})
    assert [change for change in shown if change.steps < 0] == []


def test_only_what_may_change_later_is_turned_where_it_was_answered() -> None:
    rules = (a_rule("hot", "urgent", all=("triggers:caffeine",)),)
    guide = a_guide(urgency_rules=rules, causes=())
    assert [c.option.slug for c in every_change(guide, CALM) if c.is_telling] == ["caffeine"]
    assert would_change(guide, CALM) == ()
    assert said(would_change(guide, {})) == ["+triggers:caffeine"]


def test_no_emergency_sign_is_shown() -> None:
    rules = (a_rule("sign", "emergency", all=("emergency:collapse",)),)
    guide = a_guide(urgency_rules=rules, causes=(a_cause("cold"),))
    assert any(change.is_telling for change in every_change(guide, CALM))
    assert would_change(guide, CALM) == ()


def test_an_option_without_a_clause_is_not_shown() -> None:
    silent = a_single("trend", options=(Option(slug="worse", text="Worse"), UNSURE))
    guide = a_guide(
        pages=(a_page("duration", silent),),
        causes=(),
        urgency_rules=(a_rule("worse", "routine", all=("trend:worse",)),),
    )
    assert [change.steps for change in every_change(guide, {})] == [1]
    assert would_change(guide, {}) == ()


def test_nothing_is_shown_where_nothing_would_change() -> None:
    assert would_change(a_guide(causes=(), urgency_rules=()), CALM) == ()


def test_what_is_shown_does_not_hang_on_the_order_of_the_answers() -> None:
    backwards = dict(reversed(CALM.items()))
    assert would_change(GUIDE, backwards) == would_change(GUIDE, CALM)


# Telling two causes apart.


def test_a_question_with_nothing_to_flip_tells_nothing_apart() -> None:
    bloods = a_single("bloods", "yes", "unsure")
    guide = replace(two_causes(), pages=(*GUIDE.pages, a_page("more", bloods, section="More")))
    assert apart(guide, {**TREMBLING, "bloods": ("yes",)}) is None


def two_causes(*rows: Any) -> Guide:
    same = a_row(2, all=("feel:trembling",))
    return a_guide(causes=(a_cause("one", same, *rows), a_cause("two", same)), urgency_rules=())


TREMBLING = {"feel": ("trembling",)}


def test_close_causes_are_told_apart_by_the_question_that_moves_them_furthest() -> None:
    guide = two_causes(a_row(1, all=("onset:sudden",)), a_row(-3, all=("trend:worse",)))
    question = apart(guide, TREMBLING)
    assert question is not None
    assert question.slug == "trend"


def test_a_question_still_open_goes_before_one_that_was_answered() -> None:
    guide = two_causes(a_row(2, all=("onset:sudden",)), a_row(-3, all=("trend:worse",)))
    question = apart(guide, {**TREMBLING, "trend": ("better",), "onset": ("unsure",)})
    assert question is not None
    assert question.slug == "onset"


def test_causes_that_are_not_close_need_no_apart() -> None:
    guide = two_causes(a_row(2, all=("trend:worse",)), a_row(1, all=("onset:sudden",)))
    assert apart(guide, {**TREMBLING, "trend": ("worse",)}) is None


def test_causes_that_do_not_both_fit_need_no_apart() -> None:
    assert apart(two_causes(a_row(1, all=("onset:sudden",))), {}) is None
    assert apart(a_guide(causes=(a_cause("only"),)), CALM) is None


def test_causes_that_no_question_parts_are_not_told_apart() -> None:
    assert apart(two_causes(), TREMBLING) is None
