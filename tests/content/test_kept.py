"""Nothing that staff typed is lost, and nothing happens twice."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse

from content.models import Cause, Option, Section, Source, Vignette
from content.one_time_codes import enrol
from tests.client import Client
from tests.content.screens import said, screen, shown
from triage.models import Release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

PASSWORD = "correct horse battery"


@pytest.fixture
def publisher(staff: Callable[[str], Client]) -> Client:
    client = staff("Publisher")
    user = User.objects.get(username="Publisher")
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def end_session(client: Client) -> None:
    client.session.flush()


def raw(response: HttpResponse) -> str:
    return response.content.decode()


def inputs(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        found.setdefault(name, []).append(unescape(value))
    return found


# A session that ended.


def save_after_the_end(client: Client, **typed: str) -> str:
    cause = Cause.objects.get(slug="cold")
    form = shown(client, screen(cause)) | typed
    end_session(client)
    return raw(client.post(screen(cause), form))


def test_what_was_sent_after_a_log_in_in_another_tab_is_kept_to_be_sent_again(publisher: Client) -> None:
    cause, browser = Cause.objects.get(slug="cold"), Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="Publisher"), "django.contrib.auth.backends.ModelBackend")
    form = shown(browser, screen(cause)) | {"what": "Mine."}
    browser.cookies[settings.CSRF_COOKIE_NAME] = "y" * 32  # another one comes with each log-in
    page = browser.post(screen(cause), form)
    assert page.status_code == 403
    again = inputs(raw(page))
    assert (again["what"], "Send it now" in raw(page)) == (["Mine."], True)
    assert browser.post(screen(cause), again).status_code == 302
    cause.refresh_from_db()
    assert cause.what == "Mine."


def test_a_form_of_nobody_we_know_is_not_shown_again() -> None:
    stranger = Client(enforce_csrf_checks=True)
    stranger.get("/admin/login/")
    sent = {"what": "Theirs.", "csrfmiddlewaretoken": "x" * 64}
    assert "Theirs." not in raw(stranger.post("/admin/content/cause/add/", sent))


def log_in_again(client: Client, page: str, password: str = PASSWORD) -> str:
    kept = {name: values[0] for name, values in inputs(page).items()}
    sent = kept | {"username": "Publisher", "password": password}
    return raw(client.post("/admin/login/", sent))


def test_what_was_sent_after_the_session_ended_is_kept_on_the_log_in_page(publisher: Client) -> None:
    page = save_after_the_end(publisher, what="Mine.")
    assert "Your session has ended. What you typed is kept" in page
    assert Cause.objects.get(slug="cold").what == "What it is."


def test_after_the_log_in_it_can_be_sent(publisher: Client) -> None:
    page = log_in_again(publisher, save_after_the_end(publisher, what="Mine.\r\n\r\n“Two.”"))
    assert "is not saved yet" in page
    publisher.post(screen(Cause.objects.get(slug="cold")), inputs(page))
    assert Cause.objects.get(slug="cold").what == "Mine.\n\n“Two.”"


def test_a_wrong_password_loses_nothing(publisher: Client) -> None:
    page = log_in_again(publisher, save_after_the_end(publisher, what="Mine."), "wrong")
    assert "do not fit together" in page
    page = log_in_again(publisher, page)
    publisher.post(screen(Cause.objects.get(slug="cold")), inputs(page))
    assert Cause.objects.get(slug="cold").what == "Mine."


def test_what_another_changed_meanwhile_is_still_told(publisher: Client) -> None:
    page = log_in_again(publisher, save_after_the_end(publisher, what="Mine."))
    Cause.objects.update(what="Theirs.")
    told = said(publisher.post(screen(Cause.objects.get(slug="cold")), inputs(page)))
    assert "What it is is now: Theirs." in told
    assert ">\nMine.</textarea>" in told


def test_no_password_is_kept(publisher: Client) -> None:
    publisher.get("/admin/password_change/")
    end_session(publisher)
    page = raw(publisher.post("/admin/password_change/", {"old_password": "my-old-one", "other": "x"}))
    assert "other" in inputs(log_in_again(publisher, page))
    assert "my-old-one" not in page


def test_what_is_sent_after_another_page_was_opened_is_kept_too(publisher: Client) -> None:
    """That page takes the cookie of the session with it."""
    cause = Cause.objects.get(slug="cold")
    form = shown(publisher, screen(cause)) | {"what": "Mine."}
    end_session(publisher)
    publisher.get("/admin/")
    assert "What you typed is kept" in raw(publisher.post(screen(cause), form))


def test_a_stranger_who_sends_something_is_led_to_the_plain_log_in() -> None:
    answer = Client().post(screen(Cause.objects.first()), {"what": "Mine."})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/?next=")


# A row that is gone.


@pytest.mark.parametrize("how", ["deleted", "put back"])
def test_what_was_typed_into_a_row_that_is_gone_can_be_added_anew(
    publisher: Client, publish_all: Callable[..., Release], how: str
) -> None:
    publish_all()
    section = Section.objects.create(slug="extra", title="Extra", text="More.", position=9, status="draft")
    form = shown(publisher, screen(section)) | {"text": "An hour of work.", "_save": "Save"}
    if how == "deleted":
        publisher.post(screen(section, "delete"), {"post": "yes"})
    else:
        publisher.post("/admin/releases/1/put-back/", {"discard": "on"})
    page = publisher.post(screen(section), form)
    assert "you can add it anew" in said(page)
    publisher.post("/admin/content/section/add/", inputs(raw(page)))
    assert Section.objects.get(slug="extra").text == "An hour of work."


# The same sent twice.


def with_token(client: Client, url: str) -> dict[str, str]:
    """The token that a browser would send from this page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', raw(client.get(url)))
    assert found
    return {"csrfmiddlewaretoken": found[1]}


def test_a_double_click_on_save_adds_one_row(publisher: Client) -> None:
    url = "/admin/content/section/add/"
    form = shown(publisher, url) | with_token(publisher, url) | {"title": "Sleep", "text": "Rest.[F01]"}
    first, second = publisher.post(url, form), publisher.post(url, form)
    assert Section.objects.filter(title="Sleep").count() == 1
    assert second["Location"] == first["Location"]
    assert "This was sent before, and done once." in said(publisher.get(second["Location"]))


def test_a_double_click_on_publish_again_makes_one_release(
    publisher: Client, publish_all: Callable[..., Release]
) -> None:
    publish_all()
    url = "/admin/releases/1/publish-again/"
    sent = with_token(publisher, "/admin/releases/1/") | {"note": "Again."}
    first, second = publisher.post(url, sent), publisher.post(url, sent)
    assert Release.objects.count() == 2
    assert second["Location"] == first["Location"]


def test_a_double_click_on_publish_says_that_it_was_published(
    publisher: Client, publish_all: Callable[..., Release]
) -> None:
    publish_all()
    Section.objects.update(title="Other")
    page = said(publisher.get("/admin/review/"))
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest
    sent = with_token(publisher, "/admin/review/") | {"digest": digest[1], "against": "1", "note": "Other."}
    publisher.post("/admin/publish/", sent)
    assert publisher.post("/admin/publish/", sent)["Location"] == "/admin/releases/"


def test_what_was_refused_can_be_sent_again(publisher: Client) -> None:
    url = "/admin/content/section/add/"
    form = shown(publisher, url) | with_token(publisher, url) | {"title": "", "text": "Rest.[F01]"}
    assert [publisher.post(url, form).status_code for _ in range(2)] == [200, 200]


def test_the_same_typed_anew_is_sent_anew(publisher: Client) -> None:
    url = "/admin/content/section/add/"
    for _ in range(2):
        form = shown(publisher, url) | with_token(publisher, url) | {"title": "Sleep", "text": "Rest.[F01]"}
        publisher.post(url, form)
    assert [section.slug for section in Section.objects.filter(title="Sleep")] == ["sleep", "sleep_2"]


# Short names.


@pytest.mark.parametrize(
    ("words", "slug"),
    [("Too much tea", "too_much_tea"), ("7 “odd” days!", "odd_days"), ("Ää", "aa"), ("?", "row")],
)
def test_a_short_name_is_made_from_the_words(publisher: Client, words: str, slug: str) -> None:
    url = "/admin/content/section/add/"
    publisher.post(url, shown(publisher, url) | {"title": words, "text": "Rest.[F01]"})
    assert Section.objects.get(title=words).slug == slug


def test_an_error_leads_to_its_field(publisher: Client) -> None:
    cause = Cause.objects.first()
    page = said(publisher.post(screen(cause), shown(publisher, screen(cause)) | {"name": ""}))
    assert '<a href="#id_name">Name</a>' in page


def test_every_page_of_the_lists_asks_before_typed_text_is_left(publisher: Client) -> None:
    assert "/staff" in said(publisher.get(screen(Cause.objects.first())))


def test_a_space_at_the_end_that_nobody_touched_stays(publisher: Client) -> None:
    cold = Cause.objects.get(slug="cold")
    Cause.objects.filter(pk=cold.pk).update(what="What it is. ")
    publisher.post(screen(cold), shown(publisher, screen(cold)) | {"name": "Chill"})
    cold.refresh_from_db()
    assert (cold.name, cold.what) == ("Chill", "What it is. ")


def test_who_changed_an_answer_on_the_screen_of_its_question_is_named(
    publisher: Client, staff: Callable[[str], Client]
) -> None:
    option, editor = Option.objects.get(slug="cold"), staff("Editor")
    publisher.post(screen(option), shown(publisher, screen(option)) | {"hint": "Or wet."})
    form = shown(publisher, screen(option))
    question = shown(editor, screen(option.question))
    name = next(n for n in question if n.endswith("-text") and question[n] == [option.text])
    editor.post(screen(option.question), question | {name: "Chilly"})
    assert "Editor saved it at" in said(publisher.post(screen(option), form | {"text": "Cool"}))


# Other ways in which a session ends.


def test_who_logs_out_after_the_session_ended_and_logs_in_meets_no_error(publisher: Client) -> None:
    publisher.get("/admin/")
    end_session(publisher)
    page = publisher.post("/admin/logout/", follow=True)
    assert page.status_code == 200
    assert "kept" not in inputs(raw(page))


def test_a_second_factor_that_was_set_up_elsewhere_loses_nothing_that_was_typed(publisher: Client) -> None:
    cause = Cause.objects.get(slug="cold")
    form = shown(publisher, screen(cause)) | {"what": "Half an hour of writing."}
    enrol(User.objects.get(username="Publisher"))
    assert "Half+an+hour+of+writing" in raw(publisher.post(screen(cause), form))


def test_who_guesses_too_often_loses_nothing_that_was_typed(publisher: Client) -> None:
    held = {name: sent[0] for name, sent in inputs(save_after_the_end(publisher, what="Mine.")).items()}
    for _ in range(6):
        page = publisher.post("/admin/login/", {"username": "Publisher", "password": "wrong"} | held)
    assert page.status_code == 429
    assert inputs(raw(page))["kept"] == [held["kept"]]


# What is gone.


@pytest.mark.parametrize("button", ["_continue", "_addanother", "_save"])
def test_what_was_typed_into_a_row_that_is_gone_is_kept_whichever_button_sent_it(
    publisher: Client, button: str
) -> None:
    source = Source.objects.create(slug="other", publisher="A", title="B")
    form = shown(publisher, screen(source)) | {"note": "Long typed text.", button: "x"}
    source.delete()
    assert "Long typed text." in raw(publisher.post(screen(source), form, follow=True))


def test_a_story_is_kept_though_a_cause_that_was_chosen_is_gone(publisher: Client) -> None:
    cause = Cause.objects.get(slug="cold")
    cause.pk, cause.slug, cause.status = None, "new", "draft"
    cause.save()
    url = screen(Vignette.objects.get(slug="v001"))
    form = shown(publisher, url)
    number = int(form["expected-TOTAL_FORMS"][0])
    form |= {"story": "Mine.", "expected-TOTAL_FORMS": str(number + 1)}
    form |= {f"expected-{number}-cause": str(cause.pk)}
    cause.delete()
    assert "Mine." in raw(publisher.post(url, form))
