"""A release does not change: the model says so in a sentence, and the database refuses."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from triage.models import Release, ReleaseIsFixed

pytestmark = pytest.mark.django_db

EVERYWHERE = [
    "UPDATE triage_release SET guide = 'another'",
    "UPDATE triage_release SET number = 2",
    "DELETE FROM triage_release",
    "INSERT INTO triage_release VALUES (1, 'another', '', '2026-01-01', 'eve', '', '', false, '')",
    "INSERT INTO triage_release VALUES (1, 'another', '', '2026-01-01', 'eve', '', '', false, '') "
    "ON CONFLICT (number) DO UPDATE SET guide = 'another'",
]
SQLITE = [
    "UPDATE OR REPLACE triage_release SET guide = 'another'",
    "INSERT OR REPLACE INTO triage_release VALUES (1, 'another', '', '2026-01-01', 'eve', '', '', 0, '')",
    "REPLACE INTO triage_release VALUES (1, 'another', '', '2026-01-01', 'eve', '', '', 0, '')",
    "REPLACE INTO triage_release (rowid, number, guide, digest, published_at, published_by, note, reason, "
    "for_safety, figures) SELECT rowid, 2, 'another', '', '2026-01-01', 'eve', '', '', 0, ''"
    " FROM triage_release",
]
POSTGRESQL = ["TRUNCATE triage_release", "TRUNCATE triage_release CASCADE"]


@pytest.fixture
def first() -> Release:
    return Release.objects.create(
        number=1, guide="{}", digest="0" * 64, published_at=timezone.now(), published_by="ann", note="A note."
    )


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(Release.objects.values_list("number", "guide")) == [(1, "{}")]


@pytest.mark.parametrize("sql", EVERYWHERE)
def test_the_database_refuses(first: Release, sql: str) -> None:
    refused(sql)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a statement of SQLite")
@pytest.mark.parametrize("sql", SQLITE)
def test_sqlite_refuses(first: Release, sql: str) -> None:
    refused(sql)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a statement of PostgreSQL")
@pytest.mark.parametrize("sql", POSTGRESQL)
def test_postgresql_refuses(first: Release, sql: str) -> None:
    refused(sql)


def test_the_database_says_why(first: Release) -> None:
    with pytest.raises(DatabaseError, match="A release is published"), transaction.atomic():
        Release.objects.update(note="another")


def test_the_database_refuses_a_deletion_through_the_orm(first: Release) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.all().delete()


def test_a_new_release_is_taken(first: Release) -> None:
    Release.objects.create(number=2, published_at=timezone.now())
    assert Release.objects.count() == 2


def test_saving_a_release_again_is_refused_in_a_sentence(first: Release) -> None:
    with pytest.raises(ReleaseIsFixed, match="Release 1 is published and cannot change"):
        first.save()


def test_a_release_made_anew_over_an_old_number_is_refused(first: Release) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Release(number=1, guide="another", published_at=timezone.now()).save()


def test_deleting_a_release_is_refused_in_a_sentence(first: Release) -> None:
    with pytest.raises(ReleaseIsFixed, match="Release 1 is published and cannot be deleted"):
        first.delete()
