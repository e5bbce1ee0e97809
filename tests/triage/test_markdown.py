import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.engine.limits import TEXT
from triage.markdown import long_sentences, plain, reading_grade, render, sentence_of

SECTION = """**Coffee** can make legs shake.[F09] So can [tea](/article/).[F10][F11]
It passes

- Cold does it too [F12].
- “Why?” is a fair question.[F13]"""


# Rendering.


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>\n"),
        ("*a* **b**", "<p><em>a</em> <strong>b</strong></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("[a](/article/)", '<p><a href="/article/" rel="noopener noreferrer">a</a></p>\n'),
        ("[a](mailto:a@b.c)", '<p><a href="mailto:a@b.c" rel="noopener noreferrer">a</a></p>\n'),
        ("Coffee.[F09]", '<p>Coffee.<sup class="fact" id="F09">9</sup></p>\n'),
        ("", ""),
    ],
)
def test_the_small_markdown_is_rendered(markdown: str, html: str) -> None:
    assert render(markdown) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>x</script>",
        "<b>x</b>",
        "# x",
        "`x`",
        "a | b",
        "[x](javascript:x)",
        "[F9]",
        "&amp;",
    ],
)
def test_all_else_stays_the_characters_it_is(text: str) -> None:
    html = render(text)
    assert not any(
        tag in html for tag in ("<script", "<b>", "<h1", "<code", "<img", "<table", "href", "<sup")
    )
    assert plain(text) == text


def test_a_fact_mark_stands_beside_a_link_not_in_it() -> None:
    assert render("[tea [F10]](/x)") == '<p>[tea <sup class="fact" id="F10">10</sup>](/x)</p>\n'


@given(st.text())
def test_whatever_is_written_no_foreign_tag_gets_through(text: str) -> None:
    html = render(f"<img src=x onerror=x>{text}<svg onload=x>")
    assert "<img" not in html
    assert "<svg" not in html


@pytest.mark.parametrize(
    "unit", ["a", "[", "*a_ ", "- ", "[a](", "\n- x", "\0", "> ", "](x)", "![", "\u202e"]
)
def test_a_million_characters_are_cut_to_what_is_read(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert len(plain(text)) <= TEXT
    assert len(render(text)) < 5 * TEXT


def test_marks_that_hide_what_a_text_says_are_dropped() -> None:
    assert render("a\0b\u202ec\u2066d\ufeff") == "<p>abcd</p>\n"


# Plain words.


def test_plain_words_have_a_line_for_each_block_and_no_marks() -> None:
    assert plain(SECTION).split("\n") == [
        "Coffee can make legs shake. So can tea. It passes",
        "Cold does it too.",
        "“Why?” is a fair question.",
    ]


@given(st.text())
def test_plain_words_say_nothing_in_code(text: str) -> None:
    assert "\0" not in plain(text)


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ("F09", "Coffee can make legs shake."),
        ("F10", "So can tea."),
        ("F11", "So can tea."),
        ("F12", "Cold does it too."),
        ("F13", "“Why?” is a fair question."),
        ("F14", ""),
    ],
)
def test_a_fact_is_told_by_the_sentence_before_its_mark(fact: str, sentence: str) -> None:
    assert sentence_of(SECTION, fact) == sentence


def test_a_mark_within_a_sentence_belongs_to_the_whole_of_it() -> None:
    assert sentence_of("First. Cold [F01] does it too. Last.", "F01") == "Cold does it too."


def test_a_mark_before_any_word_tells_nothing_but_what_follows() -> None:
    assert sentence_of("[F01] Cold does it.", "F01") == ""


# How hard it reads.

EASY = "The cat sat on the mat. It was a fat cat. The dog sat on the log. "
HARD = "Physiological considerations necessitate comprehensive neurological investigation immediately. "


def test_a_text_under_thirty_words_has_no_grade() -> None:
    assert reading_grade(EASY) is None
    assert reading_grade("") is None


def test_short_words_in_short_sentences_read_easily() -> None:
    grade = reading_grade(EASY * 3)
    assert grade is not None
    assert grade < 3


def test_long_words_read_hard() -> None:
    grade = reading_grade(HARD * 5)
    assert grade is not None
    assert grade > 14


def test_the_grade_is_flesch_and_kincaids() -> None:
    # 30 words of one syllable in 3 sentences: 0.39 * 10 + 11.8 * 1 - 15.59
    assert reading_grade("One two three four five six cat eight nine ten. " * 3) == pytest.approx(
        0.1, abs=0.01
    )


def test_marks_and_markdown_do_not_count() -> None:
    assert reading_grade(EASY.replace("cat.", "**cat**.[F01]") * 3) == reading_grade(EASY * 3)


def test_list_items_are_sentences_of_their_own() -> None:
    assert long_sentences("- " + "word " * 15 + "\n- " + "word " * 15) == []


def test_sentences_of_more_words_than_the_limit_are_found() -> None:
    long = "It goes on " + "and on " * 10 + "here."
    assert long_sentences(f"Short. {long} Short again.") == [long]
    assert long_sentences("One two three.", limit=2) == ["One two three."]


def test_an_abbreviated_number_does_not_end_a_sentence() -> None:
    assert long_sentences("It is 3.5 cups of tea.", limit=5) == []
