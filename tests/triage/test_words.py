"""Putting words together."""

import pytest

from triage.web.jinja import in_sentence, listed


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Being cold", "being cold"),
        ("A stressful time", "a stressful time"),
        ("RLS at night", "RLS at night"),
        ("I cannot link it", "I cannot link it"),
        ("", ""),
    ],
)
def test_a_text_inside_a_sentence_begins_small_unless_it_is_a_short_form(text, inside):
    assert in_sentence(text) == inside


def test_texts_become_one_line():
    assert listed(["Being cold or wet", "Standing still"]) == "Being cold or wet; standing still"
    assert listed([]) == ""
