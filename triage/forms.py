"""The questions that are asked of one page, as a form; each field is named after its question."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from triage.engine.parts import Question

UNKNOWN = "?"
"""Stands for what was sent and is no option of ours."""


class AnswerField(forms.MultipleChoiceField):
    """Cleans the values sent for a question to a tuple of option slugs, in the guide's order.

    Its errors are codes; the sentences, and the boxes, stand in templates/public/parts.
    """

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def valid_value(self, value: str) -> bool:
        """Stock looks among choices, which are copied for each request; the question has them."""
        return any(option.slug == value for option in self.question.options)

    def sent(self, value: Iterable[str] | None) -> list[str]:
        """What was sent, to be shown again; whatever is no option of ours is only told to have been there."""
        known = {option.slug for option in self.question.options}
        chosen = set(value or ())
        return [*sorted(chosen & known), *([UNKNOWN] if chosen - known else [])]

    def clean(self, value: Iterable[str] | None) -> tuple[str, ...]:
        sent = super().clean(value)
        chosen = tuple(option for option in self.question.options if option.slug in sent)
        if len(chosen) > 1 and self.question.kind == "single":
            raise ValidationError("", code="several")
        if len(chosen) > 1 and (alone := [option for option in chosen if option.exclusive]):
            raise ValidationError(alone[0].slug, code="alone")
        return tuple(option.slug for option in chosen)


class PageForm(forms.Form):
    def __init__(self, *, questions: Iterable[Question] = (), prefix: str = "", **stock: Any) -> None:
        super().__init__(**stock)
        self.fields = {question.slug: AnswerField(question) for question in questions}

    def sent(self) -> dict[str, list[str]]:
        """What was sent for each question."""
        return {
            slug: field.sent(self[slug].value())
            for slug, field in self.fields.items()
            if isinstance(field, AnswerField)
        }

    def wrong(self) -> dict[str, ValidationError]:
        """What is wrong first with each question that something was sent for."""
        return {slug: errors.as_data()[0] for slug, errors in self.errors.items() if slug in self.data}
