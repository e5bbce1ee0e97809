"""The same from the command line: each command is a few lines over what the admin uses too."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from content import publishing, working_copy
from content.models import Evidence, Source, Thresholds
from tests.build import a_lawful_guide
from triage.engine.file import dump
from triage.models import Release

pytestmark = pytest.mark.django_db

Publish = Callable[..., Release]


def run(*words: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_the_working_copy_is_exported_and_imported_to_the_byte(guide: Any, tmp_path: Path) -> None:
    working_copy.replace(guide)
    file = tmp_path / "guide.json"
    file.write_text(run("export_guide"))
    run("import_guide", file, discard=True)
    assert run("export_guide") == file.read_text()


def test_a_release_is_exported_as_it_was_published(publish_all: Publish) -> None:
    publish_all()
    Thresholds.objects.update(strong_at=9)
    assert run("export_guide", release=1) == dump(a_lawful_guide())


def test_a_release_is_imported(publish_all: Publish) -> None:
    publish_all()
    Thresholds.objects.update(strong_at=9)
    run("import_guide", release=1, discard=True)
    assert working_copy.build() == a_lawful_guide()


def test_unpublished_changes_are_kept_until_told_otherwise(small: None, tmp_path: Path) -> None:
    (tmp_path / "guide.json").write_text(dump(a_lawful_guide(strong_at=9)))
    with pytest.raises(CommandError, match="--discard"):
        run("import_guide", tmp_path / "guide.json")
    assert working_copy.build() == a_lawful_guide()


def test_every_problem_of_a_file_is_told_and_nothing_changed(small: None, tmp_path: Path) -> None:
    (tmp_path / "guide.json").write_text('{"possible_at": "one"}')
    with pytest.raises(CommandError, match=r"possible_at: must be a whole number\n(.*\n)*pages: is missing"):
        run("import_guide", tmp_path / "guide.json", discard=True)
    assert working_copy.build() == a_lawful_guide()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_told(small: None, tmp_path: Path, content: bytes | None) -> None:
    if content:
        (tmp_path / "guide.json").write_bytes(content)
    with pytest.raises(CommandError):
        run("import_guide", tmp_path / "guide.json")


@pytest.mark.parametrize(
    "words", [["export_guide"], ["review"], ["publish", "--note=A note."], ["matrix", "--html=x"]]
)
def test_a_half_finished_working_copy_is_told_with_its_place(small: None, words: list[str]) -> None:
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(condition={})
    with pytest.raises(CommandError, match=r"causes\[0\]\.evidence\[0\]\.condition"):
        run(*words)


@pytest.mark.parametrize(
    "words",
    [["export_guide", "--release=7"], ["import_guide", "--release=7"], ["rollback", "7", "--note=Back."]],
)
def test_a_release_that_is_not_there_is_told(small: None, words: list[str]) -> None:
    with pytest.raises(CommandError, match="There is no release 7"):
        run(*words)


def test_review_tells_what_publishing_would_do(publish_all: Publish) -> None:
    publish_all()
    Thresholds.objects.update(strong_at=9)
    text = run("review")
    assert "against release 1" in text
    assert "Thresholds, fits well from\n    - 3\n    + 9" in text


def test_review_in_json_has_the_same(small: None) -> None:
    found = json.loads(run("review", json=True))
    assert found["live"] is None
    assert {law["held"] for law in found["laws"]} == {True}


def test_publish_prints_the_review_that_it_acts_on(small: None) -> None:
    text = run("publish", note="First.", by="ann")
    assert text.startswith("The working copy against nothing published yet")
    assert text.endswith("Release 1 is published.\n")
    assert Release.objects.get().published_by == "ann"


def test_publish_says_why_it_did_not(small: None) -> None:
    with pytest.raises(CommandError, match="A note is missing"):
        run("publish", note="")


def test_releases_are_listed_newest_first(publish_all: Publish) -> None:
    publish_all("One.")
    publish_all("Two.")
    found = json.loads(run("releases", json=True))
    assert [(row["number"], row["live"], row["note"]) for row in found] == [
        (2, True, "Two."),
        (1, False, "One."),
    ]
    assert {"published_at", "published_by", "digest"} <= found[0].keys()
    assert run("releases").startswith("2 (live)")


def test_rollback_publishes_an_older_release_again(publish_all: Publish) -> None:
    publish_all()
    run("rollback", 1, note="Back.")
    assert Release.objects.first().number == 2


def test_first_release_publishes_once() -> None:
    assert run("first_release") == "Release 1 is published.\n"
    assert run("first_release") == ""


def test_first_release_tells_that_the_code_brought_a_newer_first_guide(small: None) -> None:
    seen = publishing.review_working_copy()
    publishing.publish(digest=seen.digest, note="The first guide.", by=publishing.FIRST_PUBLISHER)
    assert "manage.py import_guide content/first_guide.json" in run("first_release")


def test_the_matrix_is_one_page_that_needs_nothing_else(small: None, tmp_path: Path) -> None:
    run("matrix", html=tmp_path / "matrix.html")
    page = (tmp_path / "matrix.html").read_text()
    assert "<b>See a doctor within days</b> when Warning signs: Weakness." in page
    assert '<th scope="row">Weakness</th>' in page
    assert "<link" not in page and "<script" not in page


def test_guidance_that_one_cannot_open_is_named(small: None) -> None:
    Source.objects.create(slug="open", publisher="A", title="Legs", url="https://example.org/legs")
    Source.objects.create(slug="bare", publisher="B", title="Hands", url="https://example.org/")
    with pytest.raises(CommandError, match=r"2 cannot be opened\."):
        call_command("sources", stdout=(out := StringIO()))
    assert out.getvalue().splitlines() == [
        "Published guidance “Shaking legs”: no address",
        "Published guidance “Hands”: https://example.org/",
    ]
