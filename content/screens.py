"""What a screen of the admin shows, in words and as digests: who saves second is told what changed."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db.models import Field, Model, QuerySet

from content.conditions import in_order_of
from content.models import Option, StoredCondition
from content.things import condition_in_words
from triage.engine.file import read_condition

State = dict[str, tuple[str, str]]
"""By field, or by inline row: its name and its value in words."""


def state_of(instance: Model, inline_models: Iterable[type[Model]]) -> State:
    """As the database has it now."""
    now = _with_lists(type(instance)).get(pk=instance.pk)
    state = {
        field.name: (str(field.verbose_name).capitalize(), in_words(field, value_of(now, field)))
        for field in fields_of(now)
    }
    for model in inline_models:
        kind = str(model._meta.verbose_name).capitalize()
        owner = next(field.name for field in model._meta.fields if field.related_model is type(now))
        for row in _with_lists(model).filter(**{owner: now.pk}):
            told = ((field.verbose_name, in_words(field, value_of(row, field))) for field in fields_of(row))
            words = "; ".join(f"{name}: {said}" for name, said in told if said)
            state[f"{model._meta.model_name} {row.pk}"] = f"{kind} “{row}”", words
    return state


def _with_lists(model: type[Model]) -> QuerySet:
    return model._default_manager.prefetch_related(*(field.name for field in model._meta.many_to_many))


def fields_of(row: Model) -> list[Field]:
    return [
        field
        for field in (*row._meta.fields, *row._meta.many_to_many)
        if field.editable and not field.primary_key
    ]


def value_of(row: Model, field: Any) -> Any:
    value = getattr(row, field.name)
    return value.all() if field.many_to_many else value


def in_words(field: Any, value: Any) -> str:
    if field.many_to_many:
        return ", ".join(map(str, value))
    if isinstance(field, StoredCondition):
        names = {option.full_slug: str(option) for option in Option.objects.all()}
        return condition_in_words(in_order_of(names, read_condition(value)), names)
    said = dict(field.flatchoices).get(value, value)
    return "" if said is None else str(said)


def digest_of(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def digests(state: State) -> dict[str, str]:
    return {key: digest_of(words) for key, (_, words) in state.items()}
