"""Publishes the first guide on a machine where nothing was published yet; does nothing anywhere else."""

from typing import Any

from django.core.management.base import BaseCommand

from content import publishing


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        release = publishing.first_release()
        self.stdout.write(f"{release} is published." if release else "Nothing to do: something was published, or written, already.")
