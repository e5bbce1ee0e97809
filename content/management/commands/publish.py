"""Publishes the working copy, after printing the review that it acts on."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from content import publishing, report
from triage.engine.guide import GuideError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--note", required=True, help="what changed and why")
        parser.add_argument("--reason", default="", help="why an urgency is lower, where one is")
        parser.add_argument("--for-safety", action="store_true", help="move people on older releases to this one")
        parser.add_argument("--by", default="command line", metavar="NAME", help="who publishes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            review = publishing.review_working_copy()
            self.stdout.write(report.lines(review))
            release = publishing.publish(
                digest=review.digest,
                against=review.live_number,
                note=options["note"],
                reason=options["reason"],
                for_safety=options["for_safety"],
                user_name=options["by"],
            )
        except (GuideError, publishing.NotPublished) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{release} is published.")
