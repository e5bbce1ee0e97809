"""Names the published guidance that one cannot open: without an address, or with a bare start page.

It fetches nothing. It exits with 1 when there is any.
"""

from django.core.management.base import CommandError

from content.commands import ReleaseCommand
from content.review import unopened
from content.things import things


class Command(ReleaseCommand):
    help = __doc__

    def handle(self, *, release: int | None, **options: object) -> None:
        found = unopened(things(self.guide(release)))
        for note in found:
            self.stdout.write(note.text)
        if found:
            raise CommandError(f"{len(found)} cannot be opened.")
