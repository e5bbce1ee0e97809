"""What somebody has set on their device is followed: colours, motion."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.answers import AT_HOME
from tests.journeys.places import OUTCOMES, Place, before

LOOK = """box => {
    const card = getComputedStyle(box.closest('label')), style = getComputedStyle(box)
    return {card: card.borderTopWidth, box: style.borderTopWidth, ground: style.backgroundColor,
            tick: getComputedStyle(box, '::before').borderRightColor}
}"""


def test_in_forced_colours_a_chosen_option_still_stands_out(desktop: Page, visit):
    desktop.emulate_media(forced_colors="active")
    visit(desktop, Place("details", "/check/details/", before("details") | {"caffeine_amount": ["strong"]}))
    for chosen, other in [("caffeine_amount-strong", "caffeine_amount-one_two")]:
        looks = [desktop.locator(f"#{id}").evaluate(LOOK) for id in (chosen, other)]
        assert looks[0]["card"] != looks[1]["card"]
        assert looks[0]["box"] != looks[1]["box"]
    visit(desktop, Place("triggers", "/check/triggers/", AT_HOME))
    chosen, other = (desktop.locator(f"#triggers-{slug}").evaluate(LOOK) for slug in ("caffeine", "cold"))
    assert chosen["card"] != other["card"]
    assert chosen["tick"] != chosen["ground"]


def test_in_forced_colours_how_soon_is_told_in_words_and_by_a_shape(desktop: Page, visit):
    desktop.emulate_media(forced_colors="active")
    words, shapes = set(), set()
    for place in (OUTCOMES[0], OUTCOMES[1], OUTCOMES[2], OUTCOMES[4]):
        visit(desktop, place)
        expect(desktop.locator(".when")).to_be_visible()
        words.add(desktop.locator(".when").inner_text())
        shapes.add(desktop.locator(".when .emblem").inner_html())
    assert (len(words), len(shapes)) == (4, 4)


@pytest.mark.parametrize(("wish", "moves"), [("reduce", "false"), ("no-preference", "true")])
def test_pages_move_only_for_those_who_want_it(desktop: Page, published, wish, moves):
    desktop.emulate_media(reduced_motion=wish)
    desktop.add_init_script(
        "addEventListener('pagereveal', e => document.documentElement.dataset.moves = !!e.viewTransition)"
    )
    desktop.goto("/")
    with desktop.expect_navigation():
        desktop.get_by_role("link", name="Start").click()
    expect(desktop.locator("html")).to_have_attribute("data-moves", moves)
    transitions = desktop.locator(".go").evaluate(
        "e => parseFloat(getComputedStyle(e).transitionDuration) > 0"
    )
    assert transitions == (moves == "true")


def test_a_press_that_comes_while_a_page_appears_still_lands(desktop: Page, published):
    desktop.emulate_media(reduced_motion="no-preference")
    for _ in range(3):
        desktop.goto("/check/safety/")
        desktop.locator("#emergency-none").check(force=True)
        desktop.get_by_role("button", name="Continue").click()
        desktop.wait_for_url("**/check/triggers/")
        desktop.locator("#triggers-cold").click(force=True)
        expect(desktop.locator("#triggers-cold")).to_be_checked()


def test_dark_and_light_follow_the_device(desktop: Page, visit):
    visit(desktop, OUTCOMES[0])
    grounds = []
    for scheme in ("light", "dark"):
        desktop.emulate_media(color_scheme=scheme)
        grounds.append(desktop.locator("body").evaluate("e => getComputedStyle(e).backgroundColor"))
    assert grounds[0] != grounds[1]
