"""The doctor's sheet: one page for what people answer, and never a line lost."""

import re

import pytest
from playwright.sync_api import Page

from tests.journeys.answers import AT_HOME, ORDINARY_VISIT, UNEXPLAINED, WITHIN_DAYS, Answers, fullest
from tests.journeys.places import Place
from tests.journeys.test_layout import LONGER

LOST = """() => {
    const sheet = document.querySelector('.sheet'), edge = sheet.getBoundingClientRect()
    const beside = [...document.body.children].filter(e => e != sheet && e.checkVisibility())
    const beyond = [...sheet.querySelectorAll('*')].filter(e => {
        const box = e.getBoundingClientRect()
        return box.bottom > edge.bottom + 1 || box.right > edge.right + 1
    })
    const spilt = [...sheet.querySelectorAll('section, ul, dl, .how')].filter(
        e => e.scrollHeight > e.clientHeight + 2)
    return [...beside, ...beyond, ...spilt].map(e => e.outerHTML.slice(0, 60))
}"""
"""What would print beside the sheet, and what of the sheet would not print."""

WIDEST = """() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('@media print { * { font-family: "DejaVu Sans", Verdana !important } }')
    document.adoptedStyleSheets = [sheet]
}"""

PAPER = {"width": round((210 - 2 * 14) / 25.4 * 96), "height": 1000}
"""A4 between its margins; a sheet is as high as it wants to be."""


@pytest.fixture
def sets(guide) -> dict[str, Answers]:
    return {
        "emptiest": UNEXPLAINED,
        "at home": AT_HOME,
        "ordinary visit": ORDINARY_VISIT,
        "within days": WITHIN_DAYS,
        "fullest": fullest(guide),
        "fullest, last first": fullest(guide, last_first=True),
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_results_print_on_one_page_and_everything_at_once_on_two_at_most(
    desktop: Page, visit, sets, scheme
):
    desktop.emulate_media(color_scheme=scheme)
    pages = {}
    for name, answers in sets.items():
        visit(desktop, Place(name, "/results/", answers))
        pages[name] = pages_of(desktop.pdf(prefer_css_page_size=True))
    at_most = {name: 2 if name.startswith("fullest") else 1 for name in sets}
    assert {name: count for name, count in pages.items() if not 1 <= count <= at_most[name]} == {}


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("wider", ["false", WIDEST, LONGER], ids=["usual", "widest typeface", "longer words"])
def test_all_of_the_sheet_prints_and_nothing_else(desktop: Page, visit, sets, wider):
    """Not every machine has the typeface that the sheet asks for, and not every language words as short."""
    desktop.emulate_media(media="print")
    desktop.set_viewport_size(PAPER)
    found = {}
    for name, answers in sets.items():
        visit(desktop, Place(name, "/results/", answers))
        desktop.evaluate(wider)
        found[name] = desktop.evaluate(LOST)
    assert {name: lost for name, lost in found.items() if lost} == {}


def test_from_a_dark_screen_too_it_prints_in_black_on_white(desktop: Page, visit):
    desktop.emulate_media(media="print", color_scheme="dark")
    visit(desktop, Place("results", "/results/", AT_HOME))
    colour, ground = desktop.locator(".sheet").evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert (colour, ground) == ("rgb(0, 0, 0)", "rgba(0, 0, 0, 0)")
