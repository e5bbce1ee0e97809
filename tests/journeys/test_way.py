"""The whole way, and what people do on it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.answers import AT_HOME, EMERGENCY
from tests.journeys.hands import Finger, Keyboard, Mouse, answer, answer_all, path
from tests.journeys.places import Place, before, press_continue, press_continue_without_cookies

pytestmark = pytest.mark.usefixtures("published")

RESULTS = Place("results", "/results/", AT_HOME)
TRIGGERS = Place("triggers", "/check/triggers/", before("triggers"))


TOO_BUSY = "Page already revealed"
"""On a machine with no time to draw, the browser shows the next page without a transition, and says so."""

HANDS = [
    ("phone", Finger),
    pytest.param(("phone", Keyboard), marks=pytest.mark.slow),
    ("desktop", Mouse),
    ("desktop", Keyboard),
    ("without_script", Mouse),
]


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: f"{hand[0]}, {hand[1].__name__}", indirect=True)
def test_the_whole_way_leads_to_the_results(hand, base_url):
    """Nothing is said in the console on the way, and nobody else is asked for anything."""
    if type(hand) is Mouse:  # where pages move, a transition that is given up would be said
        hand.page.emulate_media(reduced_motion="no-preference")
    said, asked = [], set()
    hand.page.on("console", lambda message: said.append(message.text))
    hand.page.on("pageerror", lambda error: said.append(str(error)))
    hand.page.context.on("request", lambda request: asked.add(request.url))
    answer_all(hand, AT_HOME)
    assert path(hand.page) == "/results/"
    expect(hand.page.locator("h1")).to_be_visible()
    assert [text for text in said if TOO_BUSY not in text] == []
    assert [address for address in asked if not address.startswith(f"{base_url}/")] == []
    assert hand.lost == []


def test_browser_back_then_continue_goes_on_from_there(desktop: Page, visit):
    visit(desktop, TRIGGERS)
    hand = Mouse(desktop)
    answer(hand, AT_HOME)
    answer(hand, AT_HOME)
    desktop.go_back()
    desktop.go_back()
    assert path(desktop) == "/check/triggers/"
    expect(desktop.locator("#triggers-caffeine")).to_be_checked()
    hand.choose(desktop.locator("#triggers-stress"))
    press_continue(desktop)
    assert path(desktop) == "/check/health/"


def test_the_back_link_keeps_what_was_answered(phone: Page, visit):
    visit(phone, Place("health", "/check/health/", before("health", AT_HOME)))
    Finger(phone).press(phone.get_by_role("button", name="Back", exact=True))
    assert path(phone) == "/check/details/"
    expect(phone.locator("#caffeine_amount-strong")).to_be_checked()


def test_a_reload_shows_the_same_page_with_its_answers(desktop: Page, visit):
    visit(desktop, Place("feel", "/check/feel/", AT_HOME))
    desktop.reload()
    expect(desktop.locator("#feel-trembling")).to_be_checked()
    desktop.goto("/results/")
    heading = desktop.locator("h1").inner_text()
    desktop.reload()
    expect(desktop.locator("h1")).to_have_text(heading, use_inner_text=True)


def test_two_tabs_answer_together(desktop: Page, visit):
    visit(desktop, TRIGGERS)
    other = desktop.context.new_page()
    other.goto("/check/triggers/")
    answer(Mouse(other), AT_HOME)
    answer(Mouse(other), AT_HOME)
    assert path(other) == "/check/health/"
    answer(Mouse(desktop), AT_HOME)
    assert path(desktop) == "/check/health/"


def test_an_emergency_stops_the_questions_and_a_mistake_can_be_taken_back(phone: Page):
    hand = Finger(phone)
    answer_all(hand, EMERGENCY)
    assert path(phone) == "/emergency/"
    assert phone.get_by_role("heading", level=1).count() == 1
    hand.press(phone.locator(".undo a"))
    expect(phone.locator("#emergency-collapse")).to_be_checked()
    hand.choose(phone.locator("#emergency-collapse"))
    hand.choose(phone.locator("#emergency-none"))
    hand.press(phone.get_by_role("button", name="Continue"))
    assert path(phone) == "/check/triggers/"


def test_cleared_answers_are_gone_for_browser_back_too(desktop: Page, visit):
    visit(desktop, RESULTS)
    Mouse(desktop).press(desktop.get_by_role("button", name="Clear my answers"))
    expect(desktop.locator("h1")).to_contain_text("cleared")
    desktop.go_back()
    assert path(desktop) == "/check/safety/"
    assert desktop.locator(":checked").count() == 0


def test_change_opens_the_answer_and_continue_returns_to_the_results(desktop: Page, visit):
    visit(desktop, RESULTS)
    hand = Mouse(desktop)
    check_answers = desktop.get_by_text("answers, to change")
    check_answers.click()
    hand.press(desktop.locator('.answers a[href$="#trend"]'))
    expect(desktop.locator("#trend-better")).to_be_checked()
    expect(desktop.locator("#trend")).to_be_in_viewport()
    hand.choose(desktop.locator("#trend-same"))
    press_continue(desktop)
    assert path(desktop) == "/results/"
    check_answers.click()
    hand.press(desktop.locator('.answers a[href$="#trend"]'))
    expect(desktop.locator("#trend-same")).to_be_checked()


def test_an_error_takes_the_focus_and_its_link_leads_to_the_box(desktop: Page, visit):
    visit(desktop, Place("feel", "/check/feel/", before("feel", AT_HOME)))
    Mouse(desktop).choose(desktop.locator("#feel-urge"))
    with desktop.expect_response(lambda r: r.request.method == "GET" and "/check/feel/" in r.url) as answered:
        press_continue(desktop)
    assert answered.value.status == 200
    expect(desktop).to_have_title(re.compile("^Error: "))
    expect(desktop.locator(".wrong")).to_be_focused()
    expect(desktop.locator("#feel-urge")).to_be_checked()
    desktop.get_by_role("alert").get_by_role("link").click()
    expect(desktop.locator("#sides-one_leg")).to_be_focused()
    expect(desktop.locator("#sides-error")).to_be_in_viewport()


def test_back_to_a_page_whose_error_was_mended_shows_it_with_its_answer(desktop: Page, published):
    desktop.goto("/check/safety/")
    press_continue(desktop)
    expect(desktop.get_by_role("alert")).to_be_visible()
    Mouse(desktop).choose(desktop.locator("#emergency-none"))
    press_continue(desktop)
    assert path(desktop) == "/check/triggers/"
    desktop.go_back()
    assert path(desktop) == "/check/safety/"
    expect(desktop.locator("#emergency-none")).to_be_checked()
    expect(desktop.get_by_role("alert")).to_have_count(0)


def test_from_the_results_the_way_back_leads_to_the_last_page_and_forward_again(desktop: Page, visit):
    visit(desktop, RESULTS)
    Mouse(desktop).press(desktop.get_by_role("link", name="Back to the questions"))
    assert path(desktop) == "/check/impact/"
    press_continue(desktop)
    assert path(desktop) == "/results/"


def test_an_error_is_mended_by_keyboard_alone(desktop: Page, visit):
    visit(desktop, Place("impact", "/check/impact/", before("impact", AT_HOME)))
    hand = Keyboard(desktop)
    hand.press(desktop.get_by_role("button", name="Continue"))
    expect(desktop.locator(".wrong")).to_be_focused()
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#impact-sleep")).to_be_focused()
    desktop.keyboard.press("Space")
    expect(desktop.locator("#impact-sleep")).to_be_checked()
    hand.press(desktop.get_by_role("button", name="Continue"))
    assert path(desktop) == "/results/"
    assert hand.lost == []


def test_without_cookies_the_first_answer_says_what_to_do(desktop: Page, visit):
    visit(desktop, Place("no cookies", "/check/safety/", then=press_continue_without_cookies))
    expect(desktop.locator("h1")).to_contain_text("could not keep your answers")
