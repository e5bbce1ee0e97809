"""What somebody holds in one hand: what stands on the first screen of a phone, and how far it goes on."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.answers import AT_HOME, ORDINARY_VISIT, WITHIN_DAYS
from tests.journeys.places import GUIDE, QUESTIONS, Place
from triage.engine.weigh import assess

SCREENS = "document.documentElement.scrollHeight / innerHeight"

UNSAID = """() => {
    const passages = [...document.querySelectorAll('details .note')].map(note => note.textContent).join(' ')
    const plain = text => text.replace(/[“”]|The article\\s*$/g, '').replace(/\\s+/g, ' ').trim()
    const hidden = [...document.querySelectorAll('main blockquote')]
        .filter(quote => getComputedStyle(quote).display == 'none')
    const lost = hidden.map(quote => plain(quote.textContent)).filter(said => !plain(passages).includes(said))
    return {hidden: hidden.length, lost}
}"""
"""Quotations that a phone does not show beside their reason, and those of them that no passage holds."""


def test_the_start_page_says_on_its_first_screen_when_to_call_for_help(phone: Page, visit):
    visit(phone, Place("start", "/"))
    card = phone.get_by_role("region", name="Call for help now")
    assert card.evaluate("card => card.getBoundingClientRect().bottom <= innerHeight")
    assert phone.get_by_role("link", name="Start now").evaluate("e => e.getBoundingClientRect().bottom < 600")


def test_the_start_page_shows_what_a_result_looks_like_and_says_that_it_is_an_example(phone: Page, visit):
    visit(phone, Place("start", "/"))
    example = phone.get_by_role("figure", name="An example")
    expect(example).to_contain_text(GUIDE.level("self_care").heading)
    expect(example).to_contain_text("Fits well")


def test_a_page_of_questions_ends_soon_after_its_button(phone: Page, visit):
    visit(phone, QUESTIONS[4])
    below = phone.get_by_role("button", name="Continue").evaluate(
        "e => document.documentElement.scrollHeight - scrollY - e.getBoundingClientRect().bottom"
    )
    assert below <= 400


@pytest.mark.slow
def test_the_results_of_each_story_take_five_screens_at_most(phone: Page, visit):
    heights = {}
    for story in GUIDE.vignettes:
        if assess(GUIDE, story.answers).urgency != "emergency":
            visit(phone, Place(story.slug, "/results/", story.answers))
            heights[story.slug] = phone.evaluate(SCREENS)
    assert {slug: height for slug, height in heights.items() if height > 5} == {}


@pytest.mark.parametrize("answers", [AT_HOME, ORDINARY_VISIT, WITHIN_DAYS])
def test_what_a_phone_does_not_quote_beside_a_reason_stands_in_a_passage_that_opens(
    phone: Page, visit, answers
):
    visit(phone, Place("results", "/results/", answers))
    found = phone.evaluate(UNSAID)
    assert found["hidden"]
    assert found["lost"] == []
