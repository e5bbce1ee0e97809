"""The results page: what it says about a set of answers. Told on the small guide of tests.build."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.template.loader import get_template

from tests.build import (
    a_cause,
    a_guide,
    a_page,
    a_question,
    a_row,
    a_rule,
    a_single,
    pages_that_pass,
    pages_with,
)
from tests.html import items, words
from triage.engine.parts import Condition, Group, Section
from triage.engine.weigh import assess
from triage.journey import Journey
from triage.releases import PublishedGuide
from triage.results import IN_FULL, SIGNS_AT_ONCE, Results
from triage.sheet import Sheet
from triage.web.jinja import Urls, html

CALM = {
    "emergency": ("none",),
    "triggers": ("cold",),
    "feel": ("shivering",),
    "warning_signs": ("none",),
    "onset": ("gradual",),
    "trend": ("better",),
}
"""Somebody who shivers in the cold."""

WEAK = {"warning_signs": ("weakness",)}


def results_of(*, guide=None, **answers):
    """The results for the calm answers with these changes; an empty one leaves a question out."""
    given = {slug: chosen for slug, chosen in (CALM | answers).items() if chosen}
    release = PublishedGuide(7, guide or a_guide(), datetime(2026, 11, 3, tzinfo=UTC), {})
    return Results(release, assess(release.guide, given))


def page_of(prefix="/", **changes):
    """The page as HTML, without the sheet."""
    results = results_of(**changes)
    page = html(
        "results.html",
        urls=Urls(prefix),
        private=True,
        csrf="token",
        notice="",
        release=results.release,
        journey=Journey(results.release, dict(results.assessment.answers)),
        results=results,
        sheet=Sheet(results),
        today=date(2026, 11, 26),
    )
    return page.partition('<section class="sheet')[0]


# How soon.


def test_an_emergency_that_stands_on_what_was_not_asked_can_be_undone_from_the_last_page():
    rule = a_rule("no_coffee", "emergency", none=("caffeine_amount:much",))
    assert results_of(guide=a_guide(urgency_rules=(rule,))).undo.slug == "duration"


def test_the_page_leads_with_the_level_of_the_answers():
    assert "Urgent: do this</h1>" in page_of(**WEAK)


def test_the_title_that_a_history_keeps_tells_no_outcome():
    assert "<title>Your results – Steady</title>" in page_of(**WEAK)


def test_the_present_level_is_marked_on_the_scale_and_no_other():
    assert marked(page_of(trend=("worse",))) == ["Routine"]


def marked(page):
    return re.findall(r'aria-current="true">.*?</svg><span class="hush">([^<]+)<', page)


def test_without_a_sign_there_is_no_reason_and_it_is_the_lowest_level():
    results = results_of()
    assert (results.level.slug, results.signs) == ("self_care", ())
    assert "This is because" not in page_of()


def test_a_sign_beyond_the_article_names_its_source_and_that_nobody_signed_it():
    (told,) = items(page_of(**WEAK), "This is because")
    assert told == "Weak legs. From: NHS, “Shaking legs”."
    assert "Not signed by a clinician yet." in page_of(**WEAK)


def test_a_sign_that_a_clinician_signed_says_so():
    rule = replace(
        a_rule("weak", "urgent", all=("warning_signs:weakness",)),
        signed_by="Dr Ada Example",
        signed_on=date(2026, 11, 1),
    )
    page = page_of(guide=a_guide(urgency_rules=(rule,)), **WEAK)
    (told,) = items(page, "This is because")
    assert "Signed by Dr Ada Example." in told
    assert "signed by a clinician yet" not in page.partition("What fits")[0]


def test_a_sign_of_the_article_is_backed_by_its_sentence():
    rule = replace(a_rule("weak", "urgent", all=("warning_signs:weakness",)), facts=("F02",))
    page = page_of(guide=a_guide(urgency_rules=(rule,)), **WEAK)
    assert "So can cold.” The article" in words(page)
    assert '<a href="/article/#F02">The article</a>' in page


def test_what_two_signs_stand_on_is_quoted_once():
    rules = [
        replace(a_rule(slug, "urgent", all=("warning_signs:weakness",)), facts=("F02",)) for slug in "ab"
    ]
    page = page_of(guide=a_guide(urgency_rules=tuple(rules)), **WEAK)
    assert words(page.partition("What fits")[0]).count("So can cold.") == 1


def test_the_signs_of_lower_levels_come_after_those_of_the_present_one():
    results = results_of(trend=("worse",), **WEAK)
    assert [rule.reason for rule in results.signs_at_once] == ["Weak legs."]
    assert [rule.reason for rule in results.signs] == ["Weak legs.", "Getting worse."]
    assert "<details><summary>1 more reason</summary>" in page_of(trend=("worse",), **WEAK)


def test_many_signs_are_folded_after_the_first_few():
    rules = tuple(a_rule(f"rule{n}", "urgent", all=("warning_signs:weakness",)) for n in range(6))
    page = page_of(guide=a_guide(urgency_rules=rules), **WEAK)
    assert len(items(page, "This is because")) == SIGNS_AT_ONCE
    assert "<details><summary>3 more reasons</summary>" in page


def test_two_rules_that_say_the_same_are_told_once():
    rules = [a_rule(slug, "urgent", all=("warning_signs:weakness",)) for slug in ("one", "three", "two")]
    alike = tuple(rule if rule.slug == "two" else replace(rule, reason="Weak.") for rule in rules)
    results = results_of(guide=a_guide(urgency_rules=alike), **WEAK)
    assert [rule.reason for rule in results.signs_at_once] == ["Weak.", "Two."]


def test_what_cannot_wait_for_days_is_told_with_the_words_for_today():
    rule = a_rule("weak", "urgent", today=True, all=("warning_signs:weakness",))
    page = page_of(guide=a_guide(urgency_rules=(rule,)), **WEAK)
    assert "Today: do this</h1>" in page
    assert marked(page) == ["Today"]


def test_an_answer_still_missing_that_could_make_it_more_urgent_is_asked_for():
    page = page_of(trend=("unsure",))
    (missing,) = results_of(trend=("unsure",)).unsettled
    assert (missing.question.text, missing.level.slug) == ("Trend?", "routine")
    assert "Trend? If it was worse: routine: do this." in words(page)
    assert 'href="/check/duration/#trend"' in page


def test_a_rule_that_hangs_on_what_is_absent_asks_for_nothing_that_could_be_said():
    rule = a_rule("calm", "urgent", none=("trend:better",))
    assert results_of(guide=a_guide(urgency_rules=(rule,)), trend=("unsure",)).unsettled == ()


def test_not_sure_that_hides_a_follow_up_is_named_where_that_lifts_the_advice():
    first, triggers, *rest = a_guide().pages
    asked = replace(triggers, questions=(a_question("triggers", "caffeine", "cold", "unsure", "none"),))
    rule = a_rule("much", "emergency", all=("caffeine_amount:much",))
    results = results_of(
        guide=a_guide(pages=(first, asked, *rest), urgency_rules=(rule,)), triggers=("unsure",)
    )
    assert [question.slug for question in results.lifted_by] == ["triggers"]


def test_what_to_do_is_told_of_every_sign_of_the_level():
    rules = [
        replace(a_rule(name, "emergency", all=("warning_signs:weakness",)), first_aid=f"- {name}")
        for name in "abcde"
    ]
    told = results_of(guide=a_guide(urgency_rules=tuple(rules)), **WEAK).first_aid
    assert told == ("- a", "- b", "- c", "- d", "- e")


def test_what_to_do_for_two_signs_is_told_once():
    rules = [
        replace(a_rule(name, "emergency", all=("warning_signs:weakness",)), first_aid=text)
        for name, text in [("a", "- Sit down.\n- Keep the packet."), ("b", "- Sit down.\n- Test the sugar.")]
    ]
    told = results_of(guide=a_guide(urgency_rules=tuple(rules)), **WEAK).first_aid
    assert told == ("- Sit down.\n- Keep the packet.", "- Test the sugar.")


def test_what_was_said_beside_not_sure_is_not_missing():
    rule = a_rule("both", "urgent", all=("feel:shivering", "feel:trembling"))
    (missing,) = results_of(guide=a_guide(urgency_rules=(rule,)), feel=("shivering", "unsure")).unsettled
    assert missing.option.slug == "trembling"


def test_what_a_rule_has_enough_of_already_is_not_missing():
    rule = a_rule("one", "urgent", any=("triggers:cold", "trend:worse"), all=("onset:sudden",))
    guide = a_guide(urgency_rules=(rule,))
    found = results_of(guide=guide, triggers=("cold",), trend=("unsure",), onset=("unsure",)).unsettled
    assert [missing.question.slug for missing in found] == ["onset"]


def test_a_follow_up_that_was_not_asked_is_not_linked_to():
    first, triggers, *rest = a_guide().pages
    asked = replace(triggers, questions=(a_question("triggers", "caffeine", "cold", "unsure", "none"),))
    rule = a_rule("much", "emergency", all=("caffeine_amount:much",))
    guide = a_guide(pages=(first, asked, *rest), urgency_rules=(rule,))
    assert results_of(guide=guide, triggers=("unsure",)).unsettled == ()


def test_nothing_is_asked_for_when_every_answer_is_known():
    assert results_of().unsettled == ()


def test_not_sure_that_lifts_the_advice_is_named_with_the_question():
    rule = a_rule("bad", "urgent", all=("trend:worse",))
    results = results_of(guide=a_guide(urgency_rules=(rule,)), trend=("unsure",))
    assert (results.level.slug, [question.slug for question in results.lifted_by]) == ("routine", ["trend"])
    page = page_of(guide=a_guide(urgency_rules=(rule,)), trend=("unsure",))
    assert "You were not sure about: Trend . It could be serious, so it counts until you know" in words(page)


def test_of_many_not_sures_the_reason_is_told_once():
    asked = [a_single(slug, "yes", "unsure") for slug in ("one", "two", "three", "four")]
    rule = a_rule("bad", "urgent", all=tuple(f"{question.slug}:yes" for question in asked))
    guide = a_guide(pages=(a_page("page", *asked),), causes=(), urgency_rules=(rule,))
    page = page_of(guide=guide, **{question.slug: ("unsure",) for question in asked})
    assert words(page).count("One of them could be serious") == 1
    assert "You were not sure about: One ; Two ; Three ; Four . One of them" in words(page)


def test_a_danger_that_passes_off_is_named_with_its_reason():
    pages = pages_that_pass()
    better = (Group(of=("trend:better",)),)
    rule = a_rule("cold", "emergency", all=("triggers:cold",), unless=better)
    guide = a_guide(pages=pages, urgency_rules=(rule,))
    page = words(page_of(guide=guide))
    assert "You answered: “Better”. This has to be looked at all the same:" in page
    assert rule.reason in page
    assert rule.reason not in words(page_of(guide=a_guide(pages=pages, urgency_rules=())))


def test_a_danger_that_passes_off_and_was_not_sure_is_a_question_and_no_fact():
    better = (Group(of=("trend:better",)),)
    rule = a_rule("ill", "emergency", all=("feel:shivering",), unless=better)
    guide = a_guide(pages=pages_that_pass(), urgency_rules=(rule,))
    results = results_of(guide=guide, feel=("unsure",))
    assert (results.level.slug, results.eased) == ("routine", ())
    assert [question.slug for question in results.lifted_by] == ["feel"]


def test_not_sure_about_what_would_calm_a_rule_is_not_named_as_a_danger():
    asks = a_rule("ill", "urgent", all=("feel:shivering",), unless=(Group(of=("onset:gradual",)),))
    guide = a_guide(urgency_rules=(asks,))
    results = results_of(guide=guide, feel=("unsure",), onset=("unsure",))
    assert [question.slug for question in results.lifted_by] == ["feel"]


def test_a_question_that_could_make_days_a_call_today_is_named():
    days, today = (a_rule(name, "urgent", all=(needed,), today=name == "today") for name, needed in TWO)
    guide = a_guide(urgency_rules=(days, today))
    assert [m.question.slug for m in results_of(guide=guide, feel=("unsure",)).unsettled] == ["feel"]


TWO = (("days", "triggers:cold"), ("today", "feel:shivering"))


def test_not_sure_is_named_where_an_older_answer_to_what_hangs_on_it_is_left():
    kind = a_single("kind", "yes", "unsure")
    more = a_single("more", "bad", "good", show_if=Condition(all=("kind:yes",)))
    rule = a_rule("bad", "emergency", all=("more:bad",))
    pages = (a_page("one", kind), a_page("two", more))
    guide = a_guide(pages=pages, causes=(), urgency_rules=(rule,))
    results = results_of(guide=guide, kind=("unsure",), more=("good",))
    assert (results.level.slug, [q.slug for q in results.lifted_by]) == ("today", ["kind"])


def test_home_that_is_not_earned_says_why():
    guide = a_guide(home=Condition(any=("trend:better",)), home_reason="Nothing shows that it passes.")
    page = page_of(guide=guide, trend=("unsure",))
    assert "Routine: do this</h1>" in page
    assert "Nothing shows that it passes." in page


def test_what_to_watch_for_names_the_level_above():
    assert results_of().above.slug == "routine"
    assert "Get help sooner if" in words(page_of())
    assert "Emergency: do this if" in words(page_of(**WEAK))
    today = a_rule("weak", "urgent", today=True, all=("warning_signs:weakness",))
    assert "Emergency: do this if" in words(page_of(guide=a_guide(urgency_rules=(today,)), **WEAK))


def test_signs_of_an_emergency_are_at_hand_at_every_level():
    """Folded, with the number, where the next level is another one."""
    page = page_of().partition('id="watch"')[2]
    assert words(page.partition("<details>")[2]).startswith("When to call for emergency help Call")
    assert "<details>" not in page_of(**WEAK).partition('id="watch"')[2].partition("</section>")[0]


def test_sentences_to_read_out_begin_with_what_made_a_rule_speak():
    pages = pages_with(lambda option: replace(option, spoken=f"I say {option.slug}."))
    rules = (
        a_rule("weak", "urgent", all=("warning_signs:weakness", "trend:better")),
        a_rule("cold", "routine", all=("triggers:cold",)),
    )
    guide = a_guide(pages=pages, causes=(), vignettes=(), urgency_rules=rules)
    assert results_of(guide=guide, **WEAK).to_say == (
        "I say weakness.",
        "I say better.",
        "I say cold.",
        "I say none.",
    )


def test_each_sign_of_the_present_level_has_a_sentence_before_one_has_two():
    pages = pages_with(lambda option: replace(option, spoken=f"I say {option.slug}."))
    rules = (
        a_rule("first", "urgent", all=("triggers:cold", "feel:shivering")),
        a_rule("second", "urgent", all=("warning_signs:weakness",)),
    )
    said = results_of(guide=a_guide(pages=pages, causes=(), vignettes=(), urgency_rules=rules), **WEAK).to_say
    assert said[:3] == ("I say cold.", "I say weakness.", "I say shivering.")


# What it could be.


def test_causes_that_fit_are_shown_in_full_and_the_others_as_less_likely():
    results = results_of()
    assert [finding.cause.slug for finding in results.shown] == ["cold"]
    assert [finding.cause.slug for finding in results.less_likely] == ["caffeine"]
    assert "Less likely 1 cause Caffeine" in words(page_of())


def test_at_most_three_causes_are_shown():
    causes = tuple(a_cause(f"cause{n}", a_row(2, all=("triggers:cold",))) for n in range(5))
    results = results_of(guide=a_guide(causes=causes))
    assert (len(results.shown), len(results.less_likely)) == (IN_FULL, 2)
    assert (
        words(page_of(guide=a_guide(causes=causes))).count("Fits partly, but others fit as well or better.")
        == 2
    )


def test_only_the_first_cause_is_unfolded():
    causes = tuple(a_cause(f"cause{n}", a_row(2, all=("triggers:cold",))) for n in range(3))
    page = page_of(guide=a_guide(causes=causes))
    assert page.count('<article class="cause') == 1
    assert page.count('<details class="cause"><summary>') == 2


def test_what_it_is_and_what_helps_come_before_the_reasons():
    page = page_of().partition('id="causes"')[2]
    order = ("What it is.", "What usually helps", "When to get help", "Why it fits", "What the article says")
    assert [page.index(said) for said in order] == sorted(page.index(said) for said in order)


def help_of(text):
    """When to get help, for a cause of which this is written."""
    cold = a_cause("cold", a_row(2, all=("triggers:cold",)), get_help=text)
    page = page_of(guide=a_guide(causes=(cold,)))
    return page.partition("<h4>When to get help")[2].partition("</h4>")[2].partition("</div>")[0]


def test_a_line_on_when_to_get_help_is_led_by_the_shape_of_its_level():
    page = help_of("Emergency: Call if you faint.\n\nToday: Ask if it *lasts*.")
    first, second = page.split("<li ")[1:]
    assert first.startswith('class="emergency"><svg') and words(first).endswith(
        "Emergency: Call if you faint."
    )
    assert (
        second.startswith('class="urgent"><svg')
        and "<strong>Today:</strong> Ask if it <em>lasts</em>." in second
    )


def test_a_line_that_is_calmer_than_the_result_is_left_out():
    cold = a_cause("cold", a_row(2, all=("triggers:cold",)), get_help="Routine: Ask.\n\nEmergency: Call.")
    guide = a_guide(causes=(cold,), vignettes=())
    assert "Ask." in words(page_of(guide=guide))
    assert "Ask." not in words(page_of(guide=guide, **WEAK))
    assert "Call." in words(page_of(guide=guide, **WEAK))
    calm = a_cause("cold", a_row(2, all=("triggers:cold",)), get_help="Routine: Ask.")
    assert "<h4>When to get help" not in page_of(guide=a_guide(causes=(calm,), vignettes=()), **WEAK)


@pytest.mark.parametrize("text", ["Emergency: Call.\nOr ask.", "Soon: ask."])
def test_lines_of_which_one_names_no_level_are_shown_as_they_are(text):
    assert help_of(text).strip() == f"<p>{text}</p>"


def test_a_match_is_told_in_words():
    assert "Fits well" in page_of()
    assert "Fits partly" in page_of(feel=("trembling",))


def test_reasons_are_counted_in_words():
    assert "2 for, none against" in page_of()
    page = page_of(triggers=("caffeine",), caffeine_amount=("unsure",), feel=("trembling",))
    assert "1 for, none against" in page
    assert "<summary>2 not known<" in page


def test_each_reason_has_its_weight_in_words_and_its_passage():
    assert (
        "You said triggers:cold. Clearly for. You said feel:shivering, triggers:caffeine. Slightly for. "
        "“Coffee can do it.” The article"
    ) in words(page_of())
    assert '<a href="/article/#F01">' in page_of()


def test_the_strongest_reasons_come_first_and_those_not_answered_last():
    cause = a_cause(
        "cold",
        a_row(2, all=("triggers:cold",)),
        a_row(-1, all=("feel:shivering",)),
        a_row(-3, all=("onset:sudden",)),
    )
    page = page_of(guide=a_guide(causes=(cause,)), onset=("unsure",))
    told = words(page)
    places = [
        told.index(said)
        for said in ("Clearly for.", "Slightly against.", "Not known. If so: strongly against.")
    ]
    assert places == sorted(places)


def test_a_less_likely_cause_has_its_strongest_reason_against():
    assert "Caffeine You said triggers:caffeine. Clearly against." in words(page_of())


def test_a_less_likely_cause_without_a_reason_against_says_that_nothing_speaks_for_it():
    causes = (a_cause("habit", a_row(2, all=("triggers:caffeine",))),)
    assert "Habit Nothing in your answers speaks for it." in words(page_of(guide=a_guide(causes=causes)))
    causes = (a_cause("habit", a_row(1, all=("triggers:cold",)), prior=-2),)
    assert "Habit Too little in your answers speaks for it." in words(page_of(guide=a_guide(causes=causes)))


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({}, "note what you did before it"),
        (WEAK, "somebody has to examine you"),
        ({"trend": ("worse",)}, "Ask the doctor to look"),
    ],
)
def test_when_nothing_fits_the_page_says_so_and_what_to_do_at_this_level(answers, told):
    page = page_of(triggers=("none",), feel=("trembling",), **answers)
    assert "No cause clearly fits" in page
    assert told in page


def test_two_causes_close_together_name_the_question_that_tells_them_apart():
    causes = (
        a_cause("cold", a_row(2, all=("triggers:cold",))),
        a_cause("habit", a_row(2, all=("triggers:cold",)), a_row(1, all=("onset:sudden",))),
    )
    page = page_of(guide=a_guide(causes=causes), onset=("unsure",))
    assert '<a href="/check/duration/#onset">Onset?</a>' in page
    assert "tells them apart" not in page_of(guide=a_guide(causes=causes))  # what is known has told already


def test_one_clear_cause_needs_no_telling_apart():
    assert results_of().apart is None
    assert "fit almost equally" not in page_of()


# What would change this.


def test_a_flip_that_changes_the_urgency_says_what_we_would_say():
    assert "If it was worse We would say: routine: do this." in words(page_of())


def test_a_flip_that_changes_the_first_cause_names_it():
    causes = (
        a_cause("cold", a_row(2, all=("triggers:cold",))),
        a_cause("caffeine", a_row(3, all=("triggers:caffeine",))),
    )
    page = page_of(guide=a_guide(urgency_rules=(), causes=causes), triggers=())
    told = items(page, "What would change our advice")
    assert told == ["If it was caffeine Caffeine would come first."]


# What the article says.


def test_a_cause_opens_its_section_of_the_article_in_place():
    page = page_of()
    assert '<a href="/article/#reasons">Read it in the article<span' in page
    assert "Coffee can do it." in page


def test_a_passage_in_place_repeats_no_mark_of_a_fact():
    assert "<sup" in page_of()
    assert 'id="F' not in page_of()


def test_a_sign_of_the_article_is_quoted_from_its_section():
    guide = a_guide(
        urgency_rules=(replace(a_rule("weak", "urgent", all=("warning_signs:weakness",)), facts=("F02",)),),
        sections=(
            Section(slug="reasons", title="Why legs shake", text="Coffee can do it.[F01]"),
            Section(slug="signs", title="Signs", text="Cold can do it.[F02] So be warm."),
        ),
    )
    (passage,) = results_of(guide=guide, **WEAK).passages
    assert passage.slug == "signs"
    assert "“Cold can do it.” The article" in words(page_of(guide=guide, **WEAK))
    assert "<h3>Signs</h3>" in page_of(guide=guide, **WEAK)


def test_a_section_that_stands_with_its_cause_is_not_shown_again():
    rule = replace(a_rule("weak", "urgent", all=("warning_signs:weakness",)), facts=("F02",))
    assert results_of(guide=a_guide(urgency_rules=(rule,)), **WEAK).passages == ()


# What was answered.


def test_every_answer_stands_with_a_link_that_changes_it():
    page = page_of()
    assert "Triggers Cold Change: Triggers" in words(page)
    assert '<a href="/check/triggers/#triggers">Change' in page


def test_several_options_make_one_line():
    assert "Feel Trembling; shivering" in words(page_of(feel=("trembling", "shivering")))


def test_a_question_rightly_not_asked_is_not_listed():
    assert "Caffeine amount" not in {question.short for question, _ in results_of().answered}


def test_in_a_preview_every_link_stays_there():
    page = page_of("/admin/preview/")
    assert 'href="/check/' not in page
    assert 'href="/admin/preview/check/triggers/#triggers"' in page


def test_the_release_is_named():
    assert "Release 7, 3 November 2026" in page_of()


# As HTML.


def test_ids_are_used_once():
    ids = re.findall(r' id="([^"]+)"', page_of(trend=("unsure",), **WEAK))
    assert len(ids) == len(set(ids))


def test_there_is_one_main_heading_with_the_call_to_action():
    page = page_of()
    assert page.count("<h1") == 1
    assert "Self care: do this</h1>" in page


def test_every_cause_of_the_first_guide_has_a_picture_of_its_own(guide):
    pictures = [cause.picture for cause in guide.causes]
    assert len(set(pictures)) == len(guide.causes)
    assert all(get_template(f"drawings/{picture}.html", using="public") for picture in pictures)


def test_a_cause_that_staff_added_has_a_picture_too():
    assert macro("picture")("something_new").startswith("<svg")


def test_a_bar_has_a_block_for_each_point_for_on_one_side_against_on_the_other():
    bar = macro("bar")
    assert [bar(points).count("h10v10") for points in (1, 2, 3, -1, -2, -3)] == [1, 2, 3, 1, 2, 3]
    assert 'fill="none"' in bar(-1)
    assert 'fill="none"' not in bar(1)


def macro(name):
    template = get_template("parts/macros.html", using="public").template
    return getattr(template.module, name)
