"""Shows what publishing the working copy would do: what blocks it, what differs, what changes for the stories."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from content import publishing, report
from triage.engine.guide import GuideError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a program to read")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            review = publishing.review_working_copy()
        except GuideError as error:
            raise CommandError(str(error)) from None
        form = json.dumps(report.plain(review), ensure_ascii=False, indent=1) if options["json"] else report.lines(review)
        self.stdout.write(form)
