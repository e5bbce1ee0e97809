"""What the staff's screens say is so: of choices, of counts, of what was done and of what is live."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection

from content import publishing, working_copy
from content.models import (
    Cause,
    Evidence,
    Level,
    Option,
    Page,
    Question,
    ReleasedSlug,
    Section,
    Source,
    UrgencyRule,
    Vignette,
)
from tests.build import a_lawful_guide
from tests.client import Client
from tests.content.screens import said, save, screen, shown
from triage.engine.guide import GuideError
from triage.models import Release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

Publish = Callable[..., Release]


def messages(page: str) -> list[str]:
    return re.findall(r'<li class="(?:success|warning|info|error)">(.*?)</li>', page, re.DOTALL)


def changes() -> dict[str, tuple[str, str]]:
    """By field: what the review tells of it."""
    seen = publishing.review_working_copy()
    return {one.field: (one.was, one.now) for one in seen.differences}


# Choices.


@pytest.mark.parametrize("kind", ["vignette", "urgencyrule", "cause", "evidence", "question", "option"])
def test_each_error_of_an_empty_form_leads_to_its_box(editor: Client, kind: str) -> None:
    url = f"/admin/content/{kind}/add/"
    form = {name: value if "FORMS" in name else "" for name, value in shown(editor, url).items()}
    page = said(editor.post(url, form))
    links = re.findall(r'<li><a href="#([^"]*)"', page.partition('class="errorlinks"')[2])
    assert links
    assert [link for link in links if f'id="{link}"' not in page] == []


@pytest.mark.parametrize(("model", "add"), [(Section, "cause"), (Page, "question"), (Cause, "vignette")])
def test_a_list_of_choices_says_what_is_retired(editor: Client, model: type, add: str) -> None:
    model.objects.update(status="retired")
    choices = re.findall(r"<option[^>]*>([^<]+)</option>", said(editor.get(f"/admin/content/{add}/add/")))
    assert f"{model.objects.first()} (retired)" in choices


def test_no_answer_of_a_retired_question_is_offered(editor: Client) -> None:
    Question.objects.filter(slug="onset").update(status="retired")
    asked = "app_label=content&model_name=vignette&field_name=answers&term=gradual"
    assert editor.get(f"/admin/autocomplete/?{asked}").json()["results"] == []


def test_a_level_is_called_the_same_in_both_fields_of_a_story(editor: Client) -> None:
    page = said(editor.get("/admin/content/vignette/add/"))
    assert "look after it at home" in page[page.index('id="id_urgency_accept"') :]


def test_a_name_that_a_release_had_is_refused_to_a_row_that_is_renamed(editor: Client) -> None:
    ReleasedSlug.objects.create(kind="source", slug="who")
    mine = Source.objects.create(slug="mine", publisher="A", title="B")
    assert "A release has had something else of this name" in save(editor, mine, slug="who")


# Where something stands.


def test_a_question_that_moves_to_another_page_comes_last_there_and_the_review_tells_where(
    publish_all: Publish, editor: Client
) -> None:
    publish_all()
    page = Page.objects.get(slug="duration")
    save(editor, Question.objects.get(slug="feel"), page=str(page.pk))
    asked = next(one for one in working_copy.build().pages if one.slug == "duration").questions
    assert [question.slug for question in asked] == ["onset", "trend", "feel"]
    assert "after Question “Trend?”" in changes()["page"][1]


# Addresses.


@pytest.mark.parametrize("url", ["https://example.org/?q[]=1", "https://example.org/a[b]"])
def test_an_address_that_the_screen_takes_can_be_put_back(editor: Client, url: str) -> None:
    save(editor, Source.objects.get(slug="nhs"), url=url)
    guide = working_copy.build()
    assert guide.source_of["nhs"].url == url
    working_copy.replace(guide)


def test_an_address_that_cannot_be_taken_apart_is_refused_in_a_file() -> None:
    guide = a_lawful_guide()
    odd = replace(guide.sources[0], url="https://exa℀mple.org/x")
    with pytest.raises(GuideError, match="is no address that a browser opens"):
        working_copy.replace(replace(guide, sources=(odd, *guide.sources[1:])))


# What the review says.


def test_the_review_says_choices_and_sections_in_the_words_of_their_screens(publish_all: Publish) -> None:
    publish_all()
    Section.objects.filter(slug="reasons").update(text="Coffee can do it.[F01]")
    cold = Section.objects.create(slug="s_two", title="Cold legs", text="Cold.[F02]")
    Cause.objects.filter(slug="cold").update(section=cold)
    Question.objects.filter(slug="onset").update(kind="multiple")
    Question.objects.filter(slug="warning_signs").update(signs="symptom")
    told = changes()
    assert told["section"] == ("Why legs shake", "Cold legs")
    assert told["kind"] == ("one choice", "several choices")
    assert told["signs"] == ("warning signs", "symptoms whose absence matters too")


def test_the_review_counts_a_story_that_changes_once(publish_all: Publish, editor: Client) -> None:
    publish_all()
    Vignette.objects.exclude(slug="v001").update(status="retired")
    names = '{"any": ["feel:shivering", "feel:trembling", "warning_signs:numbness"]}'
    UrgencyRule.objects.filter(slug="numb_legs").update(condition=names)
    Vignette.objects.get(slug="v001").answers.remove(Option.objects.get(slug="better"))
    told = re.search(r"<b>(\d+)</b>([^<]*stor[^<]*change)", said(editor.get("/admin/review/")))
    assert told
    assert told[1] == "2"
    assert " of 1 " not in told[2]


def test_a_row_of_a_card_without_its_colon_is_told_as_such(editor: Client) -> None:
    save(editor, Level.objects.get(slug="urgent"), card="When it is closed:Call the night service.")
    (block,) = publishing.review_working_copy().blocks
    assert block.text.endswith("“what to do” has a row without “: ” and words after it.")


def test_what_is_not_in_use_is_named_with_the_screen_that_names_it(editor: Client) -> None:
    page = save(editor, Option.objects.get(slug="better"), status="retired")
    assert "Thresholds, what shows that it passes: option “Trend: Better” is not in use" in page


# What was done.


@pytest.mark.parametrize(
    ("query", "sent", "told"),
    [
        ("cold", [], "Nothing was replaced."),
        ("More of it", ["one"], "Replaced in 1 text."),
    ],
)
def test_how_many_texts_were_replaced_is_said_in_words(
    editor: Client, query: str, sent: list[str], told: str
) -> None:
    page = said(editor.get(f"/admin/find/?q={query}&words=Much"))
    keys = re.findall(r'name="text" value="([^"]+)"', page)[: len(sent)]
    page = said(editor.post("/admin/find/", {"q": query, "words": "Much", "text": keys}, follow=True))
    assert messages(page) == [told]


def test_who_ticks_nothing_is_not_told_to_have_signed(staff: Callable[[str], Client]) -> None:
    page = said(staff("Clinician").post("/admin/sign/", {}, follow=True))
    assert messages(page) == ["Nothing was ticked, so nothing was signed."]


def test_where_a_character_stands_that_nobody_can_see_is_told(editor: Client) -> None:
    page = save(editor, Cause.objects.get(slug="cold"), what="Words. " * 300 + "photo\xadgraph")
    assert "nobody can see after “ds. Words. Words. Words. photo”" in page


def test_a_cause_that_cannot_be_deleted_names_its_stories(editor: Client) -> None:
    page = said(editor.get(screen(Cause.objects.get(slug="cold"), "delete")))
    assert "v001" in page[page.index("Cannot delete") :]


# What is live.


def test_the_page_of_the_lists_says_what_the_start_page_says(
    publish_all: Publish, staff: Callable[[str], Client]
) -> None:
    publish_all()
    Cause.objects.filter(slug="cold").update(what="")
    page = said(staff("Publisher").get("/admin/content/", follow=True))
    assert "Release 1 is live" in page
    assert "“what it is” is empty" in page


def test_a_release_says_its_reason_and_with_what_it_is_compared(publish_all: Publish, editor: Client) -> None:
    publish_all()
    UrgencyRule.objects.filter(slug="weak_legs").update(urgency="routine")
    publish_all(reason="A doctor said so.")
    Evidence.objects.filter(cause__slug="cold").update(points=1)
    publish_all()
    assert "A doctor said so." in said(editor.get("/admin/releases/2/"))
    assert '<option value="1" selected' in said(editor.get("/admin/releases/3/?with=1"))
    assert "The first release" not in said(editor.get("/admin/releases/2/?with=0"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="its triggers are dropped by name")
def test_a_damaged_release_is_not_called_live(publish_all: Publish, editor: Client) -> None:
    publish_all()
    Cause.objects.filter(slug="cold").update(what="x")
    publish_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
    Release.objects.filter(number=2).update(guide="{}")
    page = said(editor.get("/admin/releases/"))
    assert "live</span>" not in page[page.index("Release 2</a>") : page.index("Release 1</a>")]
