"""The working copy as a whole: rows to a guide, and a guide to rows.

A row mirrors a class of `triage.engine.parts`, field by field, so most values are taken over as they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model

from content import models
from content.models import Cause, Evidence, Option, Page, Question, Section, Thresholds, Vignette
from content.signatures import digest_of, signed_parts
from triage import markdown
from triage.engine import parts
from triage.engine.file import dump, read_condition, written_condition
from triage.engine.guide import Guide, GuideError
from triage.engine.parts import CardRow
from triage.models import Release
from triage.models import digest as digest_of_text

Rows = Any
"""A model, as its rows are asked for."""

LISTS: dict[str, tuple[Rows, tuple[str, ...]]] = {
    "levels": (models.Level, ()),
    "facts": (models.Fact, ()),
    "sources": (models.Source, ()),
    "sections": (Section, ()),
    "pages": (Page, tuple(f"questions__options__{name}" for name in models.CITED)),
    "causes": (Cause, ("section", "sources", *(f"evidence__{name}" for name in models.CITED))),
    "urgency_rules": (models.UrgencyRule, models.CITED),
    "vignettes": (Vignette, ("answers", "urgency_accept", "expected__cause")),
}
"""The lists of a guide in an order in which they can be written; and what to fetch along when reading."""

CHILDREN: dict[str, Rows] = {"questions": Question, "options": Option, "evidence": Evidence}

PARTS: dict[Rows, Any] = {
    models.Level: parts.Level,
    models.Fact: parts.Fact,
    models.Source: parts.Source,
    Section: parts.Section,
    Page: parts.Page,
    Question: parts.Question,
    Option: parts.Option,
    Cause: parts.Cause,
    Evidence: parts.Evidence,
    models.UrgencyRule: parts.UrgencyRule,
    Vignette: parts.Vignette,
}
"""What a row stands for in the guide."""

SIGNED = ("signed_by", "signed_on")
"""No row holds them: content.signatures knows what is signed."""

THRESHOLDS = ("possible_at", "strong_at", "ask", "film", "home", "home_reason")
"""What belongs to no other part."""


# Rows to a guide.


def build() -> Guide:
    """The guide that the working copy makes. Raises GuideError with every reason why it makes none."""
    return Guide(**signed_parts(parts_of_it()))


def parts_of_it() -> dict[str, Any]:
    """What a guide is made from, checked or not: the keyword arguments of `Guide`. Some 40 short queries."""
    thresholds = Thresholds.objects.first()
    if thresholds is None:
        raise GuideError(["thresholds: are not set"])
    return {
        **{name: _value(thresholds, name) for name in THRESHOLDS},
        **{
            name: tuple(_part(row) for row in model.objects.prefetch_related(*along))
            for name, (model, along) in LISTS.items()
        },
    }


def _part(row: Model) -> Any:
    """The object of the guide that a row stands for."""
    cls = PARTS[type(row)]
    return cls(**{f.name: _value(row, f.name) for f in fields(cls) if f.name not in SIGNED})


def signature_of(row: Any) -> models.Signature | None:
    """The signature that covers a row as it is now."""
    within = getattr(row, "question", None) or getattr(row, "cause", None)
    digest = digest_of(_part(row), within.slug if within else "")
    return models.Signature.objects.filter(digest=digest).first()


def _value(row: Any, name: str) -> Any:
    if name in CHILDREN:
        return tuple(_part(child) for child in getattr(row, name).all())
    if name in ("facts", "sources", "urgency_accept"):
        return tuple(named.slug for named in getattr(row, name).all())
    value = getattr(row, name, None)
    match name:
        case "condition" | "show_if" | "home":
            value = read_condition(value) if value or name == "condition" else None
        case "card":
            value = tuple(CardRow(label=label, text=text) for label, text in _rows(row.card))
        case "opinions":
            value = tuple(said.strip() for said in row.opinions.split(",") if said.strip())
        case "answers":
            value = _by_question(row.answers.all())
        case "causes":
            value = tuple(expected.cause.slug for expected in row.expected.all())
        case "section" if isinstance(row, Cause):
            value = row.section.slug
        case "ask" | "film":
            value = _lines(value or "")
    return value


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """Each line of a card: what stands before its first colon, and after it."""
    for line in _lines(text):
        label, _, rest = line.partition(":")
        yield label.strip(), rest.strip()


def _by_question(options: Iterable[Option]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for option in options:
        slug = option.question.slug
        found[slug] = (*found.get(slug, ()), option.slug)
    return found


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())


def has_unpublished_changes() -> bool:
    """Whether it holds anything that stands in no release."""
    try:
        return is_unpublished(build())
    except GuideError:
        return not is_empty()


def is_unpublished(guide: Guide) -> bool:
    """Whether it is the guide of no release."""
    return not Release.objects.filter(digest=digest_of_text(dump(guide))).exists()


def is_empty() -> bool:
    return not Thresholds.objects.exists() and not any(model.objects.exists() for model, _ in LISTS.values())


# A guide to rows.


@transaction.atomic
def replace(guide: Guide) -> None:
    """Make `guide` the whole working copy. Raises GuideError on what the tables cannot hold.

    A row whose slug stays keeps its key, so that a screen that somebody has open can still be saved.
    """
    if problems := list(_storage_problems(guide)):
        raise GuideError(problems)
    writer = _Writer()
    _delete_everything()
    Thresholds.objects.create(**{name: _stored(name, getattr(guide, name)) for name in THRESHOLDS})
    for name, (model, _) in LISTS.items():
        writer.write(model, getattr(guide, name))
    writer.connect()


class _Writer:
    """Writes rows in an order in which what they belong to is there, and then who names whom."""

    def __init__(self) -> None:
        tables = [*(model for model, _ in LISTS.values()), *CHILDREN.values()]
        self.before: dict[tuple[Rows, str], list[int]] = defaultdict(list)
        for row in (row for model in tables for row in model.objects.order_by("-pk")):
            self.before[type(row), _name(row)].append(row.pk)
        self.keys: dict[tuple[Rows, str], int] = {}
        self.written: list[tuple[Any, Any]] = []

    def write(self, model: Rows, items: Iterable[Any], **parent: Model) -> None:
        items = tuple(items)
        rows = [model(position=n, **self._plain(model, item), **parent) for n, item in enumerate(items)]
        for row in rows:
            before = self.before[model, _name(row)]
            row.pk = before.pop() if before else None
        model.objects.bulk_create(rows)
        for row, item in zip(rows, items, strict=True):
            self.keys[model, _name(row)] = row.pk
            self.written.append((row, item))
            for name in CHILDREN.keys() & {field.name for field in fields(item)}:
                self.write(CHILDREN[name], getattr(item, name), **{model._meta.model_name: row})

    def _plain(self, model: Rows, item: Any) -> dict[str, Any]:
        names = {field.name for field in fields(item)} & {field.name for field in model._meta.concrete_fields}
        found = {name: _stored(name, getattr(item, name)) for name in names}
        if model is Cause:
            found["section"] = Section(pk=self.keys[Section, item.section])
        return found

    def connect(self) -> None:
        links = defaultdict(list)
        for row, item in self.written:
            for field in row._meta.many_to_many:
                own, other = field.m2m_column_name(), field.m2m_reverse_name()
                for position, name in enumerate(_named(item, field.name)):
                    link = field.remote_field.through(
                        **{own: row.pk, other: self.keys[field.related_model, name]}
                    )
                    link.position = position
                    links[type(link)].append(link)
        for through, rows in links.items():
            through.objects.bulk_create(rows)


def _stored(name: str, value: Any) -> Any:
    """A value of the guide as a row keeps it."""
    match name:
        case "condition" | "show_if" | "home":
            return written_condition(value)
        case "ask" | "film":
            return "\n".join(value)
        case "card":
            return "\n".join(f"{row.label}: {row.text}" for row in value)
        case "opinions":
            return ", ".join(value)
    return value


def _name(row: Any) -> str:
    """What a row is known by. Evidence has no slug; its words tell which it is."""
    return f"{row.cause_id} {row.text}" if isinstance(row, Evidence) else getattr(row, "full_slug", row.slug)


def _named(item: Any, name: str) -> Iterable[str]:
    if name == "answers":
        return [f"{question}:{option}" for question, chosen in item.answers.items() for option in chosen]
    return dict.fromkeys(getattr(item, name))


def _delete_everything() -> None:
    """First who names whom, for what is named is protected."""
    tables = [*(model for model, _ in LISTS.values()), *CHILDREN.values()]
    for model in tables:
        for field in model._meta.many_to_many:
            field.remote_field.through.objects.all().delete()
    for model in (Vignette, Cause, Question, *tables, Thresholds):
        model.objects.all().delete()


def _storage_problems(guide: Guide) -> Iterator[str]:
    for path, value in _leaves(guide, ""):
        if isinstance(value, str) and not _can_be_kept(value):
            yield f"{path}: holds a character that cannot be kept"
        elif type(value) is int and abs(value) > models.MOST_POINTS:
            yield f"{path}: must be between -{models.MOST_POINTS} and {models.MOST_POINTS}"
    lists = {"ask": guide.ask, "film": guide.film}
    lists |= {f"causes[{c}].ask": cause.ask for c, cause in enumerate(guide.causes)}
    for path, lines in lists.items():
        if _lines("\n".join(lines)) != lines:
            yield f"{path}: each must be one line with something in it"
    for n, level in enumerate(guide.levels):
        if tuple(_rows(_stored("card", level.card))) != tuple((row.label, row.text) for row in level.card):
            yield f"levels[{n}].card: each row must be one line, with no colon in its label"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield each part of the guide that is no list, with its path in the guide's file."""
    if isinstance(value, tuple):
        for n, item in enumerate(value):
            yield from _leaves(item, f"{path}[{n}]")
        return
    yield path, value
    if isinstance(value, dict) or is_dataclass(value):
        inner = value if isinstance(value, dict) else {f.name: getattr(value, f.name) for f in fields(value)}
        for name, item in inner.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)


def _can_be_kept(text: str) -> bool:
    """No database keeps half of a surrogate pair; and nobody sees a control character."""
    return (
        not markdown.UNSEEN.search(text.replace("\r", "")) and text.encode(errors="ignore").decode() == text
    )
