"""Publishes the first guide where nothing was published, and nothing written, yet; else does nothing."""

from content import publishing
from content.commands import GuideCommand


class Command(GuideCommand):
    help = __doc__

    def handle(self, **options: object) -> None:
        release = publishing.first_release()
        if release:
            self.stdout.write(f"{release} is published.")
        elif publishing.first_guide_is_newer():
            self.stdout.write(
                "The first guide has changed since it was published here. To take it: "
                "`manage.py import_guide content/first_guide.json`, then `manage.py publish --note …`."
            )
