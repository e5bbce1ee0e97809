"""The one format on disk: JSON that mirrors the guide's classes, key by key.

`load(dump(guide)) == guide`. A key whose value is the default is left out. A text of several
lines is a list of lines. Short things stay on one line, so that a diff shows one change a line.
"""

import json
import types
from collections import Counter
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from triage.engine import limits
from triage.engine.guide import Guide, GuideError, slug_for
from triage.engine.parts import Cause, Condition

WIDTH = 100
LONGEST_LIST = max(limits.COUNTS.values())
MUST_BE: dict[object, str] = {str: "a text", int: "a whole number", bool: "true or false"}


def load(text: str) -> Guide:
    """JSON text in, a checked guide out. Raises GuideError with every problem and its path."""
    try:
        raw = decode(text)
    except (ValueError, RecursionError) as error:
        raise GuideError([f"not JSON: {error}"]) from None
    problems: dict[str, str] = {}
    parts = _object(Guide, raw, "", problems.setdefault)
    parts["causes"] = _with_slugs(parts["causes"])
    lines = [f"{path}: {problem}" if path else problem for path, problem in problems.items()]
    try:
        guide = Guide(**parts)
    except GuideError as error:
        # What stands in for a missing or mistyped value makes problems of its own: say it once.
        said = tuple(f"{path}{end}" for path in problems for end in ":.[")
        rest = [line for line in error.problems if "" not in problems and not line.startswith(said)]
        raise GuideError([*lines, *rest]) from None
    if lines:
        raise GuideError(lines)
    return guide


def _with_slugs(causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Older files have no slugs of evidence: there the words make them."""
    taken = {row.slug for cause in causes for row in cause.evidence}
    if "" not in taken or sum(len(cause.evidence) for cause in causes) > limits.COUNTS["rows of evidence"]:
        return causes
    named = []
    for cause in causes:
        rows = []
        for row in cause.evidence:
            rows.append(replace(row, slug=row.slug or slug_for(row.text, taken)))
            taken.add(rows[-1].slug)
        named.append(replace(cause, evidence=tuple(rows)))
    return tuple(named)


def dump(guide: Guide) -> str:
    """A guide in, JSON text out: always the same text for the same guide."""
    return _written(plain(guide), 0) + "\n"


def read_condition(raw: object) -> Condition:
    """A condition in the form of the file. Raises GuideError."""
    problems: dict[str, str] = {}
    condition = Condition(**_object(Condition, raw, "condition", problems.setdefault))
    if problems:
        raise GuideError(f"{path}: {problem}" for path, problem in problems.items())
    return condition


Report = Callable[[str, str], object]


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number here")


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object that they make. Raises GuideError, a sentence for each key that stands twice: of those JSON
    would take the last without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(key for key, _ in pairs)
        raise GuideError(f'"{key}" is given {count} times' for key, count in times.items() if count > 1)
    return found


decode = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_once_each).decode
"""JSON text in, what it says out. Raises GuideError or another ValueError, or RecursionError."""


@cache
def _shape(cls: type) -> dict[str, tuple[object, Field]]:
    hints = get_type_hints(cls)
    return {field.name: (hints[field.name], field) for field in fields(cls)}


def _object(cls: type, raw: object, path: str, report: Report) -> dict[str, Any]:
    """The keyword arguments for `cls`; what cannot be read is reported, and stood in for."""
    dot = f"{path}." if path else ""
    if not isinstance(raw, dict):
        report(path, "must be an object")
        raw = None
    parts = {}
    for name, (kind, field) in _shape(cls).items():
        if raw is not None and name in raw:
            parts[name] = _value(kind, raw[name], dot + name, report)
        elif field.default is MISSING:
            if raw is not None:
                report(dot + name, "is missing")
            parts[name] = _stand_in(kind)
    for name in raw or ():
        if name not in _shape(cls):
            report(dot + str(name), "is not a key here")
    return parts


def _value(kind: object, raw: object, path: str, report: Report) -> object:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if raw is None else _value(args[0], raw, path, report)
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(**_object(kind, raw, path, report))
    if origin is tuple:
        return _list(args[0], raw, path, report)
    if origin is dict:
        return _mapping(args[1], raw, path, report)
    return _scalar(kind, raw, path, report)


def _scalar(kind: object, raw: object, path: str, report: Report) -> object:
    if kind is str and isinstance(raw, list) and all(isinstance(line, str) for line in raw):
        raw = "\n".join(raw)
    if kind is date:
        return _date(raw, path, report)
    if get_origin(kind) is Literal:
        args = get_args(kind)
        if raw not in args or not isinstance(raw, str):
            report(path, f"must be one of {', '.join(repr(arg) for arg in args)}")
            return args[0]
    elif type(raw) is not kind:
        report(path, f"must be {MUST_BE[kind]}")
        return _stand_in(kind)
    return raw


def _list(kind: object, raw: object, path: str, report: Report) -> tuple[object, ...]:
    if not isinstance(raw, list):
        report(path, "must be a list")
        raw = []
    if len(raw) > LONGEST_LIST:
        report(path, f"{len(raw):,} are too many, at most {LONGEST_LIST:,} can be")
        raw = []
    return tuple(_value(kind, item, f"{path}[{i}]", report) for i, item in enumerate(raw))


def _mapping(kind: object, raw: object, path: str, report: Report) -> dict[str, object]:
    if not isinstance(raw, dict):
        report(path, "must be an object")
        raw = {}
    return {key: _value(kind, item, f"{path}.{key}", report) for key, item in raw.items()}


def _date(raw: Any, path: str, report: Report) -> date | None:
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        report(path, 'must be a date such as "2026-01-31"')
        return None


def _stand_in(kind: Any) -> object:
    """Something of the right kind. (What may be None has a default, and needs no stand-in.)"""
    origin = get_origin(kind)
    return get_args(kind)[0] if origin is Literal else (origin or kind)()


def plain(value: object) -> Any:
    """A part of the guide as JSON has it, without what is the default."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: plain(getattr(value, name))
            for name, (_, field) in _shape(type(value)).items()
            if getattr(value, name) != field.default
        }
    if isinstance(value, str):
        return value.split("\n") if "\n" in value else value
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def _written(value: object, depth: int) -> str:
    """On one line where it fits, else a line for each part."""
    if not isinstance(value, dict | list) or not value:
        return _encoded(value)
    if isinstance(value, dict):
        parts = [f"{_encoded(key)}: {_written(item, depth + 1)}" for key, item in value.items()]
    else:
        parts = [_written(item, depth + 1) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) + depth <= WIDTH and not any("\n" in part for part in parts):
        return line
    pad = " " * (depth + 1)
    return f"{opening}\n{pad}" + f",\n{pad}".join(parts) + f"\n{pad[1:]}{closing}"
