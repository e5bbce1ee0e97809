"""Judges the stories of a release, or of FILE: figures with 95 % intervals, matrices, misses, safety laws.

FILE holds one JSON object a line: stories, or sets of answers, which are only weighed and counted.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from content import reports
from content.commands import GuideCommand
from triage.answer_lines import JsonLines, object_of, opened, story_or_answers
from triage.engine.evaluation import Figures, evaluate
from triage.engine.guide import Guide
from triage.models import Release
from triage.web import jinja

EVERY = 500
"""The progress bar moves once in so many lines."""


class Command(GuideCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the release's own stories when left out")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--release", type=int, metavar="N", help="the newest when left out")
        which.add_argument("--working-copy", action="store_true", help="what staff are editing")
        parser.add_argument("--json", action="store_true", help="for a program to read")
        parser.add_argument(
            "--html", type=Path, metavar="PAGE", help="also write one page that needs nothing else"
        )
        parser.add_argument("--laws", action="store_true", help="also check the safety laws")

    def handle(self, *, file: Path | None, release: int | None, html: Path | None, **options: object) -> None:
        if release is None and not options["working_copy"]:
            newest = Release.objects.first()
            if newest is None:
                raise CommandError("There is no release yet. Publish one first.")
            release = newest.number
        title, guide = self.title(release), self.guide(release)
        figures, bad = self._figures(guide, file)
        laws = reports.laws(guide) if options["laws"] else []
        page = reports.evaluation(guide, title, figures, laws)
        if options["json"]:
            self.stdout.write(json.dumps(reports.plain(figures, laws), indent=1))
        else:
            self.stdout.write(jinja.html("evaluation.txt", **page))
        if html:
            html.write_text(jinja.html("evaluation.html", **page), encoding="utf-8")
        if bad:
            raise CommandError(f"{bad} of the lines could not be read.")
        if broken := [law.slug for law in laws if law.flaws]:
            raise CommandError(f"Laws are broken: {', '.join(broken)}.")

    def _figures(self, guide: Guide, path: Path | None) -> tuple[Figures, int]:
        """The figures, and how many lines could not be read."""
        if path is None:
            return evaluate(guide, guide.vignettes), 0
        with opened(path) as file:
            found = JsonLines(
                self._watched(file, path.stat().st_size),
                lambda line: story_or_answers(guide, object_of(line)),
                self.stderr.write,
            )
            return evaluate(guide, found), found.bad

    def _watched(self, items: Iterable[bytes], whole: int) -> Iterator[bytes]:
        """Yield the lines of a file of `whole` bytes, with a progress bar when a person is watching."""
        if not sys.stderr.isatty():
            yield from items
            return
        done = 0
        for n, item in enumerate(items):
            if n % EVERY == 0:
                self._draw(done / max(whole, 1))
            yield item
            done += len(item)
        self.stderr.write("\r" + " " * 50 + "\r", ending="")

    def _draw(self, share: float) -> None:
        filled = min(40, int(40 * share))
        self.stderr.write(f"\r[{'#' * filled}{'.' * (40 - filled)}] {100 * share:3.0f} %", ending="")
