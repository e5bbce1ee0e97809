"""Words are found in every text, and replaced after a look."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry

from content.models import Cause, Evidence, Fact, Page, Section, Thresholds, UrgencyRule, Vignette
from tests.client import Client
from tests.content.screens import said, screen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


def find(client: Client, **sent: str) -> str:
    return said(client.get("/admin/find/", sent))


def keys(page: str) -> list[str]:
    return [unescape(key) for key in re.findall(r'name="text" value="([^"]+)"', page)]


def replace(client: Client, query: str, words: str, page: str = "") -> str:
    sent = {"q": query, "words": words, "text": keys(page or find(client, q=query, words=words))}
    return said(client.post("/admin/find/", sent, follow=True))


def test_words_are_found_wherever_they_stand_and_lead_there(editor: Client) -> None:
    rows = (Cause.objects.first(), Section.objects.get(), Vignette.objects.first(), Evidence.objects.first())
    for row, field in zip(rows, ("what", "text", "story", "text"), strict=True):
        type(row).objects.filter(pk=row.pk).update(**{field: "Nerves can be nervous."})
    page = find(editor, q="nervous")
    assert "4 texts" in page
    for row in rows:
        assert f'href="{screen(row)}"' in page
    assert page.count("<mark>nervous</mark>") == 4


@pytest.mark.parametrize("query", ["NERVE'S", "nerve’s", "Nerve's"])
def test_capitals_and_kinds_of_quotes_make_no_difference(editor: Client, query: str) -> None:
    Thresholds.objects.update(home_reason="A nerve’s way.")
    assert "1 text" in find(editor, q=query)


def test_drafts_are_searched_and_a_half_finished_working_copy_is(editor: Client) -> None:
    Page.objects.create(slug="sleep", section="Sleep", title="Nervous sleep")
    assert "Nervous" in find(editor, q="nervous sleep")


def test_nothing_found_says_so(editor: Client) -> None:
    assert "Nothing found" in find(editor, q="zebra")


@pytest.mark.parametrize("query", ["a", "a" * 201, "a\x01b", "a\0b"])
def test_what_cannot_be_searched_for_says_why(editor: Client, query: str) -> None:
    assert 'role="alert"' in find(editor, q=query)


@pytest.mark.parametrize("query", ["(", "(.*)+$", "%%", "\\d", "[a", "<b>", "''"])
def test_signs_are_searched_for_as_they_are(editor: Client, query: str) -> None:
    Cause.objects.update(what=f"One {query}{query} two.")
    assert "2 texts" in find(editor, q=query * 2)


def test_many_texts_are_cut_with_a_word(editor: Client) -> None:
    Section.objects.bulk_create(
        Section(slug=f"s{n}", title="Nervous", text="x", position=n) for n in range(210)
    )
    assert "More than 200 texts; these are the first" in find(editor, q="nervous")


# Replacing.


def test_what_it_would_do_is_shown_before_anything_is_saved(editor: Client) -> None:
    Cause.objects.filter(slug="cold").update(what="Nerves tire. nerves rest.")
    page = find(editor, q="nerves", words="muscles")
    assert "Cause “Cold”, what it is" in page
    assert ">muscles </mark>" in page
    assert Cause.objects.get(slug="cold").what == "Nerves tire. nerves rest."


def test_what_is_written_just_so_is_replaced_and_the_rest_stays(editor: Client) -> None:
    Cause.objects.filter(slug="cold").update(what="Nerves tire. nerves rest.")
    assert "Replaced in 1 text." in replace(editor, "nerves", "muscles")
    assert Cause.objects.get(slug="cold").what == "Nerves tire. muscles rest."


def test_what_is_written_just_so_is_found_behind_what_is_not(editor: Client) -> None:
    for n in range(201):
        Page.objects.create(slug=f"p{n}", section="Sleep", title="The bed", position=n, status="draft")
    Vignette.objects.filter(slug="v001").update(story="THE bed.")
    page = find(editor, q="THE", words="the")
    assert len(keys(page)) == 1
    assert "replace, and look again" not in page


def test_more_than_are_shown_are_told_of_before_replacing(editor: Client) -> None:
    for n in range(201):
        Page.objects.create(slug=f"p{n}", section="Sleep", title="The bed", position=n, status="draft")
    page = find(editor, q="bed", words="night")
    assert len(keys(page)) == 200
    assert "There are more texts than these: replace, and look again." in page


def test_no_space_is_left_where_the_last_word_went(editor: Client) -> None:
    """The screens leave none either: there it would go unseen, and a signature with it."""
    Section.objects.update(text="Nerves tire.[F01] Cold.[F02] Nowadays")
    replace(editor, "Nowadays", "")
    assert Section.objects.get().text == "Nerves tire.[F01] Cold.[F02]"


def test_what_was_unticked_stays(editor: Client) -> None:
    Cause.objects.update(what="nerves")
    page = find(editor, q="nerves", words="muscles")
    sent = {"q": "nerves", "words": "muscles", "text": keys(page)[:1]}
    editor.post("/admin/find/", sent)
    assert [cause.what for cause in Cause.objects.all()] == ["muscles", "nerves"]


def test_what_changed_since_the_look_is_left_alone_and_named(editor: Client) -> None:
    Cause.objects.filter(slug="cold").update(what="nerves")
    page = find(editor, q="nerves", words="muscles")
    Cause.objects.filter(slug="cold").update(what="nerves, too")
    told = replace(editor, "nerves", "muscles", page)
    assert "left alone: Cause “Cold”, what it is." in told
    assert Cause.objects.get(slug="cold").what == "nerves, too"


def test_a_text_that_could_not_stand_so_is_named_and_nothing_is_replaced(editor: Client) -> None:
    Cause.objects.filter(slug="caffeine").update(what="nerves rest")
    UrgencyRule.objects.filter(slug="weak_legs").update(reason="nerves")
    assert (
        "Nothing was replaced, for then: Urgency rule “nerves”, reason: This field cannot be blank."
        in replace(editor, "nerves", "")
    )
    assert Cause.objects.get(slug="caffeine").what == "nerves rest"


def test_short_names_and_addresses_are_never_replaced(editor: Client) -> None:
    assert "Nothing would change." in find(editor, q="weak_legs", words="strong_legs")


def test_each_row_has_the_words_before_and_after_in_its_history(editor: Client) -> None:
    Cause.objects.filter(slug="cold").update(what="nerves")
    replace(editor, "nerves", "muscles")
    assert LogEntry.objects.get().change_message == "What it is: “nerves” → “muscles”"


def test_who_may_not_edit_finds_and_does_not_replace(staff: Callable[[str], Client]) -> None:
    clinician = staff("Clinician")
    Cause.objects.update(what="nerves")
    assert "Replace" not in find(clinician, q="nerves", words="muscles")
    assert clinician.post("/admin/find/", {"q": "nerves", "words": "x"}).status_code == 403


def test_a_draft_is_made_no_longer_than_its_screen_allows(staff):
    """What no guide holds has no other limit: two requests gave a process two gigabytes."""
    Fact.objects.create(slug="F77", text="ab" * 5_000, status="draft")
    replace(staff("Editor"), "ab", "ab" * 100)
    assert len(Fact.objects.get(slug="F77").text) == 10_000


@pytest.mark.parametrize(
    ("pasted", "typed"), [("Take 10\u00a0mg less.", "10 mg"), ("It is non\u2011stop.", "non-stop")]
)
def test_words_that_were_pasted_from_elsewhere_are_found(staff, pasted, typed):
    Cause.objects.filter(slug="cold").update(helps=pasted)
    assert "Cold" in said(staff("Editor").get("/admin/find/", {"q": typed}))
