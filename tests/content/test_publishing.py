import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from content import publishing, working_copy
from content.models import (
    Cause,
    Evidence,
    Level,
    Option,
    Question,
    ReleasedSlug,
    Thresholds,
    UrgencyRule,
    Vignette,
)
from tests.build import a_lawful_guide
from triage.engine.file import dump, load
from triage.engine.guide import Guide, GuideError
from triage.models import Release, digest
from triage.releases import DamagedRelease

pytestmark = pytest.mark.django_db

Publish = Callable[..., Release]
RULE = "weak_legs"


def numbers() -> list[int]:
    return list(Release.objects.values_list("number", flat=True))


def test_what_is_published_is_the_working_copy(publish_all: Publish) -> None:
    release = publish_all("Clearer hints.")
    assert (release.number, release.guide, release.note) == (1, dump(a_lawful_guide()), "Clearer hints.")
    assert (release.digest, release.published_by) == (digest(release.guide), "ann")


def test_releases_are_numbered_without_gaps(publish_all: Publish) -> None:
    publish_all()
    publish_all()
    publishing.roll_back(number=1, note="Back.", by="ben")
    assert numbers() == [3, 2, 1]


@pytest.mark.parametrize(
    "changes", [{"name": "Too cold"}, {"name": "Too cold", "status": "draft"}], ids=["in use", "a draft"]
)
def test_whatever_changed_since_is_reviewed(publish_all: Publish, changes: dict[str, str]) -> None:
    cold = Cause.objects.filter(slug="cold")
    publish_all()
    cold.update(status=changes.get("status", ""))
    before = publishing.review_working_copy()
    cold.update(**changes)
    after = publishing.review_working_copy()
    assert after is not before
    assert "Too cold" in f"{after.guide.causes} {[note.text for note in after.blocks]}"


def test_figures_are_kept_with_a_release(publish_all: Publish) -> None:
    assert json.loads(publish_all().figures)["stories"] == 2


def test_nothing_is_published_without_a_note(publish_all: Publish) -> None:
    with pytest.raises(publishing.NotPublished, match="A note is missing"):
        publish_all("  ")
    assert numbers() == []


def test_nothing_is_published_when_the_working_copy_changed_since_the_review(small: None) -> None:
    reviewed = publishing.review_working_copy().digest
    Level.objects.update(name="Another")
    with pytest.raises(publishing.NotPublished, match="changed since the review"):
        publishing.publish(digest=reviewed, note="A note.", by="ann")
    assert numbers() == []


def test_nothing_is_published_when_another_release_went_live_since_the_review(publish_all: Publish) -> None:
    publish_all()
    with pytest.raises(publishing.NotPublished, match="changed since the review"):
        publish_all(against=0)
    assert numbers() == [1]


def test_nothing_is_published_when_the_working_copy_makes_no_guide(publish_all: Publish) -> None:
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(condition={})
    with pytest.raises(GuideError):
        publish_all()


def test_a_broken_law_blocks(publish_all: Publish) -> None:
    UrgencyRule.objects.filter(slug="emergency_sign").update(urgency="routine")
    with pytest.raises(
        publishing.NotPublished, match="a sign of an emergency always leads to emergency help"
    ):
        publish_all()


def test_a_missed_emergency_blocks(publish_all: Publish) -> None:
    Vignette.objects.filter(slug="v001").update(urgency="emergency")
    Vignette.objects.first().urgency_accept.set(Level.objects.filter(slug="emergency"))
    with pytest.raises(
        publishing.NotPublished, match="“v001” is an emergency, but is told: look after it at home"
    ):
        publish_all()


def test_an_empty_text_blocks(publish_all: Publish) -> None:
    Option.objects.filter(slug="caffeine").update(clause="")
    with pytest.raises(publishing.NotPublished, match="“Caffeine”: “after “if”” is empty"):
        publish_all()


@pytest.fixture
def lowered(publish_all: Publish) -> None:
    """The story was urgent in the live release, and no longer is."""
    weakness = Option.objects.get(question__slug="warning_signs", slug="weakness")
    Vignette.objects.first().answers.add(weakness)
    publish_all()
    UrgencyRule.objects.filter(slug="weak_legs").update(urgency="routine")


def test_a_lower_urgency_needs_a_reason(lowered: None, publish_all: Publish) -> None:
    with pytest.raises(publishing.NotPublished, match=r"lower urgency needs a reason\..*v001"):
        publish_all()


def test_with_a_reason_it_is_published_and_the_reason_kept(lowered: None, publish_all: Publish) -> None:
    assert publish_all(reason="The guidance changed.").reason == "The guidance changed."


def test_a_story_that_went_is_still_tried(lowered: None, publish_all: Publish) -> None:
    Vignette.objects.filter(slug="v001").update(slug="v003")
    with pytest.raises(publishing.NotPublished, match=r"lower urgency needs a reason\..*v001"):
        publish_all()


def test_a_story_that_is_changed_with_its_rule_is_still_tried_as_it_was(
    lowered: None, publish_all: Publish
) -> None:
    Vignette.objects.get(slug="v001").answers.remove(Option.objects.get(slug="weakness"))
    with pytest.raises(publishing.NotPublished, match=r"lower urgency needs a reason\..*v001"):
        publish_all()


NUMB = {"any": ["warning_signs:numbness", "warning_signs:weakness"]}


@pytest.mark.parametrize(
    "change",
    [
        lambda: UrgencyRule.objects.filter(slug=RULE).update(condition={"any": NUMB["any"][:1]}),
        lambda: UrgencyRule.objects.filter(slug=RULE).update(condition=NUMB | {"all": ["onset:sudden"]}),
        lambda: UrgencyRule.objects.filter(slug=RULE).update(
            condition=NUMB | {"unless": [{"of": ["trend:better"]}, {"of": ["triggers:caffeine"]}]}
        ),
        lambda: UrgencyRule.objects.filter(slug=RULE).update(unexplained=True),
        lambda: Option.objects.filter(slug="better").update(passing=False),
        lambda: Thresholds.objects.update(home={"any": ["trend:better", "triggers:caffeine"]}),
        lambda: Question.objects.filter(slug="warning_signs").update(show_if={"any": ["triggers:cold"]}),
    ],
    ids=[
        "an answer less",
        "one more needed",
        "an exception",
        "unexplained",
        "no more passing",
        "home",
        "asked",
    ],
)
def test_a_rule_that_can_speak_less_often_needs_a_reason(
    publish_all: Publish, change: Callable[[], object]
) -> None:
    """Whether or not a story stands on it."""
    Option.objects.filter(slug="better").update(passing=True)
    Thresholds.objects.update(home={"any": ["trend:better"]})
    rule = UrgencyRule.objects.filter(slug=RULE)
    rule.update(urgency="emergency", condition=NUMB | {"unless": [{"of": ["trend:better"]}]})
    publish_all()
    change()
    seen = publishing.review_working_copy()
    assert not seen.stories
    assert seen.lowered


def test_a_rule_that_speaks_more_often_needs_no_reason(publish_all: Publish) -> None:
    publish_all()
    UrgencyRule.objects.filter(slug=RULE).update(condition=NUMB)
    assert publishing.review_working_copy().lowered == ()


def test_rolling_back_publishes_the_older_guide_and_leaves_the_working_copy(publish_all: Publish) -> None:
    first = publish_all()
    Thresholds.objects.update(strong_at=9)
    second = publish_all()
    third = publishing.roll_back(number=1, note="Back.", by="ben")
    assert (third.guide, third.published_by) == (first.guide, "ben")
    assert dump(working_copy.build()) == second.guide


def test_rolling_back_needs_a_note_and_a_release(publish_all: Publish) -> None:
    publish_all()
    with pytest.raises(publishing.NotPublished, match="A note is missing"):
        publishing.roll_back(number=1, note="", by="ben")
    with pytest.raises(Release.DoesNotExist):
        publishing.roll_back(number=7, note="Back.", by="ben")


def test_a_note_holds_nothing_that_nobody_sees(publish_all: Publish) -> None:
    assert publish_all("Good.\x1b[2J\u202e\r\nBetter.").note == "Good.[2J\nBetter."


def test_a_release_may_be_for_safety(publish_all: Publish) -> None:
    assert publish_all(for_safety=True).for_safety
    assert publishing.roll_back(number=1, note="Back.", by="ben", for_safety=True).for_safety


@pytest.fixture
def lower_before(small: None) -> None:
    """Release 1 judges a story lower than release 2 does, and both were published with a reason."""
    weakness = Option.objects.get(question__slug="warning_signs", slug="weakness")
    Vignette.objects.first().answers.add(weakness)
    for urgency in ("routine", "urgent"):
        UrgencyRule.objects.filter(slug="weak_legs").update(urgency=urgency)
        seen = publishing.review_working_copy()
        publishing.publish(digest=seen.digest, note="A note.", by="ann", reason="New guidance.")


def test_publishing_again_at_a_lower_urgency_needs_a_reason(lower_before: None) -> None:
    with pytest.raises(publishing.NotPublished, match=r"lower urgency needs a reason\..*v001"):
        publishing.roll_back(number=1, note="Back.", by="ben")
    assert numbers() == [2, 1]


def test_publishing_again_keeps_its_reason(lower_before: None) -> None:
    again = publishing.roll_back(number=1, note="Back.", by="ben", reason="The guidance was withdrawn.")
    assert again.reason == "The guidance was withdrawn."


def an_older_release(guide: Guide, number: int = 1, digest_of_it: str = "") -> None:
    """As an older version of the code may have published it."""
    text = dump(guide)
    Release.objects.create(
        number=number,
        guide=text,
        digest=digest_of_it or digest(text),
        published_at="2026-01-01T00:00Z",
        figures="{}",
    )


def test_an_older_guide_that_breaks_a_law_is_not_published_again(small: None) -> None:
    rules = [replace(rule, urgency="routine") for rule in a_lawful_guide().urgency_rules]
    an_older_release(a_lawful_guide(urgency_rules=tuple(rules)))
    with pytest.raises(
        publishing.NotPublished, match="a sign of an emergency always leads to emergency help"
    ):
        publishing.roll_back(number=1, note="Back.", by="ben")


def test_with_a_damaged_newest_release_the_next_is_compared_with_the_one_before(publish_all: Publish) -> None:
    publish_all()
    an_older_release(a_lawful_guide(), number=2, digest_of_it="0" * 64)
    assert publish_all(against=1).number == 3


def test_a_release_is_put_back_as_the_working_copy(publish_all: Publish) -> None:
    publish_all()
    Thresholds.objects.update(strong_at=9)
    publish_all()
    publishing.replace(publishing.guide_of(1))
    assert working_copy.build() == a_lawful_guide()


def test_changes_that_stand_in_no_release_are_not_lost_unasked(publish_all: Publish) -> None:
    publish_all()
    Thresholds.objects.update(strong_at=9)
    with pytest.raises(publishing.WouldDiscard):
        publishing.replace(publishing.guide_of(1))
    with pytest.raises(publishing.WouldDiscard):
        publishing.replace(a_lawful_guide())
    assert working_copy.build().strong_at == 9
    publishing.replace(publishing.guide_of(1), discard=True)
    assert working_copy.build() == a_lawful_guide()


def test_a_guide_with_problems_is_not_imported(small: None) -> None:
    with pytest.raises(GuideError, match="strong_at"):
        publishing.replace(load(dump(a_lawful_guide()).replace('"strong_at": 3', '"strong_at": 0')))
    assert working_copy.build() == a_lawful_guide()


def test_a_release_that_is_not_what_was_published_is_not_read(small: None) -> None:
    an_older_release(a_lawful_guide(), digest_of_it="0" * 64)
    with pytest.raises(DamagedRelease):
        publishing.roll_back(number=1, note="Back.", by="ben")


def test_every_slug_of_a_release_is_remembered(publish_all: Publish) -> None:
    publish_all()
    kinds = dict(ReleasedSlug.objects.values_list("slug", "kind"))
    assert kinds["triggers:caffeine"] == "option"
    assert kinds["v001"] == "vignette"
    assert ReleasedSlug.holds(Option.objects.get(slug="caffeine"))


def test_all_that_is_remembered_of_a_release_can_be_found_again(publish_all: Publish) -> None:
    publish_all()
    rows = [row for model in working_copy.MODELS for row in model._default_manager.all()]
    assert sum(map(ReleasedSlug.holds, rows)) == ReleasedSlug.objects.count()


def test_the_first_release_is_the_first_guide() -> None:
    release = publishing.first_release()
    assert release and release.number == 1
    assert release.guide == publishing.FIRST_GUIDE.read_text(encoding="utf-8"), (
        "content/first_guide.json is not as `export_guide` writes it: import it, put the export in its place"
    )


def test_the_first_release_comes_once(publish_all: Publish) -> None:
    publish_all()
    assert publishing.first_release() is None


def test_the_first_release_does_not_replace_what_somebody_writes(small: None) -> None:
    assert publishing.first_release() is None
    assert working_copy.build() == a_lawful_guide()


def test_who_publishes_reads_the_release_so_that_no_visitor_waits_for_it(
    publish_all: Publish,
    client: Client,
    django_capture_on_commit_callbacks: Any,
    django_assert_num_queries: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        number = publish_all().number
    with django_assert_num_queries(0):
        assert client.get("/readyz").json()["release"] == number
