"""Writes the working copy, or a release, in the one format to standard output."""

from django.core.management.base import CommandParser

from content.commands import GuideCommand
from triage.engine.file import dump


class Command(GuideCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        self.takes_release(parser)

    def handle(self, *, release: int | None, **options: object) -> None:
        self.stdout.write(dump(self.guide(release)), ending="")
