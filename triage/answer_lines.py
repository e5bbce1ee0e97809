"""Answer sets and stories as lines of JSON. Each error says what is wrong, and names the slug."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from django.core.management.base import CommandError

from triage.engine.file import decode
from triage.engine.guide import Guide, GuideError
from triage.engine.parts import URGENCIES, Answers, Vignette

T = TypeVar("T")

LONGEST_COMPLAINT = 300


def opened(path: Path | None) -> AbstractContextManager[BinaryIO]:
    try:
        return path.open("rb") if path else nullcontext(sys.stdin.buffer)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


class JsonLines(Generic[T]):
    """Yields what can be read, line after line; `complain` is told the rest. Blank lines are skipped."""

    def __init__(self, file: Iterable[bytes], read: Callable[[bytes], T], complain: Callable[[str], object]):
        self.file, self.read, self.complain = file, read, complain
        self.bad = 0
        """Lines that could not be read so far."""

    def __iter__(self) -> Iterator[T]:
        for number, line in enumerate(self.file, start=1):
            if line.strip():
                try:
                    found = self.read(line)
                except GuideError as error:
                    self.bad += 1
                    for problem in error.problems:
                        self.complain(f"line {number}: {_printable(problem)}")
                else:
                    yield found


def object_of(line: bytes) -> dict[str, object]:
    """The JSON object that the line holds. Raises GuideError."""
    try:
        raw = decode(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise GuideError([f"not UTF-8: byte {error.start + 1} of the line"]) from None
    except RecursionError:
        raise GuideError(["not JSON that can be read: nested too deep"]) from None
    except json.JSONDecodeError as error:
        raise GuideError([f"not JSON: {error.msg}, at character {error.pos + 1}"]) from None
    except GuideError:
        raise
    except ValueError as error:
        raise GuideError([f"not JSON: {error}"]) from None
    if not isinstance(raw, dict):
        raise GuideError(['must be an object such as {"id": "a1", "answers": {"onset": ["sudden"]}}'])
    return raw


def answers_of(guide: Guide, raw: dict[str, object]) -> Answers:
    """The answers of such an object, without problems in this guide. Raises GuideError with every problem.

    A question with an empty list counts as left out.
    """
    given = raw.get("answers")
    if not isinstance(given, dict):
        raise GuideError(['"answers" must be an object'])
    if wrong := [slug for slug, chosen in given.items() if not _is_slugs(chosen)]:
        raise GuideError(f'"{slug}" must be a list of slugs' for slug in wrong)
    given = {slug: chosen for slug, chosen in given.items() if chosen or slug not in guide.questions}
    if problems := list(guide.answer_problems(given)):
        raise GuideError(problems)
    return given


def story_or_answers(guide: Guide, raw: dict[str, object]) -> Vignette | Answers:
    """A story when the object says what is expected, else its answers. Raises GuideError.

    The keys are those of a vignette, but that its slug is called "id".
    """
    answers = answers_of(guide, raw)
    if "urgency" not in raw and "causes" not in raw:
        return answers
    kind, story, why, source = (str(raw.get(key, "")) for key in ("kind", "story", "why", "source"))
    return Vignette(
        kind=kind,
        story=story,
        why=why,
        source=source,
        slug=str(raw.get("id", "")),
        answers={question: tuple(chosen) for question, chosen in answers.items()},
        causes=_known(raw, "causes", [cause.slug for cause in guide.causes]),
        urgency=_known({"urgency": [raw.get("urgency")]}, "urgency", URGENCIES)[0],
        urgency_accept=_known({"urgency_accept": [raw["urgency"]]} | raw, "urgency_accept", URGENCIES, 1),
    )


def _known(raw: dict[str, object], key: str, known: Iterable[T], least: int = 0) -> tuple[T, ...]:
    slugs = raw.get(key)
    if not isinstance(slugs, list) or len(slugs) < least:
        raise GuideError([f'"{key}" must be a list of slugs{", one at least" if least else ""}'])
    if strange := [slug for slug in slugs if slug not in known]:
        raise GuideError(f'"{key}" cannot be {json.dumps(slug)}' for slug in strange)
    return tuple(slugs)


def _is_slugs(chosen: object) -> bool:
    return isinstance(chosen, list) and all(isinstance(option, str) for option in chosen)


def _printable(text: str) -> str:
    """Fit for a terminal, whatever the line held."""
    shown = text if len(text) <= LONGEST_COMPLAINT else text[:LONGEST_COMPLAINT] + "…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown)
