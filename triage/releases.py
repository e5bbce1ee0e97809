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
from django.utils.safestring import SafeString

from triage import text
from triage.engine.file import load
from triage.engine.guide import Guide
from triage.models import Release, digest

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
        sources = {
            **{("section", section.slug): section.text for section in guide.sections},
            **{("watch", level.slug): level.watch for level in guide.levels},
            **{("why", slug): question.why for slug, question in guide.questions.items()},
        }
        for cause in guide.causes:
            for name in ("what", "helps", "get_help"):
                sources[name, cause.slug] = getattr(cause, name)
        return {key: text.render(markdown) for key, markdown in sources.items()}

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
        self.forget()

    def forget(self) -> None:
        self._newest: PublishedGuide | None = None
        self._older: OrderedDict[int, PublishedGuide] = OrderedDict()
        self._safe_from = 0
        self._look_at = 0.0

    def newest(self) -> PublishedGuide:
        """The newest release there is, or was at the last look. Raises NoRelease."""
        if time.monotonic() >= self._look_at and self._lock.acquire(blocking=self._newest is None):
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
        with self._lock:
            if number not in self._older:
                found = self._asked(lambda: Release.objects.filter(number=number).first())
                if found is None:
                    return None
                self._older[number] = read(found)
            self._older.move_to_end(number)
            while len(self._older) > self.keep:
                self._older.popitem(last=False)
            return self._older[number]

    def _look(self) -> None:
        self._look_at = time.monotonic() + self.look_every
        number = self._asked(lambda: Release.objects.aggregate(newest=models.Max("number"))["newest"])
        if number is None or (self._newest is not None and number == self._newest.number):
            return
        release = self._asked(lambda: Release.objects.get(number=number))
        safe_from = self._asked(
            lambda: Release.objects.filter(for_safety=True).aggregate(newest=models.Max("number"))["newest"]
        )
        if release is not None:
            try:
                self._newest = read(release)
                self._safe_from = safe_from or 0
            except (DamagedRelease, ValueError):
                log.exception("release %s cannot be read; going on with the one before", number)

    def _asked(self, question: Callable[[], Any]) -> Any:
        """The database's answer, or None when it has none in time."""
        try:
            with transaction.atomic():
                self._limit_patience()
                return question()
        except Error:
            log.warning("the database did not answer; no look for %s s", self.rest_after_failure)
            self._look_at = time.monotonic() + self.rest_after_failure
            return None

    def _limit_patience(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {self.patience_ms}")


shelf = Shelf()
