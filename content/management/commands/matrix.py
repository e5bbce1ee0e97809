"""Writes the whole judgement to a page: each rule and row as a sentence, and the overview to print."""

from pathlib import Path

from django.core.management.base import CommandParser

from content import reports
from content.commands import ReleaseCommand


class Command(ReleaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--html", required=True, type=Path, metavar="FILE", help="where to write the page"
        )
        super().add_arguments(parser)

    def handle(self, *, html: Path, release: int | None, **options: object) -> None:
        html.write_text(reports.matrix_page(self.guide(release), self.title(release)), encoding="utf-8")
        self.stdout.write(f"Written to {html}.")
