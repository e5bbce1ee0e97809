"""The releases that this process holds in memory, so that a request need not ask the database."""

import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from django.db import Error, connection, connections, models, transaction

from triage.engine.file import load
from triage.engine.guide import Guide, GuideError
from triage.models import Release, digest

log = logging.getLogger(__name__)

T = TypeVar("T")


class NoRelease(Exception):
    """Nothing was published yet, or the database has not been reached since the start."""


class DamagedRelease(Exception):
    """A release cannot be read, or its text is not what was published."""


@dataclass(frozen=True)
class PublishedGuide:
    """A release as the public pages read it."""

    number: int
    guide: Guide
    published_at: datetime
    figures: dict[str, object]


def read(release: Release) -> PublishedGuide:
    """Raises DamagedRelease, for a guide that this version of the code cannot read, too."""
    if digest(release.guide) != release.digest:
        raise DamagedRelease(f"{release} is not what was published: its digest does not match.")
    try:
        guide = _guide(release.guide)
    except GuideError as error:
        raise DamagedRelease(f"{release} cannot be read: {error.problems[0]}") from error
    return PublishedGuide(release.number, guide, release.published_at, json.loads(release.figures))


@lru_cache(maxsize=4)
def _guide(text: str) -> Guide:
    """Releases stay as they are: what was read of one need not be read again, by staff's pages above all."""
    return load(text)


def newest_readable(releases: "models.QuerySet[Release]", unreadable: set[int]) -> PublishedGuide | None:
    """The newest of these that can be read. Those found `unreadable` are told in the log, and noted there."""
    for number in releases.order_by("-number").values_list("number", flat=True):
        if number not in unreadable:
            try:
                return read(releases.get(number=number))
            except (DamagedRelease, ValueError):
                unreadable.add(number)
                log.exception("release %s cannot be read; people go on with an older one", number)
    return None


def newest_without_writing() -> PublishedGuide | None:
    """The newest readable release of an SQLite file whose disk is full or read-only.

    SQLite writes beside its file even to read it, unless it is told that nothing changes.
    """
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or "mode=rw" not in name:
        return None
    still = connections["still"] = connection.copy("still")
    still.settings_dict |= {"NAME": name.replace("mode=rw", "mode=ro&immutable=1"), "OPTIONS": {}}
    with suppress(Error), closing(still):
        return newest_readable(Release.objects.using("still"), set())
    return None


class ReleaseCache:
    """Holds the newest release that can be read, and those of the few before it that people are still on.

    Looks for a newer release at most once a second, and after a failure not for five; until then,
    and for as long as the database is away, it goes on with the one it has. A release that cannot be read
    is named in the log once, and people go on with the newest before it.
    """

    look_every = 1.0
    rest_after_failure = 5.0
    keep = 4
    patience_ms = 500
    """How long one look may take in the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._newest: PublishedGuide | None = None
        self._older: dict[int, PublishedGuide] = {}
        self.unreadable: set[int] = set()
        self._safe_from = 0
        self._look_at = 0.0
        self.database_answers = False
        """Whether the database answered the last question to it."""

    def newest(self) -> PublishedGuide:
        """The newest release there is, or was at the last look. Raises NoRelease."""
        none = self._newest is None  # then the first look is waited for, whoever makes it
        if (none or time.monotonic() >= self._look_at) and self._lock.acquire(blocking=none):
            try:
                if time.monotonic() >= self._look_at:
                    self._look()
            finally:
                self._lock.release()
        if self._newest is None:
            raise NoRelease
        return self._newest

    def look_now(self) -> None:
        """Who has published waits for the new release to be read, so that no visitor of this process does."""
        with self._lock:
            self._look()

    def get(self, number: int) -> PublishedGuide | None:
        """The release of this number, unless it cannot be had or a newer one replaces it for safety."""
        newest = self.newest()
        if number == newest.number:
            return newest
        if number < max(self._safe_from, newest.number - self.keep):
            return None
        release = self._older.get(number)
        if release is None and self.database_answers:
            release = self._asked(lambda: self._readable(Release.objects.filter(number=number)))
            if release is not None:
                self._older[number] = release
        return release

    def _look(self) -> None:
        self._look_at = time.monotonic() + self.look_every
        have = self._newest.number if self._newest else 0
        known = max(self.unreadable | {have})
        number = self._asked(lambda: Release.objects.aggregate(newest=models.Max("number"))["newest"])
        if self._newest is None and not self.database_answers:
            self._newest = newest_without_writing()
        if number is None or number <= known:
            return
        found = self._asked(lambda: (self._readable(Release.objects.filter(number__gt=have)), _safe_from()))
        newest, safe_from = found or (None, 0)
        if newest is None:
            return
        before, self._newest, self._safe_from = self._newest, newest, safe_from
        if before is not None:  # people are on it, and the database may be away when they go on
            older = self._older | {before.number: before}
            self._older = {n: release for n, release in older.items() if n >= newest.number - self.keep}

    def _readable(self, releases: "models.QuerySet[Release]") -> PublishedGuide | None:
        return newest_readable(releases, self.unreadable)

    def _asked(self, question: Callable[[], T]) -> T | None:
        """The database's answer, or None when it has none in time."""
        try:
            answer = self._in_time(question)
        except Error:
            log.warning(
                "the database did not answer; no look for %s s", self.rest_after_failure, exc_info=True
            )
            self._look_at = time.monotonic() + self.rest_after_failure
            self.database_answers = False
            return None
        self.database_answers = True
        return answer

    def _in_time(self, question: Callable[[], T]) -> T:
        """SQLite reads at once, whoever writes; but a transaction would wait there, for it takes the lock."""
        if connection.vendor != "postgresql":
            return question()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {self.patience_ms}")
            return question()


def _safe_from() -> int:
    """People on a release before this one are moved; 0 where none was published for safety."""
    return Release.objects.filter(for_safety=True).aggregate(newest=models.Max("number"))["newest"] or 0


releases = ReleaseCache()
