"""One-time codes at the staff log-in."""

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from content.one_time_codes import enrol, new_recovery_codes

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
PAGE = "/admin/second-factor/"


@pytest.fixture
def ann():
    return get_user_model().objects.create_superuser("ann", password=PASSWORD)


@pytest.fixture
def log_in(client):
    def log_in(code="", password=PASSWORD, name="ann"):
        sent = {"username": name, "password": password, "code": code, "next": "/admin/"}
        return client.post("/admin/login/", sent)

    return log_in


def now(device):
    """What the app on the phone shows."""
    return f"{TOTP(device.bin_key).token():06d}"


def said(response):
    """What the page says, without what differs from form to form."""
    before, _, rest = response.content.decode().partition("csrfmiddlewaretoken")
    return response.status_code, before, rest.partition('">')[2].replace("ann", "").replace("bob", "")


def test_who_has_no_device_needs_no_code(ann, log_in):
    assert log_in()["Location"] == "/admin/"


def test_who_has_one_is_asked_for_its_code(ann, log_in):
    device = enrol(ann)
    assert log_in().status_code == 200
    assert log_in(now(device))["Location"] == "/admin/"


def test_a_code_works_once(ann, log_in, client):
    code = now(enrol(ann))
    assert log_in(f"{code[:3]} {code[3:]}").status_code == 302  # as apps show it
    client.logout()
    assert log_in(code).status_code == 200


def test_a_wrong_code_is_answered_like_a_wrong_password_and_like_nobody(ann, log_in):
    enrol(ann)
    answers = [log_in("000000"), log_in(password="wrong"), log_in(password="wrong", name="bob")]
    assert said(answers[0]) == said(answers[1]) == said(answers[2])


def test_who_is_no_staff_is_answered_like_nobody(log_in):
    get_user_model().objects.create_user("ann", password=PASSWORD)
    assert said(log_in()) == said(log_in(name="bob"))


def test_guessing_codes_is_slowed_down_like_guessing_passwords(ann, log_in):
    enrol(ann)
    answers = [log_in(f"{n:06d}") for n in range(django_settings.AXES_FAILURE_LIMIT)]
    assert answers[-1].status_code == 429


@pytest.mark.parametrize("code", ["\x00", "a" * 21, "½", "\u202e123456", "' OR 1=1 --", "-1"])
def test_an_odd_code_is_a_wrong_one(ann, log_in, code):
    enrol(ann)
    assert log_in(code).status_code == 200


# Where a deployment demands them


def test_where_they_are_demanded_who_has_a_device_does_not_get_in_without(ann, log_in, demanded):
    enrol(ann)
    assert log_in().status_code == 200
    assert log_in("000000").status_code == 200


def test_where_they_are_demanded_the_code_opens(ann, log_in, client, demanded):
    assert log_in(now(enrol(ann))).status_code == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/review/",
        "/admin/content/cause/",
        "/admin/password_change/",
        "/admin/second-factor/",
    ],
)
def test_an_older_session_of_who_has_a_device_opens_nothing_without_its_code(ann, client, path):
    client.force_login(ann)
    enrol(ann)
    assert client.get(path)["Location"].startswith("/admin/login/")


# Recovery codes


def test_a_recovery_code_stands_in_once(ann, log_in, client, demanded):
    enrol(ann)
    code, *others = new_recovery_codes(ann)
    assert log_in(code).status_code == 302
    client.logout()
    assert log_in(code).status_code == 200
    assert StaticToken.objects.count() == len(others) == 9


# Commands


def printed(capsys, *command):
    call_command(*command)
    return capsys.readouterr().out


def test_a_recovery_code_beside_a_wrong_password_is_spent_and_stands_in_no_log(ann, log_in):
    enrol(ann)
    code = new_recovery_codes(ann)[0]
    log_in(code, password="wrong")
    attempt = AccessAttempt.objects.get()
    assert code not in attempt.post_data + attempt.get_data
    assert log_in(code).status_code == 200


def test_the_command_tells_the_key_and_the_address_once(ann, capsys):
    told = printed(capsys, "one_time_code", "ann")
    assert "otpauth://totp/Steady" in told
    assert f"secret={told.split()[1].rstrip('=')}" in told.replace("%3D", "")
    with pytest.raises(CommandError, match="reset_one_time_code ann"):
        call_command("one_time_code", "ann")


def test_the_command_prints_ten_new_recovery_codes(ann, capsys):
    first = printed(capsys, "recovery_codes", "ann").split()
    second = printed(capsys, "recovery_codes", "ann").split()
    assert len(set(first)) == len(set(second)) == 10
    assert not set(first) & set(second)
    assert StaticToken.objects.count() == 10


def test_the_command_takes_every_device_away(ann, capsys, log_in, client):
    enrol(ann)
    new_recovery_codes(ann)
    assert "2 devices" in printed(capsys, "reset_one_time_code", "ann")
    assert log_in().status_code == 302
    history = client.get(f"/admin/auth/user/{ann.pk}/history/").content.decode()
    assert "The second factor was removed by a command on the server." in history


@pytest.mark.parametrize("command", ["one_time_code", "recovery_codes", "reset_one_time_code"])
def test_a_command_for_nobody_says_so(command, db):
    with pytest.raises(CommandError, match="no account named bob"):
        call_command(command, "bob")


# The session


def test_a_session_that_was_idle_for_half_an_hour_has_ended(ann, client):
    client.force_login(ann)
    assert client.get("/admin/").status_code == 200
    session = client.session.model.objects.get(pk=client.session.session_key)
    session.expire_date = timezone.now()
    session.save()
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


def test_a_recovery_code_is_not_spent_while_its_name_is_locked(ann, log_in):
    enrol(ann)
    code, *_ = new_recovery_codes(ann)
    for _ in range(5):
        log_in(password="wrong")
    assert log_in(code).status_code == 429
    assert StaticToken.objects.filter(token=code).exists()


def test_a_code_that_was_kept_when_the_session_ended_stands_on_no_page_and_in_no_table(client, db):
    client.cookies["csrf"] = "y" * 32
    page = client.post(PAGE, {"do": "renew", "code": "abcd2345"})
    assert "abcd2345" not in page.content.decode()
    client.post("/admin/login/", {"username": "ann", "password": "x", "kept": "do=renew&code=abcd2345"})
    assert "abcd2345" not in AccessAttempt.objects.get().post_data


def test_codes_of_the_app_that_were_mistyped_close_no_recovery_code(ann, log_in):
    """A stranger with the password sends wrong ones, too."""
    enrol(ann)
    codes = new_recovery_codes(ann)
    StaticDevice.objects.update(throttling_failure_count=20, throttling_failure_timestamp=timezone.now())
    assert log_in(codes[0]).status_code == 302


@pytest.mark.parametrize("command", ["one_time_code", "recovery_codes", "reset_one_time_code"])
def test_the_history_tells_of_each_change_on_the_server(ann, command):
    call_command(command, "ann")
    [entry] = LogEntry.objects.all()
    assert "by a command on the server" in entry.change_message


def test_a_name_longer_than_an_account_can_have_is_refused_before_it_is_counted(client, db):
    page = client.post("/admin/login/", {"username": "a" * 151, "password": "x"})
    assert page.context["form"].errors["username"]
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize("command", ["one_time_code", "recovery_codes", "reset_one_time_code"])
def test_what_a_command_could_tell_nobody_has_not_happened(ann, command):
    if command == "reset_one_time_code":
        enrol(ann)
    before = TOTPDevice.objects.count()
    with pytest.raises(OSError), open("/dev/full", "w") as full_disk:
        call_command(command, "ann", stdout=full_disk)
    assert TOTPDevice.objects.count() == before
    assert not StaticDevice.objects.exists()
    assert not LogEntry.objects.exists()
