"""One change of the working copy is thrown away; who made it is told."""

import re
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry

from content import publishing, working_copy
from content.models import (
    Cause,
    Evidence,
    Fact,
    Option,
    Page,
    Question,
    Section,
    Source,
    Thresholds,
    UrgencyRule,
    Vignette,
)
from tests.build import a_lawful_guide
from tests.client import Client
from tests.content.screens import said, screen, shown
from triage.engine.file import dump
from triage.models import Release

pytestmark = pytest.mark.django_db

Change = Callable[[], object]
Publish = Callable[..., Release]


@pytest.fixture
def publisher(staff: Callable[[str], Client], publish_all: Callable[..., Release]) -> Client:
    publish_all()
    return staff("Publisher")


def changes() -> tuple[str, ...]:
    return tuple(change.place for change in publishing.review_working_copy().differences)


def throw_away(client: Client, n: int = 0) -> str:
    key = publishing.review_working_copy().differences[n].key
    return said(client.post("/admin/throw-away/", {"change": key}, follow=True))


CHANGES: dict[str, Change] = {
    "a text": lambda: Cause.objects.filter(slug="cold").update(what="Other."),
    "a number": lambda: Evidence.objects.filter(points=-1).update(points=-3),
    "a condition": lambda: UrgencyRule.objects.filter(slug="weak_legs").update(
        condition='{"all": ["warning_signs:weakness", "trend:worse"]}'
    ),
    "a follow-up": lambda: Question.objects.filter(slug="caffeine_amount").update(show_if="{}"),
    "a source": lambda: UrgencyRule.objects.get(slug="weak_legs").facts.add(Fact.objects.first()),
    "the answers of a story": lambda: Vignette.objects.get(slug="v001").answers.remove(
        Option.objects.get(slug="shivering")
    ),
    "a threshold": lambda: Thresholds.objects.update(strong_at=5),
    "an order of rules": lambda: UrgencyRule.objects.get(slug="weak_legs").move(1),
    "an order of pages": lambda: Page.objects.get(slug="duration").move(-1),
    "an order of questions": lambda: Question.objects.get(slug="onset").move(1),
    "an order of evidence": lambda: Evidence.objects.first().move(1),
    "the cause of a row of evidence": lambda: Evidence.objects.filter(points=-1).update(
        cause=Cause.objects.get(slug="cold")
    ),
    "an order of options": lambda: Option.objects.get(slug="sudden").move(1),
    "the page of a question": lambda: Question.objects.filter(slug="warning_signs").update(
        page=Page.objects.get(slug="duration"), position=0
    ),
    "a new row": lambda: Option.objects.create(
        question=Question.objects.get(slug="onset"), slug="slow", text="Slowly", clause="it came slowly"
    ),
    "a thing that was retired": lambda: Cause.objects.filter(slug="caffeine").update(status="retired"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_was_changed_is_as_it_was_published(publisher: Client, change: Change) -> None:
    before = dump(working_copy.build())
    change()
    assert dump(working_copy.build()) != before
    while places := changes():
        told = [throw_away(publisher, n) for n in range(len(places)) if n < len(changes())]
        assert any("Thrown away:" in one for one in told), told
    assert dump(working_copy.build()) == before


def test_the_changes_of_others_stay(publisher: Client) -> None:
    Cause.objects.filter(slug="cold").update(what="Mine.")
    Section.objects.update(title="Theirs")
    throw_away(publisher)
    assert Cause.objects.get(slug="cold").what == "What it is."
    assert Section.objects.get().title == "Theirs"


def test_what_is_new_stays_as_a_draft(publisher: Client) -> None:
    CHANGES["a new row"]()
    throw_away(publisher)
    assert Option.objects.get(slug="slow").status == "draft"


def test_a_change_that_was_changed_again_is_not_thrown_away(publisher: Client) -> None:
    Cause.objects.filter(slug="cold").update(what="First.")
    key = publishing.review_working_copy().differences[0].key
    Cause.objects.filter(slug="cold").update(what="Second.")
    page = said(publisher.post("/admin/throw-away/", {"change": key}, follow=True))
    assert "no longer as it was shown. Nothing was thrown away." in page
    assert Cause.objects.get(slug="cold").what == "Second."


def test_what_others_stand_on_is_not_thrown_away(publisher: Client) -> None:
    CHANGES["a new row"]()
    UrgencyRule.objects.filter(slug="weak_legs").update(condition='{"all": ["onset:slow"]}')
    new = next(n for n, place in enumerate(changes()) if place.startswith("New:"))
    page = throw_away(publisher, new)
    assert "Not thrown away: Urgency rule “Weak legs.”" in page, page[page.index("Not thrown") :][:300]


def test_what_speaks_of_something_retired_says_to_take_that_back_first(publisher: Client) -> None:
    Cause.objects.filter(slug="caffeine").update(status="retired")
    story = next(n for n, place in enumerate(changes()) if place.startswith("Story"))
    assert "take that back first" in throw_away(publisher, story)


def test_half_of_what_goes_together_is_not_thrown_away(publisher: Client, publish_all: Publish) -> None:
    UrgencyRule.objects.filter(slug="weak_legs").update(today=True)
    publish_all()
    UrgencyRule.objects.filter(slug="weak_legs").update(urgency="routine", today=False)
    today = next(n for n, place in enumerate(changes()) if "today" in place)
    assert "goes together with another change" in throw_away(publisher, today)


def test_a_row_that_is_no_longer_there_says_how_to_have_it_again(publisher: Client) -> None:
    Evidence.objects.filter(points=-1).delete()
    assert "Write it anew, or put the release back." in throw_away(publisher)


def test_what_a_replaced_working_copy_has_no_more_says_so_too(
    publisher: Client, publish_all: Publish
) -> None:
    section = Section.objects.create(slug="extra", title="Extra", text="More.", position=9)
    Cause.objects.filter(slug="cold").update(section=section)
    publish_all()
    publisher.post("/admin/releases/1/put-back/", {"discard": "on"})
    assert {"Gone: Section “Extra”", "Cause “Cold”, section of the article"} == set(changes())
    for n in range(2):
        assert "Write it anew, or put the release back." in throw_away(publisher, n)


def test_what_an_older_release_has_had_is_retired_and_blocks_nothing(
    publisher: Client, publish_all: Publish
) -> None:
    Section.objects.create(slug="extra", title="Extra", text="More.", position=9)
    publish_all()
    publisher.post("/admin/releases/1/publish-again/", {"note": "Back."})
    assert "Thrown away: New: Section “Extra”" in throw_away(publisher)
    assert Section.objects.get(slug="extra").status == "retired"
    assert publishing.review_working_copy().blocks == ()


def test_what_is_gone_with_its_cause_says_to_take_that_back_first(publisher: Client) -> None:
    Vignette.objects.all().delete()
    Cause.objects.filter(slug="cold").update(status="retired")
    gone = next(n for n, place in enumerate(changes()) if place.startswith("Gone: Cause “Cold”, evidence"))
    assert "take that back first" in throw_away(publisher, gone)


def test_what_is_gone_comes_back_and_no_draft_of_the_same_words_in_its_place(publisher: Client) -> None:
    row = Evidence.objects.filter(cause__slug="cold").first()
    Evidence.objects.filter(cause=row.cause).exclude(pk=row.pk).delete()
    about = {"cause": row.cause, "text": row.text, "condition": row.condition, "position": 0}
    draft = Evidence.objects.create(slug="same", points=3, status="draft", **about)
    Evidence.objects.filter(pk=row.pk).update(status="retired", position=9)
    gone = next(n for n, place in enumerate(changes()) if f"evidence “{row.text}”" in place)
    throw_away(publisher, gone)
    assert {one.pk: one.status for one in (row, draft) if one.refresh_from_db() is None} == {
        row.pk: "",
        draft.pk: "draft",
    }


def test_of_a_draft_of_what_is_gone_the_published_words_come_back(publisher: Client) -> None:
    """Half of a draft is not put in use, and a mistake on a screen can be thrown away."""
    Section.objects.create(slug="extra", title="Extra", text="Whole.", position=9)
    seen = publishing.review_working_copy()
    publishing.publish(digest=seen.digest, note="More.", by="ann")
    Section.objects.filter(slug="extra").update(status="draft", text="Half of")
    [gone] = [n for n, place in enumerate(changes()) if "Gone: Section “Extra”" in place]
    throw_away(publisher, gone)
    section = Section.objects.get(slug="extra")
    assert (section.status, section.text) == ("", "Whole.")


def test_a_story_keeps_its_retired_answers_when_a_change_of_it_is_thrown_away(publisher: Client) -> None:
    story, retired = Vignette.objects.get(slug="v001"), Option.objects.get(slug="trembling")
    story.answers.add(retired)
    Option.objects.filter(pk=retired.pk).update(status="retired")
    seen = publishing.review_working_copy()
    publishing.publish(digest=seen.digest, note="Less.", by="ann", reason="Not asked any more.")
    story.answers.remove(Option.objects.get(slug="shivering"))
    throw_away(publisher, 0)
    assert {"shivering", "trembling"} <= {option.slug for option in story.answers.all()}


def test_throwing_away_stands_in_the_history_with_the_words_that_went(publisher: Client) -> None:
    Cause.objects.filter(slug="cold").update(what="Other.")
    throw_away(publisher)
    page = said(publisher.get(screen(Cause.objects.get(slug="cold"), "history")))
    assert "Thrown away: Cause “Cold”, what it is: “Other.” → “What it is.”" in page


# Who changed what.


def test_the_review_tells_whose_change_it_is_thing_by_thing(publisher: Client) -> None:
    cold = Cause.objects.get(slug="cold")
    publisher.post(screen(cold), shown(publisher, screen(cold)) | {"what": "Other."})
    Section.objects.update(title="Theirs")
    page = said(publisher.get("/admin/review/"))
    assert page.index("By nobody whose name was kept") < page.index("Section “Theirs”")
    assert page.index("By Publisher") < page.index("Cause “Cold”")


def test_a_row_that_is_gone_is_not_laid_to_who_changed_another(publisher: Client) -> None:
    cause = Cause.objects.get(slug="caffeine")
    cause.evidence.all()[0].delete()
    row = cause.evidence.all()[0]
    publisher.post(screen(row), shown(publisher, screen(row)) | {"text": "Other."})
    page = said(publisher.get("/admin/review/"))
    assert page.index("By nobody whose name was kept") < page.index("Gone:") < page.index("By Publisher")


def test_who_only_looked_moved_or_signed_is_not_named_for_the_words(
    publisher: Client, staff: Callable[[str], Client]
) -> None:
    rule, editor, clinician = UrgencyRule.objects.get(slug="weak_legs"), staff("Editor"), staff("Clinician")
    publisher.post(screen(rule), shown(publisher, screen(rule)) | {"reason": "Other."})
    editor.post(screen(rule), shown(editor, screen(rule)))
    editor.post("/admin/content/urgencyrule/", {"_move": f"{rule.pk} 1"})
    digests = re.findall(r'name="digest" value="(\w+)"', said(clinician.get("/admin/sign/")))
    clinician.post("/admin/sign/", {"digest": digests})
    page = said(publisher.get("/admin/review/"))
    people = re.findall(r"By (?!nobody)[\w, ]+", page)
    assert {"By Publisher", "By Editor", "By Clinician"} == set(people)


def test_evidence_that_is_retired_is_told_of_who_retired_it(publisher: Client) -> None:
    row = Evidence.objects.first()
    publisher.post(screen(row), shown(publisher, screen(row)) | {"status": "retired"})
    page = said(publisher.get("/admin/review/"))
    assert page.index("By Publisher") < page.index("Gone:")


def test_an_order_is_told_of_who_moved_something(publisher: Client, staff: Callable[[str], Client]) -> None:
    page = Page.objects.get(slug="safety")
    publisher.post(screen(page), shown(publisher, screen(page)) | {"title": "Safe?"})
    staff("Editor").post("/admin/content/page/", {"_move": f"{Page.objects.get(slug='duration').pk} -1"})
    seen = said(publisher.get("/admin/review/"))
    assert seen.index("By Editor") < seen.index("Order of pages") < seen.index("By Publisher")


def test_after_a_roll_back_a_change_is_still_its_editor_s(
    publisher: Client, staff: Callable[[str], Client]
) -> None:
    cold, editor = Cause.objects.get(slug="cold"), staff("Editor")
    editor.post(screen(cold), shown(editor, screen(cold)) | {"what": "Theirs."})
    seen = publishing.review_working_copy()
    publishing.publish(digest=seen.digest, note="A note.", by="ann", reason="Yes.")
    publisher.post("/admin/releases/1/publish-again/", {"note": "Back.", "reason": "Yes."})
    page = said(publisher.get("/admin/review/"))
    assert "By Editor" in page
    assert "nobody whose name" not in page


def test_an_option_changed_on_the_screen_of_its_question_names_who_did(publisher: Client) -> None:
    question = Question.objects.get(slug="onset")
    form = shown(publisher, screen(question))
    publisher.post(screen(question), form | {"options-0-text": "At once"})
    assert "By Publisher" in said(publisher.get("/admin/review/"))


def test_the_history_has_the_words_before_and_after(publisher: Client) -> None:
    cold = Cause.objects.get(slug="cold")
    publisher.post(screen(cold), shown(publisher, screen(cold)) | {"what": "Other."})
    assert LogEntry.objects.first().change_message == "What it is: “What it is.” → “Other.”"


def test_a_save_that_changed_nothing_says_so(publisher: Client) -> None:
    cold = Cause.objects.get(slug="cold")
    publisher.post(screen(cold), shown(publisher, screen(cold)))
    assert LogEntry.objects.first().get_change_message() == "No fields changed."


def test_what_replaces_the_working_copy_stands_in_the_history_of_each_row(publisher: Client) -> None:
    Cause.objects.filter(slug="cold").update(what="Other.")
    publisher.post("/admin/releases/1/put-back/", {"discard": "on"})
    page = said(publisher.get(screen(Cause.objects.get(slug="cold"), "history")))
    assert "Put release 1 back as the working copy." in page
    assert LogEntry.objects.count() == 1


def test_what_a_put_back_takes_away_stands_in_the_history_though_nothing_else_changes(
    publisher: Client,
) -> None:
    Section.objects.create(slug="mine", title="Mine", text="Long work.", position=9, status="draft")
    LogEntry.objects.all().delete()
    publisher.post("/admin/releases/1/put-back/", {"discard": "on"})
    assert not Section.objects.filter(title="Mine").exists()
    assert LogEntry.objects.filter(user__username="Publisher").exists()


def test_who_brings_a_fact_into_use_with_its_section_is_named(publisher: Client) -> None:
    Fact.objects.create(slug="F09", text="Sleep helps.", position=9, status="draft")
    section = Section.objects.first()
    told = {"text": f"{section.text} Sleep helps.[F09]"}
    publisher.post(screen(section), shown(publisher, screen(section)) | told)
    page = said(publisher.get("/admin/review/"))
    assert "Fact “F09”" in page
    assert "By nobody whose name was kept" not in page


def test_after_a_roll_back_it_is_said_that_the_working_copy_stays(publisher: Client) -> None:
    page = said(publisher.post("/admin/releases/1/publish-again/", {"note": "Back."}, follow=True))
    assert "The working copy stays as it is." in page


def test_a_lawful_guide_has_nothing_to_throw_away(publisher: Client) -> None:
    working_copy.replace(a_lawful_guide())
    assert "Nothing differs from the live release." in said(publisher.get("/admin/review/"))


def test_what_is_gone_and_named_something_that_was_deleted_is_told(publisher: Client) -> None:
    rule = UrgencyRule.objects.get(slug="weak_legs")
    source = Source.objects.create(slug="extra", publisher="Somebody", title="Extra")
    rule.sources.add(source)
    seen = publishing.review_working_copy()
    publishing.publish(digest=seen.digest, note="More.", by="ann")
    rule.sources.remove(source)
    source.delete()
    UrgencyRule.objects.filter(pk=rule.pk).update(status="draft")
    [gone] = [n for n, place in enumerate(changes()) if place.startswith("Gone: Urgency rule “Weak")]
    assert "what it named was deleted, or moved elsewhere" in throw_away(publisher, gone)
    assert UrgencyRule.objects.get(pk=rule.pk).status == "draft"
