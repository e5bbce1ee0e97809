"""The words of the first guide, every text of it that the public can meet."""

from collections.abc import Iterator

import pytest

from tests.words.reading import diagnoses, orders_about_medicines, too_hard, too_long
from triage.engine.guide import Guide
from triage.engine.parts import Cause, Page, Question
from triage.markdown import plain


def texts_of_guide(guide: Guide) -> Iterator[tuple[str, str]]:
    """Where it stands, and what it says. Stories and the names of sources are for staff."""
    for level in guide.levels:
        yield from named(f"level {level.slug}", level, "name", "heading", "text", "watch")
        yield from ((f"level {level.slug}, card", row.text) for row in level.card)
    for page in guide.pages:
        yield from texts_of_page(page)
    for cause in guide.causes:
        yield from texts_of_cause(cause)
    for rule in guide.urgency_rules:
        yield from named(f"rule {rule.slug}", rule, "reason", "first_aid")
    for section in guide.sections:
        yield from named(f"section {section.slug}", section, "title", "text")
    for fact in guide.facts:
        yield f"fact {fact.slug}", fact.text
    for line in (*guide.ask, *guide.film, guide.home_reason):
        yield "the guide", line


def named(place: str, row: object, *fields: str) -> Iterator[tuple[str, str]]:
    for field in fields:
        yield f"{place}, {field}", getattr(row, field)


def texts_of_page(page: Page) -> Iterator[tuple[str, str]]:
    yield from named(f"page {page.slug}", page, "section", "title")
    for question in page.questions:
        yield from named(f"question {question.slug}", question, "text", "short", "hint", "why")
        for option in question.options:
            yield from named(
                f"option {question.slug}:{option.slug}",
                option,
                "text",
                "hint",
                "spoken",
                "reason",
                "first_aid",
            )
        yield from clauses(question)


def clauses(question: Question) -> Iterator[tuple[str, str]]:
    """As the results say them."""
    for option in question.options:
        yield f"option {question.slug}:{option.slug}, clause", f"If {option.clause}." if option.clause else ""


def texts_of_cause(cause: Cause) -> Iterator[tuple[str, str]]:
    yield from named(f"cause {cause.slug}", cause, "name", "medical_name", "what", "helps", "get_help")
    for evidence in cause.evidence:
        yield f"cause {cause.slug}, evidence", evidence.text
    for ask in cause.ask:
        yield f"cause {cause.slug}, ask", ask


@pytest.fixture(scope="module")
def texts(guide: Guide) -> list[tuple[str, str]]:
    found = [(place, text) for place, text in texts_of_guide(guide) if text]
    assert len(found) > 700
    return found


def test_no_sentence_is_longer_than_twenty_words(texts):
    assert [(place, sentence) for place, text in texts for sentence in too_long(text)] == []


def test_every_text_of_thirty_words_or_more_reads_at_grade_eight_or_below(texts):
    assert [(place, grade) for place, text in texts if (grade := too_hard(text))] == []


def test_nobody_is_told_what_they_have(texts):
    assert [(place, sentence) for place, text in texts for sentence in diagnoses(plain(text))] == []


def test_nobody_is_given_an_order_about_a_medicine(texts):
    assert [(place, order) for place, text in texts for order in orders_about_medicines(plain(text))] == []


def test_each_of_the_38_facts_is_told_once(guide):
    told = [fact for section in guide.sections for fact in section.facts]
    assert sorted(told) == [f"F{number:02}" for number in range(1, 39)]
    assert [fact.slug for fact in guide.facts] == sorted(told)


def test_a_cause_with_a_medical_name_has_a_plain_one_too(guide):
    assert [cause.slug for cause in guide.causes if not cause.name or cause.name == cause.medical_name] == []
