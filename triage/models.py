"""Releases: numbered, published guides. The database takes new ones, and refuses to change or delete one."""

import hashlib

from django.db import models


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


def digest(text: str) -> str:
    """What names a guide's text: 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
