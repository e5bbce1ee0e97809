"""What a screen of the admin shows, in words and as digests: who saves second is told what changed."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Field, Model, QuerySet

from content.models import Option, StoredCondition
from content.signatures import in_any_order
from content.things import condition_in_words
from triage.engine.file import read_condition


class Shown(NamedTuple):
    name: str = ""
    words: str = ""
    """For who reads it; two sources or answers can have the same."""
    value: str = ""
    """What tells it from any other."""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.value.encode()).hexdigest()[:12]


State = dict[str, Shown]
"""By field, or by inline row."""


def state_of(instance: Model, inline_models: Iterable[type[Model]]) -> State:
    """As the database has it now."""
    now = _with_lists(type(instance)).get(pk=instance.pk)
    state = {field.name: shown_as(field, value_of(now, field)) for field in fields_of(now)}
    for model in inline_models:
        kind = str(model._meta.verbose_name).capitalize()
        owner = next(field.name for field in model._meta.fields if field.related_model is type(now))
        for row in _with_lists(model).filter(**{owner: now.pk}):
            told = [(field.verbose_name, shown_as(field, value_of(row, field))) for field in fields_of(row)]
            words = "; ".join(f"{name}: {one.words}" for name, one in told if one.words)
            values = json.dumps([one.value for _, one in told])
            state[f"{model._meta.model_name} {row.pk}"] = Shown(f"{kind} “{row}”", words, values)
    return state


def shown_as(field: Field, value: Any) -> Shown:
    name = str(field.verbose_name).capitalize()
    if field.many_to_many:
        return Shown(name, ", ".join(map(str, value)), json.dumps(sorted(one.pk for one in value)))
    if isinstance(field, StoredCondition):
        names = {option.full_slug: str(option) for option in Option.objects.all()}
        condition = read_condition(value)
        return Shown(name, condition_in_words(condition, names), json.dumps(in_any_order(condition)))
    if field.many_to_one:
        return Shown(name, str(value or ""), str(value and value.pk))
    words = dict(field.flatchoices).get(value, value)
    # As a form sends it back: without the spaces around it.
    return Shown(name, *("" if one is None else str(one).strip() for one in (words, value)))


def _with_lists(model: type[Model]) -> QuerySet:
    return model._default_manager.prefetch_related(*(field.name for field in model._meta.many_to_many))


def fields_of(row: Model) -> list[Field]:
    return [
        field
        for field in (*row._meta.fields, *row._meta.many_to_many)
        if field.editable and not field.primary_key
    ]


def value_of(row: Model, field: Field) -> Any:
    value = getattr(row, field.name)
    return value.all() if field.many_to_many else value


def digests(state: State) -> dict[str, str]:
    return {key: shown.digest for key, shown in state.items()}
