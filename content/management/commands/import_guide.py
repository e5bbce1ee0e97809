"""Replaces the whole working copy by a guide from a file, or by a release. All or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from content import publishing
from triage.engine.guide import GuideError
from triage.models import Release


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", nargs="?", type=Path, help="a guide in the one format")
        what.add_argument("--release", type=int, metavar="N", help="a release instead of a file")
        parser.add_argument("--discard", action="store_true", help="changes that stand in no release may go")

    def handle(self, *args: Any, file: Path | None, release: int | None, discard: bool, **options: Any) -> None:
        try:
            if file is None:
                publishing.put_back(number=release or 0, discard=discard)
            else:
                publishing.import_guide(text=file.read_text(encoding="utf-8"), discard=discard)
        except publishing.WouldDiscard as error:
            raise CommandError(f"{error} Add --discard to let them go.") from None
        except (GuideError, Release.DoesNotExist, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write("This is now the working copy.")
