"""One form for every page of the guide; its fields are made once per guide and shared."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from triage.engine.guide import Guide, Question


class AnswerField(forms.Field):
    """A question. Cleans the values sent for it to a tuple of option slugs, in the guide's order.

    It keeps nothing of a request, so one field serves every form.
    """

    widget = forms.SelectMultiple  # reads all values of a name; the templates draw the boxes

    def __init__(self, question: Question) -> None:
        super().__init__(label=question.text)
        self.question = question
        self.slugs = [option.slug for option in question.options]
        self.alone = {option.slug: option.text for option in question.options if option.exclusive}

    def clean(self, value: Any) -> tuple[str, ...]:
        sent = set(value or ())
        chosen = tuple(slug for slug in self.slugs if slug in sent)
        if sent - set(chosen):
            raise ValidationError("One of the answers sent is not on this page. Please choose again.")
        if not chosen:
            raise ValidationError(self.nothing_chosen)
        if len(chosen) > 1 and self.question.kind == "single":
            raise ValidationError("Choose only one of these answers.")
        for slug in chosen:
            if slug in self.alone and len(chosen) > 1:
                raise ValidationError(f"Choose either “{self.alone[slug]}” or the other answers, not both.")
        return chosen

    @property
    def nothing_chosen(self) -> str:
        if self.question.kind == "single":
            return "Choose one of these answers."
        last = "".join(f", or “{text}”" for text in self.alone.values())
        return f"Choose every answer that fits{last}."


def fields_of(guide: Guide) -> dict[str, AnswerField]:
    return {slug: AnswerField(question) for slug, question in guide.questions.items()}


class PageForm(forms.Form):
    """The questions that are asked of one page; each field is named after its question."""

    fields: dict[str, forms.Field]

    def __init__(
        self, *, asked: Iterable[str], fields: Mapping[str, AnswerField], data: Any = None, **unused: Any
    ) -> None:
        super().__init__(data)
        self.fields = {slug: fields[slug] for slug in asked}

    def sent(self) -> dict[str, list[str]]:
        """What was sent for each question, right or wrong."""
        return {slug: self.data.getlist(slug) for slug in self.fields}  # type: ignore[attr-defined]

    def first_errors(self) -> dict[str, str]:
        """A sentence for each question that has something wrong."""
        return {slug: str(messages[0]) for slug, messages in self.errors.items()}
