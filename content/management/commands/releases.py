"""Lists the releases, newest first."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from content import report
from triage.models import Release


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a program to read")

    def handle(self, **options: Any) -> None:
        rows = report.releases(Release.objects.defer("guide", "figures"))
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            live = " (live)" if row["live"] else ""
            self.stdout.write(
                f"{row['number']}{live}, {row['published_at']}, {row['published_by']}: {row['note']}"
            )
