"""Answers that staff try: what the address holds, what comes out, and the ways there and on."""

from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from content import trying, working_copy
from content.models import Cause, Evidence, Level, Option, Thresholds, UrgencyRule, Vignette
from tests.build import a_cause, a_lawful_guide, a_row, a_rule
from tests.client import Client
from tests.content.screens import screen, shown
from tests.tenfold import within
from triage.engine.guide import Guide
from triage.engine.parts import Condition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

Staff = Callable[[str], Client]

CAFFEINE = ("emergency:none", "triggers:caffeine", "caffeine_amount:much")
PASSING = (*CAFFEINE, "trend:better")


def tried(client: Client, *names: str) -> str:
    """What the page says of these answers."""
    response = client.get(f"/admin/try/?{urlencode([('a', name) for name in names])}")
    assert response.status_code == 200
    return unescape(response.content.decode())


def link(html: str, words: str) -> str:
    """Where the link with these words leads."""
    return html.rpartition(f">{words}")[0].rpartition('href="')[2].partition('"')[0]


def edit(kind: str, slug: str) -> str:
    return reverse("admin:edit", args=(kind, slug))


# The address.


def test_the_form_leads_to_an_address_that_holds_nothing_but_the_answers(editor: Client) -> None:
    sent = "a=feel:shivering&a-onset=onset:sudden&a-trend=&other=1"
    assert editor.get(f"/admin/try/?{sent}")["Location"] == "/admin/try/?a=feel:shivering&a=onset:sudden"


def test_what_the_address_holds_is_chosen_in_the_form(editor: Client) -> None:
    html = tried(editor, "feel:shivering", "onset:sudden")
    assert 'type="checkbox" name="a" value="feel:shivering" checked' in html
    assert 'type="radio" name="a-onset" value="onset:sudden" checked' in html
    assert 'type="radio" name="a-trend" value="" checked' in html


def test_a_page_of_questions_stands_open_where_something_is_chosen(editor: Client) -> None:
    html = tried(editor, "feel:shivering")
    assert "<details open><summary>Symptoms <small>1 chosen" in html
    assert "<details><summary>Duration</summary>" in html


def test_a_follow_up_says_when_it_is_asked(editor: Client) -> None:
    assert "Asked when Triggers: Caffeine." in tried(editor)


def test_without_answers_it_says_what_to_do(editor: Client) -> None:
    html = tried(editor)
    assert "Nothing is chosen yet." in html
    assert "Rules that speak" not in html


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("feel:joy",), "“feel:joy” (no such answer)"),
        (("feel:shivering", "feel:shivering"), "“Feel: Shivering” (sent more than once)"),
        (("trend:better", "trend:worse"), "“Trend: Worse” (cannot stand beside another answer)"),
        (("emergency:none", "emergency:injury"), "“Emergency: None of these” (cannot stand beside"),
        (("caffeine_amount:much",), "“Caffeine amount: Much” (not asked with these answers)"),
    ],
)
def test_what_cannot_be_answered_is_left_out_and_named(
    editor: Client, names: tuple[str, ...], words: str
) -> None:
    html = tried(editor, *names, "onset:sudden")
    assert f"Left out: {words}" in html
    assert "Rules that speak" in html


def test_a_sign_of_an_emergency_is_never_what_is_left_out(editor: Client) -> None:
    assert "Emergency." in tried(editor, "emergency:none", "emergency:injury")


@pytest.mark.parametrize(
    "query",
    [
        "a=",
        "a=%00",
        "a=%FF%FE",
        "a=<script>alert(1)</script>",
        "a=:&a=::&a=feel:",
        "a=feel",
        "a-feel=%F0%9F%98%80",
        "a=" + "x" * 3000,
        "&".join(f"a=q{n}:o" for n in range(300)),
        "a[]=feel:shivering",
        "a=feel:shivering&a=feel:shivering&a=feel:unsure",
    ],
)
def test_whatever_is_sent_is_answered_with_the_page(editor: Client, query: str) -> None:
    response = editor.get(f"/admin/try/?{query}", follow=True)
    assert response.status_code == 200
    assert b"<script>" not in response.content
    assert len(response.content) < 40_000


def test_of_much_that_is_left_out_a_part_is_named(editor: Client) -> None:
    html = tried(editor, *(f"q{n}:o" for n in range(300)))
    assert "“q9:o” (no such answer); and 290 more." in html


def test_only_reading_it_is_possible(editor: Client) -> None:
    assert editor.post("/admin/try/").status_code == 405


# What comes out.


def test_a_rule_that_speaks_leads_to_its_screen(editor: Client) -> None:
    html = tried(editor, "warning_signs:weakness")
    assert "Urgent</h2>" in html
    assert link(html, "Weak legs.") == edit("urgencyrule", "weak_legs")
    assert "Asks for: see a doctor within days. Chosen: Weakness." in html


def test_what_is_for_today_says_so(editor: Client) -> None:
    UrgencyRule.objects.filter(slug="weak_legs").update(today=True)
    html = tried(editor, "warning_signs:weakness")
    assert "See a doctor today.</b> It cannot wait for days." in html


def test_a_sign_of_an_emergency_leads_to_the_screen_of_its_option(editor: Client) -> None:
    option = Option.objects.get(question__slug="emergency", slug="injury")
    Option.objects.filter(pk=option.pk).update(reason="An injury needs help now.")
    option.sources.set(UrgencyRule.objects.first().sources.all())
    html = tried(editor, "emergency:injury")
    assert link(html, "An injury needs help now.") == edit("option", "emergency:injury")
    assert "An emergency ends the way" in html


def test_what_not_sure_could_turn_out_to_be_is_told_apart(editor: Client) -> None:
    UrgencyRule.objects.filter(slug="getting_worse").update(urgency="urgent", today=True)
    html = tried(editor, "trend:unsure")
    spoke, _, open_ = html.partition("Would speak if “not sure” turned out badly")
    assert "Getting worse." not in spoke
    assert "Getting worse." in open_
    assert "see a doctor today, and lifts it to where it is. Not sure: Worse." in open_


def test_each_cause_tells_its_points_and_the_rows_behind_them(editor: Client) -> None:
    html = tried(editor, *CAFFEINE)
    assert "<b>+3</b> <span>Caffeine <small>Fits well" in html
    rows = html.partition('<h2 id="causes">')[2]
    assert "<b>+0</b> <span>to start from" in rows
    row = Evidence.objects.get(text="You said triggers:caffeine, caffeine_amount:much")
    assert link(rows, row.text) == edit("evidence", row.slug)
    assert '<li class="for"><b>+2</b>' in rows


def test_what_speaks_against_a_cause_is_told_too(editor: Client) -> None:
    html = tried(editor, "triggers:cold")
    assert '<li class="against"><b>-2</b>' in html
    assert "Caffeine <small>Below the threshold" in html
    assert "Cold <small>Fits partly" in html


def test_what_fits_but_stands_behind_three_others_is_less_likely(editor: Client) -> None:
    guide = a_lawful_guide()
    more = (
        a_cause(f"{cause.slug}{n}", *cause.evidence, prior=n, name=cause.name)
        for n, cause in enumerate(guide.causes * 2, start=1)
    )
    working_copy.replace(replace(guide, causes=(*guide.causes, *more)))
    assert "Less likely: others fit better" in tried(editor, "triggers:caffeine", "triggers:cold")


def test_it_says_why_it_is_for_home(editor: Client) -> None:
    html = tried(editor, *PASSING)
    assert "Why it is for home" in html
    assert "No rule asks for more." in html
    assert "It is known to pass: Better." in html
    assert "An everyday cause fits: Caffeine." in html


def test_it_says_why_it_is_not_for_home(editor: Client) -> None:
    html = tried(editor, "onset:gradual", "warning_signs:weakness")
    assert "Why it is not for home" in html
    assert "A rule asks for more." in html
    assert "It is not known to pass." in html
    assert link(html, "What would show it") == edit("thresholds", "-")
    assert "No everyday cause fits." in html


def test_a_guide_that_asks_nothing_of_home_says_so(editor: Client) -> None:
    Thresholds.objects.update(home={})
    assert "It is known to pass." in tried(editor, *CAFFEINE)


def test_what_would_change_it_leads_to_the_page_with_that_answer_changed(editor: Client) -> None:
    html = tried(editor, *PASSING)
    assert "How soon: see a doctor within days, instead of look after it at home." in html
    there = link(html, "Warning signs: Weakness")
    assert there == trying.address([*CAFFEINE, "warning_signs:weakness", "trend:better"]) + "#out"
    assert "Weak legs." in unescape(editor.get(there).content.decode())


def test_an_answer_changed_takes_its_follow_ups_along(editor: Client) -> None:
    assert "Left out" not in tried(editor, *CAFFEINE)
    for address in [part.partition('"')[0] for part in tried(editor, *CAFFEINE).split('href="')]:
        if address.startswith("/admin/try/?"):
            assert b"Left out" not in editor.get(address).content


def test_a_first_cause_that_would_change_is_told(editor: Client) -> None:
    assert "First cause: Caffeine, instead of none." in tried(editor, "warning_signs:weakness")


def test_the_questions_of_the_way_that_are_open_are_told(editor: Client) -> None:
    still_open = tried(editor, "triggers:caffeine", "onset:unsure").partition('<h2 id="open">')[2]
    assert '<a href="#q-caffeine_amount">' in still_open
    assert "Onset?</a> <small>Answered “not sure”." in still_open
    assert "#q-triggers" not in still_open


def test_a_follow_up_that_is_not_due_is_not_open(editor: Client) -> None:
    still_open = tried(editor, "triggers:cold").partition('<h2 id="open">')[2]
    assert "#q-caffeine_amount" not in still_open


# Kept as a story.


def test_a_story_starts_with_the_answers_and_what_came_out(editor: Client) -> None:
    there = link(tried(editor, *PASSING), "Keep this as a story")
    html = unescape(editor.get(there).content.decode())
    chosen = [f"{option}</option>" for option in Option.objects.all() if option.full_slug in PASSING]
    assert [words for words in chosen if words not in html] == []
    assert '<option value="self_care" selected>' in html
    assert html.count('name="urgency_accept"') == 4
    assert html.count("checked") == 1


def test_a_story_that_was_kept_leads_back_to_its_answers(editor: Client) -> None:
    keys = {option.full_slug: option.pk for option in Option.objects.all()}
    home = Level.objects.get(slug="self_care")
    words = ("slug", "kind", "story", "why", "source")
    sent: dict[str, Any] = dict.fromkeys(words, "coffee")
    sent |= {"answers": [keys[name] for name in PASSING], "urgency": "self_care", "urgency_accept": [home.pk]}
    sent |= {"expected-TOTAL_FORMS": "0", "expected-INITIAL_FORMS": "0"}
    response = editor.post("/admin/content/vignette/add/", sent)
    assert response.status_code == 302
    story = Vignette.objects.get(slug="coffee")
    assert editor.get(f"/admin/try/vignette/{story.pk}/")["Location"] == trying.address(PASSING)


@pytest.mark.parametrize("opinions", ["soon", "Urgent"])
def test_what_readers_said_of_a_story_is_an_urgency(editor: Client, opinions: str) -> None:
    """Release 2 was published with another word, and nobody could read it."""
    story = Vignette.objects.get(slug="v001")
    sent = shown(editor, screen(story)) | {"opinions": opinions}
    response = editor.post(screen(story), sent, follow=True)
    assert f'"{opinions}" is no urgency' in unescape(response.content.decode())
    assert "v001" not in {story.slug for story in working_copy.build().vignettes}


def test_who_may_add_no_story_is_not_led_to_one(staff: Staff) -> None:
    assert "Keep this as a story" not in tried(staff("Clinician"), *PASSING)


@pytest.mark.parametrize(
    "query",
    [
        "answers=1;2",
        "answers=-1",
        "answers=1,x",
        "answers=٣",
        "urgency=at_once",
        "story=Written&slug=x",
        "answers=",
    ],
)
def test_a_new_story_takes_nothing_else_from_its_address(editor: Client, query: str) -> None:
    add = "/admin/content/vignette/add/"
    token = 'name="csrfmiddlewaretoken"'
    kept, empty = (
        [line for line in editor.get(path).content.decode().split("\n") if token not in line]
        for path in (f"{add}?{query}", add)
    )
    assert [line for line in kept if "_changelist_filters" not in line] == empty


@pytest.mark.parametrize("answers", ["9" * 40, ",,,", "0", ",".join("1" * 900)])
def test_keys_of_no_answers_leave_the_new_story_without(editor: Client, answers: str) -> None:
    assert editor.get(f"/admin/content/vignette/add/?answers={answers}").status_code == 200


# From a screen.


@pytest.mark.parametrize("model", [Vignette, UrgencyRule, Evidence, Option])
def test_a_screen_leads_to_answers_to_try(editor: Client, model: Any) -> None:
    row = model.objects.first()
    name = model._meta.model_name
    html = editor.get(reverse(f"admin:content_{name}_change", args=(row.pk,))).content.decode()
    assert link(html, "Try this") == f"/admin/try/{name}/{row.pk}/"


def test_the_screen_of_a_cause_leads_to_none(editor: Client) -> None:
    cause = Cause.objects.first()
    html = editor.get(reverse("admin:content_cause_change", args=(cause.pk,))).content.decode()
    assert "Try this" not in html
    assert editor.get(f"/admin/try/cause/{cause.pk}/").status_code == 404


def led_to(client: Client, row: Any) -> str:
    return str(client.get(f"/admin/try/{row._meta.model_name}/{row.pk}/")["Location"])


def test_a_row_leads_to_the_first_story_in_which_it_speaks(editor: Client) -> None:
    row = Evidence.objects.get(cause__slug="caffeine", points=2)
    story = Vignette.objects.get(slug="v002")
    assert led_to(editor, row) == trying.address(option.full_slug for option in story.answers.all())


def test_a_rule_without_a_story_leads_to_the_fewest_answers(editor: Client) -> None:
    rule = UrgencyRule.objects.get(slug="weak_legs")
    assert led_to(editor, rule) == "/admin/try/?a=warning_signs:weakness"


def test_an_option_leads_to_answers_in_which_it_is_chosen(editor: Client) -> None:
    Vignette.objects.all().delete()
    option = Option.objects.get(question__slug="caffeine_amount", slug="little")
    assert led_to(editor, option) == "/admin/try/?a=triggers:caffeine&a=caffeine_amount:little"


def test_a_rule_that_cannot_speak_says_so(editor: Client) -> None:
    UrgencyRule.objects.filter(slug="weak_legs").update(condition={"all": ["onset:sudden", "onset:gradual"]})
    there = led_to(editor, UrgencyRule.objects.get(slug="weak_legs"))
    assert there == "/admin/try/"
    assert "No answers were found with which this speaks." in unescape(editor.get(there).content.decode())


def test_what_is_not_there_has_no_answers(editor: Client) -> None:
    assert editor.get("/admin/try/vignette/99999/").status_code == 404
    assert editor.get("/admin/try/user/1/").status_code == 404
    assert editor.get(f"/admin/try/vignette/{10**30}/").status_code in (400, 404)


# The fewest answers.


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({"any": ("caffeine_amount:much", "onset:sudden")}, ["onset:sudden"]),
        ({"all": ("caffeine_amount:much",)}, ["triggers:caffeine", "caffeine_amount:much"]),
        ({"all": ("triggers:cold",), "none": ("triggers:caffeine",)}, ["triggers:cold"]),
        ({"none": ("triggers:caffeine", "triggers:cold")}, ["triggers:none"]),
        ({"none": ("onset:sudden",)}, ["onset:gradual"]),
        ({"none": ("triggers:none",), "all": ("triggers:none",)}, []),
    ],
)
def test_a_condition_is_made_true_with_as_few_options_as_can_be(
    condition: dict[str, tuple[str, ...]], names: list[str]
) -> None:
    assert trying.fewest(a_lawful_guide(), Condition(**condition)) == names


def test_what_holds_a_rule_back_is_not_among_them() -> None:
    rule = a_rule("r", "urgent", any=("feel:trembling", "feel:shivering")).condition
    held = replace(rule, unless=(Condition(any=("feel:trembling",)).needed[0],))
    assert trying.fewest(a_lawful_guide(), held) == ["feel:shivering"]


def test_answers_are_found_for_every_rule_and_row_of_the_first_guide(guide: Guide) -> None:
    rows = [*guide.rules, *(row for _, row in guide.evidence)]
    assert [row for row in rows if not trying.fewest(guide, row.condition)] == []


def test_a_condition_with_too_many_ways_is_given_up_in_time() -> None:
    every = [name for name in a_lawful_guide().options if "emergency" not in name]
    row = a_row(1, none=tuple(every))
    assert trying.fewest(a_lawful_guide(), row.condition) == []


def test_answers_are_found_at_once_however_deep_follow_ups_hang_on_two_others() -> None:
    guide, names = a_lawful_guide(), list[str]()
    base = guide.questions["onset"]
    for n in range(25):
        on = tuple(f"{name}:{base.options[0].slug}" for name in names[-2:])
        one = replace(base, slug=f"q{n}", show_if=Condition(all=on) if on else None)
        last = replace(guide.pages[-1], slug=f"p{n}", section="More", questions=(one,))
        guide = replace(guide, pages=(*guide.pages, last))
        names.append(one.slug)
    asked = Condition(all=(f"{names[-1]}:{base.options[0].slug}",))
    assert len(within(0.5, lambda: trying.fewest(guide, asked))) == 25
