"""Publishes an older release's guide again, as the newest. The working copy stays as it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from content import publishing
from triage.engine.guide import GuideError
from triage.models import Release


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, help="the release to publish again")
        parser.add_argument("--note", required=True, help="why")
        parser.add_argument("--for-safety", action="store_true", help="move people on older releases to this one")
        parser.add_argument("--by", default="command line", metavar="NAME", help="who publishes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            release = publishing.roll_back(
                number=options["number"], note=options["note"], by=options["by"], for_safety=options["for_safety"]
            )
        except (publishing.NotPublished, GuideError, Release.DoesNotExist) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{release} is published: the guide of release {options['number']}.")
