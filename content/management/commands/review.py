"""Shows what publishing the working copy would do: what blocks it, what differs, what the stories say."""

import json

from django.core.management.base import CommandParser
from django.template.loader import render_to_string

from content import publishing
from content.commands import GuideCommand
from content.review import plain


class Command(GuideCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a program to read")

    def handle(self, **options: object) -> None:
        seen = publishing.review_working_copy()
        if options["json"]:
            self.stdout.write(json.dumps(plain(seen), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(render_to_string("content/review.txt", {"review": seen}))
