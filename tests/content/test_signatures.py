"""A signature is an account, a day, and the digest of what was signed: whatever changes is unsigned."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils.timezone import localdate

from content import publishing, signatures, working_copy
from content.differences import differences
from content.history import SIGNED, by_person, log
from content.models import Cause, Fact, Option, Question, Section, Signature, Source, UrgencyRule
from content.review import Review
from tests.build import a_lawful_guide, a_vignette
from tests.client import Client
from tests.content.screens import said, screen
from triage.engine.file import dump, load
from triage.models import Release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

Publish = Callable[..., Release]
RULE = "weak_legs"


def sign_rule(slug: str = RULE, by: str = "Dr Gray") -> None:
    guide = working_copy.build()
    [(digest, rule)] = [(d, thing) for d, thing in signatures.signable(guide).items() if thing.slug == slug]
    assert signatures.sign(guide, [digest], by) == ([rule], 0)


def signer_of(slug: str = RULE) -> str:
    return next(rule.signed_by for rule in working_copy.build().urgency_rules if rule.slug == slug)


def gone(seen: Review) -> list[str]:
    return [
        note.text for text, notes in seen.warnings.items() if "signature is gone" in text for note in notes
    ]


def test_what_was_signed_says_by_whom_and_when() -> None:
    sign_rule()
    rule = next(rule for rule in working_copy.build().urgency_rules if rule.slug == RULE)
    assert (rule.signed_by, rule.signed_on) == ("Dr Gray", localdate())


@pytest.mark.parametrize(
    "change",
    [
        lambda: UrgencyRule.objects.filter(slug=RULE).update(reason="Your legs are weak."),
        lambda: UrgencyRule.objects.filter(slug=RULE).update(condition={"any": ["trend:worse"]}),
        lambda: UrgencyRule.objects.get(slug=RULE).facts.add(Fact.objects.get(slug="F01")),
    ],
    ids=["its words", "its condition", "what it stands on"],
)
def test_any_change_clears_the_signature(change: Callable[[], object]) -> None:
    sign_rule()
    change()
    assert signer_of() == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda: Fact.objects.filter(slug="F01").update(text="Nothing is known of it."),
        lambda: Source.objects.filter(slug="nhs").update(publisher="A blog"),
    ],
    ids=["fact", "source"],
)
def test_a_rule_is_signed_with_the_words_of_what_it_stands_on(change: Callable[[], int]) -> None:
    UrgencyRule.objects.get(slug=RULE).facts.add(Fact.objects.get(slug="F01"))
    signable = signatures.signable(working_copy.build())
    [digest] = [digest for digest, thing in signable.items() if thing.slug == RULE]
    assert change() == 1
    assert digest not in signatures.signable(working_copy.build())


def test_an_answer_is_signed_with_the_words_of_its_question() -> None:
    """Nobody signs a question, and turned round it turns round what each answer says."""
    option = Option.objects.get(slug="collapse")
    signable = signatures.signable(working_copy.build()).items()
    [digest] = [digest for digest, thing in signable if thing.slug == "emergency:collapse"]
    signatures.sign(working_copy.build(), [digest], "Dr Gray")
    assert working_copy.signatures_of([option])
    Question.objects.filter(slug="emergency").update(text="Which of these is long over?")
    option.refresh_from_db()
    assert not working_copy.signatures_of([option])
    assert not working_copy.build().options["emergency:collapse"].signed_by


def test_a_sign_of_an_emergency_is_signed_beside_the_stories_in_which_it_speaks() -> None:
    Option.objects.filter(slug="collapse").update(reason="You collapsed.")
    Option.objects.get(slug="collapse").facts.add(Fact.objects.get(slug="F01"))
    story = replace(a_vignette("v009"), answers={"emergency": ("collapse",)}, urgency="emergency")
    guide = replace(working_copy.build(), vignettes=(replace(story, urgency_accept=("emergency",)),))
    some = [one for one in signatures.signable(guide).items() if one[1].slug == "emergency:collapse"]
    [told] = signatures.to_read(guide, some)
    assert [story.slug for story in told["stories"]] == ["v009"]


def test_put_back_as_it_was_signed_it_is_signed_again() -> None:
    sign_rule()
    UrgencyRule.objects.filter(slug=RULE).update(reason="Another.")
    UrgencyRule.objects.filter(slug=RULE).update(reason="Weak legs.")
    assert signer_of() == "Dr Gray"


def test_when_it_was_compared_with_its_source_is_not_what_was_signed() -> None:
    sign_rule()
    UrgencyRule.objects.filter(slug=RULE).update(checked_on="2026-11-01")
    assert signer_of() == "Dr Gray"


def test_in_another_order_it_is_still_what_was_signed() -> None:
    rule = UrgencyRule.objects.get(slug=RULE)
    rule.facts.set(Fact.objects.all())
    UrgencyRule.objects.filter(slug=RULE).update(condition={"all": ["warning_signs:weakness", "trend:worse"]})
    sign_rule()
    Fact.objects.get(slug="F02").move(-1)
    UrgencyRule.objects.filter(slug=RULE).update(condition={"all": ["trend:worse", "warning_signs:weakness"]})
    assert signer_of() == "Dr Gray"


def test_what_is_signed_again_has_the_newer_day_and_name() -> None:
    sign_rule()
    Signature.objects.update(signed_on="2020-01-01")
    sign_rule(by="Dr Brown")
    assert signer_of() == "Dr Brown"
    assert Signature.objects.get().signed_on == localdate()


def test_the_same_words_in_another_place_are_not_signed() -> None:
    guide = working_copy.build()
    none = [d for d, t in signatures.signable(guide).items() if t.kind == "option" and t.item.slug == "none"]
    assert len(none) == len(set(none)) == 3
    signatures.sign(guide, none[:1], "Dr Gray")
    assert sum(bool(o.signed_by) for o in working_copy.build().options.values()) == 1


def test_the_review_says_which_signatures_would_go(publish_all: Publish) -> None:
    sign_rule()
    publish_all()
    assert gone(publishing.review_working_copy()) == []
    UrgencyRule.objects.filter(slug=RULE).update(reason="Another.")
    assert gone(publishing.review_working_copy()) == ["Urgency rule “Another.”"]


def test_a_file_brings_no_signature_along() -> None:
    text = dump(a_lawful_guide()).replace(
        '"slug": "weak_legs"', '"signed_by": "Dr Nobody", "signed_on": "2026-01-01", "slug": "weak_legs"'
    )
    publishing.replace(load(text), discard=True)
    assert signer_of() == ""


def test_an_older_release_is_published_again_with_the_signatures_that_hold(publish_all: Publish) -> None:
    sign_rule()
    publish_all()
    Signature.objects.all().delete()
    again = publishing.roll_back(number=1, note="Back.", by="ben")
    assert "Dr Gray" not in again.guide


# The page.


def sent(client: Client) -> dict[str, list[str]]:
    rows = client.get("/admin/sign/?kind=urgencyrule").context["rows"]
    return {"all": [row["digest"] for row in rows]}


def test_a_clinician_signs_twenty_rules_with_one_button(staff: Callable[[str], Client]) -> None:
    client = staff("Clinician")
    client.post("/admin/sign/", sent(client) | {"sign_all": ""})
    assert {rule.signed_by for rule in working_copy.build().urgency_rules} == {"Clinician"}


def test_only_what_is_ticked_is_signed(staff: Callable[[str], Client]) -> None:
    client = staff("Clinician")
    shown = sent(client)
    client.post("/admin/sign/", shown | {"digest": shown["all"][:1]})
    assert Signature.objects.count() == 1


def test_what_changed_while_it_was_read_is_not_signed_and_it_is_told(staff: Callable[[str], Client]) -> None:
    client = staff("Clinician")
    shown = sent(client)
    UrgencyRule.objects.filter(slug=RULE).update(reason="Another.")
    page = client.post("/admin/sign/", shown | {"sign_all": ""}, follow=True).content.decode()
    assert "Changed while you read, and not signed: 1." in page
    assert signer_of() == ""


def test_the_history_of_what_was_signed_and_the_review_name_who_signed(
    staff: Callable[[str], Client], publish_all: Publish
) -> None:
    publish_all()
    client = staff("Clinician")
    client.post("/admin/sign/", sent(client) | {"sign_all": ""})
    history = said(client.get(screen(UrgencyRule.objects.get(slug=RULE), "history")))
    assert "Signed." in history and ">Clinician<" in history
    assert "By Clinician" in said(client.get("/admin/review/"))
    assert "nobody whose name was kept" not in said(client.get("/admin/review/"))


def test_who_signed_is_told_though_rows_of_two_kinds_have_the_same_key(
    publish_all: Publish, django_user_model: Any
) -> None:
    signable = signatures.signable(working_copy.build()).values()
    sign = working_copy.rows()[next(thing.key for thing in signable if thing.kind == "option")]
    if not Section.objects.filter(pk=sign.pk).exists():
        Section.objects.create(pk=sign.pk, slug="same", title="Same", text="Rest helps.")
    publish_all()
    guide, rows = working_copy.build(), working_copy.rows()
    found = {t.key: digest for digest, t in signatures.signable(guide).items()}
    for kind, name in (("section", "ann"), ("option", "ben")):
        [key] = [key for key in found if key[0] == kind and rows[key].pk == sign.pk]
        signatures.sign(guide, [found[key]], name)
        log([rows[key]], django_user_model.objects.create_user(name).pk, SIGNED)
    told = by_person(differences(guide, working_copy.build()), None)
    assert {who: {change.thing.kind for change in changes} for who, changes in told} == {
        "ann": {"section"},
        "ben": {"option"},
    }


@pytest.mark.parametrize("group", ["Editor", "Publisher", "superuser"])
def test_nobody_else_signs(staff: Callable[[str], Client], group: str) -> None:
    client = staff(group)
    assert client.post("/admin/sign/", sent(client) | {"sign_all": ""}).status_code == 403
    assert Signature.objects.count() == 0


def test_each_is_shown_as_a_sentence_with_its_source_and_its_stories(staff: Callable[[str], Client]) -> None:
    Option.objects.get(slug="weakness").vignettes.add(
        *working_copy.models.Vignette.objects.filter(slug="v001")
    )
    page = staff("Clinician").get("/admin/sign/?kind=urgencyrule").content.decode()
    assert "Asks for: see a doctor within days" in page
    assert "When Warning signs: Weakness." in page
    assert "NHS: Shaking legs" in page
    assert "1 story in which it speaks" in page
    assert "You sign as Clinician, today." in page


def test_all_that_a_signature_covers_stands_on_the_page(staff: Callable[[str], Client]) -> None:
    UrgencyRule.objects.filter(slug=RULE).update(first_aid="- Sit down.", crisis=True)
    Option.objects.filter(slug="weakness").update(hint="Also of one foot.", spoken="My legs are weak.")
    clinician = staff("Clinician")
    assert "- Sit down." in said(clinician.get("/admin/sign/?kind=urgencyrule"))
    pages = (f"/admin/sign/?kind=option&page={page}" for page in range(1, 4))
    options = " ".join(said(clinician.get(page)) for page in pages)
    assert "Also of one foot." in options
    assert "My legs are weak." in options


def test_an_editor_may_read_what_waits(staff: Callable[[str], Client]) -> None:
    assert (
        "Only members of the group Clinician can sign" in staff("Editor").get("/admin/sign/").content.decode()
    )


def test_evidence_is_signed_with_the_name_of_its_cause() -> None:
    found = signatures.signable(working_copy.build())
    digest = next(digest for digest, thing in found.items() if thing.kind == "evidence")
    Cause.objects.filter(slug="caffeine").update(name="A stroke")
    assert digest not in signatures.signable(working_copy.build())
