"""Publishes the working copy, after printing the review that it acts on."""

from django.template.loader import render_to_string

from content import publishing
from content.commands import PublishingCommand


class Command(PublishingCommand):
    help = __doc__

    def handle(self, *, note: str, reason: str, for_safety: bool, by: str, **options: object) -> None:
        seen = publishing.review_working_copy()
        self.stdout.write(render_to_string("content/review.txt", {"review": seen}))
        release = publishing.publish(
            digest=seen.digest, note=note, by=by, reason=reason, for_safety=for_safety
        )
        self.stdout.write(f"{release} is published.")
