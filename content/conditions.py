"""A condition as editors write it: answers chosen by their words, in a few groups."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.contrib.admin.widgets import AutocompleteSelectMultiple

from content import working_copy
from content.models import Option, Vignette
from content.things import Words
from triage.engine import limits
from triage.engine.file import plain, read_condition
from triage.engine.guide import GuideError
from triage.engine.parts import Condition, Group
from triage.engine.satisfiable import contradictions

ROOM = {"groups": 3, "unless": 4}
"""So many boxes are shown at least, and always an empty one after the last."""

KEY = re.compile("[0-9]{1,18}")
"""Of a row."""


class Named(AutocompleteSelectMultiple):
    """Rows chosen by typing. Stock asks the database for whatever was sent, a key or not."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, object] | None = None) -> Any:
        return super().optgroups(name, [key for key in value if KEY.fullmatch(str(key))], attr)


class ConditionWidget(forms.MultiWidget):
    template_name = "content/condition.html"

    def decompress(self, value: dict[str, Any] | None) -> list[int | list[int]]:
        """The keys of the options in each box, and before those of a group how many of them."""
        value = value or {}
        keys = {option.full_slug: option.pk for option in Option.objects.all()}

        def box(names: Iterable[str]) -> list[int]:
            return [keys[name] for name in names if name in keys]

        boxes: list[int | list[int]] = [box(value.get(kind, ())) for kind in ("all", "any", "none")]
        for kind in ROOM:
            groups = value.get(kind, [])
            for group in [*groups, *[{"of": []}] * (limits.GROUPS - len(groups))]:
                boxes += [group.get("at_least", 1), box(group["of"])]
        return boxes

    def get_context(self, name: str, value: object, attrs: dict[str, object] | None) -> dict[str, Any]:
        """Of all the boxes that there can be, those that hold something, and room for more."""
        context = super().get_context(name, value, attrs)
        parts = context["widget"]["subwidgets"]
        pairs = list(zip(parts[3::2], parts[4::2], strict=True))
        shown = parts[:3]
        for kind, boxes in (("groups", pairs[: limits.GROUPS]), ("unless", pairs[limits.GROUPS :])):
            filled = max((n for n, (_, of) in enumerate(boxes, start=1) if of["value"]), default=0)
            for number, of in boxes[: max(ROOM[kind], filled + 1)]:
                shown += [number | {"kind": kind}, of]
        context["widget"]["subwidgets"] = shown
        return context


class ConditionField(forms.MultiValueField):
    """Cleans to a condition in the form of the guide's file; empty for none."""

    def __init__(self, site: AdminSite, *, label: str, help_text: str) -> None:
        def answers() -> forms.Field:
            widget = Named(Vignette._meta.get_field("answers"), site)
            return forms.ModelMultipleChoiceField(Option.objects.all(), required=False, widget=widget)

        fields = [answers() for _ in range(3)]
        for _ in range(2 * limits.GROUPS):
            number = forms.IntegerField(min_value=1, max_value=99, required=False)
            number.widget.attrs["class"] = "at-least"
            of = answers()
            of.widget.attrs["aria-label"] = "of these answers"
            fields += [number, of]
        super().__init__(
            fields,
            require_all_fields=False,
            widget=ConditionWidget([field.widget for field in fields]),
            required=False,
            label=label,
            help_text=help_text,
            validators=[can_be_true],
        )

    def compress(self, data: list[Any]) -> dict[str, object]:
        if not data:
            return {}
        every, one, none, *groups = data
        pairs = [(number or 1, _names(of)) for number, of in zip(groups[::2], groups[1::2], strict=True)]
        for number, of in pairs:
            if of and number > len(of):
                raise forms.ValidationError(f"At least {number} of {len(of)} answers cannot be chosen.")
        needed, unless = (
            tuple(Group(of=of, at_least=number) for number, of in some if of)
            for some in (pairs[: limits.GROUPS], pairs[limits.GROUPS :])
        )
        return plain(
            Condition(all=_names(every), any=_names(one), none=_names(none), groups=needed, unless=unless)
        )


def can_be_true(written: object) -> None:
    """Nothing is said while the working copy makes no guide."""
    try:
        guide = working_copy.build()
        words = Words(guide)
        found = [words.with_names(problem) for problem in contradictions(guide, read_condition(written))]
    except (GuideError, KeyError):
        return
    if found:
        raise forms.ValidationError([f"This can never be true: {problem}." for problem in found])


def _names(options: Iterable[Option]) -> tuple[str, ...]:
    return tuple(option.full_slug for option in options)
