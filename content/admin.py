"""The working copy in the stock admin: lists, screens, words. What they do is written elsewhere."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from content.conditions import ConditionField
from content.forms import InlineForm, Line, Lines, LinesField, Markdown, Named, StaffForm
from content.models import (
    CITED,
    MARKDOWN,
    Cause,
    Checked,
    Evidence,
    ExpectedCause,
    Fact,
    Level,
    Option,
    Page,
    Question,
    ReleasedSlug,
    Section,
    Signature,
    Source,
    StoredCondition,
    Thresholds,
    UrgencyRule,
    Vignette,
)
from content.working_copy import signature_of
from triage.words import day

KEY_DIGITS = 19
"""A key of the database has fewer."""

SIGNED: Any = ("Checked and signed", {"fields": [("checked_on", "signed")]})


class Words(admin.options.BaseModelAdmin):
    """Boxes that say how a text reads; no side doors to other screens."""

    reads = True
    """The public reads its texts."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **options: Any) -> Any:
        if isinstance(db_field, StoredCondition):
            names = {"label": str(db_field.verbose_name).capitalize(), "help_text": db_field.help_text}
            return ConditionField(self.admin_site, **names)
        if isinstance(db_field, models.TextField):
            kind = (
                Markdown if MARKDOWN in db_field.help_text else Lines if self.reads else AdminTextareaWidget
            )
            return db_field.formfield(form_class=LinesField, widget=kind(attrs={"rows": 4}))
        is_line = type(db_field) is models.CharField and db_field.max_length is None
        if self.reads and is_line and not db_field.choices:
            return db_field.formfield(widget=Line)
        found = super().formfield_for_dbfield(db_field, request, **options)
        for side_door in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if found is not None and hasattr(found.widget, side_door):
                setattr(found.widget, side_door, False)
        return found

    def formfield_for_manytomany(self, db_field: Any, request: Any, **options: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            options["widget"] = Named(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **options)


class StaffAdmin(Words, admin.ModelAdmin):
    form = StaffForm
    actions = None
    list_per_page = 200
    show_full_result_count = False
    sortable_by = ()
    can_see = True
    """It has a page in the preview."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **options)
        form.inline_models = [inline.model for inline in self.inlines]
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """What the form carries hidden stands outside the fields (templates/admin/change_form.html)."""
        return [
            (name, options | {"fields": [field for field in options["fields"] if field != "shown"]})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def get_view_on_site_url(self, obj: Model | None = None) -> str | None:
        if obj is None or not self.can_see:
            return None
        return reverse("admin:see", args=(self.opts.model_name, obj.pk))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.taken_over:
            names = ", ".join(form.taken_over)
            messages.info(request, f"Changed by somebody else while you were writing, and kept: {names}.")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        found, counts, missing, protected = super().get_deleted_objects(objs, request)
        released = [
            f"{obj} is part of a release: it stands in people’s answers."
            for obj in objs
            if ReleasedSlug.holds(obj)
        ]
        used = [
            f"{obj} is used by: {one}" for obj in objs if isinstance(obj, Option) for one in obj.used_by()
        ]
        return found, counts, missing, [*released, *(used or protected)]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        is_checked = issubclass(self.model, Checked)
        return [*super().get_readonly_fields(request, obj), *(["signed"] if is_checked else [])]

    @admin.display(description="signed")
    def signed(self, row: Any) -> str:
        found = signature_of(row) if row.pk else None
        return f"{found.signed_by}, {day(found.signed_on)}" if found else "not signed yet"

    @admin.display(description="order")
    def order(self, row: Model) -> SafeString:
        button = '<button class="move" name="_move" value="{} {}" aria-label="Move “{}” {}">{}</button>'
        up = format_html(button, row.pk, -1, row, "up", "↑")
        return up + format_html(button, row.pk, 1, row, "down", "↓")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The buttons of `order` send the list's own form."""
        key, _, steps = request.POST.get("_move", "").partition(" ")
        if steps in ("-1", "1") and self.has_change_permission(request):
            row = self.get_object(request, key)
            if row is not None:
                row.move(int(steps))
                self.log_change(request, row, "Moved.")
            return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, extra_context)


class Inline(Words, admin.options.InlineModelAdmin):
    form = InlineForm
    extra = 0


class OptionInline(Inline, admin.StackedInline):
    """An option is deleted on its own screen, which says what uses it."""

    model = Option
    can_delete = False
    show_change_link = True
    fields = [("text", "slug"), ("hint", "clause"), ("exclusive", "unsure"), "spoken"]


class ExpectedCauseInline(Inline, admin.TabularInline):
    model = ExpectedCause
    fields = ["cause"]


@admin.register(Page)
class PageAdmin(StaffAdmin):
    list_display = ["title", "section", "order"]
    search_fields = ["title", "section", "slug"]
    readonly_fields = ["its_questions"]

    @admin.display(description="questions")
    def its_questions(self, page: Page) -> SafeString:
        return _links(page.questions.all() if page.pk else [])


@admin.register(Question)
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


@admin.register(Option)
class OptionAdmin(StaffAdmin):
    list_display = ["text", "question", "order"]
    list_filter = ["question"]
    search_fields = ["text", "slug", "question__short", "question__text", "question__slug"]
    readonly_fields = ["used_by"]
    autocomplete_fields = CITED
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "question",
                    "slug",
                    "text",
                    "hint",
                    "clause",
                    "spoken",
                    "exclusive",
                    "unsure",
                    "used_by",
                ]
            },
        ),
        ("A sign of an emergency", {"fields": ["reason", "first_aid", "crisis", CITED]}),
        SIGNED,
    ]

    @admin.display(description="used by")
    def used_by(self, option: Option) -> SafeString:
        return _links(option.used_by() if option.pk else [])

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *(["question"] if obj else [])]


@admin.register(Cause)
class CauseAdmin(StaffAdmin):
    list_display = ["name", "medical_name", "checked_on", "signed", "order"]
    search_fields = ["name", "medical_name", "slug"]
    autocomplete_fields = ["sources"]
    fieldsets = [
        (None, {"fields": [("name", "medical_name"), ("slug", "prior"), ("section", "picture"), "everyday"]}),
        ("In words", {"fields": ["what", "helps", "get_help", "ask", "sources"]}),
        ("What speaks for and against it", {"fields": ["its_evidence"]}),
        SIGNED,
    ]
    readonly_fields = ["its_evidence"]

    @admin.display(description="evidence")
    def its_evidence(self, cause: Cause) -> SafeString:
        """A line for each row, which leads to its screen, and a way to a new one."""
        if not cause.pk:
            return SafeString("Save the cause first.")
        new = f"{reverse('admin:content_evidence_add')}?cause={cause.pk}"
        return _links(cause.evidence.all()) + format_html('<br><a href="{}">Add evidence</a>', new)


@admin.register(Evidence)
class EvidenceAdmin(StaffAdmin):
    list_display = ["text", "cause", "points", "signed", "order"]
    list_filter = ["cause"]
    search_fields = ["text"]
    autocomplete_fields = CITED
    fieldsets = [
        (None, {"fields": ["cause", ("points", "text"), "condition"]}),
        ("Stands on", {"fields": [CITED]}),
        SIGNED,
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """For the cause whose screen led here. Stock would fill in whatever the address holds."""
        cause = request.GET.get("cause", "")
        return {"cause": cause} if cause.isdecimal() and len(cause) < KEY_DIGITS else {}


@admin.register(UrgencyRule)
class UrgencyRuleAdmin(StaffAdmin):
    list_display = ["reason", "urgency", "checked_on", "signed", "order"]
    list_filter = ["urgency"]
    search_fields = ["reason", "slug"]
    autocomplete_fields = CITED
    fieldsets = [
        (None, {"fields": ["slug", ("urgency", "today"), "reason", "first_aid", "unexplained"]}),
        ("When it speaks", {"fields": ["condition"]}),
        ("Stands on", {"fields": [CITED]}),
        SIGNED,
    ]


@admin.register(Section)
class SectionAdmin(StaffAdmin):
    list_display = ["title", "checked_on", "signed", "order"]
    search_fields = ["title", "text", "slug"]
    fieldsets = [(None, {"fields": ["slug", "title", "text"]}), SIGNED]


@admin.register(Fact)
class FactAdmin(StaffAdmin):
    reads = False
    list_display = ["slug", "text", "order"]
    search_fields = ["slug", "text"]
    can_see = False


@admin.register(Source)
class SourceAdmin(StaffAdmin):
    reads = False
    list_display = ["title", "publisher", "order"]
    search_fields = ["slug", "publisher", "title"]
    can_see = False


@admin.register(Vignette)
class VignetteAdmin(StaffAdmin):
    reads = False
    list_display = ["slug", "kind", "urgency", "story", "order"]
    list_filter = ["urgency", "kind"]
    search_fields = ["slug", "story", "why"]
    autocomplete_fields = ["answers"]
    inlines = [ExpectedCauseInline]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "urgency_accept":
            options["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **options)


@admin.register(Signature)
class SignatureAdmin(admin.ModelAdmin):
    """What was signed, by whom and when. Who signs does so on a page of its own."""

    list_display = ["what", "signed_by", "signed_on"]
    search_fields = ["what", "signed_by"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Few(StaffAdmin):
    """There are as many as the judgement knows."""

    many = 1
    can_see = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self.model._default_manager.count() < self.many

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Level)
class LevelAdmin(Few):
    many = 5
    list_display = ["name", "heading"]


@admin.register(Thresholds)
class ThresholdsAdmin(Few):
    list_display = ["__str__", "possible_at", "strong_at"]


def _links(rows: Any) -> SafeString:
    """What leads to the screen of each row."""
    return format_html_join(
        SafeString("<br>"), '<a href="{}">{}</a>', ((_screen(row), row) for row in rows)
    ) or SafeString("nothing")


def _screen(row: Model) -> str:
    return reverse(f"admin:content_{row._meta.model_name}_change", args=(row.pk,))
