"""A guide as people speak of it: a list of things, each with a name in words and its fields in words."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.urls import reverse

from content.models import KIND, LEVEL, POINTS, SIGNS, URGENCY
from triage.engine.guide import Guide
from triage.engine.parts import Answers, CardRow, Condition, Group
from triage.web.jinja import day

Parts = Guide | SimpleNamespace
"""A guide, or what one would be made from."""

SIGNED = ("signed_by", "signed_on")
"""No row holds them: content.signatures knows what is signed."""
NESTED = {"slug", "questions", "options", "evidence"}
THRESHOLDS = ("possible_at", "strong_at", "ask", "film", "home", "home_reason")
"""What `Thresholds` keeps: of the guide, and of no part of it."""


def level_in_words(urgency: str, today: bool) -> str:
    return LEVEL["today" if today else urgency]


def screen(row: Model) -> str:
    return reverse(f"admin:content_{row._meta.model_name}_change", args=(row.pk,))


def names_of(answers: Answers) -> list[str]:
    """Each chosen option as `question:option`."""
    return [f"{question}:{option}" for question, chosen in answers.items() for option in chosen]


@dataclass(frozen=True)
class Thing:
    """A part of the guide that has a screen in the admin. `path` is its place in the guide's file."""

    kind: str
    slug: str
    name: str
    path: str
    item: Any
    within: str = ""
    """The slug of the page, question or cause that it belongs to."""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.slug

    @property
    def url(self) -> str:
        """Leads to its screen."""
        return reverse("admin:edit", args=(self.kind, self.slug or "-"))

    def fields(self) -> dict[str, Any]:
        """Its own values by name, without those that are things themselves."""
        if self.kind == "thresholds":
            return {name: getattr(self.item, name) for name in THRESHOLDS}
        own = {f.name: getattr(self.item, f.name) for f in fields(self.item) if f.name not in NESTED}
        parent = {"question": "page", "evidence": "cause"}.get(self.kind)
        return own | {parent: self.within} if parent else own

    def missing_texts(self) -> list[str]:
        if self.kind == "thresholds":
            return []
        required = [f.name for f in fields(self.item) if f.default is MISSING]
        if self.kind == "option" and not self.item.unsure:
            required.append("clause")
        empty = [n for n in required if isinstance(v := getattr(self.item, n), str) and not v.strip()]
        card = getattr(self.item, "card", ())
        return [*empty, *(["card"] if any(not (row.label and row.text) for row in card) else [])]


def things(parts: Parts) -> Iterator[Thing]:
    yield Thing("thresholds", "", "Thresholds", "", parts)
    yield from _listed("level", "Level", "levels", parts.levels, "name")
    for page in _listed("page", "Page", "pages", parts.pages, "title"):
        yield page
        path = f"{page.path}.questions"
        for question in _listed("question", "Question", path, page.item.questions, "text"):
            yield replace(question, within=page.slug)
            yield from _inside(question, "option", "options")
    for cause in _listed("cause", "Cause", "causes", parts.causes, "name"):
        yield cause
        yield from _inside(cause, "evidence", "evidence")
    yield from _listed("urgencyrule", "Urgency rule", "urgency_rules", parts.urgency_rules, "reason")
    yield from _listed("section", "Section", "sections", parts.sections, "title")
    yield from _listed("fact", "Fact", "facts", parts.facts, "slug")
    yield from _listed("source", "Published guidance", "sources", parts.sources, "title")
    yield from _listed("vignette", "Story", "vignettes", parts.vignettes, "slug")


def _listed(kind: str, noun: str, path: str, items: Iterable[Any], title: str) -> Iterator[Thing]:
    for n, item in enumerate(items):
        yield Thing(kind, item.slug, f"{noun} “{getattr(item, title)}”", f"{path}[{n}]", item)


def _inside(parent: Thing, kind: str, field: str) -> Iterator[Thing]:
    """What is told with its question or cause."""
    for n, item in enumerate(getattr(parent.item, field)):
        slug = f"{parent.slug}:{item.slug}" if kind == "option" else item.slug
        name, path = f"{parent.name}, {kind} “{item.text}”", f"{parent.path}.{field}[{n}]"
        yield Thing(kind, slug, name, path, item, parent.slug)


@cache
def label(kind: str, field: str) -> str:
    try:
        return str(getattr(apps.get_model("content", kind)._meta.get_field(field), "verbose_name", field))
    except FieldDoesNotExist:
        return field.replace("_", " ")


class Words:
    """Says the values of one guide's fields in words."""

    def __init__(self, parts: Parts) -> None:
        self.options = {
            f"{question.slug}:{option.slug}": f"{question.short}: {option.text}"
            for page in parts.pages
            for question in page.questions
            for option in question.options
        }
        self.names: dict[str, dict[Any, str]] = {
            "causes": {cause.slug: cause.name for cause in parts.causes},
            "page": {page.slug: page.title for page in parts.pages},
            "cause": {cause.slug: cause.name for cause in parts.causes},
            "sources": {source.slug: f"{source.publisher}: {source.title}" for source in parts.sources},
            "urgency": URGENCY,
            "urgency_accept": URGENCY,
            "opinions": URGENCY,
            "points": POINTS,
            "section": {section.slug: section.title for section in parts.sections},
            "kind": KIND,
            "signs": SIGNS,
        }

    def say(self, field: str, value: Any) -> str:
        """A value of this field in words; nothing for an empty one."""
        match value:
            case None | ():
                said = ""
            case bool():
                said = "yes" if value else "no"
            case (CardRow(), *_):
                said = "; ".join(f"{row.label}: {row.text}" for row in value)
            case Condition():
                said = self.condition(value)
            case date():
                said = day(value)
            case dict():
                said = "; ".join(self.options.get(option, option) for option in names_of(value))
            case tuple():
                said = "; ".join(self.name(field, item) for item in value)
            case _:
                said = self.name(field, value)
        return said

    def told(self, thing: Thing, but: Collection[str] = ()) -> list[tuple[str, str]]:
        """What a thing says: each value after what it is called, without what is empty."""
        values = ((name, self.say(name, value)) for name, value in thing.fields().items() if name not in but)
        return [(label(thing.kind, name), said) for name, said in values if said not in ("", "no")]

    def with_names(self, sentence: str) -> str:
        """A sentence of the engine, with the words of an option where it says its short name."""
        return re.sub(r"“(\w+:\w+)”", lambda found: f"“{self.options.get(found[1], found[1])}”", sentence)

    def name(self, field: str, value: object) -> str:
        return str(self.names.get(field, {}).get(value, value))

    def condition(self, condition: Condition) -> str:
        return condition_in_words(condition, self.options)


def condition_in_words(condition: Condition, names: Mapping[str, str]) -> str:
    """As one sentence: what must be said, and what holds it back; `names` has the words of each option."""
    told, exceptions = parts_in_words(condition, names)
    return f"{told}; unless {'; or '.join(exceptions)}" if exceptions else told


def parts_in_words(condition: Condition, names: Mapping[str, str]) -> tuple[str, list[str]]:
    """What must be said, and each thing that holds it back."""
    needed = [("all of", condition.all), ("any of", condition.any)]
    needed += [(_at_least(group), group.of) for group in condition.groups]
    needed += [("none of", condition.none)]
    told = ", and ".join(_named(how, options, names) for how, options in needed if options)
    return told, [_named(_at_least(group), group.of, names) for group in condition.unless]


def _named(how: str, options: Iterable[str], names: Mapping[str, str]) -> str:
    named, before = [], ""
    for option in options:  # a question is named once for the answers that follow one another
        question, _, answer = names.get(option, option).partition(": ")
        named.append(answer if answer and question == before else names.get(option, option))
        before = question
    return named[0] if len(named) == 1 and how != "none of" else f"{how}: {'; '.join(named)}"


def _at_least(group: Group) -> str:
    if group.at_least == len(group.of):
        return "all of"
    return "any of" if group.at_least == 1 else f"at least {group.at_least} of"


def place_of(problem: str, parts: Parts, rows: Mapping[str, str]) -> tuple[Thing | None, str]:
    """The thing that a guide's problem speaks of, and the problem in words."""
    path, _, sentence = problem.partition(": ")
    every = list(things(parts))
    names = {**rows} | {thing.slug: thing.name for thing in every if thing.slug}
    names |= {urgency: f"“{words}”" for urgency, words in URGENCY.items()}
    sentence = re.sub(
        r'no [\w ]+ "([\w:]+)"',
        lambda named: f"{rows[named[1]]} is not in use" if named[1] in rows else named[0],
        sentence,
    )
    sentence = re.sub(r'"([\w:]+)"', lambda named: names.get(named[1], named[0]), sentence)
    around = [
        thing
        for thing in every
        if path == thing.path or path.startswith((f"{thing.path}.", f"{thing.path}["))
    ]
    if not around and _first_name(path) in THRESHOLDS:
        around = every[:1]
    if not around:
        return None, f"{path.replace('_', ' ')}: {sentence}"
    thing = max(around, key=lambda thing: len(thing.path))
    field = _first_name(path[len(thing.path) :].lstrip("."))
    return thing, f"{thing.name}{f', {label(thing.kind, field)}' if field else ''}: {sentence}"


def _first_name(path: str) -> str:
    return re.split(r"[\[.]", path, maxsplit=1)[0]
