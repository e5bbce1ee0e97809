"""The working copy in the admin: nobody's work is overwritten unseen, nothing that stands in answers goes."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from content import working_copy
from content.models import (
    Cause,
    Evidence,
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
from tests.client import Client
from tests.content.screens import attribute, said, screen, sent_back, shown
from triage.engine import limits
from triage.engine.guide import Guide
from triage.models import Release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

Staff = Callable[[str], Client]


EVERY = [Page, Question, Option, Cause, Evidence, UrgencyRule, Section, Vignette, Thresholds]


@pytest.mark.parametrize("model", EVERY)
def test_a_screen_that_is_saved_as_it_was_shown_changes_nothing(editor: Client, model: Any) -> None:
    before = working_copy.build()
    row = model.objects.first()
    response = editor.post(screen(row), shown(editor, screen(row)))
    assert response.status_code == 302, said(response)
    assert working_copy.build() == before


@pytest.mark.parametrize("slug", ["sudden_without_cause", "pregnant_and_ill", "it_lasts"])
def test_a_rule_of_the_first_guide_keeps_each_exception_when_it_is_saved(
    editor: Client, guide: Guide, slug: str
) -> None:
    working_copy.replace(guide)
    row = UrgencyRule.objects.get(slug=slug)
    editor.post(screen(row), shown(editor, screen(row)))
    [rule] = [rule for rule in guide.rules if rule.slug == slug]
    assert len(rule.condition.unless) >= 4
    assert working_copy.build() == guide
    assert "[]" in LogEntry.objects.values_list("change_message", flat=True)


def test_a_condition_that_somebody_else_changed_is_kept_by_who_did_not_touch_it(
    editor: Client, guide: Guide
) -> None:
    working_copy.replace(guide)
    row = UrgencyRule.objects.get(slug="sudden_without_cause")
    mine = shown(editor, screen(row)) | {"reason": "Mine."}
    theirs = row.condition | {"unless": row.condition["unless"][:-1]}
    UrgencyRule.objects.filter(pk=row.pk).update(condition=theirs)
    assert editor.post(screen(row), mine).status_code == 302
    row.refresh_from_db()
    assert (row.reason, row.condition) == ("Mine.", theirs)


def test_one_source_is_exchanged_for_another_of_the_same_name(editor: Client) -> None:
    row, nhs = UrgencyRule.objects.get(slug="weak_legs"), Source.objects.get(slug="nhs")
    same = Source.objects.create(slug="again", publisher=nhs.publisher, title=nhs.title, position=9)
    row.sources.set([nhs])
    editor.post(screen(row), shown(editor, screen(row)) | {"sources": [str(same.pk)]})
    assert [*row.sources.all()] == [same]


@pytest.mark.parametrize(
    ("model", "changes", "told"),
    [
        (Section, {"title": "Cold\ufeff feet"}, "a character that nobody can see"),
        (UrgencyRule, {"condition_0": ["onset:sudden", "onset:gradual"]}, "This can never be true"),
        (Question, {"sheet_place": "2000"}, "less than or equal to 1000"),
        (Cause, {"checked_on": "2999-01-01"}, "This day is still to come."),
    ],
)
def test_what_can_never_be_right_is_refused_at_its_field(
    editor: Client, model: Any, changes: dict[str, Any], told: str
) -> None:
    keys = {option.full_slug: str(option.pk) for option in Option.objects.all()}
    changes = {name: [keys.get(one, one) for one in sent] for name, sent in changes.items()} | {
        name: sent for name, sent in changes.items() if isinstance(sent, str)
    }
    row = model.objects.first()
    response = editor.post(screen(row), shown(editor, screen(row)) | changes)
    assert response.status_code == 200
    assert told in said(response)


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (Cause, "name"),
        (Cause, "what"),
        (Fact, "text"),
        (Source, "note"),
        (Source, "url"),
        (Vignette, "story"),
        (Level, "card"),
        (Thresholds, "ask"),
        (Question, "options-0-text"),
        (Evidence, "text"),
    ],
)
def test_a_character_that_nobody_can_see_is_refused_in_every_kind_of_text(
    staff: Staff, model: Any, field: str
) -> None:
    client, row = staff("Publisher"), model.objects.first()
    typed = "https://a.org/\u202e" if field == "url" else "Odd\u202e word"
    page = said(client.post(screen(row), shown(client, screen(row)) | {field: typed}))
    where = "https://a.org/" if field == "url" else "Odd"
    assert f"It holds a character that nobody can see after “{where}”. Type the text anew, or" in page


def test_two_new_rows_of_the_same_words_get_short_names_of_their_own(editor: Client) -> None:
    question = Question.objects.get(slug="feel")
    form = shown(editor, screen(question))
    there = int(form["options-TOTAL_FORMS"][0])
    for n in (there, there + 1):
        form |= {f"options-{n}-text": "Itching", f"options-{n}-clause": "it itched", f"options-{n}-slug": ""}
    response = editor.post(screen(question), form | {"options-TOTAL_FORMS": str(there + 2)})
    assert response.status_code == 302
    assert question.options.filter(text="Itching").count() == 2


def test_a_screen_that_says_to_have_millions_of_rows_is_not_drawn_with_them(editor: Client) -> None:
    question = Question.objects.get(slug="feel")
    form = shown(editor, screen(question)) | {"options-TOTAL_FORMS": "30000000"}
    page = said(editor.post(screen(question), form))
    assert f"options-{limits.SCREEN_ROWS}-text" in page
    assert f"options-{limits.SCREEN_ROWS + 1}-text" not in page


def test_a_filter_that_means_nothing_moves_nothing(editor: Client) -> None:
    row = Evidence.objects.first()
    response = editor.post("/admin/content/evidence/?cause__id__exact=abc", {"_move": f"{row.pk} 1"})
    assert response.status_code == 302


def test_who_can_only_look_reads_a_condition_in_words(staff: Staff) -> None:
    page = said(staff("Clinician").get(screen(UrgencyRule.objects.get(slug="weak_legs"))))
    assert "Warning signs: Weakness" in page
    assert "{" + "'all'" not in page


def test_a_list_asks_once_for_all_that_is_signed(
    editor: Client, guide: Guide, django_assert_max_num_queries: Any
) -> None:
    working_copy.replace(guide)
    with django_assert_max_num_queries(40):
        editor.get("/admin/content/evidence/")


def test_the_causes_of_a_story_can_change_places(editor: Client) -> None:
    story = Vignette.objects.get(slug="v001")
    story.expected.create(cause=Cause.objects.get(slug="caffeine"))
    form = shown(editor, screen(story))
    first, second = (name for name in form if name.startswith("expected-") and name.endswith("-cause"))
    assert editor.post(screen(story), form | {first: form[second], second: form[first]}).status_code == 302
    assert [row.cause.slug for row in story.expected.all()] == ["caffeine", "cold"]


def test_a_cause_lists_its_evidence_each_as_a_line_that_leads_to_its_screen(editor: Client) -> None:
    cause = Cause.objects.get(slug="caffeine")
    page = editor.get(screen(cause)).content.decode()
    for row in cause.evidence.all():
        assert f'<a href="{screen(row)}">{row}</a>' in page
    assert f'href="/admin/content/evidence/add/?cause={cause.pk}"' in page


def test_new_evidence_starts_with_its_cause(editor: Client) -> None:
    cause = Cause.objects.get(slug="cold")
    page = editor.get(f"/admin/content/evidence/add/?cause={cause.pk}").content.decode()
    assert f'<option value="{cause.pk}" selected>' in page


def test_the_screen_of_a_cause_is_light(editor: Client) -> None:
    assert len(editor.get(screen(Cause.objects.get(slug="caffeine"))).content) < 60_000


def test_lines_are_kept_as_a_guide_has_them(editor: Client) -> None:
    cause = Cause.objects.first()
    editor.post(screen(cause), shown(editor, screen(cause)) | {"what": "One.\r\n\r\n- Two."})
    assert Cause.objects.first().what == "One.\n\n- Two."


# Two at once.


def test_who_saves_second_keeps_what_another_changed_in_other_fields(editor: Client) -> None:
    cause, nhs = Cause.objects.first(), Source.objects.get()
    form = shown(editor, screen(cause)) | {"name": "Mine"}
    Cause.objects.filter(pk=cause.pk).update(what="Theirs.", everyday=False)
    cause.sources.add(nhs)
    response = editor.post(screen(cause), form, follow=True)
    assert "while you were writing, and kept: Everyday, What it is, Other guidance." in said(response)
    cause.refresh_from_db()
    assert (cause.name, cause.what, cause.everyday) == ("Mine", "Theirs.", False)
    assert list(cause.sources.all()) == [nhs]


def test_where_both_changed_the_same_the_second_is_told_and_keeps_what_they_typed(editor: Client) -> None:
    cause = Cause.objects.first()
    form = shown(editor, screen(cause)) | {"what": "Mine."}
    Cause.objects.update(what="Theirs.", helps="Theirs, too.")
    response = editor.post(screen(cause), form)
    assert "What it is is now: Theirs." in said(response)
    assert "What usually helps is now" not in said(response)
    assert ">\nMine.</textarea>" in response.content.decode()
    assert Cause.objects.first().what == "Theirs."


def test_saving_again_after_being_told_saves_and_still_keeps_the_rest(editor: Client) -> None:
    cause = Cause.objects.first()
    form = shown(editor, screen(cause)) | {"what": "Mine."}
    Cause.objects.update(what="Theirs.", helps="Theirs, too.")
    told = editor.post(screen(cause), form).content.decode()
    again = form | {"shown": attribute(re.search(r'<input[^>]*name="shown"[^>]*>', told)[0], "value")}
    assert editor.post(screen(cause), again).status_code == 302
    cause.refresh_from_db()
    assert (cause.what, cause.helps) == ("Mine.", "Theirs, too.")


def test_a_change_in_a_row_of_the_same_screen_is_told(editor: Client) -> None:
    question = Question.objects.get(slug="feel")
    form = shown(editor, screen(question))
    question.options.filter(slug="trembling").update(hint="Theirs.")
    response = said(editor.post(screen(question), form))
    assert "Option “Feel: Trembling” is now" in response
    assert "hint: Theirs." in response


def test_what_another_wrote_in_a_row_that_one_left_alone_is_kept(editor: Client, staff: Staff) -> None:
    question = Question.objects.get(slug="onset")
    first, path = question.options.all()[0], screen(question)
    form = shown(editor, path)
    publisher = staff("Publisher")
    publisher.post(path, shown(publisher, path) | {"options-0-text": "At once", "options-0-hint": "Theirs."})
    told = editor.post(path, form | {"hint": "When?", "options-0-clause": "it came at once"})
    assert "is now" in said(told)
    editor.post(path, sent_back(told))
    first.refresh_from_db()
    assert (first.text, first.hint, first.clause) == ("At once", "Theirs.", "it came at once")


def test_after_a_row_was_removed_what_was_typed_can_be_saved(editor: Client) -> None:
    story = Vignette.objects.get(slug="v001")
    other = story.expected.create(cause=Cause.objects.get(slug="caffeine"))
    form = shown(editor, screen(story)) | {"why": "Mine."}
    other.delete()
    refused = editor.post(screen(story), form)
    assert "a row was removed" in said(refused)
    again = sent_back(refused)
    assert again["why"] == "Mine."
    assert editor.post(screen(story), again).status_code == 302
    assert Vignette.objects.get(slug="v001").why == "Mine."
    assert [row.cause.slug for row in story.expected.all()] == ["cold"]


def test_after_a_row_was_removed_the_others_keep_what_another_wrote(editor: Client, staff: Staff) -> None:
    question = Question.objects.get(slug="onset")
    first, second = question.options.all()[:2]
    form, publisher = shown(editor, screen(question)), staff("Publisher")
    path = screen(question)
    publisher.post(path, shown(publisher, path) | {"options-1-text": "By and by"})
    first.delete()
    told = editor.post(path, form | {"options-1-clause": "it came at once"})
    editor.post(path, sent_back(told))
    second.refresh_from_db()
    assert (second.text, second.clause) == ("By and by", "it came at once")


def test_a_new_and_a_removed_row_of_the_same_screen_are_told(editor: Client) -> None:
    vignette = Vignette.objects.get(slug="v001")
    form = shown(editor, screen(vignette))
    vignette.expected.all().delete()
    vignette.expected.create(cause=Cause.objects.get(slug="caffeine"))
    response = said(editor.post(screen(vignette), form))
    assert "Expectedcause: a row was removed." in response
    assert "Acceptable cause “Caffeine” is now" in response


def test_who_saved_first_is_named(editor: Client, staff: Staff) -> None:
    cause = Cause.objects.first()
    form = shown(editor, screen(cause))
    other = staff("Publisher")
    other.post(screen(cause), shown(other, screen(cause)) | {"what": "Theirs."})
    assert "Publisher saved it at" in said(editor.post(screen(cause), form | {"what": "Mine."}))


@pytest.mark.parametrize("junk", ["", "junk", "[]", '{"what": 1}', '{"": 1}', "[" * 20_000, "1" * 5_000])
def test_a_form_that_does_not_say_what_was_shown_is_shown_again(editor: Client, junk: str) -> None:
    cause = Cause.objects.first()
    response = editor.post(screen(cause), shown(editor, screen(cause)) | {"shown": junk})
    assert response.status_code == 200
    assert "while you were writing" in said(response)


# What stands in answers, and what is used.


def test_a_short_name_can_change_until_it_is_published(
    editor: Client, publish_all: Callable[..., Release]
) -> None:
    page = Page.objects.first()
    editor.post(screen(page), shown(editor, screen(page)) | {"slug": "first"})
    assert Page.objects.first().slug == "first"
    publish_all()
    editor.post(screen(page), shown(editor, screen(page)) | {"slug": "second"})
    assert Page.objects.first().slug == "first"


def test_the_short_name_of_a_released_option_cannot_change_on_the_question_either(
    editor: Client, publish_all: Callable[..., Release]
) -> None:
    publish_all()
    question = Question.objects.get(slug="feel")
    editor.post(screen(question), shown(editor, screen(question)) | {"options-0-slug": "other"})
    assert Option.objects.filter(slug="trembling").exists()


@pytest.mark.parametrize("model", [Page, Question, Option, Cause])
def test_what_a_release_has_cannot_be_deleted(
    editor: Client, publish_all: Callable[..., Release], model: Any
) -> None:
    publish_all()
    Vignette.objects.all().delete()
    row = model.objects.last()
    response = editor.get(screen(row, "delete"))
    assert "is part of a release" in said(response)
    editor.post(screen(row, "delete"), {"post": "yes"})
    assert model.objects.filter(pk=row.pk).exists()


def test_an_option_that_is_used_cannot_be_deleted_and_says_where(editor: Client) -> None:
    option = Option.objects.get(slug="weakness")
    assert "is used by: Weak legs." in said(editor.get(screen(option, "delete")))
    editor.post(screen(option, "delete"), {"post": "yes"})
    assert Option.objects.filter(slug="weakness").exists()


def test_an_option_that_nothing_uses_can_be_deleted(editor: Client) -> None:
    option = Option.objects.create(question=Question.objects.first(), slug="more", text="More")
    editor.post(screen(option, "delete"), {"post": "yes"})
    assert not Option.objects.filter(slug="more").exists()


def test_an_option_shows_what_uses_it(editor: Client) -> None:
    option = Option.objects.get(slug="weakness")
    assert screen(UrgencyRule.objects.get(slug="weak_legs")) in said(editor.get(screen(option)))


# Texts, order, search.


def test_under_a_text_stand_its_looks_its_grade_and_its_long_sentences(editor: Client) -> None:
    Cause.objects.update(what="**Bold** " + "word " * 40 + ".")
    html = said(editor.get(screen(Cause.objects.first())))
    assert "<strong>Bold</strong>" in html
    assert "Reading grade" in html
    assert "Over 20 words: “Bold word" in html


def test_under_a_text_stands_what_the_public_would_not_get(editor: Client) -> None:
    Cause.objects.update(what="[One](www.nhs.uk) [two](tel:111) [three](https://nhs.uk)")
    html = said(editor.get(screen(Cause.objects.first())))
    assert "This link opens nothing: www.nhs.uk." in html
    assert "This link opens nothing: tel:111." in html
    assert "This link opens nothing: https" not in html


def test_a_fact_and_a_source_name_what_cites_them(editor: Client) -> None:
    nhs = UrgencyRule.objects.get(slug="weak_legs")
    assert screen(nhs) in said(editor.get(screen(Source.objects.get())))
    fact = said(editor.get(screen(Fact.objects.get(slug="F01"))))
    assert screen(Section.objects.get()) in fact
    assert screen(Evidence.objects.first()) in fact


def test_a_fact_that_is_cited_is_not_deleted_and_its_citers_are_named(editor: Client) -> None:
    page = said(editor.get(screen(Fact.objects.get(slug="F01"), "delete")))
    assert "is used by: You said triggers:caffeine" in page
    assert " object (" not in page


def test_a_source_leads_to_its_page(editor: Client) -> None:
    Source.objects.update(url="https://example.org/legs")
    assert '<a href="https://example.org/legs" rel' in said(editor.get(screen(Source.objects.get())))


def test_a_script_in_a_text_is_shown_as_words(editor: Client) -> None:
    Cause.objects.update(what="<script>alert(1)</script>")
    html = editor.get(screen(Cause.objects.first())).content.decode()
    assert "<script>alert" not in html


def test_rows_move_by_buttons_in_their_list(editor: Client) -> None:
    pages = list(Page.objects.all())
    response = editor.post("/admin/content/page/?q=", {"_move": f"{pages[4].pk} -1"})
    assert (response.status_code, response["Location"]) == (302, f"/admin/content/page/?q=#row-{pages[4].pk}")
    assert list(Page.objects.all())[3:] == [pages[4], pages[3]]


def test_under_a_filter_a_row_moves_past_the_next_one_that_is_shown(editor: Client) -> None:
    feel = Question.objects.get(slug="feel")
    for slug in ("numb", "shivery"):
        Option.objects.create(question=feel, slug=slug, text=slug, clause=slug)
    shivery = Option.objects.get(slug="shivery")
    editor.post("/admin/content/option/?q=shiver", {"_move": f"{shivery.pk} -1"})
    order = [option.slug for option in feel.options.all()]
    assert order.index("shivery") < order.index("shivering")


@pytest.mark.parametrize("junk", ["x -1", "9999 1", "1 7", " -1", "1"])
def test_junk_for_a_move_moves_nothing(editor: Client, junk: str) -> None:
    before = list(Page.objects.all())
    assert editor.post("/admin/content/page/", {"_move": junk}).status_code in (200, 302)
    assert list(Page.objects.all()) == before


def test_options_are_found_by_their_words_and_by_their_question(editor: Client) -> None:
    about = {"app_label": "content", "model_name": "vignette", "field_name": "answers"}
    found = editor.get("/admin/autocomplete/", about | {"term": "caffeine amount"}).json()["results"]
    assert [row["text"] for row in found] == [
        "Caffeine amount: Little",
        "Caffeine amount: Much",
        "Caffeine amount: Not sure",
    ]


def test_there_is_one_row_of_thresholds_and_five_levels(staff: Staff) -> None:
    client = staff("superuser")
    for model in ("thresholds", "level"):
        assert client.get(f"/admin/content/{model}/add/").status_code == 403
        assert client.get(f"/admin/content/{model}/1/delete/").status_code in (302, 403)


def test_in_an_empty_working_copy_a_first_thing_can_be_added(editor: Client) -> None:
    Thresholds.objects.all().delete()
    path = "/admin/content/thresholds/add/"
    editor.post(path, shown(editor, path) | {"possible_at": "1", "strong_at": "3"})
    assert Thresholds.objects.get().strong_at == 3


@pytest.mark.parametrize("typed", ["slow", ""], ids=["typed", "made"])
def test_a_short_name_that_some_release_has_held_is_not_given_again(
    editor: Client, publish_all: Callable[..., Release], typed: str
) -> None:
    publish_all()
    onset = Question.objects.get(slug="onset")
    ReleasedSlug.objects.create(kind="option", slug="onset:slow")
    url = "/admin/content/option/add/"
    new = {"question": str(onset.pk), "text": "Slow", "slug": typed, "clause": "it came slowly"}
    page = said(editor.post(url, shown(editor, url) | new, follow=True))
    assert ("A release has had something else of this name" in page) == bool(typed)
    assert [option.slug for option in onset.options.filter(text="Slow")] == ([] if typed else ["slow_2"])


def test_a_question_with_as_many_options_as_a_screen_has_room_for_can_be_saved(staff):
    question = Question.objects.first()
    there = question.options.count()
    Option.objects.bulk_create(
        Option(question=question, slug=f"o{n}", text=f"O {n}", clause=f"it was {n}", position=n)
        for n in range(there, limits.SCREEN_ROWS)
    )
    editor = staff("Editor")
    sent = shown(editor, screen(question)) | {"text": "Asked anew?"}
    assert editor.post(screen(question), sent).status_code == 302


def test_a_search_of_many_words_is_no_fault_of_the_database(staff):
    assert staff("Editor").get("/admin/content/option/", {"q": "a " * 1500}).status_code == 200


def test_a_question_moves_to_another_page_of_the_same_title(staff):
    Page.objects.update(title="A little more")
    editor, question, page = (
        staff("Editor"),
        Question.objects.get(slug="feel"),
        Page.objects.get(slug="duration"),
    )
    editor.post(screen(question), shown(editor, screen(question)) | {"page": str(page.pk)})
    assert Question.objects.get(slug="feel").page == page


def test_who_renames_what_a_row_belongs_to_is_in_nobodys_way(staff):
    editor, row = staff("Editor"), Evidence.objects.first()
    sent = shown(editor, screen(row)) | {"text": "Other words"}
    Cause.objects.update(name="Renamed")
    assert editor.post(screen(row), sent).status_code == 302


def test_what_is_retired_is_not_offered(staff):
    Source.objects.create(slug="old", publisher="Old", title="Withdrawn", status="retired")
    asked = {
        "app_label": "content",
        "model_name": "urgencyrule",
        "field_name": "sources",
        "term": "withdrawn",
    }
    assert staff("Editor").get("/admin/autocomplete/", asked).json()["results"] == []


def test_who_retires_an_answer_that_rules_use_reads_its_words(staff):
    editor, numbness = staff("Editor"), Option.objects.get(slug="numbness")
    told = said(editor.post(screen(numbness), shown(editor, screen(numbness)) | {"status": "retired"}))
    assert "warning_signs:numbness" not in told
    assert f"“{numbness}”" in told
