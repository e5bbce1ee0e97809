"""Publishes an older release's guide again, as the newest. The working copy stays as it is."""

from django.core.management.base import CommandParser

from content import publishing
from content.commands import PublishingCommand


class Command(PublishingCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, help="the release to publish again")
        super().add_arguments(parser)

    def handle(
        self, *, number: int, note: str, reason: str, for_safety: bool, by: str, **options: object
    ) -> None:
        release = publishing.roll_back(number=number, note=note, by=by, reason=reason, for_safety=for_safety)
        self.stdout.write(f"{release} is published: the guide of release {number}.")
