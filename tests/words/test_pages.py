"""The words of the public pages, as somebody reads them who has answered."""

from datetime import UTC, datetime
from functools import cache, partial

import pytest
from django.test import RequestFactory

from tests.client import Client
from tests.journeys.places import PAGES_OF_QUESTIONS
from tests.walk import CALM, walk
from tests.words.reading import diagnoses, orders_about_medicines, texts_of, too_hard, too_long
from triage.engine.evaluation import evaluate
from triage.engine.laws import LAWS
from triage.releases import PublishedGuide, releases
from triage.web import errors
from triage.web.jinja import Urls, html

MANY = CALM | {
    "triggers": ["caffeine", "medicine", "stress", "cold"],
    "medicine_types": ["unsure"],
    "medicine_change": ["unsure"],
    "applies": ["none"],
    "feel": ["trembling", "shivering", "urge"],
    "sides": ["unsure"],
    "when": ["at_rest", "evening_night", "in_situation"],
    "relief": ["unsure"],
    "warning_signs": ["weakness", "pain"],
    "onset": ["unsure"],
    "trend": ["worse"],
    "impact": ["sleep", "daily"],
}
"""Several causes fit, warning signs are there, and much is not known."""

UNEXPLAINED = MANY | {
    "triggers": ["none"],
    "feel": ["other"],
    "when": ["any_time"],
    "warning_signs": ["none"],
}

pytestmark = pytest.mark.usefixtures("release")


def get(address: str) -> str:
    return Client().get(address, follow=True).content.decode()


def wrong(step: str) -> str:
    client = Client()
    walk(client, MANY, until=f"/{step}/")
    return client.post(f"/check/{step}/", {}, follow=True).content.decode()


def results(answers: dict[str, list[str]]) -> str:
    return walk(Client(), answers).content.decode()


def message(view: object, *args: object) -> str:
    return view(RequestFactory().get("/"), *args).content.decode()


def about_with_figures() -> str:
    guide = releases.newest().guide
    figures = evaluate(guide, guide.vignettes[:9]).plain()
    release = PublishedGuide(1, guide, datetime(2026, 11, 26, tzinfo=UTC), figures)
    return html("about.html", release=release, laws=LAWS, urls=Urls())


PAGES = {
    "start": lambda: get("/"),
    "article": lambda: get("/article/"),
    "about": lambda: get("/about/"),
    "about, with figures": about_with_figures,
    "privacy": lambda: get("/privacy/"),
    "accessibility": lambda: get("/accessibility/"),
    **{f"{step}, nothing chosen": lambda step=step: wrong(step) for step in PAGES_OF_QUESTIONS},
    "results, calm": lambda: results(CALM),
    "results, many": lambda: results(MANY),
    "results, unexplained": lambda: results(UNEXPLAINED),
    "thoughts of self-harm": lambda: results(CALM | {"emergency": ["self_harm"]}),
    "emergency": lambda: results(CALM | {"emergency": ["collapse"]}),
    "expired": lambda: get("/check/safety/?notice=expired"),
    "cleared": lambda: get("/clear/"),
    "no such page": lambda: get("/nowhere/"),
    "bad request": lambda: message(errors.bad_request),
    "too large": lambda: message(partial(errors.bad_request, status=413)),
    "forbidden": lambda: message(errors.forbidden),
    "server error": lambda: message(errors.server_error),
    "not ready": lambda: message(errors.unavailable),
    "no cookies": lambda: message(errors.csrf_failure, errors.REASON_NO_CSRF_COOKIE),
    "open for too long": lambda: message(errors.csrf_failure, "another"),
}


@cache
def pages() -> dict[str, list[str]]:
    """Read once for all tests: they look at the same words."""
    return {name: texts_of(page()) for name, page in PAGES.items()}


def test_no_sentence_of_a_page_is_longer_than_twenty_words():
    assert [(name, long) for name, page in pages().items() for text in page for long in too_long(text)] == []


def test_every_page_reads_at_grade_eight_or_below():
    assert [(name, grade) for name, page in pages().items() if (grade := too_hard(sentences(page)))] == []


def test_no_page_tells_anybody_what_they_have():
    assert [(name, said) for name, page in pages().items() for text in page for said in diagnoses(text)] == []


def test_no_page_gives_an_order_about_a_medicine():
    found = {
        name: [x for text in page for x in orders_about_medicines(text)] for name, page in pages().items()
    }
    assert {name: orders for name, orders in found.items() if orders} == {}


def sentences(page: list[str]) -> str:
    """Headings and labels would make a page read as easier than it is."""
    return "\n\n".join(text for text in page if text.endswith((".", "?", "!", ":")))
