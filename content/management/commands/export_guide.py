"""Writes the working copy, or a release, in the one format to standard output."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from content import working_copy
from content.publishing import guide_of
from triage.engine.file import dump
from triage.engine.guide import GuideError
from triage.models import Release


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--release", type=int, metavar="N", help="this release instead of the working copy")

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["release"]
        try:
            guide = working_copy.build() if number is None else guide_of(number)
        except (GuideError, Release.DoesNotExist) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(dump(guide), ending="")
