"""Does the reader of words see what it should?"""

import pytest

from tests.words.reading import diagnoses, orders_about_medicines, texts_of


def test_a_page_is_read_in_order_without_its_drawings():
    html = (
        "<h1>One</h1><svg><text>no</text></svg><p>Two <a>and</a> three.<sup>4</sup></p><ul><li>Five; six</ul>"
    )
    assert texts_of(html) == ["One", "Two and three.", "Five", "six"]


@pytest.mark.parametrize(
    "text", ["You have restless legs.", "It is clear. You suffer from a low blood sugar."]
)
def test_a_sentence_that_says_what_somebody_has_is_seen(text):
    assert diagnoses(text)


@pytest.mark.parametrize(
    "text", ["Call if you have diabetes.", "You have chest pain.", "You may have a stroke."]
)
def test_a_sentence_that_only_asks_is_let_go(text):
    assert not diagnoses(text)


@pytest.mark.parametrize(
    "text", ["Stop your tablets.", "Call. Then halve the next dose.", "You should skip a pill."]
)
def test_an_order_about_a_medicine_is_seen(text):
    assert orders_about_medicines(text)


@pytest.mark.parametrize(
    "text", ["Do not stop the medicine on your own.", "Ask about the dose.", "You still take a medicine."]
)
def test_advice_to_ask_first_is_no_order(text):
    assert not orders_about_medicines(text)
