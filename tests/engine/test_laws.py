"""Each law holds for the first guide, names the row that breaks it and the mend, and what it proves is so."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given

from tests.build import a_cause, a_guide, a_page, a_question, a_row, a_rule, a_single, a_vignette
from tests.strategies import few, guides_with_answers
from triage.engine.guide import Guide
from triage.engine.laws import LAWS, Flaw, speaking_for
from triage.engine.parts import RANK, Answers, Condition, Group, Question
from triage.engine.satisfiable import contradictions
from triage.engine.weigh import assess, holds, read

GUIDE = a_guide()
EMERGENCY, TRIGGERS, DETAILS, SYMPTOMS, DURATION = GUIDE.pages


def flaws(slug: str, guide: Guide) -> tuple[Flaw, ...]:
    return tuple(LAWS[slug][1](guide))


def paths(slug: str, guide: Guide) -> list[str]:
    return [flaw.path for flaw in flaws(slug, guide)]


def with_rules(*rules: Any, **changes: Any) -> Guide:
    return a_guide(urgency_rules=rules, **changes)


def unless(*options: str) -> tuple[Group, ...]:
    return (Group(of=options),)


@pytest.mark.parametrize("law", LAWS)
def test_the_first_guide_keeps_every_law(law: str, guide: Guide) -> None:
    assert flaws(law, guide) == ()


# Signs only raise.


def test_a_rule_that_a_sign_holds_back_breaks_the_law() -> None:
    rule = a_rule("numb", "urgent", all=("trend:worse",), unless=unless("warning_signs:weakness"))
    assert flaws("signs_only_raise", with_rules(rule)) == (
        Flaw("urgency_rules[0]", "“warning_signs:weakness” is a sign: it must not hold this rule back."),
    )


def test_a_rule_about_no_signs_breaks_the_law() -> None:
    guide = with_rules(a_rule("no_signs", "routine", all=("warning_signs:none",)))
    assert set(paths("signs_only_raise", guide)) == {"urgency_rules[0]"}


def earning(*rows: Any, rules: Any = (), **changes: Any) -> Guide:
    """Home can be earned, by an everyday cause with these rows."""
    cause = replace(a_cause("cold", *rows, **changes), everyday=True)
    return with_rules(*rules, causes=(cause,), home=Condition(any=("trend:better",)), home_reason="No.")


def test_a_sign_that_lifts_an_everyday_cause_breaks_the_law() -> None:
    (flaw,) = flaws("signs_only_raise", earning(a_row(1, all=("warning_signs:numbness",))))
    assert flaw.path == "pages[3].questions[1].options[1]"
    assert "give it an urgency rule of its own" in flaw.mend


def test_a_sign_with_a_rule_of_its_own_outvotes_what_it_explains() -> None:
    rule = a_rule("numb", "urgent", all=("warning_signs:numbness",))
    assert flaws("signs_only_raise", earning(a_row(1, all=("warning_signs:numbness",)), rules=(rule,))) == ()


def test_a_sign_that_takes_a_row_against_a_cause_away_breaks_the_law() -> None:
    assert paths("signs_only_raise", earning(a_row(-1, all=("warning_signs:none",)), prior=1))


def test_a_follow_up_of_a_sign_breaks_the_law() -> None:
    follow_up = a_single("since", "today", "unsure", show_if=Condition(any=("warning_signs:weakness",)))
    guide = a_guide(pages=(*GUIDE.pages, a_page("since", follow_up)))
    assert set(paths("signs_only_raise", guide)) == {"pages[5].questions[0].show_if"}


def test_signs_of_which_one_alone_can_be_chosen_break_the_law() -> None:
    """One would stand in the place of another, and the other's rule would fall silent."""
    either = a_single("emergency", "collapse", "injury", "unsure", signs="emergency")
    guide = with_rules(pages=(replace(EMERGENCY, questions=(either,)), *GUIDE.pages[1:]))
    assert "pages[0].questions[0]" in paths("signs_only_raise", guide)


def test_none_of_these_with_a_reason_of_its_own_breaks_the_law() -> None:
    """It would fall silent as soon as a sign is ticked beside it."""
    question = EMERGENCY.questions[0]
    options = tuple(replace(o, reason="Now.", sources=("nhs",)) if o.apart else o for o in question.options)
    first = replace(EMERGENCY, questions=(replace(question, options=options),))
    guide = with_rules(pages=(first, *GUIDE.pages[1:]))
    assert "leave out its own reason" in flaws("signs_only_raise", guide)[0].mend


def test_a_sign_in_place_of_not_sure_earns_no_home() -> None:
    rules = tuple(rule for rule in GUIDE.urgency_rules if rule.slug not in ("weak_legs", "numb_legs"))
    home = Condition(any=("trend:better",), none=("warning_signs:weakness",))
    found = flaws("signs_only_raise", with_rules(*rules, home=home))
    assert "give it an urgency rule of its own" in found[0].mend


# An emergency sign always wins.


def test_a_sign_without_a_rule_breaks_the_law() -> None:
    guide = with_rules(a_rule("collapse", "emergency", all=("emergency:collapse",)))
    assert paths("emergency_wins", guide) == ["pages[0].questions[0].options[1]"]


def test_an_emergency_rule_with_an_exception_breaks_the_law() -> None:
    signs = ("emergency:collapse", "emergency:injury")
    guide = with_rules(a_rule("signs", "emergency", any=signs, unless=unless("triggers:cold")))
    assert len(flaws("emergency_wins", guide)) == 2


def test_a_sign_with_a_reason_is_a_rule_of_its_own() -> None:
    question = EMERGENCY.questions[0]
    options = tuple(o if o.apart else replace(o, reason="Now.", sources=("nhs",)) for o in question.options)
    first = replace(EMERGENCY, questions=(replace(question, options=options),))
    guide = with_rules(pages=(first, *GUIDE.pages[1:]))
    assert flaws("emergency_wins", guide) == ()
    assert [rule.slug for rule in guide.rules] == ["emergency_collapse", "emergency_injury"]


# "Not sure" lowers by one level at most.


@pytest.mark.parametrize(
    ("rule", "mend"),
    [
        (a_rule("sudden", "urgent", unexplained=True, all=("onset:sudden",)), "under “unless”"),
        (a_rule("cold", "urgent", all=("triggers:cold",), none=("onset:unsure",)), "“Not sure” is no"),
        (a_rule("cold", "urgent", all=("triggers:cold",), unless=unless("onset:unsure")), "“Not sure” is no"),
    ],
)
def test_a_rule_that_not_sure_or_a_cause_calms_breaks_the_law(rule: Any, mend: str) -> None:
    (flaw,) = flaws("unsure_lowers_one_level", with_rules(rule))
    assert flaw.path.startswith("urgency_rules[0]")
    assert mend in flaw.mend


@pytest.mark.parametrize(
    "shown",
    [
        Condition(none=("onset:unsure",)),
        Condition(any=("onset:unsure",)),
        Condition(all=("onset:sudden",), unless=unless("trend:worse")),
    ],
)
def test_a_follow_up_that_hangs_on_not_sure_or_an_exception_breaks_the_law(shown: Condition) -> None:
    follow_up = a_single("how_much", "little", "much", "unsure", show_if=shown)
    guide = with_rules(pages=(*GUIDE.pages, a_page("more", follow_up)), causes=())
    assert "pages[5].questions[0].show_if" in paths("unsure_lowers_one_level", guide)


def test_not_sure_shows_nothing_that_could_earn_home() -> None:
    guide = with_rules(home=Condition(any=("trend:unsure",)), home_reason="No.")
    assert paths("unsure_lowers_one_level", guide) == ["home"]


# A rule is held back by what was said alone.


def test_a_rule_with_a_none_of_breaks_the_law() -> None:
    guide = with_rules(a_rule("worse", "urgent", all=("trend:worse",), none=("triggers:cold",)))
    assert paths("exceptions_are_known", guide) == ["urgency_rules[0]"]


# Home is earned.


def test_home_without_a_condition_a_reason_or_an_everyday_cause_breaks_the_law() -> None:
    assert paths("home_is_earned", a_guide()) == ["home", "causes"]
    half = a_guide(home=Condition(any=("trend:better",)))
    assert paths("home_is_earned", half) == ["home_reason", "causes"]
    always = a_guide(home=Condition(none=("trend:worse",)), home_reason="No.")
    assert paths("home_is_earned", always) == ["home", "causes"]
    assert paths("home_is_earned", earning()) == []


# Every page can be left.


def test_a_question_without_an_answer_for_everybody_breaks_the_law() -> None:
    more = a_page("more", a_single("sides", "left", "right"), a_question("where", "here", "there"))
    guide = a_guide(pages=(*GUIDE.pages, more))
    assert paths("pages_can_be_left", guide) == ["pages[5].questions[0]", "pages[5].questions[1]"]


# Every cause can come first.


def test_a_cause_without_a_story_in_which_it_comes_first_breaks_the_law() -> None:
    assert paths("every_cause_can_lead", a_guide()) == ["causes[0]"]
    coffee = a_vignette("v002", answers={"triggers": ("caffeine",)}, causes=("caffeine",))
    assert paths("every_cause_can_lead", a_guide(vignettes=(a_vignette(), coffee))) == []


# Evidence never lowers its cause.


def opening(**condition: Any) -> Guide:
    cause = a_cause("caffeine", a_row(2, all=("triggers:caffeine",)), a_row(1, **condition))
    return a_guide(causes=(cause,))


def test_a_row_that_counts_the_absence_of_what_its_own_sign_opens_breaks_the_law() -> None:
    broken = opening(none=("caffeine_amount:much",))
    assert paths("evidence_never_lowers", broken) == ["causes[0].evidence[1]"]
    assert paths("evidence_never_lowers", opening(all=("caffeine_amount:much",))) == []


def test_a_row_about_a_follow_up_that_its_own_sign_closes_breaks_the_law() -> None:
    closed = a_single("other", "yes", "unsure", show_if=Condition(none=("triggers:caffeine",)))
    cause = a_cause("caffeine", a_row(2, all=("triggers:caffeine",)), a_row(1, all=("other:yes",)))
    guide = a_guide(pages=(*GUIDE.pages, a_page("other", closed)), causes=(cause,))
    assert paths("evidence_never_lowers", guide) == ["causes[0].evidence[1]"]


# Every condition can come true.


TRENDS = ("trend:better", "trend:worse")


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"all": ("onset:sudden", "onset:gradual")}, "only one of “onset:gradual”, “onset:sudden”"),
        ({"all": ("triggers:none", "triggers:cold")}, "cannot stand beside each other"),
        ({"all": ("triggers:cold",), "none": ("triggers:cold",)}, "must be chosen and must not be"),
        (
            {"all": ("caffeine_amount:much",), "none": ("triggers:caffeine",)},
            "cannot be chosen beside the others",
        ),
        ({"all": ("caffeine_amount:much", "triggers:none")}, "cannot be chosen beside the others"),
        ({"all": ("onset:sudden",), "any": ("onset:gradual", "onset:unsure")}, "cannot be chosen"),
        (
            {"groups": (Group(of=("onset:sudden", "onset:gradual"), at_least=2),)},
            "only one of “onset:gradual”",
        ),
        ({"any": ("trend:worse",), "unless": unless("trend:worse")}, "always holds it back"),
        ({"any": TRENDS, "unless": unless(*TRENDS)}, "1 of “trend:better”"),
        ({"any": ("onset:sudden",), "groups": (Group(of=("onset:gradual",)),)}, "only one of"),
        ({"groups": (Group(of=("triggers:none", "triggers:cold", *TRENDS), at_least=3),)}, "3 of"),
        ({"all": ("triggers:cold",), "unless": unless("triggers:cold")}, "always holds it back"),
    ],
)
def test_a_condition_that_can_never_be_true_is_refused_with_the_reason(condition: Any, reason: str) -> None:
    (said,) = contradictions(a_guide(), Condition(**condition))
    assert reason in said


def test_a_row_that_can_never_count_breaks_the_law() -> None:
    guide = with_rules(a_rule("both", "urgent", all=("onset:sudden", "onset:gradual")))
    assert paths("conditions_can_be_true", guide) == ["urgency_rules[0].condition"]


def test_a_follow_up_asks_for_all_that_it_hangs_on() -> None:
    shown = Condition(all=("caffeine_amount:much",), none=("triggers:cold",))
    pages = (*GUIDE.pages, a_page("deep", a_single("deep", "yes", "unsure", show_if=shown)))
    guide = a_guide(pages=pages, causes=(), urgency_rules=())
    assert list(contradictions(guide, Condition(all=("deep:yes", "triggers:cold"))))
    assert not list(contradictions(guide, Condition(all=("deep:yes",))))


# What the form of a guide proves is so, for any guide and any answers.


def added(question: Question, given_answers: Answers, slug: str) -> tuple[str, ...]:
    """The choice with one more option, without what gives way to it."""
    if question.kind == "single":
        return (slug,)
    kept = (o.slug for o in question.chosen(given_answers) if not o.exclusive and o.slug != slug)
    return (*kept, slug)


def with_a_sign(guide: Guide, given_answers: Answers, *kinds: str) -> Iterator[dict[str, Any]]:
    for question in assess(guide, given_answers).asked:
        for option in question.options:
            if question.signs in kinds and not option.apart:
                yield {**given_answers, question.slug: added(question, given_answers, option.slug)}


def rank(guide: Guide, given_answers: Answers) -> tuple[int, bool]:
    verdict = assess(guide, given_answers).verdict
    return RANK[verdict.urgency], verdict.today


def keeping(slug: str, guide: Guide) -> Guide:
    """The guide without the rules that break this law, where it keeps it then. No rule hangs on whether a
    cause fits."""
    guide = replace(guide, urgency_rules=tuple(replace(r, unexplained=False) for r in guide.urgency_rules))
    broken = {path.partition(".")[0] for path in paths(slug, guide)}
    kept = (rule for n, rule in enumerate(guide.urgency_rules) if f"urgency_rules[{n}]" not in broken)
    guide = replace(guide, urgency_rules=tuple(kept))
    assume(not flaws(slug, guide))
    return guide


@given(guides_with_answers())
def test_where_it_is_proved_a_sign_only_raises(pair: Any) -> None:
    guide = keeping("signs_only_raise", pair[0])
    before = {slug: c for slug, c in pair[1].items() if not guide.questions[slug].is_open(pair[1])}
    for more in with_a_sign(guide, before, "warning", "emergency"):
        assert rank(guide, more) >= rank(guide, before)


@given(guides_with_answers())
def test_where_it_is_proved_an_emergency_sign_wins(pair: Any) -> None:
    guide = keeping("emergency_wins", pair[0])
    for more in with_a_sign(guide, pair[1], "emergency"):
        assert rank(guide, more)[0] == RANK["emergency"]


@given(guides_with_answers())
def test_where_it_is_proved_what_was_left_open_holds_no_rule_back(pair: Any) -> None:
    """A rule that has all it needs speaks, though nothing else was answered."""
    guide, given_answers = keeping("exceptions_are_known", pair[0]), pair[1]
    for rule in guide.urgency_rules:
        known = read(guide, given_answers)
        needed = {option for group in rule.condition.needed for option in group.of}
        if all(len({*group.of} & known.true) >= group.at_least for group in rule.condition.needed):
            assert holds(rule.condition, known.true & needed, set(), set())


def earning_home(guide: Guide) -> Guide:
    """The guide, with whatever it lacks for the law."""
    if guide.home is None or not guide.home.needed:
        guide = replace(guide, home=Condition(any=tuple(sorted({*guide.options} - guide.unsure)[:1])))
    causes = tuple(replace(cause, everyday=True) for cause in guide.causes[:1]) + guide.causes[1:]
    return replace(guide, home_reason="No.", causes=causes)


@given(guides_with_answers())
def test_where_it_is_proved_home_is_earned(pair: Any) -> None:
    guide, given_answers = earning_home(pair[0]), pair[1]
    assume(not flaws("home_is_earned", guide))
    weighed = assess(guide, given_answers)
    if weighed.verdict.urgency == "self_care":
        assert guide.home is not None
        assert weighed.is_true(guide.home)
        assert any(c.everyday and weighed.points[c.slug] >= guide.possible_at for c in guide.causes)


@given(guides_with_answers())
def test_where_it_is_proved_evidence_never_lowers_its_cause(pair: Any) -> None:
    guide, given_answers = pair
    assume(not flaws("evidence_never_lowers", guide))
    asked = {question.slug for question in assess(guide, given_answers).asked}
    before = {slug: chosen for slug, chosen in given_answers.items() if slug in asked}
    for cause in guide.causes:
        for name in speaking_for(guide, cause):
            slug, _, option = name.partition(":")
            chosen = before.get(slug, ())
            more = added(guide.questions[slug], before, option)
            if slug in asked and len(more) == len(chosen) + 1 > 1:
                after = assess(guide, {**before, slug: more})
                assert after.points[cause.slug] >= assess(guide, before).points[cause.slug]


@few
@given(guides_with_answers())
def test_a_condition_that_some_answers_make_true_is_never_refused(pair: Any) -> None:
    guide, given_answers = pair
    asked = {question.slug for question in assess(guide, given_answers).asked}
    known = read(guide, {slug: chosen for slug, chosen in given_answers.items() if slug in asked})
    rows = [row.condition for _, row in guide.evidence] + [rule.condition for rule in guide.rules]
    for condition in rows:
        if holds(condition, known.true, known.false, known.true):
            assert list(contradictions(guide, condition)) == []


@given(guides_with_answers())
def test_the_order_of_answers_rows_and_rules_does_not_change_the_judgement(pair: Any) -> None:
    guide, given_answers = pair
    backwards = {slug: chosen[::-1] for slug, chosen in reversed([*given_answers.items()])}
    turned = replace(
        guide,
        causes=tuple(replace(cause, evidence=cause.evidence[::-1]) for cause in reversed(guide.causes)),
        urgency_rules=guide.urgency_rules[::-1],
        vignettes=(),
    )
    assert told(turned, backwards) == told(guide, given_answers)


def told(guide: Guide, given_answers: Answers) -> Any:
    found = assess(guide, given_answers)
    findings = [(f.cause.slug, *f[1:]) for f in found.findings]
    rules = [sorted(map(repr, some)) for some in (found.signs, found.floor, found.unsettled)]
    return found.verdict, found.unearned, rules, findings
