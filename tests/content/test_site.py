"""The pages that staff have beside the lists: who may see them, and what they do."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from content import working_copy
from content.models import Cause, Evidence, Option, Page, Section, Thresholds, UrgencyRule, Vignette
from tests.build import a_lawful_guide
from tests.client import Client
from tests.content.screens import screen, sent_back
from triage.engine.file import dump
from triage.models import Release, digest
from triage.releases import releases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

Staff = Callable[[str], Client]
Publish = Callable[..., Release]


@pytest.fixture
def publisher(staff: Staff) -> Client:
    return staff("Publisher")


def said(response: Any) -> str:
    return unescape(response.content.decode())


# Who may do what.

SEE = [
    "preview/",
    "preview/check/safety/",
    "preview/article/",
    "review/",
    "releases/",
    "releases/1/",
    "matrix/",
]
SEE += ["guide.json", "releases/1/guide.json", "releases/1/preview/", "edit/cause/cold/"]
REPLACE = ["import/", "releases/1/put-back/"]
PUBLISH = ["publish/", "releases/1/publish-again/"]


def statuses(client: Client, paths: list[str], method: str) -> set[int]:
    return {getattr(client, method)(f"/admin/{path}", {"note": "A note."}).status_code for path in paths}


def test_a_stranger_is_asked_to_log_in(client: Client, publish_all: Publish) -> None:
    publish_all()
    for path in SEE + REPLACE + PUBLISH:
        assert client.post(f"/admin/{path}")["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_a_group_may_nothing(staff: Staff, publish_all: Publish, method: str) -> None:
    publish_all()
    assert statuses(staff("no group"), SEE + REPLACE + PUBLISH, method) == {403}


def test_an_editor_may_see_and_replace(staff: Staff, publish_all: Publish) -> None:
    publish_all()
    assert statuses(staff("Editor"), SEE + REPLACE, "get") <= {200, 302}


def test_an_editor_may_not_publish(staff: Staff, publish_all: Publish) -> None:
    publish_all()
    assert statuses(staff("Editor"), PUBLISH, "post") == {403}
    assert Release.objects.count() == 1


def test_a_log_in_that_leads_to_publishing_shows_what_would_be_published(
    publisher: Client, publish_all: Publish
) -> None:
    publish_all()
    assert publisher.get("/admin/publish/")["Location"] == "/admin/review/"
    assert publisher.get("/admin/releases/1/publish-again/")["Location"] == "/admin/releases/1/"
    assert Release.objects.count() == 1


# The frame.

EVERYWHERE = (
    "",
    "review/",
    "releases/",
    "releases/1/",
    "matrix/",
    "sign/",
    "find/",
    "import/",
    "content/cause/",
)


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_page_has_the_admin_s_frame(publisher: Client, publish_all: Publish, path: str) -> None:
    publish_all()
    html = said(publisher.get(f"/admin/{path}"))
    for part in (
        'aria-label="Staff"',
        'id="logout-form"',
        'class="theme-toggle"',
        "Steady, for staff</title>",
    ):
        assert part in html


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("", '/admin/" aria-current="page"'),
        ("content/cause/", '/admin/" aria-current="true"'),
        ("releases/", '/admin/releases/" aria-current="page"'),
        ("releases/1/", '/admin/releases/" aria-current="true"'),
    ],
)
def test_the_frame_says_where_one_is(publisher: Client, publish_all: Publish, path: str, here: str) -> None:
    publish_all()
    assert here in said(publisher.get(f"/admin/{path}"))


def test_the_working_copy_stands_before_the_accounts(admin_client: Client) -> None:
    apps = admin_client.get("/admin/").context["available_apps"]
    assert [app["app_label"] for app in apps] == ["content", "auth"]


# The start page.


def test_an_empty_admin_says_what_to_do_first(staff: Staff) -> None:
    for model in (Vignette, Cause, UrgencyRule):
        model.objects.all().delete()
    client = staff("Editor")
    assert "What to do first" not in said(client.get("/admin/"))
    working_copy._delete_everything()
    assert "What to do first" in said(client.get("/admin/"))


def test_the_start_page_tells_what_changed_and_what_blocks(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    Thresholds.objects.update(strong_at=9)
    Option.objects.filter(slug="caffeine").update(clause="")
    html = said(publisher.get("/admin/"))
    assert "Thresholds, fits well from" in html
    assert "“after “if”” is empty" in html


def test_the_start_page_tells_why_a_working_copy_makes_no_guide(publisher: Client) -> None:
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(condition={})
    html = said(publisher.get("/admin/"))
    assert (
        "Cause “Caffeine”, evidence “You said triggers:caffeine”, counts when: must name at least one option"
        in html
    )


def test_staff_without_a_group_see_no_state(staff: Staff) -> None:
    response = staff("no group").get("/admin/")
    assert response.status_code == 200
    assert "Changed since" not in said(response)


# Preview.


def test_the_preview_shows_the_working_copy_marked_as_such(publisher: Client) -> None:
    Page.objects.filter(slug="symptoms").update(title="How it feels to you")
    html = said(publisher.get("/admin/preview/check/safety/"))
    assert "Preview of the working copy: not public" in html
    assert 'action="/admin/preview/check/safety/"' in html


def test_the_preview_leaves_the_public_answers_alone(publisher: Client) -> None:
    publisher.cookies[settings.ANSWERS_COOKIE] = "untouched"
    publisher.post("/admin/preview/check/safety/", {"emergency": "none"})
    assert publisher.cookies[settings.ANSWERS_COOKIE].value == "untouched"
    assert publisher.cookies["preview"]["path"] == "/admin/preview/"


def test_the_preview_leads_to_results(publisher: Client) -> None:
    response = publisher.get(reverse("admin:see", args=("vignette", Vignette.objects.first().pk)))
    assert response["Location"].startswith("/admin/preview/check/")
    assert publisher.get("/admin/preview/check/symptoms/").status_code == 200


@pytest.mark.parametrize("path", ["results/", "results/text/", "about/"])
def test_the_preview_of_the_working_copy_names_no_release(publisher: Client, path: str) -> None:
    story = Vignette.objects.get(slug="v001")
    rest = (("warning_signs", "none"), ("onset", "gradual"))
    story.answers.add(*(Option.objects.get(question__slug=question, slug=slug) for question, slug in rest))
    publisher.get(f"/admin/see/vignette/{story.pk}/")
    page = publisher.get(f"/admin/preview/{path}").content.decode()
    assert "elease 0" not in page
    assert "he working copy" in page


def test_a_working_copy_that_makes_no_guide_shows_its_problems_instead(publisher: Client) -> None:
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(condition={})
    for path in ("preview/", "try/", "review/", "matrix/", "guide.json"):
        response = publisher.get(f"/admin/{path}")
        assert response.status_code == 409
        assert "counts when: must name at least one option" in said(response)


def test_a_release_is_previewed_as_it_was(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    Section.objects.update(title="Another title")
    assert "Another title" in said(publisher.get("/admin/preview/article/"))
    old = said(publisher.get("/admin/releases/1/preview/article/"))
    assert "Another title" not in old
    assert "Preview of release 1: not public" in old


def test_a_release_is_previewed_with_its_figures(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    assert "How well it did" in said(publisher.get("/admin/releases/1/preview/about/"))
    assert "How well it did" not in said(publisher.get("/admin/preview/about/"))


def test_there_is_no_preview_of_what_is_not_there(publisher: Client) -> None:
    assert publisher.get("/admin/preview/nothing/").status_code == 404
    assert publisher.get("/admin/releases/7/preview/").status_code == 404


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (lambda: Page.objects.get(slug="symptoms"), "/admin/preview/check/symptoms/"),
        (lambda: Option.objects.get(slug="shivering"), "/admin/preview/check/symptoms/"),
        (Section.objects.get, "/admin/preview/article/#reasons"),
        (lambda: Cause.objects.get(slug="cold"), "/admin/preview/check/symptoms/"),
        (lambda: Cause.objects.get(slug="caffeine"), "/admin/preview/check/symptoms/"),
        (UrgencyRule.objects.first, "/admin/preview/emergency/"),
        (Evidence.objects.first, "/admin/preview/check/symptoms/"),
    ],
)
def test_a_screen_leads_to_its_place_on_the_page(
    publisher: Client, row: Callable[[], Any], place: str
) -> None:
    thing = row()
    response = publisher.get(reverse("admin:see", args=(thing._meta.model_name, thing.pk)))
    assert response["Location"] == place


@pytest.mark.parametrize(
    ("place", "screen"),
    [
        ("cause/cold", lambda: Cause.objects.get(slug="cold")),
        ("evidence/cold_you_said_triggers_cold", lambda: Cause.objects.get(slug="cold").evidence.all()[0]),
        ("option/feel:shivering", lambda: Option.objects.get(slug="shivering")),
        ("thresholds/-", Thresholds.objects.get),
    ],
)
def test_a_thing_leads_to_its_screen(publisher: Client, place: str, screen: Callable[[], Any]) -> None:
    row = screen()
    response = publisher.get(f"/admin/edit/{place}/")
    assert response["Location"] == reverse(f"admin:content_{row._meta.model_name}_change", args=(row.pk,))


@pytest.mark.parametrize("place", ["cause/nobody", "user/1", "releasedslug/x", "option/none"])
def test_what_is_no_thing_leads_nowhere(publisher: Client, place: str) -> None:
    assert publisher.get(f"/admin/edit/{place}/").status_code in (404,)


def tried_from(html: str) -> str:
    """Where a page of the preview leads to."""
    return html.partition(">Try these answers")[0].rpartition('href="')[2].partition('"')[0]


def test_every_page_of_the_preview_that_has_answers_leads_to_them(publisher: Client) -> None:
    assert b"Try these answers" not in publisher.get("/admin/preview/").content
    publisher.post("/admin/preview/check/safety/", {"emergency": ["injury"]})
    html = said(publisher.get("/admin/preview/emergency/"))
    assert tried_from(html) == "/admin/try/?a=emergency:injury"


def test_the_page_about_self_harm_leads_to_its_answers_too(publisher: Client) -> None:
    option = Option.objects.get(question__slug="emergency", slug="injury")
    Option.objects.filter(pk=option.pk).update(reason="You said so.", crisis=True)
    option.sources.set(UrgencyRule.objects.first().sources.all())
    UrgencyRule.objects.filter(slug="emergency_sign").delete()
    publisher.post("/admin/preview/check/safety/", {"emergency": ["injury"]})
    html = said(publisher.get("/admin/preview/emergency/"))
    assert "You are not alone with this" in html
    assert tried_from(html) == "/admin/try/?a=emergency:injury"


def test_the_results_of_the_preview_lead_to_their_answers(publisher: Client) -> None:
    answers = {"triggers": "none", "feel": "trembling", "warning_signs": "none", "onset": "sudden"}
    answers |= {"emergency": "none", "trend": "better"}
    for page, questions in {
        "safety": ["emergency"],
        "triggers": ["triggers"],
        "symptoms": ["feel", "warning_signs"],
        "duration": ["onset", "trend"],
    }.items():
        publisher.post(f"/admin/preview/check/{page}/", {name: [answers[name]] for name in questions})
    html = said(publisher.get("/admin/preview/results/"))
    there = tried_from(html)
    assert there.count("a=") == len(answers)
    assert "Left out" not in said(publisher.get(there))


def test_the_public_has_no_way_there(client: Client, release: Release) -> None:
    releases.forget()
    client.post("/check/safety/", {"emergency": ["collapse"]})
    for path in ("/", "/check/safety/", "/emergency/"):
        assert b"/admin/" not in client.get(path).content


# Review and publish.


def reviewed(client: Client) -> dict[str, str]:
    """What the form on the review page sends."""
    html = client.get("/admin/review/").content.decode()
    return {name: html.split(f'name="{name}" value="')[1].split('"')[0] for name in ("digest", "against")}


def test_what_the_review_showed_is_published(publisher: Client) -> None:
    response = publisher.post("/admin/publish/", reviewed(publisher) | {"note": "First."}, follow=True)
    assert "Release 1 is published." in said(response)
    assert Release.objects.get().published_by == "Publisher"


def test_after_a_change_the_new_review_is_shown_with_the_note_kept(
    publisher: Client, publish_all: Publish
) -> None:
    publish_all()
    form = reviewed(publisher)
    Thresholds.objects.update(strong_at=9)
    response = publisher.post("/admin/publish/", form | {"note": "Mine.", "for_safety": "on"})
    assert response.status_code == 409
    assert "Something has changed since the review" in said(response)
    assert ">Mine.</textarea>" in said(response)
    assert "Thresholds, fits well from" in said(response)
    assert Release.objects.count() == 1


def test_a_release_that_went_live_meanwhile_counts_as_a_change(
    publisher: Client, publish_all: Publish
) -> None:
    form = reviewed(publisher)
    publish_all()
    publish_all()
    form["against"] = "1"
    assert publisher.post("/admin/publish/", form | {"note": "Mine."}).status_code == 409


def test_what_blocks_is_told_and_nothing_can_be_published(publisher: Client) -> None:
    UrgencyRule.objects.filter(slug="emergency_sign").update(urgency="routine")
    html = said(publisher.get("/admin/review/"))
    assert "Give this sign of an emergency its reason" in html
    assert "a sign of an emergency always leads to emergency help" in html
    assert "disabled" in html


def test_a_lower_urgency_asks_for_a_reason(publisher: Client, publish_all: Publish) -> None:
    Vignette.objects.first().answers.add(Option.objects.get(slug="weakness"))
    publish_all()
    UrgencyRule.objects.filter(slug="weak_legs").update(urgency="routine")
    assert 'name="reason"' in said(publisher.get("/admin/review/"))
    form = reviewed(publisher) | {"note": "Lower."}
    assert "A lower urgency needs a reason" in said(publisher.post("/admin/publish/", form))
    publisher.post("/admin/publish/", form | {"reason": "New guidance."})
    assert Release.objects.first().reason == "New guidance."


def test_an_editor_reads_the_review_and_cannot_publish_it(staff: Staff) -> None:
    html = said(staff("Editor").get("/admin/review/"))
    assert "A publisher can publish it" in html
    assert "admin/publish" not in html


# Releases.


def test_the_list_says_who_when_why_and_what_changed(publisher: Client, publish_all: Publish) -> None:
    publish_all("The beginning.")
    Thresholds.objects.update(strong_at=9)
    publish_all("Asks for more.")
    html = said(publisher.get("/admin/releases/"))
    assert html.index("Asks for more.") < html.index("The beginning.")
    assert "1 change<" in html
    assert html.count('class="chip">live') == 1


def test_a_release_is_compared_with_any_other_and_with_the_working_copy(
    publisher: Client, publish_all: Publish
) -> None:
    publish_all()
    Thresholds.objects.update(strong_at=9)
    publish_all()
    Thresholds.objects.update(strong_at=8)
    assert "<mark>9</mark>" in said(publisher.get("/admin/releases/2/"))
    assert "<mark>9</mark>" in said(publisher.get("/admin/releases/1/?with=2"))
    assert "<mark>8</mark>" in said(publisher.get("/admin/releases/2/?with=working-copy"))
    assert publisher.get("/admin/releases/1/?with=77").status_code == 404


def test_a_release_that_cannot_be_read_is_named_and_closes_no_other_page(publisher, publish_all):
    publish_all()
    text = "{}"
    Release.objects.create(
        number=2, guide=text, digest=digest(text), published_at=timezone.now(), figures="{}"
    )
    publish_all()
    assert publisher.get("/admin/releases/").status_code == 200
    assert publisher.get("/admin/releases/3/?with=1").status_code == 200
    assert "release 2 cannot be read" in said(publisher.get("/admin/releases/2/")).lower()
    assert "release 2 cannot be read" in said(publisher.get("/admin/releases/3/")).lower()
    assert "Publish as release 4" in said(publisher.get("/admin/review/"))


def test_a_release_is_downloaded_as_it_was_published(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    response = publisher.get("/admin/releases/1/guide.json")
    assert response.content.decode() == dump(a_lawful_guide())
    assert "attachment" in response["Content-Disposition"]


def test_an_older_release_is_published_again(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    response = publisher.post("/admin/releases/1/publish-again/", {"note": "Back."}, follow=True)
    assert "Release 2 is published: the guide of release 1." in said(response)


def test_publishing_again_without_a_note_says_so(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    response = publisher.post("/admin/releases/1/publish-again/", {"note": ""})
    assert response.status_code == 422
    assert "A note is missing" in said(response)


def test_publishing_again_keeps_what_was_typed_when_it_is_refused(
    publisher: Client, publish_all: Publish
) -> None:
    publish_all()
    sent = {"note": "", "reason": "The guidance changed.", "for_safety": "on"}
    page = publisher.post("/admin/releases/1/publish-again/", sent).content.decode()
    assert "The guidance changed.</textarea>" in page
    assert 'name="for_safety" checked' in page


def test_a_damaged_release_is_told_in_words(publisher: Client, small: None) -> None:
    Release.objects.create(number=1, guide="{}", digest="0" * 64, published_at="2026-01-01T00:00Z")
    response = publisher.post("/admin/releases/1/publish-again/", {"note": "Back."})
    assert response.status_code == 409
    assert "is not what was published" in said(response)


# What replaces the working copy.


def test_putting_back_lists_what_would_go_and_asks(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    Thresholds.objects.update(strong_at=9)
    page = said(publisher.get("/admin/releases/1/put-back/"))
    assert "What would be lost" in page
    assert "Thresholds, fits well from" in page
    assert publisher.post("/admin/releases/1/put-back/").status_code == 422
    assert working_copy.build().strong_at == 9
    assert publisher.post("/admin/releases/1/put-back/", {"discard": "on"}).status_code == 302
    assert working_copy.build() == a_lawful_guide()


def against(client: Client, path: str) -> str:
    """What this page sends along, to be held to what it showed."""
    return re.findall(r'name="against" value="([^"]*)"', said(client.get(f"/admin/{path}")))[0]


@pytest.mark.parametrize("path", REPLACE)
def test_what_was_not_on_the_list_is_not_lost(publisher: Client, publish_all: Publish, path: str) -> None:
    publish_all()
    Thresholds.objects.update(strong_at=9)
    shown = against(publisher, path)
    section = screen(Section.objects.all()[0])
    publisher.post(section, sent_back(publisher.get(section)) | {"title": "An afternoon of work"})
    file = {"guide": upload(dump(a_lawful_guide()))} if path == "import/" else {}
    response = publisher.post(f"/admin/{path}", {"discard": "on", "against": shown, **file})
    assert "Something has changed since you looked." in said(response)
    assert Section.objects.filter(title="An afternoon of work").exists()


def test_what_is_live_by_now_is_not_rolled_back_unseen(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    publish_all()
    shown = against(publisher, "releases/1/")
    publish_all(for_safety=True)
    sent = {"note": "Back.", "against": shown}
    response = publisher.post("/admin/releases/1/publish-again/", sent)
    assert "Release 3 is live by now. Nothing was published." in said(response)
    assert Release.objects.first().number == 3


def upload(text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("guide.json", text if isinstance(text, bytes) else text.encode())


def test_a_file_is_imported(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    sent = {"guide": upload(dump(a_lawful_guide(strong_at=9)))}
    assert publisher.post("/admin/import/", sent).status_code == 302
    assert working_copy.build().strong_at == 9


def test_another_file_sent_from_the_same_page_is_imported_too(publisher: Client, small: None) -> None:
    for points in (8, 9):
        guide = upload(dump(a_lawful_guide(strong_at=points)))
        sent = {"guide": guide, "discard": "on", "csrfmiddlewaretoken": "x" * 64}
        assert publisher.post("/admin/import/", sent).status_code == 302
        assert working_copy.build().strong_at == points


def test_a_file_that_begins_with_a_mark_of_its_order_is_imported(publisher: Client, small: None) -> None:
    sent = {"guide": upload(b"\xef\xbb\xbf" + dump(a_lawful_guide()).encode()), "discard": "on"}
    assert publisher.post("/admin/import/", sent).status_code == 302


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{}", "pages: is missing"),
        (r'{"\ud800": 1}', r"\ud800: is not a key here"),
        (b"\xff\xfe", "This file is no text"),
        ("", "Choose a guide’s file"),
    ],
)
def test_a_file_with_problems_is_not(publisher: Client, content: str | bytes, problem: str) -> None:
    sent = {"discard": "on"} | ({"guide": upload(content)} if content else {})
    response = publisher.post("/admin/import/", sent)
    assert response.status_code == 422
    assert problem in said(response)
    assert working_copy.build() == a_lawful_guide()


# Under the policy of the admin.


def test_no_page_has_a_style_or_a_script_of_its_own(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    for path in ("", "review/", "releases/", "releases/1/", "matrix/", "import/"):
        html = publisher.get(f"/admin/{path}").content.decode()
        assert "style=" not in html and "<style" not in html
        assert "<script>" not in html and "javascript:" not in html


def test_odd_numbers_and_characters_are_no_server_error(publisher: Client, publish_all: Publish) -> None:
    publish_all()
    huge = "9" * 30
    for path in (
        f"releases/{huge}/",
        f"releases/1/?with={huge}",
        "releases/?page=x",
        f"matrix/?release={huge}",
        f"matrix/?release={huge * 200}",
        f"releases/1/?with={huge * 200}",
    ):
        assert publisher.get(f"/admin/{path}").status_code in (200, 404)
    assert publisher.post("/admin/publish/", {"against": huge * 200}).status_code == 409
    assert publisher.get("/admin/edit/cause/%00/").status_code == 404
    assert publisher.post("/admin/releases/1/publish-again/", {"note": "a\0b"}).status_code == 302
    assert Release.objects.first().note == "ab"


def test_the_overview_tells_what_holds_back_from_what_speaks_for(publisher: Client) -> None:
    speaks = {"all": ["feel:shivering"], "unless": [{"of": ["trend:better"]}]}
    Evidence.objects.filter(cause__slug="cold", points=1).update(condition=json.dumps(speaks))
    rule = {"all": ["warning_signs:weakness"], "unless": [{"of": ["trend:better"]}]}
    UrgencyRule.objects.filter(slug="weak_legs").update(condition=json.dumps(rule))
    page = re.sub(r"<[^>]+>", " ", said(publisher.get("/admin/matrix/")).replace("</tr>", ";"))
    lines = [" ".join(line.split()) for line in page.split(";")]
    assert "Better +1×" in lines
    assert "Shivering +1 −2°" in lines


def test_the_matrix_of_a_release_is_its_own(publisher: Client, publish_all: Publish, tmp_path: Path) -> None:
    publish_all()
    assert "Release 1" in said(publisher.get("/admin/matrix/?release=1"))
    assert publisher.get("/admin/matrix/?release=7").status_code == 404


def test_two_releases_are_compared_from_the_older_to_the_newer(publisher, publish_all):
    publish_all()
    Section.objects.create(slug="extra", title="Extra", text="More.")
    publish_all()
    for number, other in ((1, 2), (2, 1)):
        page = said(publisher.get(f"/admin/releases/{number}/?with={other}"))
        assert "<small>New</small>" in page and "<small>Gone</small>" not in page
