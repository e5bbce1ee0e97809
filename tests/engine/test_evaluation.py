import json
from dataclasses import replace
from typing import Any

import pytest

from tests.build import a_cause, a_guide, a_question, a_row, a_rule, a_vignette
from triage.engine import evaluation
from triage.engine.evaluation import Figures, Rate, evaluate
from triage.engine.guide import Guide

GUIDE = a_guide()
NOTHING = {"emergency": ("none",), "triggers": ("none",), "feel": ("trembling",), "warning_signs": ("none",)}


def judged(*stories: Any, guide: Guide = GUIDE) -> Figures:
    return evaluate(guide, stories)


def counts(figures: Figures) -> dict[str, tuple[int, int]]:
    return {name: (rate.count, rate.of) for name, rate in figures.rates.items() if rate.of}


# Rates.


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(49, 49, 0.9273, 1.0), (0, 10, 0.0, 0.2775), (59, 60, 0.9114, 0.9971), (5, 10, 0.2366, 0.7634)],
)
def test_the_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    assert Rate(count, of).plain() == {
        "count": count,
        "of": of,
        "rate": round(count / of, 4),
        "low": low,
        "high": high,
    }


def test_a_rate_of_nothing_could_be_anything() -> None:
    assert Rate(0, 0).plain() == {"count": 0, "of": 0, "rate": None, "low": 0.0, "high": 1.0}


# Verdicts.


def test_a_story_judged_as_expected_is_no_miss() -> None:
    figures = judged(a_vignette())
    assert figures.misses == ()
    found = counts(figures)
    assert [found[name] for name in ("first_right", "among_three", "urgency_accepted", "urgency_exact")] == [
        (1, 1)
    ] * 4
    assert [found[name] for name in ("under", "over")] == [(0, 1)] * 2


def test_any_acceptable_cause_may_come_first() -> None:
    assert counts(judged(a_vignette(causes=("caffeine", "cold"))))["first_right"] == (1, 1)


def test_the_right_cause_second_is_among_three_and_a_miss() -> None:
    guide = a_guide(causes=(a_cause("caffeine", a_row(1, all=("feel:shivering",))), GUIDE.causes[1]))
    figures = judged(a_vignette(causes=("caffeine",)), guide=guide)
    assert counts(figures)["first_right"] == (0, 1)
    assert counts(figures)["among_three"] == (1, 1)
    assert figures.misses[0].wrong == ("first_right",)


def test_a_cause_that_does_not_fit_is_not_right_even_when_it_comes_first() -> None:
    figures = judged(a_vignette(answers=NOTHING, causes=("cold",)))
    assert figures.misses[0].wrong == ("first_right", "among_three")
    assert figures.causes["cold"]["none"] == 1


def test_where_no_cause_fits_none_may_be_a_strong_match() -> None:
    assert counts(judged(a_vignette(causes=(), answers=NOTHING)))["none_held_back"] == (1, 1)
    assert counts(judged(a_vignette(causes=())))["none_held_back"] == (0, 1)


def test_before_an_emergency_a_strong_match_does_no_harm() -> None:
    story = a_vignette(causes=(), urgency="emergency", urgency_accept=("emergency",))
    story = replace(story, answers=story.answers | {"emergency": ("collapse",)})
    assert judged(story).misses == ()


def test_an_urgency_that_is_accepted_is_no_miss_though_not_exact() -> None:
    figures = judged(a_vignette(urgency="routine", urgency_accept=("self_care", "routine")))
    assert counts(figures)["urgency_exact"] == (0, 1)
    assert counts(figures)["urgency_accepted"] == (1, 1)
    assert figures.misses == ()


def test_less_urgent_than_the_least_accepted_is_under() -> None:
    figures = judged(a_vignette(urgency="emergency", urgency_accept=("urgent", "emergency")))
    assert figures.misses[0].wrong == (
        "urgency_accepted",
        "urgency_exact",
        "emergencies_missed",
        "under",
        "under_by_two",
    )
    assert counts(figures)["emergencies_missed"] == (1, 1)


def test_more_urgent_than_the_most_accepted_is_over() -> None:
    story = a_vignette()
    figures = judged(replace(story, answers=story.answers | {"trend": ("worse",)}))
    assert figures.misses[0].wrong == ("urgency_accepted", "urgency_exact", "over")
    assert figures.urgency["self_care"]["routine"] == 1


def test_a_miss_shows_what_was_given_and_why() -> None:
    story = a_vignette(causes=("caffeine",), urgency="urgent", urgency_accept=("urgent",))
    miss = judged(replace(story, answers=story.answers | {"trend": ("worse",)})).misses[0].plain()
    assert miss["story"] == story.story
    assert miss["given"]["causes"][0] == {"cause": "cold", "match": "strong", "points": 3}
    assert miss["given"]["urgency"] == "routine"
    assert [(reason["what"], reason["points"]) for reason in miss["reasons"]] == [
        ("routine", None),
        ("cold", 2),
        ("cold", 1),
        ("caffeine", -2),
    ]


# Robustness.


def test_each_option_is_added_or_taken_away_but_those_that_a_rule_names() -> None:
    guide = a_guide(
        pages=(replace(GUIDE.pages[1], questions=(a_question("triggers", "caffeine", "cold", "none"),)),),
        causes=(a_cause("cold", a_row(1, all=("triggers:cold",))),),
        urgency_rules=(a_rule("coffee", "routine", all=("triggers:caffeine",)),),
    )
    figures = judged(a_vignette(answers={"triggers": ("cold",)}), guide=guide)
    # taken away, "none" instead of it or nothing at all; caffeine is named by a rule
    assert counts(figures)["robust"] == (0, 2)
    assert figures.tipping == {"triggers:cold": 2}


def test_what_changes_nothing_is_robust() -> None:
    guide = a_guide(urgency_rules=(), causes=(a_cause("cold", prior=1),))
    count, of = counts(judged(a_vignette(), guide=guide))["robust"]
    assert count == of > 10


def test_only_the_first_stories_are_flipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "MOST_FLIPS", 2 * len(GUIDE.options))
    figures = judged(*[a_vignette()] * 5)
    assert (figures.stories, figures.flipped) == (5, 2)


# All together.


def test_answers_of_which_nothing_is_expected_are_weighed_and_counted() -> None:
    figures = judged(a_vignette(), a_vignette().answers, NOTHING)
    assert (figures.sets, figures.stories) == (3, 1)
    assert figures.given["causes"] == {"caffeine": 0, "cold": 2, "none": 1}
    assert figures.given["urgency"]["self_care"] == 3


def test_the_figures_are_the_same_every_time_and_fit_into_json(guide: Guide) -> None:
    one, two = (json.dumps(evaluate(guide, guide.vignettes).plain()) for _ in range(2))
    assert one == two


def test_a_guide_without_causes_is_judged_too() -> None:
    figures = judged(a_vignette(causes=()), guide=a_guide(causes=()))
    assert figures.misses == ()


def test_stories_are_counted_by_kind_and_those_that_readers_do_not_agree_on(guide: Guide) -> None:
    calm = a_vignette()
    broken = a_vignette(
        "v002",
        kind="made to break it",
        urgency="emergency",
        urgency_accept=("emergency",),
        opinions=("emergency", "urgent"),
    )
    figures = evaluate(a_guide(vignettes=(calm, broken)), (calm, broken))
    assert figures.contested == 1
    assert figures.kinds["classic"]["urgency_accepted"] == Rate(1, 1)
    assert figures.kinds["made to break it"]["under_by_two"] == Rate(1, 1)
    assert figures.rates["under"] == Rate(1, 2)
