"""Writes the safety case of a release, or of the working copy, to a page that needs nothing else."""

from pathlib import Path

from django.core.management.base import CommandParser

from content import reports
from content.commands import GuideCommand


class Command(GuideCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("release", type=int, nargs="?", help="its number; without it, the working copy")
        parser.add_argument("--html", required=True, type=Path, metavar="FILE", help="where to write it")

    def handle(self, *, release: int | None, html: Path, **options: object) -> None:
        html.write_text(reports.safety_case(self.guide(release), self.title(release)), encoding="utf-8")
        self.stdout.write(f"Written to {html}.")
