"""Lists the releases, newest first."""

import json

from django.core.management.base import BaseCommand, CommandParser

from triage.models import Release


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a program to read")

    def handle(self, **options: object) -> None:
        rows = [
            _plain(release, n == 0) for n, release in enumerate(Release.objects.defer("guide", "figures"))
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            live = " (live)" if row["live"] else ""
            self.stdout.write(
                f"{row['number']}{live}, {row['published_at']}, {row['published_by']}: {row['note']}"
            )


def _plain(release: Release, is_live: bool) -> dict[str, object]:
    return {
        "number": release.number,
        "live": is_live,
        "published_at": release.published_at.isoformat(),
        "published_by": release.published_by,
        "note": release.note,
        "digest": release.digest,
        "reason": release.reason,
        "for_safety": release.for_safety,
    }
