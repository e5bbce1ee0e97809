"""Writes the questionnaire of a release, or of the working copy, as an HL7 FHIR R4 Questionnaire."""

import json
from typing import Any

from django.core.management.base import CommandParser

from content.commands import GuideCommand
from triage import fhir


class Command(GuideCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--release", type=int, metavar="N", help="this release instead of the working copy"
        )

    def handle(self, *, release: int | None, **options: Any) -> None:
        found = fhir.questionnaire(self.guide(release), release)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
