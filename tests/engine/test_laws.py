"""Each law holds for the first guide, fails for a guide that breaks it, and its proofs are sound."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from functools import cached_property
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.build import a_cause, a_guide, a_page, a_question, a_row, a_rule, a_single
from tests.strategies import few, guides_with_answers
from triage.engine.assessment import asked, assess
from triage.engine.compiled import Compiled
from triage.engine.guide import Condition, Guide
from triage.engine.laws import LAWS, Law, Outcome, Trial, smallest, speaking_for
from triage.engine.sets import sample
from triage.engine.urgency import RANK

BY_SLUG = {law.slug: law for law in LAWS}
GUIDE = a_guide()
EMERGENCY, TRIGGERS, DETAILS, SYMPTOMS, DURATION = GUIDE.pages


def check(slug: str, guide: Guide, sets: int = 2_000) -> Outcome:
    return BY_SLUG[slug].check(guide, sets)


# The first guide.


@pytest.mark.parametrize("law", LAWS, ids=list(BY_SLUG))
def test_the_first_guide_keeps_every_law(law: Law, guide: Guide) -> None:
    outcome = law.check(guide)
    assert outcome.held, outcome.counterexample


@pytest.mark.parametrize("slug", list(BY_SLUG)[:4])
def test_what_keeps_people_safe_is_proved_for_the_first_guide(slug: str, guide: Guide) -> None:
    assert check(slug, guide, 100).how == "proof"


def test_a_guide_without_the_worrying_questions_keeps_the_law_about_them() -> None:
    guide = a_guide(pages=GUIDE.pages[:-1], urgency_rules=(), causes=())
    assert (
        check("unexplained_is_seen", guide).said
        == "proved from the guide’s structure; the guide asks neither"
    )


# Signs only raise.


def with_rules(*rules: Any, **changes: Any) -> Guide:
    return a_guide(urgency_rules=rules, **changes)


def test_a_rule_that_a_sign_silences_breaks_the_law() -> None:
    guide = with_rules(a_rule("numb", "urgent", all=("trend:worse",), none=("warning_signs:weakness",)))
    outcome = check("signs_only_raise", guide)
    assert not outcome.held
    assert outcome.counterexample == (
        "“warning_signs:weakness” added lowers urgent to self_care. "
        "Answers: warning_signs: none; trend: worse."
    )


def test_a_rule_about_no_signs_breaks_the_law() -> None:
    guide = with_rules(a_rule("no_signs", "routine", all=("warning_signs:none",)))
    assert not check("signs_only_raise", guide).held


def test_a_sign_that_explains_what_nothing_else_did_breaks_the_law() -> None:
    guide = with_rules(
        a_rule("sudden", "urgent", unexplained=True, all=("onset:sudden",)),
        causes=(a_cause("cold", a_row(1, all=("warning_signs:numbness",))),),
    )
    outcome = check("signs_only_raise", guide)
    assert not outcome.held
    assert "“warning_signs:numbness” added lowers urgent to self_care" in outcome.counterexample
    assert outcome.note == "for 3 of 4 signs it is proved"


def test_a_sign_with_a_rule_of_its_own_outvotes_what_it_explains() -> None:
    guide = with_rules(
        a_rule("sudden", "urgent", unexplained=True, all=("onset:sudden",)),
        a_rule("numb", "urgent", all=("warning_signs:numbness",)),
        causes=(a_cause("cold", a_row(1, all=("warning_signs:numbness",))),),
    )
    assert check("signs_only_raise", guide).how == "proof"


def test_a_sign_that_takes_a_row_against_a_cause_away_breaks_the_law() -> None:
    guide = with_rules(
        a_rule("sudden", "urgent", unexplained=True, all=("onset:sudden",)),
        causes=(a_cause("cold", a_row(-1, all=("warning_signs:none",)), prior=1),),
    )
    assert not check("signs_only_raise", guide).held


def test_a_follow_up_of_a_sign_is_tried_out() -> None:
    follow_up = a_single("since", "today", "unsure", show_if=Condition(any=("warning_signs:weakness",)))
    guide = a_guide(pages=(*GUIDE.pages, a_page("since", follow_up)))
    outcome = check("signs_only_raise", guide)
    assert (outcome.held, outcome.how, outcome.tried) == (True, "sample", 2_000)
    assert outcome.said.startswith("2,000 sets of answers tried, always the same; for 2 of 4")


# An emergency sign always wins.


def test_a_sign_without_a_rule_breaks_the_law() -> None:
    guide = with_rules(a_rule("collapse", "emergency", all=("emergency:collapse",)))
    outcome = check("emergency_wins", guide)
    assert not outcome.held
    assert outcome.counterexample == "“emergency:injury” added gives only self_care. Answers: none."


def test_an_emergency_rule_with_an_exception_breaks_the_law() -> None:
    signs = ("emergency:collapse", "emergency:injury")
    guide = with_rules(a_rule("signs", "emergency", any=signs, none=("triggers:cold",)))
    assert not check("emergency_wins", guide).held


def test_rules_that_leave_no_gap_between_them_keep_the_law_by_enumeration() -> None:
    guide = with_rules(
        a_rule("both", "emergency", all=("emergency:collapse", "emergency:injury")),
        a_rule("collapse", "emergency", all=("emergency:collapse",), none=("emergency:injury",)),
        a_rule("injury", "emergency", all=("emergency:injury",)),
        pages=(EMERGENCY,),
        causes=(),
    )
    outcome = check("emergency_wins", guide)
    assert (outcome.held, outcome.how, outcome.tried) == (True, "enumeration", 5)


# "Not sure" is not no.


def test_a_follow_up_hidden_by_not_sure_breaks_the_law() -> None:
    follow_up = a_single("how_much", "little", "much", show_if=Condition(none=("onset:unsure",)))
    guide = a_guide(
        pages=(a_page("one", GUIDE.questions["onset"]), a_page("two", follow_up)),
        causes=(),
        urgency_rules=(a_rule("little", "routine", none=("how_much:much",)),),
    )
    outcome = check("unsure_is_not_no", guide)
    assert (outcome.held, outcome.how) == (False, "enumeration")
    assert outcome.counterexample.startswith("“onset:unsure” makes “none of how_much:much” true.")


def test_a_hidden_follow_up_that_no_none_of_names_keeps_the_law() -> None:
    follow_up = a_single("how_much", "little", "much", show_if=Condition(none=("onset:unsure",)))
    guide = a_guide(
        pages=(a_page("one", GUIDE.questions["onset"]), a_page("two", follow_up)), causes=(), urgency_rules=()
    )
    outcome = check("unsure_is_not_no", guide)
    assert (outcome.held, outcome.how, outcome.tried) == (True, "enumeration", 3)
    assert outcome.said == "every combination tried, 3 in all"


# Nothing fits, and it is sudden or worse.


@pytest.mark.parametrize("dropped", ["sudden_no_reason", "getting_worse"])
def test_without_its_rule_what_nothing_explains_breaks_the_law(dropped: str) -> None:
    guide = with_rules(*(rule for rule in GUIDE.urgency_rules if rule.slug != dropped))
    outcome = check("unexplained_is_seen", guide)
    assert not outcome.held
    assert "nothing fits, and it is self_care. Answers: none." in outcome.counterexample


def test_a_rule_with_an_exception_breaks_the_law_of_the_unexplained() -> None:
    guide = with_rules(
        a_rule("sudden", "urgent", all=("onset:sudden",), none=("feel:trembling",)),
        a_rule("worse", "urgent", all=("trend:worse",)),
    )
    assert not check("unexplained_is_seen", guide).held


# Every page can be left.


def test_a_single_choice_without_not_sure_breaks_the_law() -> None:
    guide = a_guide(pages=(*GUIDE.pages, a_page("more", a_single("sides", "left", "right"))))
    outcome = check("pages_can_be_left", guide)
    assert not outcome.held
    assert outcome.counterexample == "Page “more”: “sides” is a single choice without “not sure”."


# Every cause can come first.


def test_a_cause_that_another_always_beats_breaks_the_law() -> None:
    guide = a_guide(causes=(a_cause("cold", prior=3), a_cause("never", a_row(1, all=("trend:worse",)))))
    outcome = check("every_cause_can_lead", guide)
    assert (outcome.held, outcome.how) == (False, "example")
    assert outcome.counterexample == "No answers were found that put never first."


def test_a_cause_that_is_not_reached_step_by_step_is_looked_for() -> None:
    both = a_row(3, all=("feel:trembling", "trend:worse"))
    against = a_row(-1, any=("feel:trembling", "trend:worse"))
    guide = a_guide(causes=(a_cause("hidden", both, against),))
    outcome = check("every_cause_can_lead", guide)
    assert outcome.held
    assert outcome.said.startswith("an example found for each, within ")


# The order does not matter.


class ByPlace(Guide):
    """Leaves causes with equal points in the order in which staff happened to write them."""

    @cached_property
    def compiled(self) -> Compiled:
        compiled = Compiled(self)
        compiled.causes = tuple(sorted(compiled.causes, key=lambda pair: self.causes.index(pair[0])))
        return compiled


def test_an_order_that_hangs_on_the_place_of_rows_breaks_the_law() -> None:
    guide = ByPlace(**{field.name: getattr(GUIDE, field.name) for field in fields(GUIDE)})
    assert check("order_is_nothing", GUIDE).how == "proof"
    outcome = check("order_is_nothing", guide)
    assert (outcome.held, outcome.how) == (False, "sample")
    assert outcome.counterexample.endswith("another result. Answers: none.")


# Evidence for a cause never lowers it.


def test_evidence_that_opens_a_follow_up_whose_absence_counted_breaks_the_law() -> None:
    rows = (a_row(1, all=("triggers:caffeine",)), a_row(3, none=("caffeine_amount:much",)))
    outcome = check("evidence_never_lowers", a_guide(causes=(a_cause("caffeine", *rows),)))
    assert not outcome.held
    assert outcome.counterexample.startswith("“triggers:caffeine” added makes caffeine less likely.")


def test_evidence_that_outweighs_what_its_follow_up_takes_keeps_the_law() -> None:
    rows = (a_row(3, all=("triggers:caffeine",)), a_row(1, none=("caffeine_amount:much",)))
    outcome = check("evidence_never_lowers", a_guide(causes=(a_cause("caffeine", *rows),)))
    assert (outcome.held, outcome.how, outcome.tried) == (True, "enumeration", 20)


def test_evidence_that_closes_a_follow_up_breaks_the_law() -> None:
    follow_up = a_single("how_much", "little", "much", "unsure", show_if=Condition(none=("triggers:coffee",)))
    rows = (a_row(1, all=("triggers:coffee",)), a_row(3, all=("how_much:much",)))
    guide = a_guide(
        pages=(a_page("one", a_question("triggers", "coffee", "cold")), a_page("two", follow_up)),
        causes=(a_cause("coffee", *rows),),
        urgency_rules=(),
    )
    assert check("evidence_never_lowers", guide).counterexample.endswith("triggers: cold; how_much: much.")


def test_an_option_that_also_speaks_against_a_cause_is_not_evidence_for_it() -> None:
    rows = (a_row(1, all=("triggers:caffeine",)), a_row(-3, all=("triggers:caffeine",)))
    assert check("evidence_never_lowers", a_guide(causes=(a_cause("caffeine", *rows),))).how == "proof"


# The proofs are sound: what they say of any guide is true of any answers.


@few
@given(guides_with_answers(), st.data())
def test_signs_that_are_proved_to_raise_do(pair: Any, data: st.DataObject) -> None:
    guide, answers = pair
    assume(check("signs_only_raise", guide, 1).how == "proof")
    before = RANK[assess(guide, answers).urgency]
    for question, added in with_a_sign(guide, answers, "warning", "emergency"):
        assert RANK[assess(guide, {**answers, question: added}).urgency] >= before


@few
@given(guides_with_answers())
def test_emergency_signs_that_are_proved_to_win_do(pair: Any) -> None:
    guide, answers = pair
    assume(check("emergency_wins", guide, 1).how == "proof")
    for question, added in with_a_sign(guide, answers, "emergency"):
        assert assess(guide, {**answers, question: added}).urgency == "emergency"


@few
@given(guides_with_answers())
def test_not_sure_that_is_proved_not_to_be_no_is_not(pair: Any) -> None:
    guide, answers = pair
    assume(check("unsure_is_not_no", guide, 1).how == "proof")
    before = none_of(guide, answers)
    for question in asked(guide, answers):
        for option in question.options:
            if option.unsure:
                assert none_of(guide, {**answers, question.slug: (option.slug,)}) <= before


@few
@given(guides_with_answers())
def test_evidence_that_is_proved_never_to_lower_does_not(pair: Any) -> None:
    guide, answers = pair
    assume(check("evidence_never_lowers", guide, 1).how == "proof")
    answers = {
        question.slug: answers[question.slug]
        for question in asked(guide, answers)
        if question.slug in answers
    }
    before = points(guide, answers)
    for cause in guide.causes:
        for option in speaking_for(guide, cause):
            slug, _, added = option.partition(":")
            chosen = answers.get(slug, ())
            stands_alone = any(
                o.slug in chosen and (o.exclusive or o.unsure) for o in guide.questions[slug].options
            )
            if chosen and not stands_alone:
                after = points(guide, {**answers, slug: (*{*chosen, added},)})
                assert after[cause.slug] >= before[cause.slug]


def points(guide: Guide, answers: Any) -> dict[str, int]:
    return {finding.cause.slug: finding.points for finding in assess(guide, answers).findings}


def with_a_sign(guide: Guide, answers: Any, *kinds: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each sign of a question that is due, chosen beside what it can stand beside."""
    for question in asked(guide, answers):
        gives_way = {o.slug for o in question.options if o.exclusive or o.unsure or question.kind == "single"}
        kept = {*answers.get(question.slug, ())} - gives_way
        for option in question.options:
            if question.signs in kinds and not option.exclusive and not option.unsure:
                yield question.slug, tuple(sorted({*kept, option.slug}))


def none_of(guide: Guide, answers: Any) -> set[str]:
    """The options that a "none of" may count on not to be chosen."""
    state = guide.compiled.read(answers)
    return {
        option
        for option in guide.options
        if guide.compiled.row(Condition(none=(option,)), None).is_true(state)
    }


def test_the_first_guide_keeps_the_laws_that_are_proved_on_the_sample_too(guide: Guide) -> None:
    for answers in sample(guide, 300):
        before = assess(guide, answers)
        for question, added in with_a_sign(guide, answers, "warning", "emergency"):
            after = assess(guide, {**answers, question: added})
            assert RANK[after.urgency] >= RANK[before.urgency]
            assert question != "emergency" or after.urgency == "emergency"
        worrying = {"onset": "sudden", "trend": "worse"}
        if not before.fitting and any(answers.get(q) == (o,) for q, o in worrying.items()):
            assert before.urgency != "self_care"


# Counterexamples and watching.


def test_the_smallest_counterexample_has_nothing_to_leave_out() -> None:
    answers = {"feel": ("trembling", "shivering"), "trend": ("worse",), "onset": ("sudden",)}

    def broken(given_answers: Any) -> str:
        both = "shivering" in given_answers.get("feel", ()) and "onset" in given_answers
        return "Broken." if both else ""

    assert smallest(answers, broken) == ({"feel": ("shivering",), "onset": ("sudden",)}, "Broken.")


def test_the_sets_that_are_tried_can_be_watched(guide: Guide) -> None:
    seen = []

    def watch(sets: Iterable[Any]) -> Iterator[Any]:
        for one in sets:
            seen.append(one)
            yield one

    assert Trial(guide, 25, watch).run(lambda answers: "", ()).tried == len(seen)


def test_a_law_says_the_same_every_time(guide: Guide) -> None:
    broken = replace(guide, urgency_rules=guide.urgency_rules[12:])
    one, two = (check("emergency_wins", broken) for _ in range(2))
    assert one == two
    assert not one.held
