"""Staff change a sentence, see it, publish it and go back, in a real browser under the admin's policy."""

import base64
import importlib
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django_otp.oath import TOTP
from playwright.sync_api import Page, expect

from content import guards, working_copy
from content.models import Cause, Evidence, Question, Section, UrgencyRule
from tests.client import Client
from tests.journeys.test_axe import ALL, SIGHT, bring_axe, findings, unfold
from triage.engine import limits
from triage.engine.guide import Guide
from triage.models import Release
from triage.releases import releases

PASSWORD = "correct horse battery"
TRIED = "a=warning_signs:weakness&a=medicine_types:unsure&a=medicine_change:unsure&a=onset:sudden"
WEAK = "Your legs are weak, and effort alone does not explain it."
NEW = "Caffeine can make your muscles jump."


@pytest.fixture
def published(transactional_db: None, publish: Callable[..., Release], guide: Guide) -> Iterator[None]:
    """The first guide, live and as the working copy, and somebody in each group."""
    # Emptying the tables at the end of another journey took the groups too.
    importlib.import_module("content.migrations.0002_groups").make_groups(apps, None)
    for group in Group.objects.all():
        User.objects.create_user(group.name, password=PASSWORD, is_staff=True).groups.add(group)
    working_copy.replace(guide)
    publish()
    releases.forget()
    yield
    releases.forget()


@pytest.fixture
def log_in(desktop: Page, published: None, base_url: str) -> Callable[[str], Page]:
    """The start page of somebody who has logged in."""

    def log_in(name: str) -> Page:
        client = Client()
        client.force_login(User.objects.get(username=name), "django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": f"{base_url}/admin/"}
        desktop.context.add_cookies([cookie])
        desktop.goto("/admin/")
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

    with page.expect_navigation():  # who looks at a page before it is styled keeps it from a transition
        page.get_by_role("link", name="See it on the page").click()
    expect(page.locator("body")).to_contain_text("Preview of the working copy")
    expect(page.locator("body")).to_contain_text(NEW)
    page.get_by_role("link", name="Back to cause “Too much caffeine”").click()
    expect(page.get_by_label("What it is")).to_have_value(NEW)

    page.goto("/admin/review/")
    expect(page.get_by_role("heading", name="Cause “Too much caffeine”")).to_be_visible()
    expect(page.get_by_text("By Editor")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    assert complaints == []


def test_while_a_text_is_typed_it_says_how_it_reads(log_in, complaints):
    page = log_in("Editor")
    page.goto(f"/admin/content/cause/{Cause.objects.get(slug='caffeine').pk}/change/")
    box = page.get_by_label("What it is")
    told = page.locator(".field-what .reads")
    box.fill("**" + "It makes legs shake and " * 8 + "shake**.")
    expect(told.locator("strong")).to_contain_text("It makes legs shake")
    expect(told).to_contain_text("Over 20 words")
    expect(told).to_contain_text("Reading grade")
    box.fill("Short.")
    expect(told).not_to_contain_text("Over 20 words")
    assert told.count() == 1
    assert complaints == []


def test_leaving_a_text_that_was_typed_asks_first(log_in, complaints):
    page = log_in("Editor")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(f"/admin/content/cause/{Cause.objects.get(slug='caffeine').pk}/change/")
    page.get_by_label("What it is").fill(NEW)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_label("What it is")).to_have_value(NEW)
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    assert (asked, complaints) == (["beforeunload"], [])


def test_leaving_after_an_answer_of_a_condition_was_taken_out_asks_first(log_in, complaints):
    page = log_in("Editor")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(f"/admin/content/urgencyrule/{UrgencyRule.objects.first().pk}/change/")
    page.locator(".select2-selection__choice__remove").first.click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    assert (asked, complaints) == (["beforeunload"], [])


def test_a_double_click_on_save_adds_one_row(log_in, complaints):
    page = log_in("Editor")
    page.goto("/admin/content/section/add/")
    page.get_by_label("Title").fill("Sleep")
    page.get_by_label("Text").fill("Rest helps.[F01]")
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.locator("#result_list").get_by_role("link", name="Sleep", exact=True)).to_have_count(
        1, timeout=20_000
    )
    assert Section.objects.filter(title="Sleep").count() == 1


def test_what_was_typed_survives_the_end_of_the_session(log_in, complaints):
    page = log_in("Editor")
    page.goto(f"/admin/content/cause/{Cause.objects.get(slug='caffeine').pk}/change/")
    page.get_by_label("What it is").fill(NEW)
    Session.objects.all().delete()
    with page.expect_response("**/reads/**"):
        page.get_by_label("What it is").press_sequentially(" ")
    page.get_by_label("What it is").fill(NEW)
    expect(page.get_by_label("Password")).to_have_count(0)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("What you typed is kept")
    page.get_by_label("Username").fill("Editor")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    assert Cause.objects.get(slug="caffeine").what == NEW
    assert complaints == []


def test_save_is_in_view_wherever_one_is(log_in):
    page = log_in("Editor")
    page.goto(f"/admin/content/cause/{Cause.objects.get(slug='caffeine').pk}/change/")
    save = page.get_by_role("button", name="Save", exact=True)
    for top in (0, 1000, 10_000):
        page.evaluate(f"scrollTo(0, {top})")
        expect(save).to_be_in_viewport(ratio=1)


def test_a_cause_is_reached_by_keyboard_within_thirty_steps(log_in):
    page = log_in("Editor")
    page.goto(f"/admin/content/cause/{Cause.objects.get(slug='caffeine').pk}/change/")
    what = page.get_by_label("What it is")
    for _ in range(30):
        page.keyboard.press("Tab")
        if what.evaluate("field => field === document.activeElement"):
            return
    pytest.fail("It takes more than 30 steps.")


def test_the_theme_that_one_chose_holds_on_every_page(log_in, complaints):
    page = log_in("Editor")
    page.get_by_role("button", name="Toggle theme").click()
    for path in ("", "review/", "find/", "content/cause/"):
        page.goto(f"/admin/{path}")
        expect(page.locator("body"), path).to_have_css("color-scheme", "dark")
    assert complaints == []


def test_every_screen_fits_a_phone_and_a_tablet(log_in):
    page = log_in("Editor")
    cause = Cause.objects.get(slug="caffeine")
    too_wide = []
    for path in (
        "",
        "content/cause/",
        "content/vignette/",
        f"content/cause/{cause.pk}/change/",
        "review/",
        "sign/",
    ):
        page.goto(f"/admin/{path}")
        for width in (390, 820):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                too_wide.append((path, width))
    assert too_wide == []


@pytest.mark.parametrize("width", [390, 820])
def test_nothing_of_a_list_is_cut_off(log_in, width):
    page = log_in("Editor")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/admin/content/cause/")
    assert page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('.results'))") == 0


def test_words_are_found_and_replaced_by_keyboard(log_in, complaints):
    Cause.objects.filter(slug="caffeine").update(what="Zebras jump.")
    page = log_in("Editor")
    page.goto("/admin/find/")
    page.get_by_label("Words in any text").press_sequentially("Zebras")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 text")).to_be_visible()
    page.get_by_label("Replace “Zebras” with").press_sequentially("Muscles")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Replace").press("Enter")
    expect(page.get_by_text("Replaced in 1 text.")).to_be_visible()
    assert Cause.objects.get(slug="caffeine").what == "Muscles jump."
    assert complaints == []


def test_an_editor_throws_one_change_away(log_in, complaints):
    Cause.objects.filter(slug="caffeine").update(what=NEW, helps=NEW)
    page = log_in("Editor")
    page.goto("/admin/review/")
    page.get_by_role("button", name="Throw away Cause “Too much caffeine”, what it is").click()
    expect(page.get_by_text("Thrown away: Cause “Too much caffeine”, what it is.")).to_be_visible()
    cause = Cause.objects.get(slug="caffeine")
    assert (cause.what == NEW, cause.helps == NEW) == (False, True)
    assert complaints == []


def test_an_editor_finds_an_option_by_typing(log_in, complaints):
    row = Evidence.objects.filter(cause__slug="caffeine").first()
    page = log_in("Editor")
    page.goto(f"/admin/content/evidence/{row.pk}/change/")
    page.locator(".field-condition").locator(".select2-search__field").nth(1).click()
    choose(page, "shivering")
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
        choose(page, words)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")
    assert len(cause.evidence.get(text="You stood in the snow").condition["all"]) == 1
    assert complaints == []


def choose(page: Page, words: str) -> None:
    """The first of what is found for these words; what is offered before they are looked for is another."""
    page.keyboard.type(words)
    page.locator(".select2-results__option", has_text=words).first.click()


def add_a_section_beside(page: Page) -> None:
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Add another section of the article").click()
    section = opened.value
    section.get_by_label("Title").fill("Nerve pain")
    section.get_by_label("Text").fill("A sore nerve can make a leg twitch.")
    section.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Section of the article").locator("option:checked")).to_have_text("Nerve pain")


def test_an_editor_adds_a_cause_from_nothing(log_in, complaints):
    """Its section, the cause, a row of evidence, a story in which it comes first: four saves, and one for
    a row that was not finished. An error leads to its field; what is not finished is a draft."""
    page = log_in("Publisher")
    page.goto("/admin/content/cause/add/")
    add_a_section_beside(page)

    page.get_by_label("Name:", exact=True).fill("Nerve pain")
    page.get_by_role("button", name="Save and continue editing").click()
    errors = page.locator(".errorlinks")
    expect(errors.get_by_role("link")).to_have_text(["What it is", "What usually helps", "When to get help"])
    expect(page.get_by_label("Name:", exact=True)).to_have_value("Nerve pain")
    for field in ("What it is", "What usually helps", "When to get help"):
        errors.get_by_role("link", name=field).click()
        expect(page.get_by_label(field)).to_be_focused()
        page.keyboard.type("A sore nerve.")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")

    page.get_by_role("link", name="Add evidence").click()
    page.get_by_label("This").select_option("speaks strongly for")
    page.get_by_label("In words").fill("A burning or stabbing pain")
    page.locator(".field-condition .select2-search__field").first.click()
    choose(page, "burning")
    page.get_by_role("button", name="Save", exact=True).click()
    said = page.locator(".messagelist")
    expect(said).to_contain_text("Saved as a draft. To mend:")
    expect(said).to_contain_text("must name a fact or a source")
    said.get_by_role("link", name="A burning or stabbing pain").click()
    page.get_by_label("Status").select_option("in use")
    page.locator(".fieldBox.field-facts .select2-search__field").first.click()
    choose(page, "F10")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(said).to_contain_text("was changed successfully")

    page.goto("/admin/review/")
    expect(page.locator("#blocks")).to_contain_text("Add a story in which this cause is the best")
    page.goto("/admin/try/")
    page.get_by_text("What it is like").click()
    page.get_by_label("Burning or stabbing pain").check()
    page.get_by_role("button", name="Show what comes out").click()
    page.get_by_role("link", name="Keep this as a story").click()
    for field in ("Short name", "Kind", "Story", "Why this is expected", "Source"):
        page.get_by_label(field).fill("nerve")
    page.get_by_text("Add another Acceptable cause").click()
    page.locator("#id_expected-0-cause").select_option("Nerve pain")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")
    page.goto("/admin/review/")
    expect(page.get_by_role("heading", name="Nothing blocks publishing")).to_be_visible()
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
    expect(page.locator(".messagelist")).to_contain_text("Release 2 is published")

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


def test_an_editor_tries_answers_opens_the_rule_and_keeps_a_story(log_in, complaints):
    page = log_in("Editor")
    page.get_by_role("link", name="Try answers").first.click()
    page.get_by_text("What comes with it").click()
    page.get_by_label("Weakness in the legs").check()
    page.get_by_role("button", name="Show what comes out").click()
    expect(page.get_by_role("heading", name="What comes out")).to_contain_text("Within days")
    tried = page.url
    page.get_by_role("link", name=WEAK).click()
    expect(page.get_by_label("Reason")).to_have_value(WEAK)
    page.goto(tried)
    page.get_by_role("link", name="Keep this as a story").click()
    expect(page.locator(".field-answers")).to_contain_text("Weakness in the legs")
    for field in ("Short name", "Kind", "Story", "Why this is expected", "Source"):
        page.get_by_label(field).fill("weak")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")
    page.get_by_role("link", name="weak", exact=True).first.click()
    page.get_by_role("link", name="Try this").click()
    assert page.url == tried.removesuffix("#out")
    assert complaints == []


def test_trying_answers_fits_a_phone(log_in):
    page = log_in("Editor")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/admin/try/?{TRIED}")
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.get_by_role("button", name="Show what comes out")).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.mouse.wheel(0, 3000)
    expect(page.get_by_role("button", name="Show what comes out")).to_be_in_viewport()


def confirm(page: Page) -> None:
    """Types what the app on the phone shows, which has read the key."""
    key = base64.b32decode(page.locator(".key").inner_text().replace(" ", ""))
    page.get_by_label("The code that the app shows").fill(f"{TOTP(key).token():06d}")
    page.get_by_role("button", name="Confirm").click()


def test_an_editor_sets_up_a_second_factor_and_logs_in_with_it(log_in, complaints):
    page = log_in("Editor")
    page.get_by_role("link", name="Protect your account with a second factor").click()
    page.get_by_role("button", name="Set up a second factor").click()
    drawn = page.get_by_role("img", name="QR code").locator("svg")
    assert drawn.bounding_box()["width"] > 200
    assert drawn.locator("path").first.evaluate("path => getComputedStyle(path).fill") == "rgb(255, 255, 255)"
    confirm(page)
    recovery_code = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("link", name="Protect your account")).to_have_count(0)

    page.get_by_role("button", name="Log out").click()
    page.goto("/admin/")
    page.get_by_label("Username").fill("Editor")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("One-time code").fill(recovery_code)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="The working copy")).to_be_visible()
    assert complaints == []


def test_the_start_page_holds_on_a_tablet(log_in):
    page = log_in("Editor")
    page.set_viewport_size({"width": 820, "height": 1180})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_axe_finds_nothing_on_the_way_to_a_second_factor(log_in):
    page = log_in("Editor")
    page.goto("/admin/second-factor/")
    found = looked_at(page, "none yet")
    page.get_by_role("button", name="Set up a second factor").click()
    found += looked_at(page, "started")
    page.get_by_label("The code that the app shows").fill("no")
    page.get_by_role("button", name="Confirm").click()
    found += looked_at(page, "wrong")
    time.sleep(1.1)  # a wrong code slows the next try
    confirm(page)
    found += looked_at(page, "recovery codes")
    page.goto("/admin/second-factor/")
    found += looked_at(page, "has one")
    assert found == []


@pytest.mark.slow
def test_axe_finds_nothing_where_a_password_is_set_by_mail(desktop, published, settings):
    settings.SENDS_MAIL = True
    found = []
    for path in ("login/", "password_reset/", "password_reset/done/", "reset/x/y-z/", "reset/done/"):
        desktop.goto(f"/admin/{path}")
        found += looked_at(desktop, path)
    assert found == []


@pytest.mark.slow
def test_axe_finds_nothing_on_the_pages_that_we_add(log_in):
    page = log_in("Publisher")
    Cause.objects.filter(slug="caffeine").update(what=NEW)
    rule = UrgencyRule.objects.filter(urgency="urgent", today=False).first()
    UrgencyRule.objects.filter(pk=rule.pk).update(urgency="self_care")
    found = []
    for path in (
        "review/",
        "find/?q=caffeine",
        "find/?q=muscle&words=nerve",
        "releases/",
        "releases/1/?with=working-copy",
        "releases/1/put-back/",
        "import/",
        "matrix/",
        "try/",
        f"try/?a=joy:none&a=triggers:medicine&{TRIED}",
    ):
        page.goto(f"/admin/{path}")
        found += looked_at(page, path)
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(condition={})
    page.goto("/admin/preview/")
    found += looked_at(page, "problems")
    with ExitStack() as at_work:  # the server is in this process
        for _ in range(limits.STAFF_AT_ONCE):
            at_work.enter_context(guards.turns)
        page.goto("/admin/find/?q=caffeine")
        expect(page.get_by_role("button", name="Try again")).to_be_visible()
        found += looked_at(page, "not at once")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_label("Words in any text")).to_have_value("caffeine")
    assert found == []


def looked_at(page: Page, name: str) -> list[str]:
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    unfold(page)
    bring_axe(page)
    settle(page)
    found = [f"{name}, light phone: {finding}" for finding in findings(page, ALL)]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark")
    settle(page)
    return found + [f"{name}, dark desktop: {finding}" for finding in findings(page, SIGHT)]


def settle(page: Page) -> None:
    """The stock admin's colours move to those of another scheme, whatever motion somebody wants."""
    page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished)).then(() => 0)")


def test_the_whole_judgement_prints_with_every_rule(log_in):
    page = log_in("Editor")
    page.goto("/admin/matrix/")
    page.emulate_media(media="print")
    rules = page.locator("ol.to-sign li")
    assert rules.count() == 70
    for frame in ("#header", ".breadcrumbs", "#nav-sidebar"):
        assert page.locator(frame).is_hidden()
    assert page.locator(".matrix").is_visible()
