"""Lists the releases, newest first."""

import json
from datetime import datetime

from django.core.management.base import BaseCommand, CommandParser

from triage.models import Release

FACTS = ("number", "published_at", "published_by", "note", "digest", "reason", "for_safety")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a program to read")

    def handle(self, **options: object) -> None:
        rows = [row | {"live": n == 0} for n, row in enumerate(Release.objects.values(*FACTS))]
        if options["json"]:
            self.stdout.write(json.dumps(rows, default=datetime.isoformat, ensure_ascii=False, indent=1))
            return
        for row in rows:
            live = " (live)" if row["live"] else ""
            day = row["published_at"].isoformat()
            self.stdout.write(f"{row['number']}{live}, {day}, {row['published_by']}: {row['note']}")
