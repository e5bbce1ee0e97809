"""Writes the questionnaire of a release, or of the working copy, as an HL7 FHIR R4 Questionnaire."""

import json

from content.commands import ReleaseCommand
from triage import fhir


class Command(ReleaseCommand):
    help = __doc__

    def handle(self, *, release: int | None, **options: object) -> None:
        found = fhir.questionnaire(self.guide(release), release)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
