"""What could never be right, the tables refuse; what something stands on cannot be deleted."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from content.models import (
    Cause,
    Evidence,
    ExpectedCause,
    Fact,
    Level,
    Option,
    Page,
    Question,
    ReleasedSlug,
    Section,
    Source,
    Thresholds,
    UrgencyRule,
    Vignette,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

TODAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Page, {"slug": "triggers"}),
        (Question, {"slug": "triggers"}),
        (Question, {"kind": "many"}),
        (Question, {"signs": "alarm"}),
        (Option, {"slug": "none"}),
        (Cause, {"slug": "cold"}),
        (Evidence, {"points": 0}),
        (Evidence, {"points": 4}),
        (UrgencyRule, {"slug": "weak_legs"}),
        (UrgencyRule, {"urgency": "soon"}),
        (Fact, {"slug": "F02"}),
        (Level, {"slug": "urgent"}),
        (Level, {"slug": "soon"}),
        (Vignette, {"urgency": "soon"}),
        (Thresholds, {"id": 2}),
        (Thresholds, {"strong_at": 1}),
    ],
)
def test_the_table_refuses(model: Any, change: dict[str, Any]) -> None:
    first = model.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=first.pk).update(**change)


def test_the_tables_refuse_a_second_row_of_the_same_slug() -> None:
    for model in (Source, Section, Vignette):
        row = model.objects.first()
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_a_story_names_a_cause_once() -> None:
    expected = ExpectedCause.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpectedCause.objects.create(vignette=expected.vignette, cause=expected.cause)


def test_a_released_slug_stands_there_once() -> None:
    ReleasedSlug.objects.create(kind="page", slug="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleasedSlug.objects.create(kind="page", slug="a")


@pytest.mark.parametrize("option", ["triggers:caffeine", "feel:shivering", "emergency:none"])
def test_an_option_that_something_names_cannot_be_deleted(option: str) -> None:
    question, _, slug = option.partition(":")
    with pytest.raises(ProtectedError):
        Option.objects.get(question__slug=question, slug=slug).delete()
    with pytest.raises(ProtectedError):
        Option.objects.filter(question__slug=question, slug=slug).delete()


def test_a_question_goes_with_options_that_nothing_names() -> None:
    question = Question.objects.create(
        page=Page.objects.first(), slug="new", kind="single", text="?", short="?"
    )
    Option.objects.create(question=question, slug="yes", text="Yes")
    question.delete()
    assert not Option.objects.filter(slug="yes").exists()


@pytest.mark.parametrize("model", [Page, Section, Fact, Source, Level, Cause])
def test_what_something_stands_on_cannot_be_deleted(model: Any) -> None:
    with pytest.raises(ProtectedError):
        model.objects.filter(slug__in=["safety", "reasons", "F01", "nhs", "self_care", "cold"]).delete()


def test_an_option_tells_what_uses_it() -> None:
    option = Option.objects.get(question__slug="triggers", slug="caffeine")
    users = {type(row).__name__ for row in option.used_by()}
    assert users == {"Evidence", "Question", "Vignette"}
    assert [str(row) for row in Option.objects.get(slug="shivering").used_by()][-1] == "v001"


def test_a_new_row_comes_last() -> None:
    page = Page.objects.create(slug="last", section="End", title="Last")
    assert Page.objects.last() == page
    option = Option.objects.create(question=Question.objects.first(), slug="more", text="More")
    assert option.siblings().last() == option


def slugs(rows: Any) -> list[str]:
    return list(rows.values_list("slug", flat=True))


def test_a_row_moves_up_and_down_among_its_siblings_only() -> None:
    question = Question.objects.get(slug="feel")
    question.options.get(slug="shivering").move(-1)
    assert slugs(question.options) == ["shivering", "trembling", "unsure"]
    question.options.get(slug="shivering").move(1)
    assert slugs(question.options) == ["trembling", "shivering", "unsure"]


def test_the_first_row_cannot_move_up_nor_the_last_down() -> None:
    before = slugs(Page.objects)
    Page.objects.first().move(-1)
    Page.objects.last().move(1)
    assert slugs(Page.objects) == before


def permissions(group: str) -> set[str]:
    return set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))


def test_an_editor_edits_and_reviews() -> None:
    assert {"change_cause", "add_evidence", "delete_option", "review_guide"} <= permissions("Editor")


def test_a_publisher_publishes_besides() -> None:
    assert permissions("Publisher") - permissions("Editor") == {"publish_guide"}
