"""The way through the questions, over real HTTP."""

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import signing
from django.utils.timezone import localdate
from icalendar import Calendar

from tests.client import STEP, Client
from tests.html import words
from tests.journeys.places import PAGES_OF_QUESTIONS
from tests.walk import CALM, checked, names, walk
from triage import cookie
from triage.engine.parts import Condition, Group
from triage.releases import releases
from triage.web.jinja import PAGES, Urls

pytestmark = pytest.mark.usefixtures("release")


def path_of(response):
    return response.request["PATH_INFO"]


def put_cookie(client, value):
    client.cookies[settings.ANSWERS_COOKIE] = value


def given(client):
    return cookie.unpack(client.cookies[settings.ANSWERS_COOKIE].value)[1]


def test_start_leads_through_every_page_to_the_results(client):
    response = walk(client)
    assert (path_of(response), response.status_code) == ("/results/", 200)


@pytest.mark.parametrize("page", PAGES)
def test_every_address_that_a_template_can_name_is_that_of_a_page(client, page):
    assert client.get(getattr(Urls(), page)).status_code in (200, 302)


def test_an_address_that_is_misspelt_is_an_error():
    with pytest.raises(AttributeError):
        assert Urls().resluts


def test_a_page_with_nothing_to_ask_is_skipped(client):
    quiet = CALM | {"triggers": ["none"]}
    walk(client, quiet, until="/health/")
    assert client.get("/check/details/", follow=True).redirect_chain[-1][0].startswith("/check/health/")


def test_a_follow_up_is_asked_on_a_later_page(client):
    response = walk(client, until="/details/")
    assert names(response.content.decode()) == ["caffeine_amount", "caffeine_usual"]


def test_each_field_is_named_after_its_question_and_each_value_is_a_slug(client):
    html = client.get("/check/safety/").content.decode()
    assert names(html) == ["emergency"]
    assert 'value="face_arm_speech"' in html


def test_a_later_page_opened_first_leads_to_the_first_unanswered_and_says_why(client):
    response = client.get("/check/impact/", follow=True)
    assert path_of(response) == "/check/safety/"
    assert 'role="status"' in response.content.decode()


def test_results_opened_first_lead_to_the_first_unanswered_page_and_say_why(client):
    response = client.get("/results/", follow=True)
    assert path_of(response) == "/check/safety/"
    assert 'role="status"' in response.content.decode()


@pytest.mark.parametrize(
    ("answers", "address"),
    [
        ({"emergency": ["none"]}, "/check/triggers/"),
        ({"emergency": ["collapse"]}, "/emergency/"),
        (CALM, "/results/"),
    ],
)
def test_the_bare_address_asks_whether_to_go_on_and_opens_nobodys_outcome(client, answers, address):
    put_cookie(client, cookie.pack(1, answers))
    response = client.get("/check/")
    assert (response.status_code, path_of(response)) == (200, "/check/")
    assert f'class="go" href="{address}"' in response.content.decode()


def test_starting_afresh_clears_the_answers_and_begins(client):
    walk(client, until="/feel/")
    response = client.post("/clear/", {"afresh": ""}, follow=True)
    assert path_of(response) == "/check/safety/"
    assert given(client) == {}


@pytest.mark.parametrize("until", ["/safety/", "/triggers/"])
def test_who_comes_anew_meets_no_error_for_what_was_left_empty(client, until):
    walk(client, until=until)
    page = until.strip("/")
    assert 'role="alert"' in client.post(f"/check{until}", {STEP: page}, follow=True).content.decode()
    client.get("/check/")
    assert 'role="alert"' not in client.get(f"/check{until}").content.decode()


NOTICES = ["first", "expired", "unreadable", "moved"]


@pytest.mark.parametrize("notice", NOTICES)
def test_without_answers_no_notice_says_that_they_are_kept(client, notice):
    told = words(client.get(f"/check/safety/?notice={notice}").content.decode())
    assert "are kept" not in told
    assert "We kept" not in told


@pytest.mark.parametrize("notice", NOTICES)
def test_with_answers_no_notice_says_that_they_are_gone(client, notice):
    walk(client, until="/feel/")
    told = words(client.get(f"/check/feel/?notice={notice}").content.decode())
    assert "gone" not in told
    assert "start again" not in told


def test_an_unknown_page_leads_to_the_first_unanswered(client):
    assert path_of(client.get("/check/nonsense/", follow=True)) == "/check/safety/"


def test_an_answered_page_opens_with_its_answers_and_without_errors(client):
    walk(client, until="/pattern/")
    html = client.get("/check/feel/").content.decode()
    assert checked(html) == {"feel:trembling", "sides:both_legs"}
    assert 'role="alert"' not in html


def test_change_returns_to_the_results_by_itself(client):
    walk(client)
    response = client.post("/check/impact/", {"impact": ["sleep"]}, follow=True)
    assert path_of(response) == "/results/"


def test_change_asks_new_follow_ups_on_the_way(client):
    walk(client)
    response = client.post("/check/triggers/", {"triggers": ["caffeine", "exercise"]}, follow=True)
    assert path_of(response) == "/check/details/"
    assert names(response.content.decode()) == ["exertion_when", "caffeine_amount", "caffeine_usual"]


def test_answers_of_a_follow_up_no_longer_asked_do_not_count(client):
    walk(client)
    client.post("/check/triggers/", {"triggers": ["none"]})
    html = client.get("/results/").content.decode()
    assert "/check/details/" not in html


def test_back_leads_to_the_page_before_that_asks_something(client):
    walk(client, CALM | {"triggers": ["none"]}, until="/health/")
    assert path_of(client.post("/check/health/", {"back": ""}, follow=True)) == "/check/triggers/"


def test_back_in_the_browser_then_continue_counts_for_the_page_in_the_address(client):
    walk(client, until="/pattern/")
    response = client.post("/check/triggers/", {"triggers": ["caffeine", "stress"]}, follow=True)
    assert path_of(response) == "/check/pattern/"
    assert given(client)["triggers"] == ("caffeine", "stress")


def test_a_second_tab_further_on_leads_to_what_is_missing_and_is_looked_at_again(client):
    walk(client, until="/feel/")
    response = client.post("/check/impact/", {"impact": ["distress"]}, follow=True)
    assert path_of(response) == "/check/feel/"
    assert checked(walk(client, until="/impact/").content.decode()) == {"impact:distress"}


def test_a_form_of_another_page_than_the_address_counts_for_neither(client):
    response = client.post("/check/safety/", {"emergency": "none", STEP: "impact"}, follow=True)
    assert given(client) == {}
    assert path_of(response) == "/check/safety/"


def test_a_post_to_a_page_that_is_not_asked_changes_nothing(client):
    walk(client, CALM | {"triggers": ["none"]}, until="/feel/")
    client.post("/check/details/", {"caffeine_amount": "strong"})
    assert "caffeine_amount" not in given(client)


def test_reloading_any_page_shows_it_again(client):
    for page in PAGES_OF_QUESTIONS:
        response = walk(client, until=f"/{page}/")
        assert client.get(path_of(response)).content != b""
        assert client.get(path_of(response)).status_code == 200


def test_results_survive_a_reload(client):
    walk(client)
    assert [client.get("/results/").status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(
    ("page", "sent", "field"),
    [
        ("safety", {}, "emergency"),
        ("safety", {"emergency": ["none", "collapse"]}, "emergency"),
        ("safety", {"emergency": ["none", "nonsense"]}, "emergency"),
        (
            "duration",
            {"onset": ["sudden", "gradual"], "course": "today", "bouts": "hours", "trend": "same"},
            "onset",
        ),
    ],
    ids=["nothing chosen", "none beside another", "unknown value", "two for one"],
)
def test_a_wrong_answer_gets_the_page_again(client, page, sent, field):
    walk(client, until=f"/{page}/")
    response = client.post(f"/check/{page}/", sent, follow=True)
    html = response.content.decode()
    assert response.redirect_chain == [(f"/check/{page}/", 302)]  # so that Back in a browser shows a page
    assert "<title>Error: " in html
    assert f'href="#{field}-' in html
    assert f'id="{field}-error"' in html
    assert checked(html) == {
        f"{name}:{value}"
        for name, values in sent.items()
        for value in ([values] if isinstance(values, str) else values)
        if value != "nonsense"
    }


def test_not_sure_may_stand_beside_what_is_known(client):
    """What is ticked counts, and the rest stays open: nobody is made to choose between the two."""
    both = {"warning_signs": ["weakness", "unsure"]}
    walk(client, CALM | both, until="/impact/")
    assert given(client)["warning_signs"] == ("weakness", "unsure")


def test_a_wrong_answer_keeps_the_answers_given_before(client):
    walk(client, until="/feel/")
    before = given(client)
    client.post("/check/feel/", {"feel": ["trembling"]})
    assert given(client) == before


@pytest.mark.parametrize("press", ["", "back"])
def test_a_sign_ticked_beside_none_on_an_answered_page_is_neither_lost_nor_passed_over(client, press):
    walk(client)
    ticks = {"warning_signs": ["none", "weakness"], "other_symptoms": ["none"]} | (
        {press: ""} if press else {}
    )
    client.post("/check/symptoms/", ticks)
    response = client.get("/results/", follow=True)
    assert path_of(response) == "/check/symptoms/"
    assert {"warning_signs:none", "warning_signs:weakness"} <= checked(response.content.decode())


def test_a_wrong_answer_that_was_mended_is_told_no_more(client):
    client.post("/check/safety/", {})
    client.post("/check/safety/", {"emergency": ["none"]})
    assert "There is a problem" not in client.get("/check/safety/").content.decode()


def test_back_keeps_what_was_ticked(client):
    walk(client, until="/pattern/")
    response = client.post("/check/pattern/", {"when": ["at_rest"], "back": ""}, follow=True)
    assert path_of(response) == "/check/feel/"
    assert "pattern-when-at_rest" not in response.content.decode()
    assert checked(client.get("/check/pattern/").content.decode()) == {"when:at_rest"}


def test_a_page_that_somebody_went_back_from_is_not_passed_over(client):
    """All on it may be ticked; it counts once they press Continue there."""
    walk(client, until="/feel/")
    ticks = {"feel": ["trembling"], "sides": ["both_legs"]}
    client.post("/check/feel/", ticks | {"back": ""})
    page = {name: CALM[name] for name in ("onset", "course", "bouts", "trend")}
    response = client.post("/check/duration/", page, follow=True)
    assert path_of(response) == "/check/feel/"
    assert checked(response.content.decode()) == {"feel:trembling", "sides:both_legs"}
    assert "There is a problem" not in response.content.decode()


def test_the_summary_and_the_field_say_the_same(client):
    html = client.post("/check/safety/", {}, follow=True).content.decode()
    assert html.count("Choose every answer that fits") == 2


# Emergencies


def test_an_emergency_sign_stops_the_questions_at_once(client):
    response = client.post("/check/safety/", {"emergency": ["collapse"]}, follow=True)
    assert path_of(response) == "/emergency/"


def test_a_combination_of_answers_stops_the_questions_too(client):
    risky = CALM | {
        "triggers": ["alcohol"],
        "drinking": ["daily"],
        "feel": ["trembling"],
        "other_symptoms": ["racing_heart", "sweating", "hands_shaking"],
        "trend": ["worse"],
        "course": ["days"],
    }
    assert path_of(walk(client, risky)) == "/emergency/"


def test_a_combination_that_an_answer_to_come_can_hold_back_asks_on(client, guide, publish):
    condition = Condition(all=("triggers:cold",), unless=(Group(of=("trend:better",)),))
    rule = replace(guide.urgency_rules[0], urgency="emergency", today=False, condition=condition)
    publish(urgency_rules=(rule,))
    releases.forget()
    cold = CALM | {"triggers": ["cold"]}
    assert path_of(walk(client, cold)) == "/results/"
    client.post("/clear/")
    assert path_of(walk(client, cold | {"trend": ["worse"]}, until="/feel/")) == "/emergency/"


def test_in_an_emergency_results_and_later_pages_lead_to_it(client):
    client.post("/check/safety/", {"emergency": ["collapse"]})
    for address in ("/results/", "/check/feel/"):
        assert path_of(client.get(address, follow=True)) == "/emergency/"


def test_a_mistaken_tick_can_be_taken_back(client):
    html = client.post("/check/safety/", {"emergency": ["collapse"]}, follow=True).content.decode()
    assert 'href="/check/safety/"' in html
    assert client.get("/check/safety/").status_code == 200
    assert path_of(client.post("/check/safety/", {"emergency": ["none"]}, follow=True)) == "/check/triggers/"


@pytest.mark.parametrize("slip", [{}, {"emergency": ["none", "collapse"]}])
def test_a_slip_while_a_mistaken_tick_is_taken_back_is_told_on_its_page(client, slip):
    client.post("/check/safety/", {"emergency": ["collapse"]})
    response = client.post("/check/safety/", slip, follow=True)
    assert (path_of(response), "There is a problem" in response.content.decode()) == ("/check/safety/", True)
    response = client.post("/check/safety/", {"emergency": ["none"]}, follow=True)
    assert path_of(response) == "/check/triggers/"


def test_going_back_with_a_sign_of_an_emergency_shows_the_emergency(client):
    weak = CALM | {"warning_signs": ["weakness"]}
    walk(client, weak)
    ticks = {name: weak[name] for name in ("bouts",)} | {"onset": ["sudden"], "course": ["today"]}
    response = client.post("/check/duration/", ticks | {"trend": ["worse"], "back": ""}, follow=True)
    assert path_of(response) == "/emergency/"


def test_back_leads_on_from_a_page_that_an_emergency_stands_on_to_the_page_before(client):
    walk(client, CALM | {"warning_signs": ["weakness"], "onset": ["sudden"], "course": ["today"]})
    page = {name: CALM[name] for name in ("bouts", "trend")} | {"onset": ["sudden"], "course": ["today"]}
    response = client.post("/check/duration/", page | {"back": ""}, follow=True)
    assert path_of(response) == "/check/health/"


def test_where_the_questions_lead_is_no_page_of_questions(client):
    walk(client)
    assert path_of(client.get("/check/results/", follow=True)) == "/results/"
    client.post("/check/safety/", {"emergency": ["collapse"]})
    assert path_of(client.get("/check/emergency/", follow=True)) == "/emergency/"


def test_half_a_page_that_somebody_went_back_from_does_not_count_yet(client):
    walk(client, CALM, until="/duration/")
    response = client.post("/check/duration/", {"onset": ["sudden"], "back": ""}, follow=True)
    assert path_of(response) == "/check/health/"
    page = client.get("/check/duration/").content.decode()
    assert checked(page) == {"onset:sudden"}
    assert "There is a problem" not in page


def test_what_was_unticked_before_going_back_is_not_counted_on(client):
    walk(client, CALM | {"other_symptoms": ["fever"]})
    client.post("/check/symptoms/", {"warning_signs": ["none"], "back": ""})
    assert path_of(client.get("/results/", follow=True)) == "/check/symptoms/"


@pytest.mark.parametrize("page", ["xyz", "details"])
def test_no_notice_says_that_the_results_or_an_emergency_are_a_page_to_answer(client, page):
    walk(client, CALM | {"triggers": ["none"]})
    assert "answer this page first" not in client.get(f"/check/{page}/", follow=True).content.decode()
    client.post("/check/safety/", {"emergency": ["collapse"]})
    assert "answer this page first" not in client.get(f"/check/{page}/", follow=True).content.decode()


def test_beside_a_mistake_the_other_answers_of_the_page_stay_ticked(client):
    walk(client)
    ticks = {"other_symptoms": ["sweating"], "warning_signs": ["none", "weakness"], "back": ""}
    client.post("/check/symptoms/", ticks)
    page = client.get("/check/symptoms/").content.decode()
    assert checked(page) == {"other_symptoms:sweating", "warning_signs:none", "warning_signs:weakness"}
    assert page.count('class="miss"') == 1


def test_without_an_emergency_its_page_leads_back_to_the_questions(client):
    assert path_of(client.get("/emergency/", follow=True)) == "/check/safety/"


def test_thoughts_of_self_harm_beside_another_sign_keep_their_words(client, settings):
    settings.CRISIS_LINE = "116 123"
    both = {"emergency": ["collapse", "self_harm"]}
    html = client.post("/check/safety/", both, follow=True).content.decode()
    assert "You are not alone with this" in html
    assert 'href="tel:116123"' in html


def test_the_emergency_page_gives_the_number_of_the_deployment(client, settings):
    settings.EMERGENCY_NUMBER = "112"
    html = client.post("/check/safety/", {"emergency": ["collapse"]}, follow=True).content.decode()
    assert 'href="tel:112"' in html


# The cookie


def test_an_expired_cookie_is_told_and_one_starts_anew(client, monkeypatch):
    walk(client, until="/feel/")
    monkeypatch.setattr(cookie, "MAX_AGE", -1)
    response = client.get("/check/feel/", follow=True)
    assert path_of(response) == "/check/safety/"
    assert "two hours" in response.content.decode()


@pytest.mark.parametrize("value", ["x", "a:b:c", "é" * 10, "A" * 5000, "\x01", "." * 300])
def test_a_cookie_that_is_not_ours_is_told_and_one_starts_anew(client, value):
    """Sent as a header: newer Pythons refuse to put a control character into a cookie."""
    sent = {"cookie": f"{settings.ANSWERS_COOKIE}={value}"}
    response = client.get("/check/feel/", follow=True, headers=sent)
    assert path_of(response) == "/check/safety/"
    assert 'role="status"' in response.content.decode()


def test_a_tampered_cookie_is_told(client):
    walk(client, until="/feel/")
    value = client.cookies[settings.ANSWERS_COOKIE].value
    put_cookie(client, ("B" if value[0] == "A" else "A") + value[1:])
    assert path_of(client.get("/results/", follow=True)) == "/check/safety/"


def test_a_signed_cookie_of_another_kind_is_not_answers(client):
    put_cookie(client, signing.TimestampSigner(salt="other").sign("AAAA"))
    assert path_of(client.get("/results/", follow=True)) == "/check/safety/"


def test_a_post_with_an_expired_cookie_keeps_what_was_just_sent(client, monkeypatch):
    walk(client, until="/feel/")
    put_cookie(client, "expired")
    response = client.post("/check/feel/", {"feel": ["urge"], "sides": ["one_leg"]}, follow=True)
    assert path_of(response) == "/check/safety/"
    assert "We could not read your earlier answers." in response.content.decode()
    assert checked(walk(client, until="/feel/").content.decode()) == {"feel:urge", "sides:one_leg"}


def test_a_page_that_was_open_when_the_answers_were_cleared_gives_none_to_who_comes_next(client):
    walk(client)
    client.post("/clear/")
    ticks = {"warning_signs": ["none"], "other_symptoms": ["fever"]}
    response = client.post("/check/symptoms/", ticks, follow=True)
    assert path_of(response) == "/check/safety/"
    assert "There are no answers in this browser." in response.content.decode()
    assert checked(walk(client, until="/symptoms/").content.decode()) == set()


def test_without_cookies_the_first_post_says_so_and_does_not_loop():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/check/safety/", {"emergency": "none"})
    assert response.status_code == 403
    assert "llow cookies" in response.content.decode()


def test_the_form_sends_a_token_that_is_taken():
    client = Client(enforce_csrf_checks=True)
    html = client.get("/check/safety/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)[1]
    answered = client.post("/check/safety/", {"emergency": "none", "csrfmiddlewaretoken": token})
    assert answered["Location"] == "/check/triggers/"


@pytest.mark.parametrize("forged", ["", "x", '"><script>alert(1)</script>', "x" * 31 + '"', "x" * 5000])
def test_a_forged_csrf_cookie_is_replaced_and_not_repeated(forged):
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = forged
    page = client.get("/check/safety/")
    assert f'value="{forged}"' not in page.content.decode()
    assert re.fullmatch("[A-Za-z0-9]{32}", page.cookies[settings.CSRF_COOKIE_NAME].value)


def test_an_old_csrf_token_is_met_with_what_to_do():
    client = Client(enforce_csrf_checks=True)
    client.get("/check/safety/")
    response = client.post("/check/safety/", {"emergency": "none", "csrfmiddlewaretoken": "x" * 64})
    assert response.status_code == 403
    assert "load the page again" in response.content.decode()


def test_the_cookie_goes_with_the_browser_and_no_script_can_read_it(client):
    client.get("/check/", follow=True)
    morsel = client.cookies[settings.ANSWERS_COOKIE]
    assert (morsel["httponly"], morsel["samesite"], morsel["max-age"], morsel["expires"]) == (
        True,
        "Lax",
        "",
        "",
    )
    assert client.cookies[settings.CSRF_COOKIE_NAME]["max-age"] == ""


def test_clear_my_answers_empties_the_cookie(client):
    walk(client, until="/feel/")
    response = client.post("/clear/", follow=True)
    assert "cleared" in response.content.decode()
    assert client.cookies[settings.ANSWERS_COOKIE].value == ""


def test_clearing_needs_a_post(client):
    walk(client, until="/feel/")
    client.get("/clear/")
    assert given(client)


def test_every_page_with_answers_is_not_stored_and_not_indexed(client):
    addresses = ["/check/safety/", "/check/feel/"]
    walk(client)
    for address in [*addresses, "/results/"]:
        response = client.get(address)
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert 'action="/clear/"' in response.content.decode()


# Releases


def test_a_person_stays_on_the_release_they_began_with(client, publish, release):
    walk(client, until="/feel/")
    publish(possible_at=-20)
    releases.forget()
    client.post("/check/feel/", {"feel": ["urge"], "sides": ["one_leg"]})
    assert cookie.unpack(client.cookies[settings.ANSWERS_COOKIE].value)[0] == release.number


def test_somebody_new_gets_the_newest_release(client, publish):
    newer = publish(possible_at=-20)
    releases.forget()
    client.get("/check/")
    assert cookie.unpack(client.cookies[settings.ANSWERS_COOKIE].value)[0] == newer.number


def test_when_a_release_cannot_be_had_answers_go_on_by_slug_and_it_is_told(client):
    put_cookie(
        client, cookie.pack(99, {"emergency": ["none"], "gone": ["away"], "triggers": ["stress", "gone"]})
    )
    response = client.get("/check/health/", follow=True)
    assert path_of(response) == "/check/safety/"
    assert "have changed" in response.content.decode()
    assert given(client) == {"emergency": ("none",), "triggers": ("stress",)}


def test_a_release_for_safety_moves_people_at_their_next_request(client, publish):
    walk(client, until="/feel/")
    newer = publish(possible_at=-20, for_safety=True)
    releases.forget()
    response = client.get("/check/feel/", follow=True)
    assert "have changed" in response.content.decode()
    assert cookie.unpack(client.cookies[settings.ANSWERS_COOKIE].value)[0] == newer.number


def test_after_such_a_release_none_of_these_is_asked_again_with_what_was_ticked(client, publish, guide):
    """It was said of the signs that were offered then, and not of a new one."""
    walk(client)
    page, question = guide.pages[0], guide.pages[0].questions[0]
    sign = replace(question.options[0], slug="black_stool", text="Black stool")
    more = replace(page, questions=(replace(question, options=(sign, *question.options)),))
    publish(pages=(more, *guide.pages[1:]), for_safety=True)
    releases.forget()
    response = client.get("/results/", follow=True)
    assert path_of(response) == "/check/safety/"
    assert "Black stool" in response.content.decode()
    assert checked(response.content.decode()) == {"emergency:none"}
    assert path_of(walk(client)) == "/results/"


# No database


def test_a_page_of_questions_asks_the_database_nothing(client, django_assert_num_queries):
    walk(client, until="/feel/")
    with django_assert_num_queries(0):
        client.get("/check/feel/")
        client.post("/check/feel/", {"feel": ["urge"], "sides": ["one_leg"]})


def test_the_results_ask_the_database_nothing(client, django_assert_num_queries):
    walk(client)
    with django_assert_num_queries(0):
        client.get("/results/")


# What one takes along.


def test_the_answers_can_be_had_as_plain_text(client):
    walk(client)
    response = client.get("/results/text/")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "How it changes: Gone, or getting better" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_the_text_has_the_signs_that_staff_wrote(publish, guide):
    page, question = guide.pages[0], guide.pages[0].questions[0]
    named = replace(question, short="Pins & needles, today’s or “last week's”")
    publish(pages=(replace(page, questions=(named, *page.questions[1:])), *guide.pages[1:]))
    client = Client()
    walk(client)
    assert named.short in client.get("/results/text/").content.decode()


def test_without_results_there_is_no_text(client):
    assert path_of(client.get("/results/text/", follow=True)) == "/check/safety/"


def test_a_reminder_is_a_day_in_two_weeks_and_holds_no_answer(client, settings):
    walk(client)
    calendar = Calendar.from_ical(client.get("/reminder.ics").content)
    [event] = calendar.walk("VEVENT")
    assert event["DTSTART"].dt.date() == localdate() + timedelta(weeks=2)
    assert client.get("/reminder.ics").content.decode().count("caffeine") == 0


def test_a_reminder_rings_at_nine_wherever_the_person_is(client):
    [event] = Calendar.from_ical(client.get("/reminder.ics").content).walk("VEVENT")
    [alarm] = event.walk("VALARM")
    assert (event["DTSTART"].dt.tzinfo, event["DTSTART"].dt.hour) == (None, 9)
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", timedelta())


def test_a_reminder_is_offered_to_those_who_may_wait(client):
    assert "/reminder.ics" in walk(client).content.decode()
    weak = CALM | {"warning_signs": ["weakness"], "relief": ["unsure"], "trend": ["same"]}
    assert "/reminder.ics" not in walk(Client(), weak).content.decode()


def test_reading_the_results_gives_two_hours_more(client):
    walk(client)
    before = client.cookies[settings.ANSWERS_COOKIE].value
    time.sleep(1.1)  # the cookie counts in seconds
    client.get("/results/")
    assert client.cookies[settings.ANSWERS_COOKIE].value != before


@pytest.mark.parametrize(
    ("number", "shown"), [("111", 'href="tel:111"'), ("the night line", "Call the night line")]
)
def test_a_deployment_can_name_whom_to_call_when_it_is_urgent(client, settings, number, shown):
    settings.URGENT_NUMBER = number
    page = walk(client, CALM | {"warning_signs": ["weakness"], "relief": ["unsure"], "trend": ["same"]})
    assert shown in page.content.decode()


def test_how_it_decides_leads_to_the_safety_case_where_it_is_published(client, release, settings):
    assert "Ask us for it" in client.get("/about/").content.decode()
    settings.SAFETY_CASE_URL = "https://example.org/safety.html"
    page = client.get("/about/").content.decode()
    assert '<a href="https://example.org/safety.html">Read what could go wrong</a>' in page
