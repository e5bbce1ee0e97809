"""The releases that this process holds in memory, so that a request need not ask the database."""

import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import Error, connection, models, transaction
from django.utils import timezone
from django.utils.safestring import SafeString

from triage import text
from triage.engine.file import load
from triage.engine.guide import Guide
from triage.models import Release, digest
from triage.wording import day

log = logging.getLogger(__name__)


class NoRelease(Exception):
    """Nothing was published yet, or the database has not been reached since the start."""


class DamagedRelease(Exception):
    """A release's text is not what was published."""


@dataclass
class PublishedGuide:
    """A release as the public pages read it."""

    number: int
    guide: Guide
    published_at: datetime
    figures: dict[str, Any]
    prepared: dict[Any, Any] = field(default_factory=dict)
    """What pages have made once from this guide, by names of their own."""

    @cached_property
    def texts(self) -> dict[tuple[str, str], SafeString]:
        """Every Markdown text of the guide, rendered, by what it is and whose."""
        guide = self.guide
        sources = {("section", section.slug): section.text for section in guide.sections}
        sources |= {("watch", str(level.slug)): level.watch for level in guide.levels}
        sources |= {("why", slug): question.why for slug, question in guide.questions.items()}
        for cause in guide.causes:
            for name in ("what", "helps", "get_help"):
                sources[name, cause.slug] = getattr(cause, name)
        return {key: text.render(markdown) for key, markdown in sources.items()}

    @property
    def published_on(self) -> str:
        """The day, in words."""
        return day(timezone.localtime(self.published_at))

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives, made at the first call for `key`."""
        if key not in self.prepared:
            self.prepared[key] = make()
        return self.prepared[key]


def read(release: Release) -> PublishedGuide:
    if digest(release.guide) != release.digest:
        raise DamagedRelease(f"{release} is not what was published: its digest does not match.")
    return PublishedGuide(
        release.number, load(release.guide), release.published_at, json.loads(release.figures)
    )


def readable(release: Release) -> PublishedGuide | None:
    """None for a release that cannot be read: people go on with another one."""
    try:
        return read(release)
    except (DamagedRelease, ValueError):
        log.exception("%s cannot be read", release)
        return None


def _safe_from() -> int:
    """People on a release before this one are moved; 0 where none was published for safety."""
    return Release.objects.filter(for_safety=True).aggregate(newest=models.Max("number"))["newest"] or 0


class Shelf:
    """Holds the newest release and the few older ones that people are still on.

    Looks for a newer release at most once a second, and after a failure not for five; until then,
    and for as long as the database is away, it goes on with the one it has.
    """

    look_every = 1.0
    rest_after_failure = 5.0
    keep = 4
    patience_ms = 500
    """How long one look may take in the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._older_lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._newest: PublishedGuide | None = None
        self._older: OrderedDict[int, PublishedGuide] = OrderedDict()
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

    def get(self, number: int) -> PublishedGuide | None:
        """The release of this number, unless it cannot be had or a newer one replaces it for safety."""
        newest = self.newest()
        if number == newest.number or number < self._safe_from:
            return newest if number == newest.number else None
        release = self._older.get(number)
        if release is None and self.database_answers:
            found = self._asked(lambda: Release.objects.filter(number=number).first())
            release = found and readable(found)
        return release and self._put(release)

    def _put(self, release: PublishedGuide) -> PublishedGuide:
        """The release, as the one that was asked for last; the one that nobody asked for longest goes."""
        with self._older_lock:
            release = self._older.setdefault(release.number, release)
            self._older.move_to_end(release.number)
            while len(self._older) > self.keep:
                self._older.popitem(last=False)
        return release

    def _look(self) -> None:
        self._look_at = time.monotonic() + self.look_every
        number = self._asked(lambda: Release.objects.aggregate(newest=models.Max("number"))["newest"])
        if number is None or (self._newest is not None and number == self._newest.number):
            return
        found = self._asked(lambda: (Release.objects.get(number=number), _safe_from()))
        newest = found and readable(found[0])
        if newest is None:
            return
        before, self._newest, self._safe_from = self._newest, newest, found[1]
        if before is not None:
            self._put(before)  # people are on it, and the database may be away when they go on

    def _asked(self, question: Callable[[], Any]) -> Any:
        """The database's answer, or None when it has none in time."""
        try:
            answer = self._in_time(question)
        except Error:
            log.warning("the database did not answer; no look for %s s", self.rest_after_failure)
            self._look_at = time.monotonic() + self.rest_after_failure
            self.database_answers = False
            return None
        self.database_answers = True
        return answer

    def _in_time(self, question: Callable[[], Any]) -> Any:
        """SQLite reads at once, whoever writes; but a transaction would wait there, for it takes the lock."""
        if connection.vendor != "postgresql":
            return question()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {self.patience_ms}")
            return question()


shelf = Shelf()
