"""What is unfinished is a draft, and what is no longer wanted is retired: neither closes a door."""

from collections.abc import Callable

import pytest

from content import publishing, working_copy
from content.models import (
    Cause,
    Evidence,
    Fact,
    Level,
    Option,
    Page,
    Question,
    Section,
    UrgencyRule,
    Vignette,
)
from tests.build import a_lawful_guide, a_vignette
from tests.client import Client
from tests.content.screens import said, save, screen, shown
from triage.engine.guide import LEVELS
from triage.models import Release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

Publish = Callable[..., Release]


def add(editor: Client, kind: str, **typed: object) -> str:
    url = f"/admin/content/{kind}/add/"
    return said(editor.post(url, shown(editor, url) | typed, follow=True))


def test_the_words_for_today_find_their_place(editor: Client) -> None:
    Level.objects.filter(slug="today").delete()
    typed = {"slug": "today", "name": "Today", "heading": "Go.", "text": "How.", "watch": "- More."}
    assert "was added successfully" in add(editor, "level", **typed)
    assert [level.slug for level in working_copy.build().levels] == list(LEVELS)


def test_who_may_change_nothing_is_shown_no_buttons_to_move_it(
    editor: Client, staff: Callable[[str], Client]
) -> None:
    assert 'name="_move"' in said(editor.get("/admin/content/cause/"))
    assert 'name="_move"' not in said(staff("Clinician").get("/admin/content/cause/"))


# Drafts.


def test_what_cannot_be_used_yet_is_saved_as_a_draft_and_says_what_to_mend(editor: Client) -> None:
    page = add(editor, "page", slug="sleep", title="Sleep", section="Sleep")
    assert "Saved as a draft. To mend: Page “Sleep”" in page
    assert "must have at least one question" in page
    assert Page.objects.get(slug="sleep").status == "draft"


@pytest.mark.parametrize("kind", ["page", "cause", "source", "vignette", "evidence"])
def test_every_screen_asks_once_whether_it_is_in_use(editor: Client, kind: str) -> None:
    assert said(editor.get(f"/admin/content/{kind}/add/")).count('name="status"') == 1


def test_a_draft_closes_neither_preview_nor_review(editor: Client) -> None:
    add(editor, "page", slug="sleep", title="Sleep", section="Sleep")
    assert editor.get("/admin/preview/").status_code == 200
    assert "Drafts, which are left out: 1" in said(editor.get("/admin/review/"))
    assert "sleep" not in [page.slug for page in working_copy.build().pages]


def test_a_draft_can_be_looked_at_and_tried_as_far_as_there_is_something(editor: Client) -> None:
    page = Page.objects.create(slug="sleep", title="Sleep", section="Sleep", status="draft")
    question = Question.objects.create(
        page=page, slug="dreams", kind="single", text="Do you dream?", short="Dreams", status="draft"
    )
    option = Option.objects.create(question=question, slug="yes", text="Yes", clause="you dream")
    for path in (f"see/page/{page.pk}", f"see/question/{question.pk}", f"try/option/{option.pk}"):
        assert editor.get(f"/admin/{path}/", follow=True).status_code == 200


def test_the_start_page_names_every_draft_and_leads_to_it(editor: Client) -> None:
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(status="draft")
    page = said(editor.get("/admin/"))
    assert "Evidence: You said triggers:caffeine" in page
    assert screen(Evidence.objects.first()) in page


def test_a_finished_draft_is_used_as_soon_as_its_editor_says_so(editor: Client) -> None:
    add(editor, "page", slug="sleep", title="Sleep", section="Sleep")
    sleep = Page.objects.get(slug="sleep")
    question = Question.objects.create(page=sleep, slug="sleep", kind="single", text="Tired?", short="Tired")
    Option.objects.create(question=question, slug="yes", text="Yes", clause="you are tired")
    Option.objects.create(question=question, slug="unsure", text="Not sure", unsure=True)
    assert "changed successfully" in save(editor, sleep, status="")
    assert "sleep" in working_copy.build().questions


def test_a_draft_that_is_not_finished_stays_one(editor: Client) -> None:
    add(editor, "page", slug="sleep", title="Sleep", section="Sleep")
    assert "Saved as a draft" in save(editor, Page.objects.get(slug="sleep"), status="")
    assert Page.objects.get(slug="sleep").status == "draft"


def test_a_published_thing_that_became_a_draft_blocks_publishing(
    editor: Client, publish_all: Publish
) -> None:
    publish_all()
    UrgencyRule.objects.filter(slug="weak_legs").update(status="draft")
    blocks = [block.text for block in publishing.review_working_copy().blocks]
    assert "“Weak legs.” was published, and is a draft now. Finish it, or retire it." in blocks


def test_a_published_row_of_evidence_that_became_a_draft_blocks_publishing(publish_all: Publish) -> None:
    publish_all()
    row = Evidence.objects.first()
    Evidence.objects.filter(pk=row.pk).update(status="draft", text="Other words.")
    blocks = [block.text for block in publishing.review_working_copy().blocks]
    assert any(f"“{Evidence.objects.get(pk=row.pk)}” was published, and is a draft now." in b for b in blocks)


def test_published_evidence_that_became_a_draft_of_another_cause_blocks_publishing(
    publish_all: Publish,
) -> None:
    publish_all()
    row = Evidence.objects.filter(cause__slug="caffeine").first()
    Evidence.objects.filter(pk=row.pk).update(status="draft", cause=Cause.objects.get(slug="cold"))
    blocks = [block.text for block in publishing.review_working_copy().blocks]
    assert any(f"“{row}” was published, and is a draft now." in block for block in blocks)


def test_a_published_row_that_became_a_draft_blocks_though_one_of_the_same_words_was_retired(
    publish_all: Publish,
) -> None:
    row = Evidence.objects.filter(cause__slug="caffeine").first()
    about = {"cause": row.cause, "points": row.points, "text": row.text, "condition": row.condition}
    Evidence.objects.create(slug="same", status="retired", **about)
    publish_all()
    Evidence.objects.filter(pk=row.pk).update(status="draft")
    assert publishing.review_working_copy().blocks


def test_what_is_gone_leads_to_nothing_else_from_the_start_page(editor: Client, publish_all: Publish) -> None:
    publish_all()
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(status="retired")
    page = said(editor.get("/admin/"))
    assert "<li>Gone: Cause “Caffeine”, evidence" in page


def test_what_was_published_and_moved_into_a_draft_blocks_publishing(publish_all: Publish) -> None:
    sleep = Question.objects.create(
        page=Page.objects.first(), slug="sleep", kind="single", text="Tired?", short="Tired"
    )
    Option.objects.create(question=sleep, slug="yes", text="Yes", clause="you are tired")
    Option.objects.create(question=sleep, slug="unsure", text="Not sure", unsure=True)
    publish_all()
    page = Page.objects.create(slug="later", title="Later", section="Later", status="draft")
    Question.objects.filter(slug="sleep").update(page=page)
    cause = Cause.objects.first()
    draft = Cause.objects.create(
        slug="new",
        name="New",
        prior=0,
        section=cause.section,
        what="A.",
        helps="B.",
        get_help="C.",
        status="draft",
    )
    row = Evidence.objects.filter(cause=cause).first()
    Evidence.objects.filter(pk=row.pk).update(cause=draft)
    blocks = [block.text for block in publishing.review_working_copy().blocks]
    assert "“Tired” was published, and stands in the draft “Later”. Finish that, or move it back." in blocks
    assert any(f"“{row}” was published, and stands in the draft “New”." in block for block in blocks)


def test_a_new_draft_beside_a_published_row_of_the_same_words_blocks_nothing(publish_all: Publish) -> None:
    publish_all()
    row = Evidence.objects.first()
    Evidence.objects.create(
        slug="same", cause=row.cause, text=row.text, points=1, condition={}, status="draft"
    )
    assert not publishing.review_working_copy().blocks


def test_a_story_that_accepts_only_a_retired_cause_blocks_publishing(publish_all: Publish) -> None:
    """It would accept "none fits", and a worse judgement would be told as a better one."""
    publish_all()
    Cause.objects.filter(slug="cold").update(status="retired")
    blocks = [block.text for block in publishing.review_working_copy().blocks]
    assert (
        "The story “v001” accepts only causes that are not in use. Say which is right, if one is." in blocks
    )


def test_a_question_that_a_draft_speaks_of_is_neither_deleted_nor_renamed(editor: Client) -> None:
    """Its rule would be left with one answer less, and be true of more people."""
    page = Page.objects.get(slug="duration")
    fever = Question.objects.create(page=page, slug="fever", kind="single", text="Fever?", short="Fever")
    Option.objects.create(question=fever, slug="high", text="High", clause="it is high")
    Option.objects.create(question=fever, slug="unsure", text="Not sure", unsure=True)
    UrgencyRule.objects.create(
        slug="hot", urgency="emergency", reason="Hot.", condition={"all": ["fever:high"]}, status="draft"
    )
    said_of_it = said(editor.post(screen(fever, "delete"), {"post": "yes"}, follow=True))
    assert "Fever is used by: Hot." in said_of_it
    save(editor, fever, slug="heat")
    assert Question.objects.filter(slug="fever").exists()


def test_putting_back_names_the_drafts_that_would_go(editor: Client, publish_all: Publish) -> None:
    release = publish_all()
    add(editor, "page", slug="sleep", title="Sleep", section="Sleep")
    page = said(editor.get(f"/admin/releases/{release.number}/put-back/"))
    assert "Draft: Sleep" in page
    with pytest.raises(publishing.WouldDiscard):
        publishing.replace(publishing.guide_of(release.number))


def test_putting_back_names_what_was_retired_and_would_go(editor: Client, publish_all: Publish) -> None:
    Section.objects.create(slug="old", title="Old", text="Gone.", status="retired")
    release = publish_all()
    assert "Retired: Old" in said(editor.get(f"/admin/releases/{release.number}/put-back/"))
    with pytest.raises(publishing.WouldDiscard):
        publishing.replace(publishing.guide_of(release.number))


def test_what_is_to_mend_is_told_in_words_not_in_short_names(editor: Client) -> None:
    page = save(editor, Vignette.objects.get(slug="v001"), urgency="urgent")
    assert "acceptable urgencies: must hold “see a doctor within days”" in page


# What would close a door for others is not saved.


def test_what_others_need_cannot_go_and_they_are_named(editor: Client) -> None:
    weakness = Option.objects.get(slug="weakness")
    page = save(editor, weakness, status="retired")
    assert "Not saved, for others could not be used then:" in page
    assert "Urgency rule “Weak legs.”" in page
    assert Option.objects.get(slug="weakness").status == ""


def test_a_new_fact_comes_into_use_with_the_section_that_tells_it(editor: Client) -> None:
    assert "Saved as a draft." in add(editor, "fact", slug="F09", text="Sleep helps.")
    section = Section.objects.get()
    save(editor, section, text=f"{section.text} Sleep helps.[F09]")
    assert [fact.slug for fact in working_copy.build().facts] == ["F01", "F02", "F09"]


def test_what_is_wrong_with_a_thing_that_others_need_is_told_of_it(editor: Client) -> None:
    section = Section.objects.exclude(causes=None)[0]
    page = save(editor, section, text=f"{section.text} More.[F99]")
    assert "Not saved. To mend:" in page
    assert 'no fact "F99"' in page


def test_what_is_not_deleted_is_not_said_to_be(editor: Client) -> None:
    page = Page.objects.create(slug="sleep", title="Sleep", section="Sleep", position=9, status="draft")
    about = {"page": page, "slug": "dreams", "kind": "single", "text": "Do you dream?", "short": "Dreams"}
    question = Question.objects.create(**about)
    for slug in ("yes", "no"):
        Option.objects.create(question=question, slug=slug, text=slug, clause="you dream")
    Page.objects.update(status="")
    told = said(editor.post(screen(question, "delete"), {"post": "yes"}, follow=True))
    assert "Not deleted, for then: Page “Sleep”" in told
    assert "was deleted successfully" not in told


def test_nothing_is_kept_of_what_was_refused(editor: Client) -> None:
    save(editor, Option.objects.get(slug="weakness"), status="retired", text="Limp")
    assert Option.objects.get(slug="weakness").text == "Weakness"


def test_a_question_that_a_rule_speaks_of_is_not_deleted_and_the_rule_is_named(editor: Client) -> None:
    onset = Question.objects.get(slug="onset")
    page = said(editor.post(screen(onset, "delete"), {"post": "yes"}, follow=True))
    assert "is used by: Sudden no reason." in page
    assert Question.objects.filter(slug="onset").exists()


def test_a_move_that_would_ask_a_follow_up_first_is_refused(editor: Client) -> None:
    details = Page.objects.get(slug="details")
    page = said(editor.post("/admin/content/page/", {"_move": f"{details.pk} -1"}, follow=True))
    assert "Not moved, for then:" in page
    assert [page.slug for page in Page.objects.all()][1:3] == ["triggers", "details"]


# Retired.


def test_a_retired_answer_is_not_offered_and_its_short_name_stays_taken(
    editor: Client, publish_all: Publish
) -> None:
    publish_all()
    save(editor, Option.objects.get(slug="trembling"), status="retired")
    guide = working_copy.build()
    assert "trembling" not in [option.slug for option in guide.questions["feel"].options]
    assert Option.objects.filter(slug="trembling").exists()


def test_a_story_keeps_the_answer_and_is_read_without_it(editor: Client) -> None:
    story = Vignette.objects.get(slug="v002")
    save(editor, Option.objects.get(slug="trembling"), status="retired")
    assert "trembling" in [option.slug for option in story.answers.all()]
    assert "feel" not in next(v for v in working_copy.build().vignettes if v.slug == "v002").answers


def test_a_retired_cause_is_not_weighed_and_none_of_its_evidence(editor: Client) -> None:
    save(editor, Cause.objects.get(slug="caffeine"), status="retired")
    assert [cause.slug for cause in working_copy.build().causes] == ["cold"]


def test_a_retired_fact_is_not_cited(editor: Client) -> None:
    Section.objects.update(text="So can cold.[F02]")
    Evidence.objects.get(cause__slug="cold", points=2).facts.add(Fact.objects.get(slug="F02"))
    Fact.objects.filter(slug="F02").update(status="retired")
    Section.objects.update(text="Coffee can do it.[F01]")
    row = next(row for row in working_copy.build().causes[1].evidence if row.points == 2)
    assert row.facts == ("F01",)


def test_what_was_retired_comes_back_with_its_words(editor: Client, publish_all: Publish) -> None:
    publish_all()
    before = working_copy.build()
    save(editor, Option.objects.get(slug="trembling"), status="retired")
    save(editor, Option.objects.get(slug="trembling"), status="")
    assert working_copy.build() == before


# Weights.


def test_weights_that_make_stories_worse_are_told_at_once(editor: Client) -> None:
    row = Evidence.objects.get(cause__slug="cold", points=2)
    assert "Stories that come out worse now: v001. Better: 0." in save(editor, row, points="-3")


def test_more_stories_worse_than_better_ask_for_a_reason(publish_all: Publish) -> None:
    guide = a_lawful_guide()
    worse = guide.vignettes[0].answers | {"trend": ("worse",)}
    story = a_vignette("v003", answers=worse, urgency="routine", urgency_accept=("routine",))
    working_copy.replace(a_lawful_guide(vignettes=(*guide.vignettes, story)))
    publish_all()
    UrgencyRule.objects.filter(slug="getting_worse").update(urgency="urgent")
    with pytest.raises(publishing.NotPublished, match=r"worse than better\. Say why: v003"):
        publish_all()
    assert publish_all(reason="The story is wrong.").number == 2
