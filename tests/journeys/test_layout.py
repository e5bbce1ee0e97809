"""Narrow screens, large letters, wide spacing: nothing is lost."""

import pytest
from playwright.sync_api import Page

from tests.journeys.places import ERRORS, MESSAGES, OUTCOMES, QUESTIONS, READING

PLACES = READING + ERRORS + OUTCOMES + MESSAGES
"""A page of questions with its errors holds all that is on it without them."""

SIDEWAYS = """() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth > width) return ['the whole page scrolls']
    return [...document.body.querySelectorAll(':not(svg *, .skip, .hush)')]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > width + 1)
        .map(e => `${e.tagName.toLowerCase()}.${e.className} is too wide`)
}"""

CUT = """() => {
    const cut = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const within = (a, b) => a.right <= b.right + 2 && a.bottom <= b.bottom + 4 && a.left >= b.left - 2
    while (texts.nextNode()) {
        const text = texts.currentNode, holder = text.parentElement, range = document.createRange()
        if (!text.data.trim() || !holder.checkVisibility() || holder.closest('.skip, .hush')) continue
        range.selectNodeContents(text)
        for (let around = holder; around != document.body; around = around.parentElement) {
            const {display, overflow} = getComputedStyle(around)
            const holds = overflow != 'visible' || around == holder && display != 'inline'
            if (holds && !within(range.getBoundingClientRect(), around.getBoundingClientRect()))
                cut.push(`${around.tagName.toLowerCase()}.${around.className} cuts “${text.data.trim()}”`)
        }
    }
    return cut
}"""
"""Texts that stick out of their own box, or of one around it that clips."""

BROKEN = """() => {
    const broken = [], range = document.createRange()
    const short = 'main :is(h1, h2, h3, .call, .go, .when p, .why p):not(.hush)'
    for (const heading of document.querySelectorAll(short)) {
        const texts = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT)
        while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[\\p{L}]+/gu)) {
            range.setStart(texts.currentNode, word.index)
            range.setEnd(texts.currentNode, word.index + word[0].length)
            const rows = new Set([...range.getClientRects()].map(box => Math.round(box.top)))
            if (rows.size > 1 && !texts.currentNode.parentElement.closest('.hush')) broken.push(word[0])
        }
    }
    return broken
}"""
"""Words of headings, buttons and reasons that go on in a second row."""

WIDE_SPACING = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-block-end: 2em !important }
"""
"""What WCAG 1.4.12 names."""

RESTYLE = """css => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    document.adoptedStyleSheets = [sheet]
}"""


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")


def faults(page: Page) -> list[str]:
    return page.evaluate(SIDEWAYS) + page.evaluate(CUT)


@pytest.mark.slow
def test_at_320_pixels_nothing_scrolls_sideways_or_is_cut_off_with_wide_spacing_too(desktop: Page, visit):
    desktop.set_viewport_size({"width": 320, "height": 640})
    found = {}
    for place in PLACES:
        visit(desktop, place)
        unfold(desktop)
        found[place.name] = faults(desktop)
        desktop.evaluate(RESTYLE, WIDE_SPACING)
        found[f"{place.name}, spaced"] = faults(desktop)
    assert {name: some for name, some in found.items() if some} == {}


@pytest.mark.slow
def test_with_letters_twice_as_large_nothing_is_cut_off_on_a_desktop_or_a_phone(desktop: Page, visit):
    """By the browser's own setting for the size of letters."""
    devtools = desktop.context.new_cdp_session(desktop)
    devtools.send("Page.enable")
    devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    found = {}
    for place in PLACES:
        visit(desktop, place)
        unfold(desktop)
        for width, height in ((1280, 900), (390, 844)):
            desktop.set_viewport_size({"width": width, "height": height})
            found[f"{place.name}, {width}"] = faults(desktop) + desktop.evaluate(BROKEN)
        assert desktop.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert {name: some for name, some in found.items() if some} == {}


LONGER = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const longer = word => word + word.slice(0, Math.ceil(word.length / 3)).toLowerCase()
    while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace(/\\p{L}{2,}/gu, longer)
}"""
"""As in a language with longer words."""


@pytest.mark.slow
def test_with_words_a_third_longer_nothing_is_cut_off_on_a_phone(desktop: Page, visit):
    found = {}
    for place in PLACES:
        desktop.set_viewport_size({"width": 390, "height": 844})
        visit(desktop, place)
        unfold(desktop)
        desktop.evaluate(LONGER)
        found[place.name] = faults(desktop)
        desktop.set_viewport_size({"width": 320, "height": 640})
        found[f"{place.name}, 320"] = faults(desktop)
    assert {name: some for name, some in found.items() if some} == {}


def test_a_fault_would_be_seen(desktop: Page, visit):
    visit(desktop, QUESTIONS[0])
    assert faults(desktop) == []
    desktop.evaluate(RESTYLE, ".way p { block-size: .5rem } ")
    assert desktop.evaluate(CUT)
    desktop.evaluate(RESTYLE, "form { inline-size: 120vw }")
    assert desktop.evaluate(SIDEWAYS)
    desktop.evaluate(RESTYLE, "h1 { inline-size: 1ch }")
    assert desktop.evaluate(BROKEN)


TALL = """() => [...document.querySelectorAll('summary')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 120)
    .map(e => e.textContent)"""


def test_what_opens_something_takes_a_few_rows_at_most(desktop: Page, visit):
    desktop.set_viewport_size({"width": 390, "height": 844})
    for place in OUTCOMES:
        visit(desktop, place)
        unfold(desktop)
        assert desktop.evaluate(TALL) == [], place.name


IN_HEBREW = """element => {
    element.textContent = 'הרגל שלי רועדת.'
    const range = document.createRange()
    const [letter, stop] = [0, element.textContent.length - 1].map(place => {
        range.setStart(element.firstChild, place)
        range.setEnd(element.firstChild, place + 1)
        return range.getBoundingClientRect().left
    })
    return stop < letter
}"""
"""Puts in a sentence from right to left; whether its full stop stands at its end, on the left."""


def test_a_text_from_right_to_left_ends_where_it_ends(desktop: Page, visit):
    visit(desktop, QUESTIONS[0])
    for text in ("main h1", "main p", "main label", "main .hint"):
        assert desktop.locator(text).first.evaluate(IN_HEBREW), text
