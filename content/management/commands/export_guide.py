"""Writes the working copy, or a release, in the one format to standard output."""

from content.commands import ReleaseCommand
from triage.engine.file import dump


class Command(ReleaseCommand):
    help = __doc__

    def handle(self, *, release: int | None, **options: object) -> None:
        self.stdout.write(dump(self.guide(release)), ending="")
