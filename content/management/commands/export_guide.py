"""Writes the working copy, or a release, in the one format to standard output."""

from typing import Any

from django.core.management.base import CommandParser

from content.commands import GuideCommand
from triage.engine.file import dump


class Command(GuideCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--release", type=int, metavar="N", help="this release instead of the working copy"
        )

    def handle(self, *, release: int | None, **options: Any) -> None:
        self.stdout.write(dump(self.guide(release)), ending="")
