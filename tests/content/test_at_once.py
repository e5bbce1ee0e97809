"""Two publishers at once, each over a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections, transaction

from content import publishing, working_copy
from content.models import Cause
from tests.build import a_lawful_guide
from tests.content.screens import screen, shown
from triage.engine.file import dump
from triage.models import Release
from triage.releases import ReleaseCache

pytestmark = pytest.mark.django_db(transaction=True)

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time by itself"
)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each gives, or the exception that it raises."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return work()
        except publishing.NotPublished as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def publish() -> Release:
    seen = publishing.review_working_copy()
    return publishing.publish(digest=seen.digest, note="A note.", by="ann")


@pytest.fixture
def first() -> Release:
    working_copy.replace(a_lawful_guide())
    return publish()


def test_releases_are_numbered_without_gaps(first: Release) -> None:
    at_once(*[lambda: publishing.roll_back(number=1, note="Back.", by="ann")] * 8)
    assert sorted(Release.objects.values_list("number", flat=True)) == list(range(1, 10))


def test_of_two_who_publish_the_same_review_one_is_told(first: Release) -> None:
    seen = publishing.review_working_copy()
    work = {"digest": seen.digest, "against": seen.live_number, "note": "A note.", "by": "ann"}
    found = at_once(*[lambda: publishing.publish(**work)] * 2)
    assert {type(one) for one in found} == {Release, publishing.NotPublished}
    assert Release.objects.count() == 2


def test_a_first_release_is_made_once_by_many_who_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "guide.json").write_text(dump(a_lawful_guide()))
    monkeypatch.setattr(publishing, "FIRST_GUIDE", tmp_path / "guide.json")
    found = at_once(*[publishing.first_release] * 3)
    assert [bool(one) for one in found].count(True) == 1
    assert Release.objects.count() == 1


def test_an_import_waits_for_a_publisher(first: Release) -> None:
    at_once(publish, lambda: publishing.replace(publishing.guide_of(1)))
    assert working_copy.build() == a_lawful_guide()


def test_another_process_serves_a_new_release_within_two_seconds(first: Release) -> None:
    elsewhere = ReleaseCache()
    assert elsewhere.newest().number == 1
    publish()
    elsewhere._look_at -= ReleaseCache.look_every
    assert elsewhere.newest().number == 2
    assert ReleaseCache.look_every <= 2


@on_postgresql
def test_publishers_queue_on_postgresql(first: Release) -> None:
    publishing.one_at_a_time()


@on_postgresql
def test_who_saves_waits_until_another_of_the_staff_has_written(first: Release, staff: Any) -> None:
    """Else what was read before is written over, and two changes that stand alone break the whole."""
    boss, cause = staff("superuser"), Cause.objects.earliest("position")
    sent = shown(boss, screen(cause)) | {"what": "Typed meanwhile."}

    def save() -> Any:
        try:
            return boss.post(screen(cause), sent)
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            publishing.one_at_a_time()
            saving = pool.submit(save)
            with pytest.raises(TimeoutError):
                saving.result(timeout=1)
        assert saving.result(timeout=10).status_code == 302
