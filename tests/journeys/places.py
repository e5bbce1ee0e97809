"""Every public page there is, and how one comes to see it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys import answers
from tests.journeys.answers import Answers
from triage.engine.file import load


def stay(page: Page) -> None:
    """It is as it was opened."""


def press_continue(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()


def press_continue_without_cookies(page: Page) -> None:
    page.context.clear_cookies()
    press_continue(page)


@dataclass(frozen=True)
class Place:
    name: str
    address: str
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Given before."""
    then: Callable[[Page], None] = stay
    """Done on it."""


GUIDE = load((Path(__file__).parents[2] / "content/first_guide.json").read_text())
PAGES_OF_QUESTIONS = {page.slug: [question.slug for question in page.questions] for page in GUIDE.pages}


def before(step: str, given: Answers = answers.WITHIN_DAYS) -> Answers:
    """What somebody has answered who comes to this page for the first time, follow-ups and all."""
    steps = list(PAGES_OF_QUESTIONS)
    earlier = [slug for page in steps[: steps.index(step)] for slug in PAGES_OF_QUESTIONS[page]]
    return {slug: given[slug] for slug in earlier if slug in given}


READING = [
    Place("start", "/"),
    Place("article", "/article/"),
    Place("about", "/about/"),
    Place("privacy", "/privacy/"),
    Place("accessibility", "/accessibility/"),
    Place("note sheet", "/notes/"),
]
QUESTIONS = [Place(step, f"/check/{step}/", before(step)) for step in PAGES_OF_QUESTIONS]
ERRORS = [
    Place(f"{place.name}, nothing chosen", place.address, place.answers, press_continue)
    for place in QUESTIONS
]
OUTCOMES = [
    Place("results, at home", "/results/", answers.AT_HOME),
    Place("results, ordinary visit", "/results/", answers.ORDINARY_VISIT),
    Place("results, within days", "/results/", answers.WITHIN_DAYS),
    Place("results, unexplained", "/results/", answers.UNEXPLAINED),
    Place("emergency", "/emergency/", answers.EMERGENCY),
]
MESSAGES = [
    Place("no such page", "/nowhere/"),
    Place("cleared", "/clear/"),
    Place("led back", "/check/impact/"),
    Place("no cookies", "/check/safety/", then=press_continue_without_cookies),
]

GROUPS = {
    "reading matter": READING,
    "questions": QUESTIONS,
    "errors": ERRORS,
    "outcomes": OUTCOMES,
    "messages": MESSAGES,
}
EVERYWHERE = [place for group in GROUPS.values() for place in group]
