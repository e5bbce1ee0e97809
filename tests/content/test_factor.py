"""Somebody sets up a second factor, looks after it, and loses the phone."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from content.one_time_codes import app_of, enrol, new_recovery_codes
from tests.client import Client

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
PAGE = "/admin/second-factor/"
SHOWN_CODE = re.compile(r"<li><code>([a-z2-7]+)</code>")
SHOWN_KEY = re.compile(r'class="key">([A-Z2-7 ]+)<')


@pytest.fixture
def ann():
    return get_user_model().objects.create_user("ann", password=PASSWORD, is_staff=True)


@pytest.fixture
def boss(db):
    user = get_user_model().objects.create_superuser("boss", password=PASSWORD)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def inside(ann):
    """A client whose password was right."""
    return logged_in()


def logged_in(code="", name="ann"):
    client = Client()
    sent = {"username": name, "password": PASSWORD, "code": code, "next": "/admin/"}
    client.answer = client.post("/admin/login/", sent)
    return client


def shown_by(device, steps=0):
    """What the app on the phone shows, or will after so many steps of half a minute."""
    return f"{TOTP(device.bin_key, drift=steps).token():06d}"


def do(client, what, code=""):
    return client.post(PAGE, {"do": what, "code": code})


def text(response):
    return response.content.decode()


def started(client):
    """The device whose key this client is shown."""
    do(client, "start")
    return TOTPDevice.objects.get(confirmed=False)


def set_up(client):
    """The recovery codes that are shown once the second factor counts."""
    return codes_shown(client, "confirm", shown_by(started(client)))


def codes_shown(client, what, code):
    response = do(client, what, code)
    assert response.status_code == 302
    return SHOWN_CODE.findall(text(client.get(response["Location"])))


# Setting it up


def test_the_page_says_whether_there_is_one(ann, inside):
    assert "has no second factor" in text(inside.get(PAGE))
    set_up(inside)
    assert "Your account has a second factor" in text(inside.get(PAGE))


def test_the_start_page_says_so_to_who_has_none(ann, inside):
    assert "Protect your account with a second factor" in text(inside.get("/admin/"))
    set_up(inside)
    assert "Protect your account" not in text(inside.get("/admin/"))


def test_starting_shows_the_key_as_a_drawing_and_as_text(ann, inside):
    device = started(inside)
    page = text(inside.get(PAGE))
    [key] = SHOWN_KEY.findall(page)
    assert f"secret={key.replace(' ', '')}" in device.config_url
    [svg] = re.findall(r'<div class="qr".*?</svg>', page)
    assert 'fill="#fff"' in svg and 'stroke="#000"' in svg


def test_the_drawing_has_no_style_and_no_script(ann, inside):
    started(inside)
    page = text(inside.get(PAGE))
    drawing = page[page.index('class="qr"') : page.index('class="key"')]
    assert "<svg" in drawing
    assert "style" not in drawing and "script" not in drawing


def test_what_is_not_confirmed_locks_nobody_out(ann, inside):
    started(inside)
    assert logged_in().answer.status_code == 302
    assert inside.get("/admin/").status_code == 200


def test_a_wrong_code_confirms_nothing(ann, inside):
    started(inside)
    response = do(inside, "confirm", "000000")
    assert response.status_code == 422
    assert "That code does not fit" in text(response)
    assert app_of(ann) is None


@pytest.mark.parametrize("code", ["", "\x00", "a" * 21, "½", "\u202e123456", "' OR 1=1 --", "-1"])
def test_an_odd_code_is_a_wrong_one(ann, inside, code):
    started(inside)
    assert do(inside, "confirm", code).status_code == 422
    assert app_of(ann) is None


def test_nothing_is_confirmed_that_was_not_started(ann, inside):
    assert do(inside, "confirm", "123456").status_code == 422
    assert app_of(ann) is None


def test_a_code_may_be_typed_with_a_space_as_apps_show_it(ann, inside):
    code = shown_by(started(inside))
    assert do(inside, "confirm", f"{code[:3]} {code[3:]}").status_code == 302
    assert app_of(ann)


def test_once_confirmed_the_log_in_asks_for_a_code(ann, inside):
    set_up(inside)
    assert logged_in().answer.status_code == 200
    assert logged_in(shown_by(app_of(ann), steps=1)).answer.status_code == 302


def test_who_confirmed_it_stays_logged_in(ann, inside):
    set_up(inside)
    assert inside.get("/admin/").status_code == 200


def test_other_sessions_open_nothing_from_then_on(ann, inside):
    other = logged_in()
    set_up(inside)
    assert other.get("/admin/")["Location"].startswith("/admin/login/")


def test_setting_it_up_can_be_stopped(ann, inside):
    started(inside)
    do(inside, "stop")
    assert not SHOWN_KEY.search(text(inside.get(PAGE)))


def test_each_change_stands_in_the_history_of_the_account(ann, inside, boss):
    codes = codes_shown(inside, "renew", set_up(inside)[0])
    do(inside, "remove", codes[0])
    history = text(boss.get(f"/admin/auth/user/{ann.pk}/history/"))
    for words in ("A second factor was set up", "New recovery codes were made", "removed by its owner"):
        assert words in history


def test_who_may_open_no_account_is_not_led_to_one(ann, inside):
    set_up(inside)
    assert "/admin/auth/user/" not in text(inside.get("/admin/"))


# Who is shown the key


def test_the_key_is_shown_no_more_once_it_counts(ann, inside):
    set_up(inside)
    page = text(inside.get(PAGE))
    assert not SHOWN_KEY.search(page) and "otpauth" not in page


def test_another_session_of_the_same_account_is_not_shown_the_key(ann, inside):
    other = logged_in()
    started(inside)
    assert not SHOWN_KEY.search(text(other.get(PAGE)))


def test_a_key_that_another_session_started_is_not_confirmed(ann, inside):
    other = logged_in()
    code = shown_by(started(inside))
    assert do(other, "confirm", code).status_code == 422
    assert app_of(ann) is None


def test_of_two_that_were_started_the_earlier_one_has_ended(ann, inside):
    thief = logged_in()
    theirs = started(thief)
    started(inside)
    response = do(thief, "confirm", shown_by(theirs))
    assert response.status_code == 422
    assert "has ended. Start again" in text(response)


# Recovery codes


def test_ten_recovery_codes_are_shown_once_with_the_advice_to_keep_them(ann, inside):
    do(inside, "confirm", shown_by(started(inside)))
    response = inside.get(PAGE)
    assert len(set(SHOWN_CODE.findall(text(response)))) == 10
    assert "Keep these recovery codes now: they are shown only once." in text(response)
    assert "no-store" in response["Cache-Control"]
    assert not SHOWN_CODE.search(text(inside.get(PAGE)))


def test_a_double_click_loses_no_recovery_code(ann, inside):
    form = {"do": "confirm", "code": shown_by(started(inside)), "csrfmiddlewaretoken": "a" * 64}
    inside.post(PAGE, form)
    assert len(SHOWN_CODE.findall(text(inside.post(PAGE, form, follow=True)))) == 10


def test_a_recovery_code_opens_the_log_in_once(ann, inside):
    code = set_up(inside)[0]
    assert logged_in(code).answer.status_code == 302
    assert logged_in(code).answer.status_code == 200


def test_new_recovery_codes_end_the_old_ones(ann, inside):
    first = set_up(inside)
    second = codes_shown(inside, "renew", first[0])
    assert len(second) == StaticToken.objects.count() == 10
    assert logged_in(second[0]).answer.status_code == 302
    assert logged_in(first[1]).answer.status_code == 200


def test_who_logged_in_with_a_recovery_code_and_makes_new_ones_stays_logged_in(ann, inside):
    codes = set_up(inside)
    client = logged_in(codes[0])
    do(client, "renew", codes[1])
    assert client.get("/admin/").status_code == 200


# Changing it


@pytest.mark.parametrize("what", ["renew", "start", "remove"])
@pytest.mark.parametrize("code", ["", "000000"])
def test_a_session_that_was_left_open_changes_nothing_without_a_code(ann, inside, what, code):
    set_up(inside)
    before = sorted(StaticToken.objects.values_list("token", flat=True))
    assert do(inside, what, code).status_code == 422
    assert TOTPDevice.objects.get().confirmed
    assert sorted(StaticToken.objects.values_list("token", flat=True)) == before


def test_it_is_removed_with_a_code(ann, inside):
    do(inside, "remove", set_up(inside)[0])
    assert logged_in().answer.status_code == 302
    assert "has no second factor" in text(inside.get(PAGE))


def test_it_is_replaced_by_another_app_which_counts_once_it_is_confirmed(ann, inside):
    codes = set_up(inside)
    old = app_of(ann)
    do(inside, "start", codes[0])
    new = TOTPDevice.objects.get(confirmed=False)
    assert app_of(ann) == old
    do(inside, "confirm", shown_by(new))
    assert app_of(ann) == new
    assert not TOTPDevice.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize("what", ["renew", "remove", "nonsense"])
def test_where_there_is_none_there_is_nothing_to_change(ann, inside, what):
    assert do(inside, what).status_code == 200
    assert not StaticToken.objects.exists()
    assert inside.get("/admin/").status_code == 200


# Where a deployment demands it


def test_who_has_none_is_led_to_the_page_and_nothing_else_opens(ann, inside, demanded):
    assert inside.get("/admin/", follow=True).redirect_chain[-1][0] == PAGE
    for path in ("/admin/", "/admin/password_change/", "/admin/content/cause/", "/admin/review/"):
        assert inside.get(path)["Location"].startswith("/admin/login/"), path
        assert inside.post(path)["Location"].startswith("/admin/login/"), path
    page = text(inside.get(PAGE))
    assert "everybody needs a second factor" in page
    assert 'href="/admin/review/"' not in page


def test_once_it_is_confirmed_the_rest_opens(ann, inside, demanded):
    set_up(inside)
    assert inside.get("/admin/").status_code == 200


def test_who_does_not_want_to_can_log_out(ann, inside, demanded):
    inside.post("/admin/logout/")
    assert inside.get(PAGE)["Location"].startswith("/admin/login/")


def test_there_it_is_replaced_but_not_removed(ann, inside, demanded):
    codes = set_up(inside)
    assert 'value="remove"' not in text(inside.get(PAGE))
    assert do(inside, "remove", codes[0]).status_code == 403
    assert app_of(ann)
    assert do(inside, "start", codes[1]).status_code == 302


# Somebody with a stolen password


@pytest.mark.parametrize("is_demanded", [True, False])
def test_a_stolen_password_enrols_nothing_for_who_has_a_second_factor(ann, settings, is_demanded):
    settings.ADMIN_OTP_REQUIRED = is_demanded
    device = enrol(ann)
    thief = logged_in()
    assert thief.answer.status_code == 200
    older = Client()
    older.force_login(ann)
    for client in (thief, older):
        for what in ("start", "confirm", "renew", "remove", "stop"):
            do(client, what, "000000")
            assert client.get("/admin/second-factor/")["Location"].startswith("/admin/login/")
    assert list(TOTPDevice.objects.all()) == [device]


def test_who_was_given_recovery_codes_first_cannot_be_forestalled(ann, demanded):
    codes = new_recovery_codes(ann)
    assert logged_in().answer.status_code == 200
    owner = logged_in(codes[0])
    assert owner.get("/admin/").status_code == 200
    set_up(owner)
    assert app_of(ann)


def test_a_key_that_was_started_ends_when_an_administrator_makes_one(ann, inside):
    code = shown_by(started(inside))
    enrol(ann)
    do(inside, "confirm", code)
    assert TOTPDevice.objects.count() == 1


# A lost phone, and a lock


def account(ann):
    return f"/admin/auth/user/{ann.pk}/change/"


def saved(boss, user, **more):
    """The screen of an account, sent with what it shows."""
    sent = {"username": user.username, "is_active": "on", "is_staff": "on"}
    sent |= {"date_joined_0": "2026-01-01", "date_joined_1": "10:00:00"}
    return boss.post(account(user), sent | more)


def test_a_superuser_removes_a_second_factor_and_the_history_says_so(ann, boss):
    enrol(ann)
    new_recovery_codes(ann)
    assert saved(boss, ann, remove="on").status_code == 302
    assert logged_in().answer.status_code == 302
    history = text(boss.get(f"/admin/auth/user/{ann.pk}/history/"))
    assert "Remove the second factor" in history and "boss" in history


def test_the_screen_of_an_account_shows_whether_there_is_one_and_never_its_key(ann, boss):
    assert 'name="remove"' not in text(boss.get(account(ann)))
    device = enrol(ann)
    page = text(boss.get(account(ann)))
    assert 'name="remove"' in page
    assert device.key not in page and "otpauth" not in page


def test_saving_an_account_leaves_its_second_factor(ann, boss):
    enrol(ann)
    saved(boss, ann)
    assert app_of(ann)


def test_a_superuser_does_not_remove_their_own_without_a_code(boss):
    user = get_user_model().objects.get(username="boss")
    codes = set_up(boss)
    assert 'name="remove"' not in text(boss.get(account(user)))
    saved(boss, user, remove="on", is_superuser="on")
    assert app_of(user) and codes


def test_an_account_is_still_made_in_two_steps(boss):
    sent = {"username": "bob", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    assert boss.post("/admin/auth/user/add/", sent).status_code == 302
    assert get_user_model().objects.filter(username="bob").exists()


def test_the_log_in_page_says_what_to_do(client):
    page = text(client.get("/admin/login/"))
    assert "wait 15 minutes" in page
    assert "recovery code" in page


def test_a_command_lets_somebody_in_again(ann):
    for _ in range(5):
        Client().post("/admin/login/", {"username": "ann", "password": "wrong"})
    assert logged_in().answer.status_code == 429
    call_command("axes_reset_username", "ann")
    assert logged_in().answer.status_code == 302
