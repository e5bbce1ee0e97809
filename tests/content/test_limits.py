"""What is too large is told in a sentence, at once. A guide ten times as large as the first is not."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from content import guards, working_copy
from content.differences import pieces
from content.models import Cause, Level
from tests.build import a_lawful_guide
from tests.client import Client
from tests.content.screens import said, screen, shown
from tests.tenfold import tenfold, within
from triage.engine import limits
from triage.engine.file import dump, load
from triage.engine.guide import GuideError
from triage.models import Release

Staff = Callable[[str], Client]


def refused(text: str) -> str:
    with pytest.raises(GuideError) as error:
        load(text)
    return str(error.value)


def changed(**changes: Any) -> str:
    return json.dumps(json.loads(dump(a_lawful_guide())) | changes)


# A guide.


@pytest.mark.parametrize("part", ["facts", "pages", "vignettes"])
def test_two_hundred_thousand_empty_parts_are_refused_at_once(part: str) -> None:
    text = changed(**{part: [{}] * 200_000})
    assert "200,000 are too many, at most 2,000 can be" in within(2, lambda: refused(text))


@pytest.mark.parametrize(("part", "one"), [("facts", {"slug": "F{}", "text": "It is."}), ("sources", {})])
def test_more_of_a_kind_than_there_can_be_is_told_with_both_numbers(part: str, one: dict[str, str]) -> None:
    many = [{key: value.format(n) for key, value in one.items()} for n in range(limits.COUNTS[part] + 1)]
    assert f"{part}: 1,001 are too many, at most 1,000 can be" in refused(changed(**{part: many}))


def test_a_text_that_is_too_long_is_told_with_its_place() -> None:
    guide = json.loads(dump(a_lawful_guide()))
    guide["causes"][0]["what"] = "a" * limits.TEXT
    load(json.dumps(guide))
    guide["causes"][0]["what"] += "a"
    assert "causes[0].what: is longer than 20,000 letters" in refused(json.dumps(guide))


def test_a_text_with_more_beginnings_of_links_than_anybody_writes_is_refused() -> None:
    guide = json.loads(dump(a_lawful_guide()))
    guide["causes"][0]["what"] = "[" * (limits.BRACKETS + 1)
    assert "causes[0].what: holds more than 300 signs [" in refused(json.dumps(guide))


def test_a_condition_that_names_too_many_options_is_told() -> None:
    guide = json.loads(dump(a_lawful_guide()))
    guide["urgency_rules"][0]["condition"] = {"any": ["safety:none"] * (limits.NAMED + 1)}
    assert "names 301 options, at most 300 can be" in refused(json.dumps(guide))


@pytest.mark.django_db
@pytest.mark.usefixtures("small")
def test_an_editor_who_pastes_too_much_keeps_it_and_is_told(staff: Staff) -> None:
    editor, cold = staff("Editor"), Cause.objects.get(slug="cold")
    long = "word " * 5_000
    page = said(editor.post(screen(cold), shown(editor, screen(cold)) | {"what": long}))
    assert "Ensure this value has at most 20000 characters (it has 24999)." in page
    assert long.strip() in page


# A comparison.


@pytest.mark.parametrize("unit", ["a ", "a b ", "no no yes ", "\n"])
def test_a_long_text_that_repeats_itself_is_compared_at_once(unit: str) -> None:
    text = (unit * limits.TEXT)[: limits.TEXT]
    before, after = within(1, lambda: pieces(text, text[:-10] + " end"))
    assert "".join(piece.text for piece in before) == text
    assert any(piece.changed for piece in after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (" ".join(f"v{n}" for n in range(100)), "*a " * 6_000),
        ("".join(f"v{n} a " for n in range(400)), "".join(f"w{n} a " for n in range(400))),
    ],
)
def test_texts_that_share_a_little_are_compared_at_once(before: str, after: str) -> None:
    within(1, lambda: pieces(before, after))


# Many of the staff at once.


@pytest.fixture
def all_at_work() -> Iterator[None]:
    for _ in range(limits.STAFF_AT_ONCE):
        assert guards.turns.acquire(blocking=False)
    yield
    for _ in range(limits.STAFF_AT_ONCE):
        guards.turns.release()


@pytest.mark.django_db
@pytest.mark.usefixtures("small")
def test_who_comes_while_all_turns_are_taken_keeps_what_they_sent(staff: Staff, request: Any) -> None:
    editor, cold = staff("Editor"), Cause.objects.get(slug="cold")
    form = shown(editor, screen(cold)) | {"what": "Typed with care."}
    request.getfixturevalue("all_at_work")
    response = editor.post(screen(cold), form)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert 'name="what" value="Typed with care."' in said(response)
    assert f'action="{screen(cold)}"' in said(response)


@pytest.mark.django_db
@pytest.mark.usefixtures("small", "all_at_work")
def test_a_page_that_waits_for_its_turn_keeps_its_address(staff: Staff) -> None:
    page = said(staff("Editor").get("/admin/find/", {"q": "nerves"}))
    assert 'action="/admin/find/"' in page
    assert 'name="q" value="nerves"' in page


@pytest.mark.usefixtures("release", "all_at_work")
def test_the_public_is_served_while_all_turns_of_the_staff_are_taken(client: Client) -> None:
    assert client.get("/check/", follow=True).status_code == 200


def test_a_turn_comes_back_when_a_page_fails(rf: Any) -> None:
    def failing(request: Any) -> Any:
        raise ValueError

    for _ in range(limits.STAFF_AT_ONCE + 1):
        with pytest.raises(ValueError):
            guards.guarded(failing)(rf.get("/admin/"))


# A guide ten times as large as the first one.

SECONDS = 5


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("release")
def test_ten_times_the_first_guide_is_read_reviewed_compared_and_published_within_five_seconds_each(
    staff: Staff,
) -> None:
    publisher, text = staff("Publisher"), dump(tenfold())
    assert load(text) == tenfold()

    def take_in() -> Any:
        file = SimpleUploadedFile("guide.json", text.encode(), "application/json")
        return publisher.post("/admin/import/", {"guide": file, "discard": "on"})

    def publish() -> Any:
        review = publisher.get("/admin/review/").context["review"]
        sent = {"digest": review.digest, "against": review.live_number, "note": "A note.", "reason": "So."}
        return publisher.post("/admin/publish/", sent)

    assert within(SECONDS, take_in).status_code == 302
    assert Level.objects.count() == 5
    page = said(within(SECONDS, lambda: publisher.get("/admin/review/")))
    assert "<b>0</b> block publishing" in page
    for path in ("/admin/preview/", "/admin/releases/1/?with=working-copy", "/admin/matrix/", "/admin/try/"):
        assert within(SECONDS, lambda path=path: publisher.get(path)).status_code == 200
    assert within(2 * SECONDS, publish)["Location"] == "/admin/releases/"  # reviewed once more before
    assert Release.objects.count() >= 2


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.usefixtures("release")
def test_of_very_many_changes_the_first_are_shown_and_the_rest_are_counted(staff: Staff) -> None:
    working_copy.replace(tenfold())
    page = said(staff("Editor").get("/admin/review/"))
    assert page.count('<section class="thing">') == 300
    assert "These are the first 300 of" in page
    assert "These are the first hundred of" in page
