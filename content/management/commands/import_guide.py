"""Replaces the whole working copy by a guide from a file, or by a release. All or nothing."""

from pathlib import Path

from django.core.management.base import CommandParser

from content import publishing
from content.commands import GuideCommand
from triage.engine.file import load


class Command(GuideCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", nargs="?", type=Path, help="a guide in the one format")
        what.add_argument("--release", type=int, metavar="N", help="a release instead of a file")
        parser.add_argument("--discard", action="store_true", help="changes that stand in no release may go")

    def handle(self, *, file: Path | None, release: int | None, discard: bool, **options: object) -> None:
        guide = load(file.read_text(encoding="utf-8-sig")) if file else self.guide(release)
        publishing.replace(guide, discard=discard)
        self.stdout.write("This is now the working copy.")
