"""The working copy as a whole: rows to a guide, and a guide to rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from django.db import transaction
from django.db.models import Field, ManyToManyField, Model

from content.models import (
    Cause,
    Evidence,
    ExpectedCause,
    Fact,
    Level,
    Option,
    Page,
    Question,
    Section,
    Source,
    Thresholds,
    UrgencyRule,
    Vignette,
)
from triage.engine import guide as engine
from triage.engine.file import dump
from triage.engine.guide import Condition, Guide, GuideError
from triage.models import Release, digest

IN_ORDER_OF_DELETION = (Vignette, Cause, UrgencyRule, Section, Option, Question, Page, Fact, Source, Level, Thresholds)


def build() -> Guide:
    """The guide that the working copy makes. Raises GuideError with every reason why it makes none."""
    return Guide(**parts())


def parts() -> dict[str, Any]:
    """What a guide is made from, checked or not: the keyword arguments of `Guide`. Some 35 short queries."""
    thresholds = Thresholds.objects.first()
    if thresholds is None:
        raise GuideError(["thresholds: are not set"])
    names = _Names()
    return {
        "possible_at": thresholds.possible_at,
        "strong_at": thresholds.strong_at,
        "ask": _lines(thresholds.ask),
        "levels": tuple(_part(engine.Level, level) for level in Level.objects.all()),
        "pages": _pages(names),
        "causes": _causes(names),
        "urgency_rules": _urgency_rules(names),
        "sections": tuple(_part(engine.Section, section) for section in Section.objects.all()),
        "facts": tuple(_part(engine.Fact, fact) for fact in Fact.objects.all()),
        "sources": tuple(_part(engine.Source, source) for source in Source.objects.all()),
        "vignettes": _vignettes(names),
    }


class _Names:
    """The slugs of what rows name, by their keys and in their order."""

    def __init__(self) -> None:
        self.options = {o.pk: o.full_slug for o in Option.objects.all()}
        self.facts = dict(Fact.objects.values_list("pk", "slug"))
        self.sources = dict(Source.objects.values_list("pk", "slug"))
        self.levels = dict(Level.objects.values_list("pk", "slug"))

    def conditions(self, model: Any) -> dict[int, Condition]:
        """By the key of a row of `model`, its condition; none for a row that names no option."""
        lists = {
            name: _named(model._meta.get_field(f"{name}_of"), self.options) for name in ("all", "any", "none")
        }
        rows = {row for by_row in lists.values() for row in by_row}
        return {row: Condition(**{name: by_row.get(row, ()) for name, by_row in lists.items()}) for row in rows}

    def cited(self, model: Any) -> dict[str, dict[int, tuple[str, ...]]]:
        """What the rows of `model` cite, by the name of the list and the key of the row."""
        names = {"facts": self.facts, "sources": self.sources}
        return {
            field.name: _named(field, names[field.name]) for field in model._meta.many_to_many if field.name in names
        }


def _named(field: Any, names: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """By the key of each row, the names that its many-to-many field holds, in the order of `names`."""
    rank = {key: place for place, key in enumerate(names)}
    pairs = field.remote_field.through.objects.values_list(field.m2m_column_name(), field.m2m_reverse_name())
    found: dict[int, list[int]] = {}
    for row, key in pairs:
        found.setdefault(row, []).append(key)
    return {row: tuple(names[key] for key in sorted(keys, key=rank.__getitem__)) for row, keys in found.items()}


def _part(cls: type, row: Model, **others: Any) -> Any:
    """An object of the guide from a row: fields of one name are taken over, the `others` are given."""
    plain = {field.name for field in _plain_fields(type(row))}
    return cls(**{f.name: getattr(row, f.name) for f in fields(cls) if f.name in plain - others.keys()}, **others)


def _plain_fields(model: type[Model]) -> Iterator["Field[Any, Any]"]:
    return (field for field in model._meta.concrete_fields if not field.is_relation)


def _pages(names: _Names) -> tuple[engine.Page, ...]:
    options = _grouped(Option.objects.all(), "question_id")
    questions = _grouped(Question.objects.all(), "page_id")
    conditions = names.conditions(Question)

    def question(row: Question) -> engine.Question:
        return _part(
            engine.Question,
            row,
            show_if=conditions.get(row.pk),
            options=tuple(_part(engine.Option, option) for option in options.get(row.pk, ())),
        )

    return tuple(
        _part(engine.Page, page, questions=tuple(map(question, questions.get(page.pk, ()))))
        for page in Page.objects.all()
    )


def _causes(names: _Names) -> tuple[engine.Cause, ...]:
    cited = _named(Cause._meta.get_field("sources"), names.sources)
    evidence = _grouped(Evidence.objects.all(), "cause_id")
    reasons = _rows(engine.Evidence, Evidence, names)
    return tuple(
        _part(
            engine.Cause,
            row,
            section=row.section.slug,
            ask=_lines(row.ask),
            sources=cited.get(row.pk, ()),
            evidence=tuple(reasons(e) for e in evidence.get(row.pk, ())),
        )
        for row in Cause.objects.select_related("section")
    )


def _urgency_rules(names: _Names) -> tuple[engine.UrgencyRule, ...]:
    return tuple(map(_rows(engine.UrgencyRule, UrgencyRule, names), UrgencyRule.objects.all()))


def _rows(cls: type, model: type[Model], names: _Names) -> Any:
    """A function that makes evidence or an urgency rule from its row."""
    conditions, cited = names.conditions(model), names.cited(model)
    return lambda row: _part(
        cls,
        row,
        condition=conditions.get(row.pk, Condition()),
        **{name: by_row.get(row.pk, ()) for name, by_row in cited.items()},
    )


def _vignettes(names: _Names) -> tuple[engine.Vignette, ...]:
    answers = _named(Vignette._meta.get_field("answers"), names.options)
    accepted = _named(Vignette._meta.get_field("urgency_accept"), names.levels)
    causes = _grouped(ExpectedCause.objects.select_related("cause"), "vignette_id")
    return tuple(
        _part(
            engine.Vignette,
            row,
            answers=_by_question(answers.get(row.pk, ())),
            causes=tuple(expected.cause.slug for expected in causes.get(row.pk, ())),
            urgency_accept=accepted.get(row.pk, ()),
        )
        for row in Vignette.objects.all()
    )


def _by_question(options: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for question, _, option in (name.partition(":") for name in options):
        found[question] = (*found.get(question, ()), option)
    return found


def _grouped(rows: Iterable[Any], key: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, key), []).append(row)
    return found


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())


def has_unpublished_changes() -> bool:
    """Whether it holds anything that stands in no release."""
    try:
        text = dump(build())
    except GuideError:
        return not is_empty()
    return not Release.objects.filter(digest=digest(text)).exists()


def is_empty() -> bool:
    return not any(model._default_manager.exists() for model in IN_ORDER_OF_DELETION)


@transaction.atomic
def replace(guide: Guide) -> None:
    """Make `guide` the whole working copy. Raises GuideError on what the tables cannot hold.

    A row whose slug stays keeps its key, so that a screen that somebody has open can still be saved.
    """
    if problems := list(_storage_problems(guide)):
        raise GuideError(problems)
    keys = _Keys()
    _delete_everything()
    Thresholds.objects.create(possible_at=guide.possible_at, strong_at=guide.strong_at, ask="\n".join(guide.ask))
    for model, items in ((Level, guide.levels), (Fact, guide.facts), (Source, guide.sources), (Section, guide.sections)):
        keys.create(model, [(item, {}) for item in items])
    _replace_questions(guide, keys)
    _replace_causes(guide, keys)
    keys.create(UrgencyRule, [(rule, {}) for rule in guide.urgency_rules])
    keys.connect_rows(UrgencyRule, {rule.slug: rule for rule in guide.urgency_rules})
    _replace_vignettes(guide, keys)


def _delete_everything() -> None:
    """First who names whom, for what is named is protected."""
    for model in (Question, Cause, Evidence, UrgencyRule, Vignette):
        for field in model._meta.many_to_many:
            field.remote_field.through.objects.all().delete()
    for model in IN_ORDER_OF_DELETION:
        model._default_manager.all().delete()


def _storage_problems(guide: Guide) -> Iterator[str]:
    for path, value in _leaves(guide, ""):
        if isinstance(value, str) and not _can_be_kept(value):
            yield f"{path}: holds a character that cannot be kept"
        elif type(value) is int and abs(value) > 1000:
            yield f"{path}: must be between -1000 and 1000"
        elif isinstance(value, engine.Checked) and bool(value.signed_by) != bool(value.signed_on):
            yield f"{path}: signed_by and signed_on go together"
    lists = {"ask": guide.ask} | {f"causes[{c}].ask": cause.ask for c, cause in enumerate(guide.causes)}
    for path, ask in lists.items():
        if _lines("\n".join(ask)) != ask:
            yield f"{path}: each must be one line with something in it"


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
    """PostgreSQL keeps no NUL, and neither database half of a surrogate pair."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


class _Keys:
    """The keys of rows by their slugs: what they were, to keep them, and what they are now."""

    def __init__(self) -> None:
        self.before = {
            model: dict(model._default_manager.values_list("slug", "pk"))
            for model in (Level, Fact, Source, Section, Page, Question, Cause, UrgencyRule, Vignette)
        }
        self.before[Option] = {o.full_slug: o.pk for o in Option.objects.all()}
        self.before[Evidence] = _evidence_keys()
        self.now: dict[Any, dict[str, int]] = {}

    def create(self, model: Any, items: list[tuple[Any, dict[str, Any]]], names: list[str] | None = None) -> None:
        """Make a row of each item, in this order; what is not a plain field comes beside it."""
        names = names or [item.slug for item, _ in items]
        plain = [field.name for field in _plain_fields(model) if field.name not in ("id", "position")]
        rows = [
            model(
                pk=self.before[model].get(name),
                **{field: getattr(item, field) for field in plain if field not in others},
                **others,
            )
            for name, (item, others) in zip(names, items, strict=True)
        ]
        for position, row in enumerate(rows):
            row.position = position
        model._default_manager.bulk_create(rows)
        self.now[model] = {name: row.pk for name, row in zip(names, rows, strict=True)}

    def connect(self, field: Any, target: Any, named: Mapping[str, Iterable[str]]) -> None:
        """Fill a many-to-many field: by the name of each row, the names that it holds."""
        through, own, other = field.remote_field.through, field.m2m_column_name(), field.m2m_reverse_name()
        through.objects.bulk_create(
            through(**{own: self.now[field.model][row], other: self.now[target][name]})
            for row, names in named.items()
            for name in names
        )

    def connect_conditions(self, model: Any, conditions: Mapping[str, Condition | None]) -> None:
        for name in ("all", "any", "none"):
            named = {row: getattr(condition, name) for row, condition in conditions.items() if condition}
            self.connect(model._meta.get_field(f"{name}_of"), Option, named)

    def connect_rows(self, model: Any, items: Mapping[str, Any]) -> None:
        """Evidence or urgency rules, by name: what they ask for and what they cite."""
        self.connect_conditions(model, {name: item.condition for name, item in items.items()})
        self.connect(model._meta.get_field("facts"), Fact, {name: item.facts for name, item in items.items()})
        self.connect(model._meta.get_field("sources"), Source, {name: item.sources for name, item in items.items()})


def _evidence_keys() -> dict[str, int]:
    """Evidence has no slug: it is known by its cause and its place there."""
    found = {}
    for cause, rows in _grouped(Evidence.objects.select_related("cause"), "cause_id").items():
        found.update({_place(row.cause.slug, n): row.pk for n, row in enumerate(rows)})
    return found


def _place(cause: str, n: int) -> str:
    return f"{cause} {n}"


def _replace_questions(guide: Guide, keys: _Keys) -> None:
    keys.create(Page, [(page, {}) for page in guide.pages])
    keys.create(
        Question,
        [(q, {"page_id": keys.now[Page][page.slug]}) for page in guide.pages for q in page.questions],
    )
    keys.create(
        Option,
        [(o, {"question_id": keys.now[Question][slug]}) for slug, q in guide.questions.items() for o in q.options],
        names=list(guide.options),
    )
    keys.connect_conditions(Question, {slug: question.show_if for slug, question in guide.questions.items()})


def _replace_causes(guide: Guide, keys: _Keys) -> None:
    keys.create(
        Cause,
        [
            (cause, {"section_id": keys.now[Section][cause.section], "ask": "\n".join(cause.ask)})
            for cause in guide.causes
        ],
    )
    keys.connect(Cause._meta.get_field("sources"), Source, {cause.slug: cause.sources for cause in guide.causes})
    evidence = {_place(cause.slug, n): (cause.slug, e) for cause in guide.causes for n, e in enumerate(cause.evidence)}
    keys.create(
        Evidence,
        [(row, {"cause_id": keys.now[Cause][cause]}) for cause, row in evidence.values()],
        names=list(evidence),
    )
    keys.connect_rows(Evidence, {name: row for name, (_, row) in evidence.items()})


def _replace_vignettes(guide: Guide, keys: _Keys) -> None:
    keys.create(Vignette, [(vignette, {}) for vignette in guide.vignettes])
    answers = {v.slug: [f"{q}:{o}" for q, chosen in v.answers.items() for o in chosen] for v in guide.vignettes}
    keys.connect(Vignette._meta.get_field("answers"), Option, answers)
    accepted = {v.slug: dict.fromkeys(v.urgency_accept) for v in guide.vignettes}
    keys.connect(Vignette._meta.get_field("urgency_accept"), Level, accepted)
    ExpectedCause.objects.bulk_create(
        ExpectedCause(
            vignette_id=keys.now[Vignette][v.slug], cause_id=keys.now[Cause][cause], position=position
        )
        for v in guide.vignettes
        for position, cause in enumerate(v.causes)
    )
