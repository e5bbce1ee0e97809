"""The admin's forms: how a text reads stands under it, and nobody overwrites another's work unseen."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AdminTextInputWidget,
)
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxLengthValidator
from django.db.models import Model, QuerySet
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from content.history import SIGNED
from content.models import Fact, Option, Question, ReleasedSlug
from content.screens import State, digests, fields_of, shown_as, state_of, value_of
from triage import markdown
from triage.engine import limits
from triage.engine.guide import slug_for

NAMED_BY = ("name", "short", "title", "reason", "text", "story")
"""The fields of whose words a short name is made, the first that there is."""


def how_it_reads(text: str, *, is_markdown: bool) -> SafeString:
    """Its reading grade and its long sentences; Markdown also as it will look."""
    told = {
        "rendered": markdown.render(text) if text and is_markdown else "",
        "grade": markdown.reading_grade(text),
        "long": markdown.long_sentences(text),
        "dead": markdown.dead_links(text) if is_markdown else [],
    }
    return render_to_string("content/reads.html", told) if any(told.values()) else SafeString("")


class Readable(forms.Widget):
    """Shows under a text how it reads, and again while it is typed (static/staff.js)."""

    markdown = False

    def render(
        self,
        name: str,
        value: str | None,
        attrs: dict[str, object] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        address = reverse("admin:reads") + ("?markdown" if self.markdown else "")
        box = super().render(name, value, {"data-reads": address, **(attrs or {})}, renderer)
        return box + how_it_reads(value or "", is_markdown=self.markdown)


class ReadableInput(Readable, AdminTextInputWidget):
    pass


class ReadableTextarea(Readable, AdminTextareaWidget):
    pass


class MarkdownTextarea(Readable, AdminTextareaWidget):
    markdown = True


class LinesField(forms.CharField):
    """Browsers end a line with CR LF; a guide has LF."""

    def to_python(self, value: object) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


SHORT_ENOUGH = MaxLengthValidator(limits.TEXT)
"""Told by the server, for a browser that knew the limit would cut what is pasted without a word."""


def only_seen(text: str) -> None:
    if found := markdown.UNSEEN.search(text := text.replace("\r", "")):
        before = text[max(0, found.start() - 30) : found.start()]
        where = f" after “{before}”" if before.strip() else ""
        raise forms.ValidationError(
            f"It holds a character that nobody can see{where}. Type the text anew, or remove it."
        )


class RowForm(forms.ModelForm):
    """A short name is made from the words where none was typed. One that some release has held, or that a
    condition or a story names, cannot be changed."""

    beside: Iterable[forms.BaseForm] = ()
    """The forms of the other rows of the same screen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slug, row = self.fields.get("slug"), self.instance
        if slug and row.pk:
            slug.disabled = ReleasedSlug.holds(row) or (
                isinstance(row, Option | Question) and bool(row.used_by())  # reads every condition
            )
        elif slug and not isinstance(row, Fact):
            slug.required = False
            slug.help_text = "Leave it empty, and it is made from the words."

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        for name in cleaned.keys() - self.changed_data:
            if self.fields[name].show_hidden_initial:  # left as it was shown, and stored otherwise, maybe
                cleaned[name] = getattr(self.instance, name)
        if cleaned.get("slug") == "":
            cleaned["slug"] = self._slug(cleaned)
        return cleaned

    def _slug(self, cleaned: dict[str, object]) -> str:
        words = next((str(cleaned[name]) for name in NAMED_BY if cleaned.get(name)), "")
        taken = {*self._meta.model._default_manager.values_list("slug", flat=True)}
        taken |= {getattr(form, "cleaned_data", {}).get("slug") for form in self.beside}
        return slug_for(words, taken | ReleasedSlug.held(self._meta.model))


class Shown(forms.JSONField):
    """What was shown, by digests. Whatever else is sent in its place shows nothing."""

    def to_python(self, value: object) -> object:
        try:
            return super().to_python(value)
        except (RecursionError, ValueError):
            return {}


class StaffForm(RowForm):
    """Carries digests of all that was shown, inline rows included, and compares them on saving.

    Whoever saves second is told where both changed the same. What they typed stays, and they can save again.
    """

    shown = Shown(widget=forms.HiddenInput, required=False)
    inline_models: Iterable[type[Model]] = ()
    breaks: Iterable[str] = ()
    """Why the working copy would make no guide any more if this were saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken_over: list[str] = []
        """The fields that somebody else changed meanwhile, and this person did not."""
        self.before: State = {}
        """What stood there until it was saved."""
        if not self.instance._state.adding:
            self.initial["shown"] = digests(state_of(self.instance, self.inline_models))

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        if self.breaks:
            self.add_error(None, list(self.breaks))
        if not self.instance._state.adding and (changes := self._changed_meanwhile(cleaned)):
            self.add_error(None, [_by_whom(self.instance), *changes])
        return cleaned

    def _changed_meanwhile(self, cleaned: dict[str, object]) -> list[str]:
        """What is no longer as it was shown, in words. From now on the new state counts as shown.

        A field that this person left as it was shown keeps the value that is stored, be it a new one: nobody
        is asked about it.
        """
        shown = cleaned.get("shown")
        before = shown if isinstance(shown, dict) else {}
        # Locked until saved, so that of two who save at once one comes second.
        current = type(self.instance)._base_manager.select_for_update().get(pk=self.instance.pk)
        self.before = state_of(current, self.inline_models)
        now = digests(self.before)
        for field in fields_of(current):
            name = field.name
            if name in cleaned and before.get(name) == shown_as(field, cleaned[name]).digest:
                cleaned[name] = value_of(current, field)
                if before[name] != now[name]:
                    self.taken_over.append(self.before[name].name)
                    now[name] = before[name]
        self.data: Any = self.data.copy()
        self.data[self.add_prefix("shown")] = json.dumps(now)
        gone = [
            f"{key.partition(' ')[0].capitalize()}: a row was removed." for key in before.keys() - now.keys()
        ]
        return gone + [
            f"{value.name} is now: {value.words or 'empty'}"
            for key, value in self.before.items()
            if before.get(key) != now[key]
        ]


class RowsThatAreLeft(forms.BaseInlineFormSet):
    """The rows of another's screen. One that somebody removed meanwhile is left out of what was sent: the
    screen tells of it, and stock would neither show it nor take the rest without it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made: list[forms.BaseForm] = []
        if self.is_bound:
            self.data = self._without_gone(self.data, self.management_form.cleaned_data)
            del self.management_form

    def _construct_form(self, i: int, **kwargs: object) -> RowForm:
        form: RowForm = super()._construct_form(i, **kwargs)
        if i < self.initial_form_count():
            for name in form._meta.fields or ():
                form.fields[name].show_hidden_initial = True  # what was changed is told by what was shown
        form.beside = self.made
        self.made.append(form)
        return form

    def _without_gone(self, sent: Any, count: Any) -> Any:
        there = {str(row.pk) for row in self.get_queryset()}
        total, initial = min(count["TOTAL_FORMS"], self.absolute_max), count["INITIAL_FORMS"]
        left = [n for n in range(total) if n >= initial or sent.get(f"{self.add_prefix(n)}-id") in there]
        if len(left) == total:
            return sent
        data = sent.copy()
        for place, n in enumerate(left):
            for lead in ("", "initial-"):  # what was typed, and what had been shown
                before, now = f"{lead}{self.add_prefix(n)}-", f"{lead}{self.add_prefix(place)}-"
                for name in [name for name in sent if name.startswith(before)]:
                    data.setlist(now + name.removeprefix(before), sent.getlist(name))
        data[f"{self.prefix}-TOTAL_FORMS"] = str(len(left))
        data[f"{self.prefix}-INITIAL_FORMS"] = str(initial - (total - len(left)))
        return data


def _entries_of(row: Model) -> QuerySet[LogEntry]:
    kind = ContentType.objects.get_for_model(row)
    return LogEntry.objects.filter(content_type=kind, object_id=str(row.pk))


def _by_whom(instance: Model) -> str:
    saved = _entries_of(instance)
    if isinstance(instance, Option):  # it is also changed on the screen of its question
        saved |= _entries_of(instance.question)
    last = saved.exclude(change_message=SIGNED).first()
    who = (
        f"{last.user.get_username()} saved it at {timezone.localtime(last.action_time):%H:%M}"
        if last
        else "It was saved"
    )
    return (
        f"{who} while you were writing. What you typed is still here. Look at what changed, then save again."
    )
