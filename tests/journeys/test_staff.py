"""Staff change a sentence, see it, publish it and go back, in a real browser under the admin's policy."""

import importlib
import time
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect

from content import publishing
from content.models import Cause, Evidence, Question, UrgencyRule
from tests.journeys.test_axe import ALL, SIGHT, bring_axe, findings, unfold
from triage.releases import releases

PASSWORD = "correct horse battery"
NEW = "Caffeine can make your muscles jump."


@pytest.fixture
def published(transactional_db: None) -> Iterator[None]:
    """The first guide, live and as the working copy, and somebody in each group."""
    # Emptying the tables at the end of another journey took the groups too.
    importlib.import_module("content.migrations.0002_groups").make_groups(apps, None)
    for group in Group.objects.all():
        User.objects.create_user(group.name, password=PASSWORD, is_staff=True).groups.add(group)
    publishing.first_release()
    releases.forget()
    yield
    releases.forget()


@pytest.fixture
def log_in(desktop: Page, published: None) -> Callable[[str], Page]:
    """Logs in, and fails at the end when the browser had anything to complain of."""

    def log_in(name: str) -> Page:
        desktop.goto("/admin/")
        desktop.get_by_label("Username").fill(name)
        desktop.get_by_label("Password").fill(PASSWORD)
        desktop.get_by_role("button", name="Log in").click()
        return desktop

    return log_in


@pytest.fixture
def complaints(desktop: Page) -> list[str]:
    found: list[str] = []
    desktop.on("console", lambda message: message.type in ("error", "warning") and found.append(message.text))
    desktop.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_an_editor_changes_a_sentence_and_sees_it_before_the_public_does(log_in, complaints, base_url):
    page = log_in("Editor")
    page.get_by_role("link", name="Causes", exact=True).click()
    page.get_by_role("link", name="Too much caffeine").click()
    page.get_by_label("What it is").fill(NEW)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".rendered").first).to_contain_text(NEW)

    page.get_by_role("link", name="See it on the page").click()
    expect(page.locator("body")).to_contain_text("Preview of the working copy")
    expect(page.locator("body")).to_contain_text(NEW)

    page.goto("/admin/review/")
    expect(page.get_by_role("heading", name="Cause “Too much caffeine”, what it is")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    assert complaints == []


def test_an_editor_finds_an_option_by_typing(log_in, complaints):
    row = Evidence.objects.filter(cause__slug="caffeine").first()
    page = log_in("Editor")
    page.goto(f"/admin/content/evidence/{row.pk}/change/")
    page.locator(".field-condition").locator(".select2-search__field").nth(1).click()
    page.keyboard.type("shivering")
    page.locator(".select2-results__option", has_text="Shivering").first.click()
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    row.refresh_from_db()
    assert row.condition["any"] == ["feel:shivering"]
    assert complaints == []


def test_an_editor_adds_a_row_of_evidence(log_in, complaints):
    cause = Cause.objects.get(slug="cold")
    page = log_in("Editor")
    page.goto(f"/admin/content/cause/{cause.pk}/change/")
    page.get_by_role("link", name="Add evidence").click()
    page.get_by_label("This").select_option("speaks slightly for")
    page.get_by_label("In words").fill("You stood in the snow")
    for field, words in ((".field-condition", "cold"), (".fieldBox.field-facts", "F10")):
        page.locator(f"{field} .select2-search__field").first.click()
        page.keyboard.type(words)
        page.locator(".select2-results__option--highlighted").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")
    assert len(cause.evidence.get(text="You stood in the snow").condition["all"]) == 1
    assert complaints == []


def test_rows_move_by_their_buttons(log_in, complaints):
    page = log_in("Editor")
    page.goto("/admin/content/cause/")
    first = Cause.objects.first()
    page.get_by_role("button", name=f"Move “{first}” down").click()
    expect(page.locator("#result_list tbody tr").nth(1)).to_contain_text(first.name)
    assert complaints == []


def test_who_saves_second_is_told_and_loses_nothing(log_in):
    cause = Cause.objects.get(slug="caffeine")
    page = log_in("Editor")
    page.goto(f"/admin/content/cause/{cause.pk}/change/")
    page.get_by_label("What usually helps").fill("Mine.")
    Cause.objects.filter(pk=cause.pk).update(what="Theirs.", helps="Theirs, too.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist.nonfield")).to_contain_text("What usually helps is now: Theirs, too.")
    expect(page.get_by_label("What usually helps")).to_have_value("Mine.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    cause.refresh_from_db()
    assert (cause.what, cause.helps) == ("Theirs.", "Mine.")


def test_a_publisher_publishes_and_rolls_back_and_the_public_follows(log_in, complaints):
    Cause.objects.filter(slug="caffeine").update(name="Too much coffee")
    Question.objects.filter(slug="emergency").update(text="Is any of these happening now?")
    page = log_in("Publisher")
    page.get_by_role("link", name="Review", exact=True).first.click()
    page.get_by_label("What changed, in a sentence").fill("Coffee, not caffeine.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("Release 2 is published")

    began = time.monotonic()
    page.goto("/check/safety/")
    while "Is any of these happening now?" not in page.content():
        assert time.monotonic() - began < 2
        page.reload()

    page.goto("/admin/releases/1/")
    page.get_by_label("Why").fill("Caffeine after all.")
    page.get_by_role("button", name="Publish again").click()
    expect(page.get_by_role("heading", name="Release 3 live")).to_be_visible()
    began = time.monotonic()
    page.goto("/check/safety/")
    while "Is any of these happening now?" in page.content():
        assert time.monotonic() - began < 2
        page.context.clear_cookies(name="steady")
        page.reload()
    assert complaints == []


@pytest.mark.slow
def test_axe_finds_nothing_on_the_pages_that_we_add(log_in):
    page = log_in("Publisher")
    Cause.objects.filter(slug="caffeine").update(what=NEW)
    rule = UrgencyRule.objects.filter(urgency="urgent", today=False).first()
    UrgencyRule.objects.filter(pk=rule.pk).update(urgency="self_care")
    found = []
    for path in (
        "review/",
        "releases/",
        "releases/1/?with=working-copy",
        "releases/1/put-back/",
        "import/",
        "matrix/",
    ):
        page.goto(f"/admin/{path}")
        found += looked_at(page, path)
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(condition={})
    page.goto("/admin/preview/")
    found += looked_at(page, "problems")
    assert found == []


def looked_at(page: Page, name: str) -> list[str]:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 844})
    unfold(page)
    bring_axe(page)
    found = [f"{name}, light phone: {finding}" for finding in findings(page, ALL)]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark")
    return found + [f"{name}, dark desktop: {finding}" for finding in findings(page, SIGHT)]


def test_the_whole_judgement_prints_with_every_rule(log_in):
    page = log_in("Editor")
    page.goto("/admin/matrix/")
    page.emulate_media(media="print")
    rules = page.locator("ol.to-sign li")
    assert rules.count() == 70
    assert page.locator(".top").is_hidden()
    assert page.locator(".matrix").is_visible()
