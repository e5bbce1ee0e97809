"""An impossible guide cannot exist, and says at every place what is wrong."""

from dataclasses import replace
from typing import Any

import pytest

from tests.build import UNSURE, a_cause, a_guide, a_page, a_question, a_row, a_rule, a_single, a_vignette
from triage.engine.guide import GuideError
from triage.engine.parts import Condition, Fact, Group, Option, Section

GUIDE = a_guide()
FIRST, *REST = GUIDE.pages


def problems(**changes: Any) -> tuple[str, ...]:
    with pytest.raises(GuideError) as caught:
        a_guide(**changes)
    return caught.value.problems


def a_way(*questions: Any) -> dict[str, Any]:
    """A guide of one page."""
    return {"pages": (a_page("one", *questions),), "causes": (), "urgency_rules": ()}


def row(**changes: Any) -> dict[str, Any]:
    """A guide with one row of evidence."""
    evidence = replace(a_row(1, all=("triggers:cold",)), **changes)
    return {"causes": (a_cause("cold", evidence),), "vignettes": ()}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"possible_at": 3}, "strong_at: must be more than possible_at"),
        (
            {"levels": GUIDE.levels[::-1]},
            "levels: must be exactly self_care, routine, urgent, today, emergency, in this order; "
            "today may be left out",
        ),
        (
            {"home": Condition(any=("trend:better",), unless=(Group(of=("onset:sudden",)),))},
            "home: takes no “unless”: it must be known that it passes",
        ),
        (
            {"urgency_rules": (a_rule("now", "emergency", today=True, all=("trend:worse",)),)},
            "urgency_rules[0].today: is for urgent rules alone",
        ),
        (
            a_way(
                replace(
                    a_question("a", "x", "y"), options=(Option(slug="x", text="X", reason="Now."), UNSURE)
                )
            ),
            "pages[0].questions[0].options[0]: must name a fact or a source for its reason",
        ),
        (
            a_way(a_question("a", "x", "y", show_if=Condition())),
            "pages[0].questions[0].show_if: must name at least one option",
        ),
        (
            row(condition=Condition(groups=(Group(of=("triggers:cold",), at_least=2),))),
            "causes[0].evidence[0].condition: at least 2 of 1 cannot be",
        ),
        (
            a_way(a_question("a b", "x", "y")),
            'pages[0].questions[0].slug: "a b" must be letters, digits and _, a letter first',
        ),
        (
            a_way(a_question("back", "x", "y")),
            'pages[0].questions[0].slug: "back" has a meaning of its own here; choose another',
        ),
        (
            {"pages": (*GUIDE.pages, a_page("results", a_question("a", "x", "y"), section="More"))},
            'pages[5].slug: "results" has a meaning of its own here; choose another',
        ),
        (
            a_way(a_question("a", "x", "x")),
            'pages[0].questions[0].options[1].slug: "x" stands for more than one option',
        ),
        (a_way(a_question("a", "x")), "pages[0].questions[0].options: must have at least two options"),
        (
            a_way(a_single("a", "x", "none")),
            "pages[0].questions[0].options: a single choice needs no exclusive option",
        ),
        (
            a_way(a_question("a", "x", "y"), a_question("b", "x", "y", show_if=Condition(all=("a:x",)))),
            'pages[0].questions[1].show_if: "a" must be asked on an earlier page',
        ),
        ({"pages": (FIRST, *REST, a_page("empty"))}, "pages[5].questions: must have at least one question"),
        (
            {"pages": (*GUIDE.pages, a_page("more", a_question("a", "x", "y"), section="Triggers"))},
            'pages[5].section: pages of one part stand together: move it to the others of "Triggers"',
        ),
        ({"causes": (a_cause("cold", section="gone"),)}, 'causes[0].section: no section "gone"'),
        ({"causes": (a_cause("cold", sources=("gone",)),)}, 'causes[0].sources: no source "gone"'),
        (row(points=0), "causes[0].evidence[0].points: must be 1 to 3, or -1 to -3"),
        (row(facts=(), sources=()), "causes[0].evidence[0]: must name a fact or a source"),
        (row(facts=("F01", "F01")), 'causes[0].evidence[0].facts: "F01" is named twice'),
        (
            row(condition=Condition(all=("triggers:cold",), unless=(Group(of=("trend:better",)),) * 21)),
            "causes[0].evidence[0].condition: unless: 21 are too many, at most 20 can be",
        ),
        (
            row(condition=Condition()),
            "causes[0].evidence[0].condition: must name at least one option that it stands on",
        ),
        (
            {"urgency_rules": (a_rule("cold", "urgent", unless=(Group(of=("trend:better",)),)),)},
            "urgency_rules[0].condition: must name at least one option that it stands on",
        ),
        (
            row(condition=Condition(all=("triggers:cold",), none=("triggers:cold",))),
            'causes[0].evidence[0].condition: "triggers:cold" is named twice',
        ),
        (
            {"urgency_rules": (a_rule("r", "urgent", all=("triggers:gone",)),)},
            'urgency_rules[0].condition: no option "triggers:gone"',
        ),
        (
            {"sections": (replace(GUIDE.sections[0], text="Coffee.[F01] Cold.[F02] More.[F03]"),)},
            'sections[0].text: no fact "F03"',
        ),
        (
            {"facts": (*GUIDE.facts, Fact(slug="F03", text="More."))},
            'facts[2]: "F03" is told 0 times, must be once',
        ),
        (
            {"sections": (*GUIDE.sections, Section(slug="again", title="Again", text="Coffee.[F01]"))},
            'facts[0]: "F01" is told 2 times, must be once',
        ),
        (
            {"vignettes": (a_vignette(answers={"feel": ("x",)}),)},
            'vignettes[0].answers: no option "feel:x"',
        ),
        ({"vignettes": (a_vignette(causes=("gone",)),)}, 'vignettes[0].causes: no cause "gone"'),
        (
            {"vignettes": (a_vignette(urgency="urgent"),)},
            'vignettes[0].urgency_accept: must hold "urgent"',
        ),
        *(
            (
                {"vignettes": (a_vignette(**{name: ("self_care", "today")}),)},
                f'vignettes[0].{name}: "today" is no urgency; '
                "those are self_care, routine, urgent, emergency",
            )
            for name in ("urgency_accept", "opinions")
        ),
    ],
)
def test_each_thing_that_cannot_be_is_told(changes: dict[str, Any], problem: str) -> None:
    assert problem in problems(**changes)


def test_a_guide_without_pages_is_none() -> None:
    assert "pages: must have at least one page" in problems(pages=(), causes=(), urgency_rules=())


def test_slugs_that_stand_twice_are_told_at_each_place() -> None:
    double = (a_cause("cold"), a_cause("cold"))
    assert problems(causes=double) == (
        'causes[0].slug: "cold" stands for more than one cause',
        'causes[1].slug: "cold" stands for more than one cause',
    )


def test_no_two_signs_are_one_rule_by_their_names() -> None:
    """Of two with one name, the review would not tell that one has gone."""
    sign = {"reason": "It is a sign.", "sources": ("S01",)}
    questions = [
        a_question(slug, option, "none", signs="emergency") for slug, option in (("a", "b_c"), ("a_b", "c"))
    ]
    signs = [replace(one, options=(replace(one.options[0], **sign), one.options[1])) for one in questions]
    assert problems(**a_way(*signs))[:2] == (
        'pages[0].questions[0].options[0].slug: "b_c" would name a second rule; choose another',
        'pages[0].questions[1].options[0].slug: "c" would name a second rule; choose another',
    )


def test_a_long_name_of_a_sign_is_not_cut() -> None:
    question = a_question("q" * 50, "o" * 50, "none", signs="emergency")
    named = replace(question.options[0], reason="It is a sign.", facts=("F01",))
    page = a_page("first", replace(question, options=(named, question.options[1])))
    guide = replace(GUIDE, pages=(page, *GUIDE.pages))
    assert "q" * 50 + "_" + "o" * 50 in {rule.slug for rule in guide.rules}


def test_things_are_found_by_their_slugs() -> None:
    assert GUIDE.page_of["onset"].slug == "duration"
    assert GUIDE.section_of_fact["F02"].slug == "reasons"
    assert GUIDE.options["onset:unsure"].unsure
    assert GUIDE.level("urgent").slug == "urgent"
    assert [GUIDE.match(points) for points in (0, 1, 3)] == ["unlikely", "possible", "strong"]
