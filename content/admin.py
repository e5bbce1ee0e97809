"""The working copy in the stock admin: lists, screens, words. What they do is written elsewhere."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.db.models import CharField, DateField, Field, ManyToManyField, Model, QuerySet, TextField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_otp import user_has_device

from content import guards, models, search, trying, working_copy
from content.conditions import KEY, ConditionField, Named
from content.forms import (
    SHORT_ENOUGH,
    LinesField,
    MarkdownTextarea,
    ReadableInput,
    ReadableTextarea,
    RowForm,
    RowsThatAreLeft,
    StaffForm,
    only_seen,
)
from content.history import MOVED, log, told_changes
from content.one_time_codes import forget_devices
from content.password_reset import ASKED
from content.review import changed_stories, told
from content.screens import shown_as, state_of, value_of
from content.things import screen
from content.working_copy import signatures_of
from triage.engine import limits
from triage.engine.guide import Guide, GuideError
from triage.engine.parts import FACT_MARK, URGENCIES
from triage.web.jinja import day

APART = ("shown", "status")
Fieldsets = Sequence[tuple[object, Mapping[str, object]]]
IN_USE = ("In use", {"fields": ["status"]})
SIGNED = ("Checked and signed", {"fields": [("checked_on", "signed")]})


@cache
def _in_words(field: models.StoredCondition) -> Callable[[Model], str]:

    @admin.display(description=field.verbose_name)
    def said(row: Model) -> str:
        return shown_as(field, value_of(row, field)).words

    return said


class Narrow(admin.ModelAdmin):
    """What an address may say. A list is narrowed down by its own filters alone; stock takes any lookup,
    `text__regex` too."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        filters = self.get_list_filter(request)
        ways = ("", "__exact", "__id__exact", "__isnull")
        return lookup in {f"{name}{way}" for name in filters for way in ways}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """SQLite takes no more than so many words at once. What is not counted is not chosen anew."""
        if request.path.endswith("/autocomplete/") and issubclass(self.model, models.Usable):
            queryset = queryset.exclude(status="retired")
            if self.model is models.Option:
                queryset = queryset.exclude(question__status="retired")
                queryset = queryset.exclude(question__page__status="retired")
        return super().get_search_results(request, queryset, search_term[: search.LONGEST])

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        """A new thing starts empty. Stock would fill in whatever the address holds."""
        return {}


class InUse(forms.ModelChoiceField):
    """Says of each whether it is in use: what belongs to what is not stays out of the guide with it."""

    def label_from_instance(self, obj: Model) -> str:
        status = getattr(obj, "status", "")
        return f"{obj} ({status})" if status else str(obj)


class ReadableAdmin(admin.options.BaseModelAdmin):
    """Boxes that say how a text reads; no side doors to other screens."""

    reads = True
    """The public reads its texts."""
    # The browser's own calendar: stock's speaks of hours between here and the server, even for a day.
    formfield_overrides = {DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}}

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **options: object
    ) -> forms.Field | None:
        if isinstance(db_field, models.StoredCondition):
            label = str(db_field.verbose_name).capitalize()
            return ConditionField(self.admin_site, label=label, help_text=str(db_field.help_text))
        if isinstance(db_field, TextField):
            plain = ReadableTextarea if self.reads else AdminTextareaWidget
            kind = MarkdownTextarea if models.MARKDOWN in db_field.help_text else plain
            options |= {"form_class": LinesField, "widget": kind(attrs={"rows": 4})}
        elif self.reads and type(db_field) is CharField and not (db_field.choices or db_field.max_length):
            options |= {"widget": ReadableInput}
        found: Any = super().formfield_for_dbfield(db_field, request, **options)
        if isinstance(found, forms.CharField):
            found.validators += [SHORT_ENOUGH, only_seen]
        elif found and isinstance(found.widget, RelatedFieldWidgetWrapper):
            found.widget.can_add_related &= db_field.name == "section"  # a cause wants its section first
            found.widget.can_change_related = found.widget.can_delete_related = False
            found.widget.can_view_related = False
        return found

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **options: object
    ) -> forms.Field | None:
        return super().formfield_for_foreignkey(db_field, request, **{"form_class": InUse, **options})

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **options: object
    ) -> forms.Field | None:
        options.setdefault("widget", Named(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **options)


class StaffAdmin(ReadableAdmin, Narrow):
    form = StaffForm
    list_per_page = 200
    show_full_result_count = False
    sortable_by = ()
    can_see = True
    """It has a page in the preview."""

    @property
    def can_try(self) -> bool:
        return self.opts.model_name in trying.KINDS

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **options: object
    ) -> type[StaffForm]:
        form: type[StaffForm] = super().get_form(request, obj, change, **options)
        form.inline_models = [inline.model for inline in self.inlines]
        form.breaks = getattr(request, "breaks", ())
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Fieldsets:
        """What the form carries hidden stands outside the fields (templates/admin/change_form.html).

        Whether a thing is signed and in use stands at the end of every screen.
        """
        said = self._said(request, obj)
        shown: list[tuple[object, Mapping[str, object]]] = []
        for name, options in super().get_fieldsets(request, obj):
            names = dict.fromkeys(said.get(field, field) for field in options["fields"] if field not in APART)
            shown.append((name, options | {"fields": list(names)}))
        ends = {models.Checked: SIGNED, models.Usable: IN_USE}
        return shown + [end for kind, end in ends.items() if issubclass(self.model, kind)]

    def get_list_filter(self, request: HttpRequest) -> list[str]:
        return [*self.list_filter, *(["status"] if issubclass(self.model, models.Usable) else [])]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        first, *rest = self.list_display
        if not self.has_change_permission(request):
            rest = [name for name in rest if name != "order"]
        return [first, *(["out"] if issubclass(self.model, models.Usable) else []), *rest]

    @admin.display(description="", empty_value="")
    def out(self, row: models.Usable) -> str:
        """Says of a row that it is not in use."""
        return str(row.status)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        """Who saves what somebody has deleted meanwhile can add it anew, as typed."""
        if "shown" not in request.POST or not self.has_add_permission(request):
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        add = reverse(f"admin:content_{opts.model_name}_add")
        typed = [(name, value) for name, value in guards.pairs(request.POST) if name != "shown"]
        gone = "It is no longer there"
        return guards.again(request, gone, HTTPStatus.CONFLICT, gone=True, action=add, pairs=typed)

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, *args, **kwargs)
        except GuideError as error:
            messages.error(request, f"Not deleted, for then: {'; '.join(error.problems)}.")
            return redirect(f"admin:content_{self.opts.model_name}_change", object_id)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        with working_copy.staying_whole():
            super().delete_model(request, obj)

    def get_view_on_site_url(self, obj: Model | None = None) -> str | None:
        if obj is None or not self.can_see:
            return None
        return reverse("admin:see", args=(self.opts.model_name, obj.pk))

    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """What breaks others is not saved: nothing is kept of the try, and the stock view is asked again for
        the form, which says why."""
        request.breaks = ()
        request.guide = working_copy.build_if_whole() if request.method == "POST" else None
        try:
            return super().changeform_view(request, *args, **kwargs)
        except GuideError as error:
            request.breaks = error.problems
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Model, form: StaffForm, change: bool) -> None:
        """What moves elsewhere comes last there."""
        if change and isinstance(obj, models.Positioned) and obj.siblings_by in form.changed_data:
            obj.position = None
        super().save_model(request, obj, form, change)

    def save_related(self, request: Any, form: StaffForm, formsets: object, change: bool) -> None:
        """What cannot be used as it is becomes a draft. Raises GuideError where even that breaks others."""
        super().save_related(request, form, formsets, change)
        guide = self._hold_whole(request, form.instance) if request.guide else None
        if form.taken_over:
            names = ", ".join(form.taken_over)
            messages.info(request, f"Changed by somebody else while you were writing, and kept: {names}.")
        if guide is None:
            return
        stories = changed_stories(request.guide, guide, {})
        worse, better = told(stories, "worse"), told(stories, "good")
        if worse:
            names = ", ".join(worse)
            messages.warning(request, f"Stories that come out worse now: {names}. Better: {len(better)}.")

    def _hold_whole(self, request: HttpRequest, row: Any) -> Guide:
        try:
            return working_copy.hold_whole()
        except GuideError as error:
            if getattr(row, "status", "draft"):
                others = "Not saved, for others could not be used then:"
                raise GuideError([others, *error.problems]) from None
            row.status = "draft"
            row.save()
            guide = working_copy.build_if_whole()
            if guide is None:  # what is wrong with it says more than why it cannot be a draft
                raise GuideError(["Not saved. To mend:", *error.problems]) from None
            messages.warning(request, f"Saved as a draft. To mend: {'; '.join(error.problems)}.")
            return guide

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> object:
        """For the history: what was changed, before and after."""
        if not form.before:
            return super().construct_change_message(request, form, formsets, add)
        return "\n".join(told_changes(form.before, state_of(form.instance, form.inline_models))) or []

    def get_deleted_objects(self, objs: Sequence[Model], request: HttpRequest) -> tuple[object, ...]:
        found, counts, missing, protected = super().get_deleted_objects(objs, request)
        released = [
            f"{obj} is part of a release, so it stays: retire it instead."
            for obj in objs
            if models.ReleasedSlug.holds(obj)
        ]
        used = [
            f"{obj} is used by: {one}" for obj in objs if hasattr(obj, "used_by") for one in obj.used_by()
        ]
        return found, counts, missing, [*released, *(used or protected)]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        signed = ["signed"] if issubclass(self.model, models.Checked) else []
        return [*super().get_readonly_fields(request, obj), *signed, *self._said(request, obj).values()]

    def _said(self, request: HttpRequest, obj: Model | None) -> dict[object, Callable[[Model], str]]:
        """For who cannot change a condition: what says it in words, in its place."""
        if self.has_change_permission(request, obj):
            return {}
        return {f.name: _in_words(f) for f in self.opts.fields if isinstance(f, models.StoredCondition)}

    @admin.display(description="used by")
    def used_by(self, row: models.Option | models.Fact | models.Source) -> SafeString:
        return _links(row.used_by() if row.pk else [])

    @admin.display(description="signed")
    def signed(self, row: models.Checked) -> str:
        """A list asks for those of all its rows at once (`get_changelist_instance`)."""
        found = row.signature if hasattr(row, "signature") else signatures_of([row]).get(row.pk)
        return f"{found.signed_by}, {day(found.signed_on)}" if found else "not signed yet"

    @admin.display(description="order")
    def order(self, row: Model) -> SafeString:
        button = '<button class="move" name="_move" value="{} {}" aria-label="Move “{}” {}">{}</button>'
        up = format_html(button, row.pk, -1, row, "up", "↑")
        down = format_html(button, row.pk, 1, row, "down", "↓")
        return format_html('<span id="row-{}">{}{}</span>', row.pk, up, down)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        found = super().get_changelist_instance(request)
        if "signed" in self.list_display:
            shown = list(found.result_list)
            known = signatures_of(shown)
            for row in shown:
                row.signature = known.get(row.pk)
            found.result_list = shown
        return found

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """The buttons of `order` send the list's own form."""
        key, _, steps = request.POST.get("_move", "").partition(" ")
        if steps in ("-1", "1") and self.has_change_permission(request):
            row = self.get_object(request, key)
            if row is not None:
                self._move(request, row, int(steps))
            return HttpResponseRedirect(f"{request.get_full_path()}#row-{key}")
        return super().changelist_view(request, extra_context)

    def _move(self, request: HttpRequest, row: models.Positioned, step: int) -> None:
        """Change places with the next row that is shown, whatever filters hide between them."""
        try:
            shown = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return
        try:
            with working_copy.staying_whole():
                if row.move(step, among=shown):
                    self.log_change(request, row, MOVED)
        except GuideError as error:
            messages.error(request, f"Not moved, for then: {'; '.join(error.problems)}.")


class Inline(ReadableAdmin, admin.options.InlineModelAdmin):
    form = RowForm
    formset = RowsThatAreLeft
    extra = 0
    max_num = limits.SCREEN_ROWS

    def get_formset(
        self, request: HttpRequest, obj: Model | None = None, **options: object
    ) -> type[forms.BaseModelFormSet]:
        """Stock would make and draw a thousand rows more than there can be."""
        return super().get_formset(request, obj, absolute_max=self.max_num + 1, **options)


class OptionInline(Inline, admin.StackedInline):
    """An option is deleted on its own screen, which says what uses it."""

    model = models.Option
    can_delete = False
    show_change_link = True
    fields = [("text", "slug"), ("hint", "clause"), ("exclusive", "unsure", "passing", "status"), "spoken"]


class ExpectedCauseInline(Inline, admin.TabularInline):
    model = models.ExpectedCause
    fields = ["cause"]


@admin.register(models.Page)
class PageAdmin(StaffAdmin):
    list_display = ["title", "section", "order"]
    search_fields = ["title", "section", "slug"]
    readonly_fields = ["its_questions"]

    @admin.display(description="questions")
    def its_questions(self, page: models.Page) -> SafeString:
        return _links(page.questions.all() if page.pk else [])


@admin.register(models.Question)
class QuestionAdmin(StaffAdmin):
    list_display = ["text", "page", "order"]
    list_filter = ["page"]
    search_fields = ["text", "short", "slug"]
    fieldsets = [
        (None, {"fields": ["page", "slug", "text", "short", "kind", "hint", "why"]}),
        ("What it is to the results", {"fields": ["signs", "may_change", "sheet_place"]}),
        ("A follow-up", {"fields": ["show_if"]}),
    ]
    inlines = [OptionInline]


@admin.register(models.Option)
class OptionAdmin(StaffAdmin):
    list_display = ["text", "question", "order"]
    list_filter = ["question"]
    search_fields = ["text", "slug", "question__short", "question__text", "question__slug"]
    readonly_fields = ["used_by"]
    fieldsets = [
        (None, {"fields": ["question", ("text", "slug"), ("hint", "clause"), "spoken"]}),
        ("What choosing it means", {"fields": [("exclusive", "unsure", "passing"), "used_by"]}),
        ("A sign of an emergency", {"fields": ["reason", "first_aid", "crisis", models.CITED]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(["question"] if obj else [])]


@admin.register(models.Cause)
class CauseAdmin(StaffAdmin):
    list_display = ["name", "medical_name", "checked_on", "signed", "order"]
    search_fields = ["name", "medical_name", "slug"]
    fieldsets = [
        (None, {"fields": [("name", "medical_name"), ("slug", "prior"), ("section", "picture"), "everyday"]}),
        ("In words", {"fields": ["what", "helps", "get_help", "ask", "sources"]}),
        ("What speaks for and against it", {"fields": ["its_evidence"]}),
    ]
    readonly_fields = ["its_evidence"]

    @admin.display(description="evidence")
    def its_evidence(self, cause: models.Cause) -> SafeString:
        """A line for each row, which leads to its screen, and a way to a new one."""
        if not cause.pk:
            return SafeString("Save the cause first.")
        new = f"{reverse('admin:content_evidence_add')}?cause={cause.pk}"
        return _links(cause.evidence.all()) + format_html('<br><a href="{}">Add evidence</a>', new)


@admin.register(models.Evidence)
class EvidenceAdmin(StaffAdmin):
    list_display = ["text", "cause", "points", "signed", "order"]
    list_filter = ["cause"]
    search_fields = ["text", "slug"]
    fieldsets = [
        (None, {"fields": ["cause", "slug", ("points", "text"), "condition"]}),
        ("Stands on", {"fields": [models.CITED]}),
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        """For the cause whose screen led here."""
        cause = request.GET.get("cause", "")
        return {"cause": cause} if KEY.fullmatch(cause) else {}


@admin.register(models.UrgencyRule)
class UrgencyRuleAdmin(StaffAdmin):
    list_display = ["reason", "urgency", "checked_on", "signed", "order"]
    list_filter = ["urgency"]
    search_fields = ["reason", "slug"]
    fieldsets = [
        (None, {"fields": ["slug", ("urgency", "today"), "reason", "first_aid", "unexplained"]}),
        ("When it speaks", {"fields": ["condition"]}),
        ("Stands on", {"fields": [models.CITED]}),
    ]


@admin.register(models.Section)
class SectionAdmin(StaffAdmin):
    list_display = ["title", "checked_on", "signed", "order"]
    search_fields = ["title", "text", "slug"]
    fieldsets = [(None, {"fields": ["slug", "title", "text"]})]

    def save_related(self, request: Any, form: StaffForm, formsets: object, change: bool) -> None:
        """A new fact and the section that tells it come into use together: neither could alone."""
        section: Any = form.instance
        if not section.status:
            told = models.Fact.objects.filter(slug__in=FACT_MARK.findall(section.text), status="draft")
            log(list(told), request.user.pk, f"In use, for the section “{section}” tells it.")
            told.update(status="")
        super().save_related(request, form, formsets, change)


@admin.register(models.Fact)
class FactAdmin(StaffAdmin):
    reads = False
    list_display = ["slug", "text", "order"]
    search_fields = ["slug", "text"]
    readonly_fields = ["used_by"]
    can_see = False


@admin.register(models.Source)
class SourceAdmin(StaffAdmin):
    reads = False
    list_display = ["title", "publisher", "opens", "order"]
    search_fields = ["slug", "publisher", "title"]
    readonly_fields = ["opens", "used_by"]
    can_see = False

    @admin.display(description="opens at")
    def opens(self, source: models.Source) -> str:
        return (
            format_html('<a href="{0}" rel="noreferrer">{0}</a>', source.url) if source.url else "no address"
        )


@admin.register(models.Vignette)
class VignetteAdmin(StaffAdmin):
    reads = False
    list_display = ["slug", "kind", "urgency", "story", "order"]
    list_filter = ["urgency", "kind"]
    search_fields = ["slug", "story", "why"]
    inlines = [ExpectedCauseInline]

    def save_formset(self, request: Any, form: StaffForm, formset: Any, change: bool) -> None:
        """Two causes may change places: none is there twice while they are saved."""
        changed = [row.instance.pk for row in formset.initial_forms if row.has_changed()]
        models.ExpectedCause.objects.filter(pk__in=changed).delete()
        super().save_formset(request, form, formset, change)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        """The answers that were tried, and what came out."""
        keys, urgency = request.GET.get("answers", "").split(","), request.GET.get("urgency", "")
        found: dict[str, object] = {"answers": keys} if all(map(KEY.fullmatch, keys)) else {}
        if urgency in models.URGENCY:
            found |= {"urgency": urgency, "urgency_accept": models.Level.objects.filter(slug=urgency)}
        return found

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **options: object
    ) -> forms.Field | None:
        if db_field.name == "urgency_accept":
            options["widget"] = forms.CheckboxSelectMultiple
            options["queryset"] = models.Level.objects.filter(slug__in=URGENCIES)
        found: Any = super().formfield_for_manytomany(db_field, request, **options)
        if found and db_field.name == "urgency_accept":  # as it is called in the field above
            found.label_from_instance = models.Level.get_slug_display
        return found


@admin.register(models.Signature)
class SignatureAdmin(Narrow):
    """What was signed, by whom and when. Who signs does so on a page of its own."""

    list_display = ["what", "signed_by", "signed_on"]
    search_fields = ["what", "signed_by"]

    def has_add_permission(self, *about: object) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


class Few(StaffAdmin):
    """There are as many as the judgement knows."""

    many = 1
    can_see = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self.model._default_manager.count() < self.many

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(models.Level)
class LevelAdmin(Few):
    many = 5
    list_display = ["name", "heading"]


@admin.register(models.Thresholds)
class ThresholdsAdmin(Few):
    list_display = ["__str__", "possible_at", "strong_at"]


class AccountForm(UserChangeForm):
    remove = forms.BooleanField(
        label="Remove the second factor",
        required=False,
        help_text="For a lost phone. Whoever knows the password can then set up a new one: see to it soon.",
    )


admin.site.disable_action("delete_selected")  # it fails on a selection that is no number
admin.site.unregister([User, Group])  # stock's own screens of accounts


@admin.register(Group)
class StaffGroupAdmin(Narrow, GroupAdmin):
    pass


@admin.register(User)
class AccountAdmin(Narrow, UserAdmin):
    """Others' second factor can be removed. One's own is removed on its page, with a code."""

    form = AccountForm
    readonly_fields = ("second_factor",)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Fieldsets:
        found = super().get_fieldsets(request, obj)
        if obj is None:
            return found
        fields = ["second_factor", "remove"] if self._may_remove(request, obj) else ["second_factor"]
        return [*found, ("Second factor", {"fields": fields})]

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """An account takes what it did out of the history with it; it is made inactive instead."""
        own = LogEntry.objects.filter(user=obj).exclude(change_message__startswith=ASKED)
        did_something = obj is not None and own.exists()
        return super().has_delete_permission(request, obj) and not did_something

    def _may_remove(self, request: HttpRequest, user: User) -> bool:
        may_change = self.has_change_permission(request, user)
        return may_change and user != request.user and user_has_device(user)

    @admin.display(description="second factor")
    def second_factor(self, user: User) -> str:
        return "set up" if user_has_device(user) else "none"

    def save_model(self, request: HttpRequest, obj: User, form: AccountForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("remove") and self._may_remove(request, obj):
            forget_devices(obj)


def _links(rows: Iterable[Model]) -> SafeString:
    return format_html_join(
        SafeString("<br>"), '<a href="{}">{}</a>', ((screen(row), row) for row in rows)
    ) or SafeString("nothing")
