"""Releases: numbered, published guides. Inserted, never changed, never deleted."""

import hashlib
from typing import Any, NoReturn

from django.db import models


class ReleaseIsFixed(Exception):
    """Somebody tried to change or delete a release."""


class Release(models.Model):
    """One published guide. A change is a new release; a roll back publishes an old guide again."""

    number = models.PositiveIntegerField(primary_key=True)
    guide = models.TextField(help_text="The guide, in the one format (triage.engine.file).")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the guide's text.")
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=150, help_text="Kept as text: an account can go.")
    note = models.TextField()
    reason = models.TextField(blank=True, help_text="Why an urgency was lowered, where one was.")
    for_safety = models.BooleanField(
        default=False, help_text="People on older releases are moved to this one."
    )
    figures = models.TextField(help_text="What the evaluation of its vignettes gave, as JSON.")

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Release {self.number}"

    def save(self, *args: object, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ReleaseIsFixed(f"{self} is published and cannot change. Publish a new one.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise ReleaseIsFixed(f"{self} is published and cannot be deleted.")


def digest(text: str) -> str:
    """What names a guide's text: 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
