"""What a screen of the admin shows, in words and as digests: who saves second is told what changed."""

import hashlib
from collections.abc import Iterable
from copy import copy
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
    return state_at(with_lists(type(instance)).get(pk=instance.pk), inline_models)


def state_at(now: Model, inline_models: Iterable[type[Model]]) -> State:
    state = {
        field.name: (str(field.verbose_name).capitalize(), in_words(now, field)) for field in _fields(now)
    }
    for model in inline_models:
        owner = next(field.name for field in model._meta.fields if field.related_model is type(now))
        for row in with_lists(model).filter(**{owner: now.pk}):
            words = "; ".join(f"{f.verbose_name}: {said}" for f in _fields(row) if (said := in_words(row, f)))
            state[f"{model._meta.model_name} {row.pk}"] = (
                f"{str(model._meta.verbose_name).capitalize()} “{row}”",
                words,
            )
    return state


def typed(current: Model, cleaned: dict[str, Any]) -> State:
    """What was sent for each field, as `state_at` tells it."""
    row, state = copy(current), {}
    for field in _fields(current):
        if field.name not in cleaned:
            continue
        if field.many_to_many:
            words = ", ".join(str(one) for one in cleaned[field.name])
        else:
            setattr(row, field.name, cleaned[field.name])
            words = in_words(row, field)
        state[field.name] = ("", words)
    return state


def with_lists(model: type[Model]) -> QuerySet:
    return model._default_manager.prefetch_related(*(field.name for field in model._meta.many_to_many))


def _fields(row: Model) -> list[Field]:
    return [
        field
        for field in (*row._meta.fields, *row._meta.many_to_many)
        if field.editable and not field.primary_key
    ]


def in_words(row: Model, field: Field) -> str:
    if field.many_to_many:
        return ", ".join(str(one) for one in getattr(row, field.name).all())
    if isinstance(field, StoredCondition):
        names = {option.full_slug: str(option) for option in Option.objects.all()}
        return condition_in_words(in_order_of(names, read_condition(getattr(row, field.name))), names)
    value = getattr(row, f"get_{field.name}_display")() if field.choices else getattr(row, field.name)
    return "" if value is None else str(value)


def digests(state: State) -> dict[str, str]:
    return {key: hashlib.sha256(words.encode()).hexdigest()[:12] for key, (_, words) in state.items()}
