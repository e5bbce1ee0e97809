"""What the stock admin answers with an error of its own, and ours may not."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from content.models import Cause, Evidence, Option, Question, Section, SentForm, UrgencyRule, Vignette
from tests.client import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

JUNK = [
    "\x00",
    "a\x00b",
    "-1",
    "99999999999999999999",
    "1e309",
    "½",
    "٣",
    "\u202e",
    "' OR 1=1 --",
    "A" * 5000,
    "[[",
    "None",
]
LISTS = [
    "content/cause/",
    "content/question/",
    "content/vignette/",
    "auth/user/",
    "content/signature/",
]
"""A list of ours, lists with filters, and lists with actions and dates from elsewhere."""


@pytest.fixture
def boss(staff: Callable[[str], Client]) -> Client:
    client = staff("superuser")
    client.raise_request_exception = False
    return client


def screen(model: type[Model]) -> str:
    """Where the first of these is changed."""
    first = model._default_manager.first()
    return reverse(f"admin:content_{model._meta.model_name}_change", args=[first.pk]) if first else ""


# Twelve kinds of junk for each field: hundreds of requests.
@pytest.mark.slow
@pytest.mark.parametrize("path", LISTS)
def test_a_junk_selection_is_no_error_of_ours(boss: Client, path: str) -> None:
    for junk in JUNK:
        for action in ("delete_selected", "nonsense", junk):
            sent = {"action": action, "_selected_action": [junk, "1"], "post": "yes", "index": junk}
            assert boss.post(f"/admin/{path}", sent).status_code < 500, junk[:20]


@pytest.mark.slow
@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "name",
    ["q", "p", "o", "e", "all", "page__id__exact", "attempt_time__year", "attempt_time__month", "id__in"],
)
def test_a_junk_query_of_a_list_is_no_error_of_ours(boss: Client, path: str, name: str) -> None:
    for junk in JUNK:
        assert boss.get(f"/admin/{path}", {name: junk}).status_code < 500, junk[:20]


HOSTILE = [
    *("text__regex", "slug__iregex", "password__startswith", "user_permissions__codename__regex"),
    *("question__page__questions__options__slug__regex", "signed_by__regex", "pk__in", "logentry__isnull"),
]


@pytest.mark.parametrize("group", ["Editor", "Publisher", "Clinician", "superuser"])
def test_no_list_takes_a_lookup_but_its_own_filters(staff: Callable[[str], Client], group: str) -> None:
    """`text__regex` with a bad pattern held SQLite for half a minute; `key__startswith` told a key."""
    client = staff(group)
    client.raise_request_exception = False
    for model in admin.site._registry:
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for lookup in HOSTILE:
            assert client.get(path, {lookup: "((a+)+)+$"}).status_code in (400, 403), (path, lookup)


def test_a_filter_of_a_list_is_taken(boss: Client) -> None:
    assert boss.get("/admin/content/urgencyrule/", {"urgency__exact": "urgent"}).status_code == 200
    assert boss.get("/admin/content/question/", {"page__id__exact": "1"}).status_code == 200
    assert boss.get("/admin/content/vignette/", {"kind": "classic"}).status_code == 200


def test_no_other_app_has_screens() -> None:
    assert {model._meta.app_label for model in admin.site._registry} == {"content", "auth"}


@pytest.mark.parametrize(
    "day", ["0001-01-01", "9999-12-31", "-1-01-01", "31/02/2026", "\x00", "2026-01-01T99:99"]
)
def test_an_absurd_date_in_a_form_is_an_error_of_the_form(boss: Client, day: str) -> None:
    path = screen(Section)
    page = boss.get(path).content.decode()
    assert 'name="checked_on"' in page
    response = boss.post(path, {"slug": "x", "title": "x", "text": "x", "checked_on": day})
    assert response.status_code < 500


def test_a_day_is_asked_for_without_a_word_about_hours(boss: Client) -> None:
    page = boss.get(screen(Section)).content.decode()
    assert 'type="date" name="checked_on"' in page or 'name="checked_on" type="date"' in page
    assert "DateTimeShortcuts" not in page


def test_a_new_thing_is_not_filled_in_from_the_address(boss: Client) -> None:
    for model in admin.site._registry:
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
        sent = {field.name: "sent by a stranger\0" for field in model._meta.get_fields()}
        response = boss.get(path, sent)
        assert response.status_code in (200, 403), path
        assert "sent by a stranger" not in response.content.decode(), path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "name"),
    [(Cause, "sources"), (Cause, "section"), (Evidence, "condition_0"), (Question, "show_if_0"),
     (Question, "page"), (Option, "question"), (UrgencyRule, "facts"), (Vignette, "answers")],
)  # fmt: skip
def test_a_junk_choice_is_an_error_of_the_form(boss: Client, model: type[Model], name: str) -> None:
    path = screen(model)
    for junk in JUNK:
        assert boss.post(path, {name: [junk, "1"]}).status_code < 500, junk[:20]


@pytest.mark.parametrize(
    "path",
    [
        "content/cause/{}/change/", "content/cause/{}/delete/", "content/cause/{}/history/",
        "edit/{}/cold/", "edit/cause/{}/", "r/{}/1/", "{}/",
    ],
)  # fmt: skip
def test_a_junk_address_is_no_error_of_ours(boss: Client, path: str) -> None:
    for junk in JUNK:
        assert boss.get(f"/admin/{path.format(junk)}").status_code < 500, junk[:20]


@pytest.mark.parametrize(
    "kind", ["CAUSE", "Cause", "releasedslug", "sentform", "signature", "expectedcause", "user"]
)
def test_what_is_no_kind_of_thing_has_no_screen(boss: Client, kind: str) -> None:
    SentForm.objects.create(digest="1")
    for path in (f"edit/{kind}/cold/", f"see/{kind}/1/", f"try/{kind}/1/"):
        assert boss.get(f"/admin/{path}").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("releases/", "page"), ("releases/1/", "with"), ("matrix/", "release"), ("review/", "page"),
        ("publish/", "digest"), ("publish/", "against"), ("publish/", "note"),
        ("releases/1/publish-again/", "note"), ("sign/", "page"), ("sign/", "kind"), ("sign/", "digest"),
    ],
)  # fmt: skip
def test_a_junk_field_of_our_own_pages_is_no_error_of_ours(
    boss: Client, publish_all: Callable, path: str, name: str
) -> None:
    publish_all()
    for junk in JUNK:
        assert boss.get(f"/admin/{path}", {name: junk}).status_code < 500, junk[:20]
        assert boss.post(f"/admin/{path}", {name: junk}).status_code < 500, junk[:20]


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "[a](javascript:alert(1))", "\u202eabc", "x" * 1_000_000, "*" * 100_000],
)
def test_a_hostile_text_is_shown_and_never_runs(boss: Client, text: str) -> None:
    """Who edits is trusted with words, not with what runs in somebody else's browser."""
    Section.objects.update(text=text)
    for path in ("/admin/", screen(Section), "/admin/preview/article/", "/admin/review/"):
        response = boss.get(path)
        assert response.status_code < 500
        html = response.content.decode()
        assert "<script>alert(1)" not in html
        assert 'href="javascript:' not in html.lower()
