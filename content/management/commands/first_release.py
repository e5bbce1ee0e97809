"""Publishes the first guide where nothing was published, and nothing written, yet; else does nothing."""

from typing import Any

from content import publishing
from content.commands import GuideCommand


class Command(GuideCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        release = publishing.first_release()
        if release:
            self.stdout.write(f"{release} is published.")
