"""Writes the matrix of options against causes and urgency rules to one page that prints on one sheet."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from content import matrix, working_copy
from content.publishing import guide_of
from triage.engine.guide import GuideError
from triage.models import Release


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--html", required=True, type=Path, metavar="FILE", help="where to write the page")
        parser.add_argument("--release", type=int, metavar="N", help="this release instead of the working copy")

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["release"]
        try:
            guide = working_copy.build() if number is None else guide_of(number)
        except (GuideError, Release.DoesNotExist) as error:
            raise CommandError(str(error)) from None
        title = "The working copy" if number is None else f"Release {number}"
        options["html"].write_text(matrix.page_of_its_own(guide, title), encoding="utf-8")
        self.stdout.write(f"Written to {options['html']}.")
