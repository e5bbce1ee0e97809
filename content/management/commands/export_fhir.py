"""Writes the questionnaire of a release, or of the working copy, as an HL7 FHIR R4 Questionnaire."""

import json

from django.core.management.base import CommandParser

from content.commands import GuideCommand
from triage import fhir


class Command(GuideCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        self.takes_release(parser)

    def handle(self, *, release: int | None, **options: object) -> None:
        found = fhir.questionnaire(self.guide(release), release)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
