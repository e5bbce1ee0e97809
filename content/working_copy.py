"""The working copy as a whole: rows to a guide, and a guide to rows.

A row mirrors a class of `triage.engine.parts`, field by field, so most values are taken over as they are.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from itertools import chain
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Model, Value
from django.db.models.functions import Concat

from content import models
from content.signatures import cited, signature_digest, signed_parts
from content.things import SIGNED, THRESHOLDS, Thing, names_of, place_of
from triage import markdown
from triage.engine import parts
from triage.engine.file import plain, read_condition
from triage.engine.guide import Guide, GuideError, leaves
from triage.engine.parts import CardRow, grouped

RowModel = type[Model]

LISTS: dict[str, RowModel] = {
    "levels": models.Level,
    "facts": models.Fact,
    "sources": models.Source,
    "sections": models.Section,
    "pages": models.Page,
    "causes": models.Cause,
    "urgency_rules": models.UrgencyRule,
    "vignettes": models.Vignette,
}
"""The lists of a guide in an order in which they can be written."""

CHILDREN: dict[str, type[models.Positioned]] = {
    "questions": models.Question,
    "options": models.Option,
    "evidence": models.Evidence,
}

MODELS: tuple[RowModel, ...] = (
    *(models.Level, models.Fact, models.Source, models.Section, models.Page, models.Question, models.Option),
    *(models.Cause, models.Evidence, models.UrgencyRule, models.Vignette),
)
"""A row stands for an object of the guide: of the class of the same name in `triage.engine.parts`."""

KINDS: dict[str, RowModel] = {"thresholds": models.Thresholds} | {
    str(model._meta.model_name): model for model in MODELS
}
"""By the name that a kind of thing has in addresses."""

ADDRESS = re.compile(r"(https?://[^\s\[\]/?#]+([/?#]\S*)?)?")
"""Of published guidance, where it has one."""

# Rows to a guide.


def build() -> Guide:
    """The guide that the working copy makes. Raises GuideError with every reason why it makes none."""
    return Guide(**signed_parts(parts_of_it()))


def parts_of_it() -> dict[str, object]:
    """What a guide is made from, checked or not: the keyword arguments of `Guide`. Some 20 short queries."""
    thresholds = models.Thresholds.objects.first()
    if thresholds is None:
        raise GuideError(["thresholds: are not set"])
    links = _links()
    return {
        **{name: _value(thresholds, name, links) for name in THRESHOLDS},
        **{name: _parts(model._default_manager.select_related(), links) for name, model in LISTS.items()},
    }


Links = dict[tuple[RowModel, str], dict[int, list[Any]]]
"""By model and field, and by the key of a row: what it names or holds, in order."""


def _links() -> Links:
    """Rows of related tables are fetched on their own and joined here: as Django would attach them they refer
    to one another, and of the time that a guide takes most would go into making and collecting them."""
    links = Links()
    for model in MODELS:
        links |= _named_by(model)
    for name, child in CHILDREN.items():
        parent: Any = child._meta.get_field(child.siblings_by)
        rows = child._default_manager.select_related(None)
        links[parent.related_model, name] = grouped((getattr(row, parent.attname), row) for row in rows)
    return links


def _named_by(model: RowModel) -> Links:
    return {(model, field.name): _named_in(field) for field in model._meta.many_to_many}


def _named_in(field: Any) -> dict[int, list[str]]:
    """What each row names in this field, in order, as the guide calls it; only what is in use."""
    through, other, named = field.remote_field.through, field.m2m_reverse_field_name(), field.related_model
    order = through._meta.ordering or [f"{other}__{place}" for place in named._meta.ordering]
    name: Any = F(f"{other}__slug")
    if named is models.Option:
        name = Concat(f"{other}__question__slug", Value(":"), name)
    pairs = through.objects.filter(**_in_use(field)).order_by(*order)
    return grouped(pairs.values_list(field.m2m_column_name(), name))


def _in_use(field: Any) -> dict[str, str]:
    """Of the table between, the rows that lead to what is in use."""
    path = f"{field.m2m_reverse_field_name()}__"
    if field.related_model is models.Option:
        return {f"{path}{within}status": "" for within in ("", "question__", "question__page__")}
    return {f"{path}status": ""} if issubclass(field.related_model, models.Usable) else {}


def _parts(rows: Iterable[Model], links: Links) -> tuple[object, ...]:
    """Of the rows that are in use."""
    return tuple(_part(row, links) for row in rows if not getattr(row, "status", ""))


def _part(row: Model, links: Links) -> Any:
    """The object of the guide that a row stands for."""
    cls = getattr(parts, type(row).__name__)
    return cls(**{f.name: _value(row, f.name, links) for f in fields(cls) if f.name not in SIGNED})


def signatures_of(rows: Sequence[Any]) -> dict[int, models.Signature]:
    """By the key of a row, all of one model: the signature that covers it as it is now."""
    links = _named_by(type(rows[0])) if rows else Links()
    words = cited(models.Fact.objects.all(), models.Source.objects.all())
    digests = {}
    for row in rows:
        within = getattr(row, "question", None) or getattr(row, "cause", None)
        digests[row.pk] = signature_digest(_part(row, links), words, within)
    known = models.Signature.objects.in_bulk({*digests.values()}, field_name="digest")
    return {key: known[digest] for key, digest in digests.items() if digest in known}


def _value(row: Any, name: str, links: Links) -> object:
    value = getattr(row, name, None)
    linked = links.get((type(row), name), {}).get(row.pk, [])
    match name:
        case "questions" | "options" | "evidence":
            value = _parts(linked, links)
        case "facts" | "sources" | "urgency_accept" | "causes":
            value = tuple(linked)
        case "answers":
            value = _by_question(linked)
        case "condition" | "show_if" | "home":
            value = read_condition(value) if value or name == "condition" else None
        case "card":
            value = tuple(CardRow(label=label, text=text) for label, text in _rows(row.card))
        case "opinions":
            value = tuple(said.strip() for said in row.opinions.split(",") if said.strip())
        case "section" if isinstance(row, models.Cause):
            value = row.section.slug
        case "ask" | "film":
            value = _lines(value or "")
    return value


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """Each line of a card: what stands before its first colon, and after it."""
    for line in _lines(text):
        label, _, rest = line.partition(": ")
        yield label.strip(), rest.strip()


def _by_question(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for question, _, option in (name.partition(":") for name in names):
        found[question] = (*found.get(question, ()), option)
    return found


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())


def build_if_whole() -> Guide | None:
    try:
        return build()
    except GuideError:
        return None


def problems_of(error: GuideError) -> list[tuple[Thing | None, str]]:
    try:
        found = SimpleNamespace(**parts_of_it())
    except GuideError:
        return [(None, problem) for problem in error.problems]
    names = {slug: f"{row._meta.verbose_name} “{row}”" for (_, slug), row in rows().items()}
    return [place_of(problem, found, names) for problem in error.problems]


@contextmanager
def staying_whole() -> Iterator[None]:
    """Undo what would make it no guide any more, and raise GuideError with the reasons in words."""
    was_whole = build_if_whole() is not None
    with transaction.atomic():
        yield
        if was_whole:
            hold_whole()


def hold_whole() -> Guide:
    """The guide that it makes. Raises GuideError with the reasons in words."""
    try:
        return build()
    except GuideError as error:
        raise GuideError([sentence for _, sentence in problems_of(error)]) from None


def left_out(status: str) -> list[Model]:
    usable = [model for model in MODELS if issubclass(model, models.Usable)]
    return [row for model in usable for row in model._default_manager.filter(status=status)]


def rows() -> dict[tuple[str, str], Any]:
    """Every row, by its kind and by its slug in the guide."""
    return {
        (kind, models.slug_of(row)): row
        for kind, model in KINDS.items()
        for row in model._default_manager.all()
    }


def is_empty() -> bool:
    return not any(model._default_manager.exists() for model in KINDS.values())


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
    models.Thresholds.objects.create(**{name: _stored(name, getattr(guide, name)) for name in THRESHOLDS})
    for name, model in LISTS.items():
        writer.write(model, getattr(guide, name))


class _Writer:
    """Writes rows, and whom they name, in an order in which what they belong to and name is there."""

    def __init__(self) -> None:
        self.before: dict[tuple[RowModel, str], list[int]] = defaultdict(list)
        for row in (row for model in MODELS for row in model._default_manager.order_by("-pk")):
            self.before[type(row), models.slug_of(row)].append(row.pk)
        self.keys: dict[tuple[RowModel, str], int] = {}

    def write(self, model: RowModel, items: Iterable[Any], **parent: Model) -> None:
        items = tuple(items)
        rows = [model(position=n, **self._plain(model, item), **parent) for n, item in enumerate(items)]
        for row in rows:
            before = self.before[model, models.slug_of(row)]
            row.pk = before.pop() if before else None
        model._default_manager.bulk_create(rows)
        self.keys |= {(model, models.slug_of(row)): row.pk for row in rows}
        pairs = list(zip(rows, items, strict=True))
        for field in model._meta.many_to_many:
            through: Any = field.remote_field.through
            links = (_links_of(row, getattr(item, field.name), field, self.keys) for row, item in pairs)
            through.objects.bulk_create(chain.from_iterable(links))
        for row, item in pairs:
            for name in CHILDREN.keys() & {field.name for field in fields(item)}:
                self.write(CHILDREN[name], getattr(item, name), **{str(model._meta.model_name): row})

    def _plain(self, model: RowModel, item: Any) -> dict[str, object]:
        names = {field.name for field in fields(item)} & {field.name for field in model._meta.concrete_fields}
        found = {name: _stored(name, getattr(item, name)) for name in names}
        if model is models.Cause:
            found["section"] = models.Section(pk=self.keys[models.Section, item.section])
        return found


def _links_of(
    row: Model, value: Any, field: Any, keys: Mapping[tuple[RowModel, str], int]
) -> Iterator[Model]:
    """What a value of the guide names, as rows of the table between."""
    own, other = field.m2m_column_name(), field.m2m_reverse_name()
    names = names_of(value) if field.name == "answers" else dict.fromkeys(value)
    for position, name in enumerate(names):
        link = field.remote_field.through(**{own: row.pk, other: keys[field.related_model, name]})
        link.position = position
        yield link


def set_field(row: Any, name: str, value: Any) -> None:
    field = row._meta.get_field(name)
    model: RowModel = field.related_model
    keys = {(model, models.slug_of(one)): one.pk for one in model._default_manager.all()} if model else {}
    if field.many_to_many:
        through = field.remote_field.through
        through.objects.filter(**{field.m2m_column_name(): row.pk}, **_in_use(field)).delete()
        through.objects.bulk_create(_links_of(row, value, field, keys))
    else:
        setattr(row, field.attname, keys[model, value] if model else _stored(name, value))
    row.save()


def _stored(name: str, value: Any) -> object:
    """A value of the guide as a row keeps it."""
    match name:
        case "condition" | "show_if" | "home":
            return plain(value) if value else {}
        case "ask" | "film":
            return "\n".join(value)
        case "card":
            return "\n".join(f"{row.label}: {row.text}" for row in value)
        case "opinions":
            return ", ".join(value)
    return value


def _delete_everything() -> None:
    """First what names others, for what is named is protected."""
    tables: list[RowModel] = [models.Thresholds, *reversed(MODELS)]
    for model in tables:
        model._default_manager.all().delete()


def _storage_problems(guide: Guide) -> Iterator[str]:
    for path, value in leaves(guide):
        if isinstance(value, str) and not _can_be_kept(value):
            yield f"{path}: holds a character that cannot be kept"
        elif path.endswith(".url") and isinstance(value, str) and not _is_address(value):
            yield f"{path}: is no address that a browser opens"
        elif path.endswith(".sheet_place") and type(value) is int and value < 0:
            yield f"{path}: must be 0 or more"
        elif type(value) is int and abs(value) > models.MOST_POINTS:
            yield f"{path}: must be between -{models.MOST_POINTS} and {models.MOST_POINTS}"
    lists = {"ask": guide.ask, "film": guide.film}
    lists |= {f"causes[{c}].ask": cause.ask for c, cause in enumerate(guide.causes)}
    for path, lines in lists.items():
        if _lines("\n".join(lines)) != lines:
            yield f"{path}: each must be one line with something in it"
    for n, level in enumerate(guide.levels):
        if tuple(_rows(str(_stored("card", level.card)))) != tuple(
            (row.label, row.text) for row in level.card
        ):
            yield f"levels[{n}].card: each row must be one line, with no colon in its label"


def _is_address(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return bool(ADDRESS.fullmatch(text))


def _can_be_kept(text: str) -> bool:
    """No database keeps half of a surrogate pair; and nobody sees a control character."""
    return (
        not markdown.UNSEEN.search(text.replace("\r", "")) and text.encode(errors="ignore").decode() == text
    )
