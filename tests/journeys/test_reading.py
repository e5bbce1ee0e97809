"""What a page says to those who do not see it: its title, its parts, its order, where the focus is."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.hands import STOP
from tests.journeys.places import ERRORS, EVERYWHERE, MESSAGES, OUTCOMES, QUESTIONS, READING

FACTS = """() => {
    const all = selector => [...document.querySelectorAll(selector)]
    const outside = all('body *').filter(e => e.matches('h1, h2, h3, p, li, a, button, label')
        && !e.closest('header, main, aside, nav, footer, .skip, .sheet'))
    const words = text => text.match(/[\\p{L}\\p{N}]+/gu) ?? []
    const glued = () => {
        const known = new Set(), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
        while (texts.nextNode()) words(texts.currentNode.data).forEach(word => known.add(word))
        return words(document.body.innerText).filter(word => !known.has(word))
    }
    document.querySelectorAll('details').forEach(details => details.open = true)
    ;[...document.styleSheets].forEach(sheet => sheet.disabled = true)
    return {
        title: document.title,
        lang: document.documentElement.lang,
        levels: all(':is(h1, h2, h3, h4, h5, h6):not([role=alert] *)').map(e => +e.tagName[1]),
        parts: all('.skip, body > header, main, aside, body > footer').map(e => e.tagName.toLowerCase()),
        unnamed: all('nav, aside').filter(e => !e.ariaLabel && !e.hasAttribute('aria-labelledby'))
            .map(e => e.outerHTML),
        outside: outside.map(e => e.outerHTML),
        glued: glued(),
        scripts: all('script, style, [style], iframe, object, embed').map(e => e.outerHTML),
        handlers: all('*').flatMap(e => e.getAttributeNames()).filter(name => name.startsWith('on')),
        sheets: all('link[rel=stylesheet]').length,
    }
}"""

facts_of_pages: dict[str, dict] = {}


@pytest.fixture
def pages(desktop: Page, visit) -> dict[str, dict]:
    """The facts of every page, read without its styles; once for all tests."""
    if not facts_of_pages:
        for place in EVERYWHERE:
            visit(desktop, place)
            facts_of_pages[place.name] = desktop.evaluate(FACTS)
    return facts_of_pages


def test_each_title_says_where_one_is_and_no_two_are_alike(pages):
    titles = [
        pages[place.name]["title"] for place in READING + QUESTIONS + ERRORS + [OUTCOMES[0], OUTCOMES[4]]
    ]
    assert [title for title in titles if not re.fullmatch(r".{5,} – Steady", title)] == []
    assert sorted(set(titles)) == sorted(titles)


def test_the_title_of_an_error_says_so_first(pages):
    assert [place.name for place in ERRORS if not pages[place.name]["title"].startswith("Error: ")] == []


def test_every_page_is_in_english(pages):
    assert {facts["lang"] for facts in pages.values()} == {"en"}


def test_headings_go_down_one_step_at_a_time_from_one_h1(pages):
    for name, facts in pages.items():
        levels = facts["levels"]
        assert (levels[0], levels.count(1)) == (1, 1), name
        assert all(b <= a + 1 for a, b in pairwise(levels)), name


def test_without_styles_the_parts_come_in_the_order_of_reading(pages):
    order = ["a", "header", "main", "aside", "footer"]
    for name, facts in pages.items():
        assert facts["parts"] == [part for part in order if part in facts["parts"]], name
        assert facts["parts"][:3] == ["a", "header", "main"], name
        assert facts["outside"] == [], name
        assert facts["unnamed"] == [], name


def test_without_styles_no_two_words_run_together(pages):
    """A break or a space that the stylesheet alone makes is missing in a browser for text."""
    assert {name: facts["glued"] for name, facts in pages.items() if facts["glued"]} == {}


def test_words_that_run_together_would_be_seen(desktop: Page, visit):
    visit(desktop, QUESTIONS[0])
    desktop.evaluate("document.querySelector('label .hush').outerHTML = '<i>It</i>'")
    desktop.evaluate("document.querySelector('label').append('came')")
    assert desktop.evaluate(FACTS)["glued"]


def test_no_page_holds_a_script_or_a_style_of_its_own(pages):
    assert {name: facts["scripts"] for name, facts in pages.items() if facts["scripts"]} == {}
    assert {name for name, facts in pages.items() if facts["handlers"]} == set()
    assert max(facts["sheets"] for facts in pages.values()) <= 2


def test_reading_matter_and_outcomes_are_quiet_and_ask_nobody_else(desktop: Page, visit, base_url):
    said, asked = [], set()
    desktop.on("console", lambda message: said.append(message.text))
    desktop.on("request", lambda request: asked.add(request.url))
    for place in READING + OUTCOMES:
        visit(desktop, place)
    assert said == []
    assert [address for address in asked if not address.startswith(f"{base_url}/")] == []


def test_the_skip_link_leads_to_the_main_part(desktop: Page, visit):
    visit(desktop, OUTCOMES[0])
    desktop.keyboard.press("Tab")
    skip = desktop.locator(".skip")
    expect(skip).to_be_focused()
    assert skip.evaluate("e => getComputedStyle(e).clipPath") == "none"
    desktop.keyboard.press("Enter")
    expect(desktop.locator("main")).to_be_focused()
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.closest('main') !== null")


FOCUS = f"""() => {{
    const stop = {STOP}
    const lost = e => {{
        document.activeElement.blur()
        const ringed = getComputedStyle(e.closest('label') ?? e).outlineStyle != 'none'
        e.focus({{focusVisible: true}})
        return ringed || Object.values(stop()).some(good => !good)
    }}
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')]
        .filter(e => e.checkVisibility() && lost(e)).map(e => e.outerHTML)
}}"""
"""What has a ring without the focus, or cannot be seen to have it."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_wherever_the_focus_is_one_sees_it(desktop: Page, visit, scheme):
    desktop.emulate_media(color_scheme=scheme)
    for place in [*READING, ERRORS[0], ERRORS[6], *OUTCOMES[2:], MESSAGES[0]]:
        visit(desktop, place)
        assert desktop.evaluate(FOCUS) == [], place.name
