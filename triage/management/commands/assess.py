"""Weighs answer sets, one JSON object a line, from FILE or standard input; writes one JSON object a line.

In:  {"id": "a1", "answers": {"emergency": ["none"], "triggers": ["caffeine"], "onset": ["sudden"]}}
Out: {"id": "a1", "urgency": "routine", "today": false, "signs": …, "floor": …, "causes": …, "release": 1}

`signs` are the urgency rules that spoke, `floor` those that "not sure", or what passes off, left open
and that lift the urgency.
"""

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from triage import fhir
from triage.answer_lines import JsonLines, answers_of, object_of, opened
from triage.engine.weigh import assess
from triage.models import Release
from triage.releases import newest_readable


class Command(BaseCommand):
    help = __doc__

    def create_parser(self, prog_name: str, subcommand: str, **options: object) -> CommandParser:
        """The lines of the example stay lines."""
        kept = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, formatter_class=kept, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="standard input when left out")
        parser.add_argument("--fhir", action="store_true", help="each line is a FHIR QuestionnaireResponse")

    def handle(self, *, file: Path | None, **options: object) -> None:
        release = newest_readable(Release.objects.all(), set())
        if release is None:
            raise CommandError("There is no release that can be read. Publish one first.")

        def assessed(line: bytes) -> dict[str, object]:
            """What the assessment comes to, in slugs and points."""
            raw = object_of(line)
            if options["fhir"]:
                raw["answers"] = fhir.answers_of(raw)
            found = assess(release.guide, answers_of(release.guide, raw))
            return {
                "id": raw.get("id"),
                "urgency": found.urgency,
                "today": found.today,
                "signs": [rule.slug for rule in found.signs],
                "floor": [left.rule.slug for left in found.floor],
                "causes": [
                    {"cause": finding.cause.slug, "match": finding.match, "points": finding.points}
                    for finding in found.findings
                ],
                "release": release.number,
            }

        with opened(file) as answers:
            lines = JsonLines(answers, assessed, self.stderr.write)
            for found in lines:
                self.stdout.write(json.dumps(found))
        if lines.bad:
            raise CommandError(f"{lines.bad} of the lines could not be weighed.")
