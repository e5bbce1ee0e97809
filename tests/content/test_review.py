from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.utils.timezone import localdate

from content.differences import differences
from content.review import Review, review
from tests.build import a_cause, a_lawful_guide, a_page, a_question, a_row, a_rule, a_vignette
from triage.engine.guide import Guide
from triage.engine.parts import CardRow, Condition
from triage.releases import PublishedGuide

TODAY = localdate()


def reviewed(live: Guide | None = None, **changes: Any) -> Review:
    shown = PublishedGuide(4, live, datetime(2026, 1, 1), {}) if live else None
    return review(shown, changed(**changes))


def told(before: Guide, after: Guide) -> list[tuple[str, str, str]]:
    return [(change.place, change.was, change.now) for change in differences(before, after)]


def changed(**parts: Any) -> Guide:
    """The small guide with other parts, its story kept."""
    return replace(a_lawful_guide(), **parts)


def caffeine(**changes: Any) -> Any:
    """The two causes, the first of them changed."""
    first, second = a_lawful_guide().causes
    return (replace(first, **changes), second)


def test_a_guide_as_good_as_the_small_one_has_nothing_that_blocks() -> None:
    assert reviewed().blocks == ()


def test_the_same_guide_differs_in_nothing() -> None:
    assert told(a_lawful_guide(), a_lawful_guide()) == []


def test_a_changed_text_is_told_word_by_word() -> None:
    after = changed(causes=caffeine(what="What it was."))
    change = differences(a_lawful_guide(), after)[0]
    assert change.place == "Cause “Caffeine”, what it is"
    assert [piece.text for piece in change.before if piece.changed] == ["is."]
    assert [piece.text for piece in change.after if piece.changed] == ["was."]


def test_points_and_conditions_are_told_in_words() -> None:
    rows = a_lawful_guide().causes[0].evidence
    after = changed(causes=caffeine(evidence=(replace(rows[0], points=3), *rows[1:])))
    assert told(a_lawful_guide(), after) == [
        (
            "Cause “Caffeine”, evidence “You said triggers:caffeine”, this",
            "speaks slightly for",
            "speaks strongly for",
        )
    ]
    other = replace(rows[2], condition=Condition(any=("caffeine_amount:little", "feel:unsure")))
    after = changed(causes=caffeine(evidence=(*rows[:2], other, rows[3])))
    assert told(a_lawful_guide(), after) == [
        (
            "Cause “Caffeine”, evidence “You said caffeine_amount:little”, counts when",
            "Caffeine amount: Little",
            "any of: Caffeine amount: Little; Feel: Not sure",
        )
    ]


def test_a_new_row_of_evidence_does_not_make_those_after_it_look_changed() -> None:
    new = a_row(1, all=("feel:trembling",))
    after = changed(causes=caffeine(evidence=(new, *a_lawful_guide().causes[0].evidence)))
    places = [place for place, _, _ in told(a_lawful_guide(), after)]
    assert places == ["New: Cause “Caffeine”, evidence “You said feel:trembling”"]


def test_what_is_gone_is_told() -> None:
    after = changed(causes=a_lawful_guide().causes[1:], vignettes=())
    places = [place for place, _, _ in told(a_lawful_guide(), after)]
    assert "Gone: Cause “Caffeine”" in places
    assert "Gone: Story “v001”" in places


def test_a_changed_order_is_told() -> None:
    pages = a_lawful_guide().pages
    after = changed(pages=(*pages[:3], pages[4], pages[3]))
    assert told(a_lawful_guide(), after)[0][0] == "Order of pages"


def test_every_field_of_every_thing_can_differ() -> None:
    after = changed(
        possible_at=0,
        ask=("What else?",),
        vignettes=(
            a_vignette(answers={"feel": ("shivering",)}, urgency_accept=("self_care", "routine")),
            a_lawful_guide().vignettes[1],
        ),
        causes=caffeine(checked_on=TODAY),
    )
    assert [place for place, _, _ in told(a_lawful_guide(), after)] == [
        "Thresholds, fits partly from",
        "Thresholds, questions for any doctor",
        "Cause “Caffeine”, compared with its source on",
        "Story “v001”, answers",
        "Story “v001”, acceptable urgencies",
    ]


def test_a_story_that_comes_out_differently_is_shown_before_and_after() -> None:
    rule = a_rule("cold_now", "routine", all=("triggers:cold",))
    story = reviewed(a_lawful_guide(), urgency_rules=(*a_lawful_guide().urgency_rules, rule)).stories[0]
    assert (story.before.verdict.urgency, story.after.verdict.urgency) == ("self_care", "routine")
    assert (story.verdict, story.tone, story.is_lowered) == ("Worse: too high", "worse", False)


def test_a_story_that_gets_another_cause_is_shown() -> None:
    cold = a_cause("cold", a_row(-1, all=("triggers:cold",)), everyday=True)
    story = reviewed(a_lawful_guide(), causes=(a_lawful_guide().causes[0], cold)).stories[0]
    assert (story.before.verdict.first, story.after.cause) == ("cold", "none fits")
    assert story.verdict == "Worse: another cause, too high"


def test_a_story_that_comes_out_better_says_so() -> None:
    before = changed(causes=(a_lawful_guide().causes[0], a_cause("cold")))
    assert [story.verdict for story in reviewed(before).stories] == ["Better"]


def test_a_lower_urgency_is_named() -> None:
    before = a_lawful_guide(urgency_rules=(a_rule("cold_now", "urgent", all=("triggers:cold",)),))
    assert reviewed(before).lowered == ("v001", "the rule “Cold now”")


def test_within_days_instead_of_today_is_a_lower_urgency() -> None:
    today = a_rule("cold_now", "urgent", today=True, all=("triggers:cold",))
    before = a_lawful_guide(urgency_rules=(today,))
    seen = reviewed(before, urgency_rules=(replace(today, today=False),))
    assert [(story.before.level, story.after.level) for story in seen.stories] == [
        ("see a doctor today", "see a doctor within days")
    ]
    assert seen.lowered == ("v001", "the rule “Cold now”")


def test_a_rule_that_asks_for_less_is_named_though_no_story_stands_on_it() -> None:
    rules = a_lawful_guide().urgency_rules
    lower = tuple(replace(rule, urgency="routine") if rule.slug == "weak_legs" else rule for rule in rules)
    seen = reviewed(a_lawful_guide(), urgency_rules=lower)
    assert (seen.stories, seen.lowered) == ((), ("the rule “Weak legs”",))


def test_a_sign_of_an_emergency_that_is_gone_is_named() -> None:
    first, *others = a_lawful_guide().pages
    [question] = first.questions
    sign = replace(question.options[0], reason="You collapsed.", facts=("F01",))
    asking = replace(question, options=(sign, *question.options[1:]))
    before = a_lawful_guide(pages=(replace(first, questions=(asking,)), *others))
    assert reviewed(before).lowered == ("the rule “You collapsed”",)


def test_a_cause_that_nobody_can_reach_blocks() -> None:
    blocks = reviewed(causes=(*a_lawful_guide().causes, a_cause("ghost", prior=-9))).blocks
    assert ["ghost" in block.text.lower() for block in blocks] == [True]


def warnings(**changes: Any) -> dict[str, int]:
    return {text: len(notes) for text, notes in reviewed(**changes).warnings.items()}


def test_what_was_never_compared_or_long_ago_or_not_signed_is_worth_a_look() -> None:
    old = caffeine(checked_on=TODAY - timedelta(days=366), signed_by="Dr Gray", signed_on=TODAY)
    found = warnings(causes=old)
    assert found["Compared with its source more than a year ago"] == 1
    assert found["Not signed by a clinician yet"] == found["Never compared with its source"] == 35


def test_hard_and_long_texts_are_worth_a_look() -> None:
    hard = "Involuntary oscillatory contraction characteristically originates from hyperexcitability. "
    found = warnings(causes=caffeine(what=hard * 5, helps="word " * 21))
    assert found["Reads harder than grade 8"] == 1
    assert found["Sentences of more than 20 words"] == 1


def test_guidance_without_an_address_is_worth_a_look() -> None:
    assert warnings()["Published guidance that one cannot open: no address, or a start page"] == 1


def test_links_that_open_nothing_are_worth_a_look() -> None:
    assert warnings(causes=caffeine(what="[One](www.nhs.uk)"))["Links that open nothing"] == 1


def test_where_a_new_page_stands_is_told() -> None:
    page, pages = a_page("more", a_question("sides", "one", "both")), a_lawful_guide().pages
    [(_, _, first), *_] = told(a_lawful_guide(), changed(pages=(page, *pages)))
    [(_, _, later), *_] = told(a_lawful_guide(), changed(pages=(pages[0], page, *pages[1:])))
    assert first.startswith("place: first")
    assert later.startswith("place: after Page “Safety”")


def test_a_whole_new_question_is_told_with_its_options() -> None:
    page = a_page("more", a_question("sides", "one", "both"))
    places = [place for place, _, _ in told(a_lawful_guide(), changed(pages=(*a_lawful_guide().pages, page)))]
    assert places == [
        "New: Page “More”",
        "New: Question “Sides?”",
        "New: Question “Sides?”, option “One”",
        "New: Question “Sides?”, option “Both”",
    ]


def test_answers_that_no_browser_would_keep_block() -> None:
    slugs = [sha256(str(n).encode()).hexdigest()[:40].replace("0", "a", 1) for n in range(300)]
    many = a_question("many", *(f"x{slug}" for slug in slugs), "none")
    pages = (*a_lawful_guide().pages, a_page("more", many))
    blocks = [block.text for block in reviewed(pages=pages).blocks]
    assert any("bytes of answers, and a browser keeps 4,000" in text for text in blocks)


def test_a_row_of_the_card_without_words_blocks() -> None:
    first, *others = a_lawful_guide().levels
    card = (CardRow(label="When it is closed", text=""),)
    seen = reviewed(levels=(replace(first, card=card), *others))
    assert [note.text for note in seen.blocks] == [
        "Level “Self care”: “what to do” has a row without “: ” and words after it."
    ]


def test_a_line_that_says_no_longer_how_soon_is_named() -> None:
    lines = "Urgent: See a doctor.\nAt once: Call for help."
    seen = reviewed(causes=caffeine(get_help=lines))
    [notes] = [found for text, found in seen.warnings.items() if "begin with no level" in text]
    assert [note.text for note in notes] == ["Cause “Caffeine”: “At once: Call for help.”"]
    prose = reviewed(causes=caffeine(get_help="See a doctor when it lasts.\n\nTell what you took."))
    assert not [text for text in prose.warnings if "begin with no level" in text]


def test_a_guide_without_the_words_for_today_blocks() -> None:
    levels = tuple(level for level in a_lawful_guide().levels if level.slug != "today")
    blocks = [block.text for block in review(None, a_lawful_guide(levels=levels)).blocks]
    assert any("The words for “today” are missing" in text for text in blocks)


def with_options(name: str, **values: Any) -> Guide:
    """Each option of which this is said now says otherwise."""

    def other(option: Any) -> Any:
        return replace(option, **values) if getattr(option, name) else option

    return _with_questions(lambda one: replace(one, options=tuple(map(other, one.options))))


def _with_questions(turned: Callable[[Any], Any]) -> Guide:
    live = changed()
    pages = (replace(page, questions=tuple(map(turned, page.questions))) for page in live.pages)
    return replace(live, pages=tuple(pages), vignettes=())


@pytest.mark.parametrize(
    "now",
    [
        with_options("unsure", unsure=False, clause="you are not sure"),
        with_options("exclusive", exclusive=False, clause="it is none of these"),
        _with_questions(lambda one: replace(one, signs="")),
        _with_questions(lambda one: replace(one, options=tuple(o for o in one.options if not o.unsure))),
        changed(causes=caffeine(everyday=not a_lawful_guide().causes[0].everyday)),
    ],
    ids=["not sure", "stands alone", "signs", "not sure is gone", "everyday"],
)
def test_what_says_how_soon_and_is_no_rule_asks_for_a_reason(now: Guide) -> None:
    live = replace(changed(), vignettes=())
    assert review(PublishedGuide(4, live, datetime(2026, 1, 1), {}), now).lowered


def test_words_that_change_ask_for_no_reason() -> None:
    assert not reviewed(changed(), causes=caffeine(what="Other words.")).lowered
