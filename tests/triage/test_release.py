"""A release does not change: the database refuses, in a sentence."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from triage.models import Release

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


@pytest.mark.parametrize(
    "change",
    [
        lambda first: Release.objects.update(note="another"),
        lambda first: Release.objects.all().delete(),
        lambda first: first.save(),
        lambda first: first.delete(),
        lambda first: Release(number=1, guide="another", published_at=timezone.now()).save(),
    ],
    ids=["updated", "deleted", "saved again", "deleted by itself", "made anew over an old number"],
)
def test_the_database_says_why_it_refuses(first: Release, change: Callable[[Release], object]) -> None:
    with pytest.raises(DatabaseError, match="A release is published"), transaction.atomic():
        change(first)


def test_a_new_release_is_taken(first: Release) -> None:
    Release.objects.create(number=2, published_at=timezone.now())
    assert Release.objects.count() == 2
