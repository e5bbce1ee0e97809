"""The results page: what it says about a set of answers. Told on the small guide of tests.build."""

from dataclasses import replace
from datetime import UTC, date, datetime

from django.template.loader import get_template

from tests.build import a_cause, a_guide, a_row, a_rule
from triage import drawing
from triage.engine.guide import Section
from triage.pages import Urls, html
from triage.releases import PublishedGuide
from triage.results import IN_FULL, SIGNS_AT_ONCE, results_page

CALM = {
    "emergency": ("none",),
    "triggers": ("cold",),
    "feel": ("shivering",),
    "warning_signs": ("none",),
    "onset": ("gradual",),
    "trend": ("better",),
}
"""Somebody who shivers in the cold."""


def page_of(prefix="/", *, guide=None, **answers):
    """The page for the calm answers with these changes; None leaves a question out."""
    given = {slug: chosen for slug, chosen in (CALM | answers).items() if chosen}
    release = PublishedGuide(7, guide or a_guide(), datetime(2026, 11, 3, tzinfo=UTC), {})
    return results_page(release, given, Urls(prefix))


def html_of(page):
    return html("results.html", page)


# How soon.


def test_the_page_leads_with_the_level_of_the_answers():
    page = page_of(warning_signs=("weakness",))
    assert (page.urgency.slug, page.urgency.heading) == ("urgent", "Urgent: do this")
    assert page.title == "Your results: urgent: do this"


def test_the_present_level_is_marked_on_the_scale_and_no_other():
    scale = page_of(trend=("worse",)).urgency.scale
    assert [bool(step.current) for step in scale] == [False, True, False, False]


def test_without_a_sign_there_is_no_reason_and_it_is_the_lowest_level():
    urgency = page_of().urgency
    assert (urgency.slug, urgency.signs, urgency.more) == ("self_care", (), ())


def test_a_sign_beyond_the_article_names_its_source_and_that_nobody_signed_it():
    (sign,) = page_of(warning_signs=("weakness",)).urgency.signs
    assert sign.sentence == "Weak legs."
    assert (sign.backing.fact, sign.backing.beyond) == ("", "Beyond the article: NHS, “Shaking legs”.")
    assert sign.backing.signed == "Not yet signed by a clinician."


def test_a_sign_that_a_clinician_signed_says_so():
    rule = replace(
        a_rule("weak", "urgent", all=("warning_signs:weakness",)),
        signed_by="Dr Ada Example",
        signed_on=date(2026, 11, 1),
    )
    page = page_of(guide=a_guide(urgency_rules=(rule,)), warning_signs=("weakness",))
    assert page.urgency.signs[0].backing.signed == "Signed by Dr Ada Example."


def test_a_sign_of_the_article_links_to_its_fact():
    rule = replace(a_rule("weak", "urgent", all=("warning_signs:weakness",)), facts=("F02",))
    page = page_of(guide=a_guide(urgency_rules=(rule,)), warning_signs=("weakness",))
    assert page.urgency.signs[0].backing.href == "/article/#F02"
    assert page.urgency.signs[0].backing.fact == "Fact 2"


def test_the_signs_of_lower_levels_come_after_those_of_the_present_one():
    urgency = page_of(warning_signs=("weakness",), trend=("worse",)).urgency
    assert [sign.sentence for sign in urgency.signs] == ["Weak legs."]
    assert [sign.sentence for sign in urgency.more] == ["Getting worse."]
    assert urgency.unfold


def test_many_signs_are_folded_after_the_first_few():
    rules = tuple(a_rule(f"rule{n}", "urgent", all=("warning_signs:weakness",)) for n in range(6))
    urgency = page_of(guide=a_guide(urgency_rules=rules), warning_signs=("weakness",)).urgency
    assert len(urgency.signs) == SIGNS_AT_ONCE
    assert (urgency.more_words, urgency.unfold) == ("3 more reasons", False)


def test_two_rules_that_say_the_same_are_told_once():
    rules = [a_rule(slug, "urgent", all=("warning_signs:weakness",)) for slug in ("one", "three", "two")]
    alike = tuple(rule if rule.slug == "two" else replace(rule, reason="Weak.") for rule in rules)
    urgency = page_of(guide=a_guide(urgency_rules=alike), warning_signs=("weakness",)).urgency
    assert [sign.sentence for sign in urgency.signs] == ["Weak.", "Two."]


def test_an_answer_still_missing_that_could_make_it_more_urgent_is_asked_for():
    (missing,) = page_of(trend=("unsure",)).unsettled
    assert missing.question == "Trend?"
    assert missing.sentence == "If it was worse, this could be more urgent: routine."
    assert missing.href == "/check/duration/#trend"


def test_a_rule_that_hangs_on_what_is_absent_asks_for_nothing_that_could_be_said():
    rule = a_rule("calm", "urgent", none=("trend:better",))
    assert page_of(guide=a_guide(urgency_rules=(rule,)), trend=("unsure",)).unsettled == ()


def test_nothing_is_asked_for_when_every_answer_is_known():
    assert page_of().unsettled == ()


def test_what_to_watch_for_names_the_level_above():
    assert (page_of().watch_heading, page_of().watch_level) == ("Get help sooner if", "routine")
    urgent = page_of(warning_signs=("weakness",))
    assert (urgent.watch_heading, urgent.watch_level) == ("Emergency: do this if", "emergency")


# What it could be.


def test_causes_that_fit_are_shown_in_full_and_the_others_as_less_likely():
    page = page_of()
    assert [card.slug for card in page.causes] == ["cold"]
    assert [other.name for other in page.less_likely] == ["Caffeine"]
    assert page.less_likely_words == "1 more cause"


def test_at_most_three_causes_are_shown_in_full():
    causes = tuple(a_cause(f"cause{n}", a_row(2, all=("triggers:cold",))) for n in range(5))
    page = page_of(guide=a_guide(causes=causes))
    assert (len(page.causes), len(page.less_likely)) == (IN_FULL, 2)


def test_only_the_first_cause_is_unfolded():
    causes = tuple(a_cause(f"cause{n}", a_row(2, all=("triggers:cold",))) for n in range(3))
    assert [card.fold for card in page_of(guide=a_guide(causes=causes)).causes] == [False, True, True]


def test_a_match_is_told_in_words():
    assert page_of().causes[0].match_words == "Fits well"
    assert page_of(feel=("trembling",)).causes[0].match_words == "Fits partly"


def test_reasons_are_counted_in_words():
    assert page_of().causes[0].count == "2 reasons for, none against"
    page = page_of(triggers=("caffeine",), caffeine_amount=("unsure",), feel=("trembling",))
    assert page.causes[0].count == "1 reason for, none against, 2 not answered"


def test_each_reason_has_its_weight_in_words_its_bar_and_its_passage():
    first, second = page_of().causes[0].rows
    assert (first.strength, second.strength) == ("Clearly for", "Slightly for")
    assert (first.bar, second.bar) == (drawing.BARS[2], drawing.BARS[1])
    assert first.backing.href == "/article/#F01"


def test_reasons_for_come_first_then_against_then_those_not_answered():
    cause = a_cause(
        "cold",
        a_row(2, all=("triggers:cold",)),
        a_row(-1, all=("feel:shivering",)),
        a_row(-3, all=("onset:sudden",)),
    )
    rows = page_of(guide=a_guide(causes=(cause,)), onset=("unsure",)).causes[0].rows
    assert [row.strength for row in rows] == [
        "Clearly for",
        "Slightly against",
        "Not answered. If so: strongly against",
    ]
    assert rows[2].bar == drawing.UNKNOWN_BAR


def test_a_less_likely_cause_has_its_strongest_reason_against():
    (caffeine,) = page_of().less_likely
    assert caffeine.reason == "You said triggers:caffeine"
    assert (caffeine.strength, caffeine.href) == ("Clearly against", "/article/#reasons")


def test_a_less_likely_cause_without_a_reason_against_says_that_nothing_speaks_for_it():
    causes = (a_cause("habit", a_row(2, all=("triggers:caffeine",))),)
    (habit,) = page_of(guide=a_guide(causes=causes)).less_likely
    assert (habit.reason, habit.strength) == ("Nothing in your answers speaks for it.", "")


def test_when_nothing_fits_the_page_says_so_and_what_to_do():
    page = page_of(triggers=("none",), feel=("trembling",))
    assert page.causes == ()
    assert "No cause clearly fits" in html_of(page)


def test_two_causes_close_together_name_the_question_that_tells_them_apart():
    causes = (
        a_cause("cold", a_row(2, all=("triggers:cold",))),
        a_cause("habit", a_row(2, all=("triggers:cold",)), a_row(1, all=("onset:sudden",))),
    )
    apart = page_of(guide=a_guide(causes=causes)).apart
    assert apart.sentence == "Two causes fit almost equally: cold; habit."
    assert (apart.question, apart.href) == ("Onset?", "/check/duration/#onset")


def test_one_clear_cause_needs_no_telling_apart():
    assert page_of().apart is None


# What would change this.


def test_a_flip_that_changes_the_urgency_says_what_we_would_say():
    flips = {flip.condition: flip for flip in page_of().flips}
    assert flips["If it was worse"].outcome == "We would say: routine: do this."
    assert flips["If it was worse"].tone == "routine"


def test_a_flip_that_changes_the_first_cause_names_it():
    causes = (
        a_cause("cold", a_row(2, all=("triggers:cold",))),
        a_cause("caffeine", a_row(3, all=("triggers:caffeine",))),
    )
    page = page_of(guide=a_guide(urgency_rules=(), causes=causes))
    assert [flip.outcome for flip in page.flips] == ["Caffeine would come first."]


def test_an_option_taken_away_is_quoted():
    causes = (a_cause("cold", a_row(2, all=("triggers:cold",))),)
    (flip,) = page_of(guide=a_guide(urgency_rules=(), causes=causes)).flips
    assert (flip.condition, flip.outcome) == ("Without “Cold”", "No cause would clearly fit.")


# What the article says.


def test_a_cause_opens_its_section_of_the_article_in_place():
    card = page_of().causes[0]
    assert (card.section_title, card.section_href) == ("Why legs shake", "/article/#reasons")
    assert "Coffee can do it." in card.section


def test_a_passage_in_place_repeats_no_mark_of_a_fact():
    assert "<sup" in page_of().causes[0].section
    assert 'id="F' not in page_of().causes[0].section


def test_a_sign_of_the_article_is_quoted_from_its_section():
    page = page_of(
        guide=a_guide(
            urgency_rules=(
                replace(a_rule("weak", "urgent", all=("warning_signs:weakness",)), facts=("F02",)),
            ),
            sections=(
                Section(slug="reasons", title="Why legs shake", text="Coffee can do it.[F01]"),
                Section(slug="signs", title="Signs", text="Cold can do it.[F02] So be warm."),
            ),
        ),
        warning_signs=("weakness",),
    )
    (passage,) = page.passages
    assert (passage.title, passage.quotes, passage.href) == ("Signs", ("Cold can do it.",), "/article/#signs")


def test_a_section_that_stands_with_its_cause_is_not_shown_again():
    rule = replace(a_rule("weak", "urgent", all=("warning_signs:weakness",)), facts=("F02",))
    assert page_of(guide=a_guide(urgency_rules=(rule,)), warning_signs=("weakness",)).passages == ()


# What was answered.


def test_every_answer_stands_with_a_link_that_changes_it():
    answers = {answer.question: answer for answer in page_of().answers}
    assert answers["Triggers"].chosen == "Cold"
    assert answers["Triggers"].href == "/check/triggers/#triggers"


def test_several_options_make_one_line():
    answers = {answer.question: answer.chosen for answer in page_of(feel=("trembling", "shivering")).answers}
    assert answers["Feel"] == "Trembling; shivering"


def test_a_question_rightly_not_asked_is_not_listed():
    assert "Caffeine amount" not in {answer.question for answer in page_of().answers}


def test_in_a_preview_every_link_stays_there():
    html = html_of(page_of("/admin/preview/"))
    assert 'href="/check/' not in html
    assert 'href="/admin/preview/check/triggers/#triggers"' in html


def test_the_release_is_named():
    assert page_of().release_words == "Release 7, 3 November 2026"


def test_the_page_holds_answers_and_says_so():
    assert page_of().private


# As HTML.


def test_ids_are_used_once():
    html = html_of(page_of(warning_signs=("weakness",), trend=("unsure",)))
    ids = [part.split('"')[0] for part in html.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


def test_there_is_one_main_heading_with_the_call_to_action():
    html = html_of(page_of())
    assert html.count("<h1") == 1
    assert "Self care: do this</h1>" in html


def test_every_cause_of_the_first_guide_has_a_picture_of_its_own(guide):
    pictures = [drawing.of_cause(cause.slug) for cause in guide.causes]
    assert len(set(pictures)) == len(guide.causes)
    assert all(get_template(picture, using="public") for picture in pictures)


def test_a_cause_that_staff_added_has_a_picture_too():
    assert get_template(drawing.of_cause("something_new"), using="public")


def test_a_bar_has_a_block_for_each_point_for_on_one_side_against_on_the_other():
    assert [drawing.BARS[points].count("h10v10") for points in (1, 2, 3, -1, -2, -3)] == [1, 2, 3, 1, 2, 3]
    assert 'fill="none"' in drawing.BARS[-1]
    assert 'fill="none"' not in drawing.BARS[1]
