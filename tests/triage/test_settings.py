"""Every choice of a deployment comes from the environment."""

import os
import runpy
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings_with(monkeypatch):
    """The settings, as this environment makes them."""

    def settings_with(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "triage/settings.py"))

    return settings_with


def run(*command, **changes):
    """What a command says outside the tests: their browser needs a variable that no deployment may have."""
    environment = {
        name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"
    } | changes
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


# What has to be set


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
@pytest.mark.parametrize("value", ["", "  "])
def test_a_missing_setting_is_refused_by_its_name(settings_with, name, value):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set"):
        settings_with(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "must"),
    [
        ("HTTPS", "enabled", "must be 1 or 0"),
        ("ADMIN_OTP_REQUIRED", "required", "must be 1 or 0"),
        ("DEBUG", "maybe", "must be 1 or 0"),
        ("SECRET_KEY", "short", "shorter than 32 letters"),
        ("TIME_ZONE", "Mars/Olympus", "must be a zone such as"),
        ("SECRET_KEY_FALLBACKS", "short", "shorter than 32 letters"),
        ("ALLOWED_HOSTS", "https://steady.example.org", "must be names alone"),
        ("ALLOWED_HOSTS", "steady.example.org:443", "must be names alone"),
        ("HSTS_SECONDS", "long", "must be a number"),
        ("HSTS_SECONDS", "-5", "must be a number of 0 or more"),
        ("LOG_FORMAT", "txt", "must be json or text"),
        ("LOG_LEVEL", "verbose", "must be debug, info, warning or error"),
        ("DATABASE_URL", "nonsense", "must be an address such as"),
        ("EMAIL_URL", "nonsense", "must be an address such as"),
        ("SAFETY_CASE_URL", "javascript:alert(1)", "must begin with https:// or /"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(settings_with, name, value, must):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} .*{must}"):
        settings_with(**{name: value})


@pytest.mark.parametrize("name", ["EMERGENCY_NUMBER", "CRISIS_LINE", "CONTACT", "SECURITY_CONTACT"])
def test_an_empty_line_leaves_the_words_that_stand_there_without_it(settings_with, name):
    """“Call ” and nothing would stand on the page of an emergency."""
    assert settings_with(**{name: " "})[name].strip()


def test_a_key_may_begin_with_any_sign(settings_with):
    assert settings_with(SECRET_KEY="$" + "k" * 40)["SECRET_KEY"] == "$" + "k" * 40


def test_spaces_in_a_list_are_no_part_of_what_it_names(settings_with):
    older, old = "o" * 32, "p" * 32
    assert settings_with(SECRET_KEY_FALLBACKS=f"{older}, {old} ")["SECRET_KEY_FALLBACKS"] == [older, old]


@pytest.mark.parametrize(
    ("word", "means"), [("1", True), ("ON", True), ("0", False), ("no", False), ("", False)]
)
def test_a_switch_is_on_or_off(settings_with, word, means):
    assert settings_with(HTTPS=word)["HTTPS"] is means


def test_a_command_refuses_with_one_line():
    refused = run("manage.py", "check", SECRET_KEY="")
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert line.startswith("Steady cannot start: SECRET_KEY is not set.")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "unable to open"), (b"no database at all" * 9, "not a database"), (b"", "no such table")],
)
def test_a_database_that_cannot_be_used_is_told_in_one_line(tmp_path, content, said):
    file = tmp_path / "db.sqlite3"
    if content is not None:
        file.write_bytes(content)
    refused = run("manage.py", "releases", DATABASE_URL=f"sqlite:///{file}")
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert said in line
    assert "DATABASE_URL" in line


def test_a_command_whose_reader_goes_away_ends_without_a_word():
    """As in `manage.py help | head -1`."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "manage.py", "help"]
    ended = subprocess.run(command, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert ended.stderr == b""


def test_the_web_process_refuses_with_one_line_and_is_not_tried_again():
    refused = run("-c", "import triage.wsgi", ALLOWED_HOSTS="")
    assert refused.returncode == 3
    assert len(refused.stderr.splitlines()) == 1
    assert "ALLOWED_HOSTS" in refused.stderr


def test_a_proxy_that_is_no_address_is_refused_with_one_line():
    refused = run("-c", "import triage.wsgi", TRUSTED_PROXIES="the-one-in-front")
    [line] = refused.stderr.splitlines()
    assert line.startswith("Steady cannot start: TRUSTED_PROXIES: 'the-one-in-front'")


def test_debug_is_off_unless_asked_for(settings_with):
    assert settings_with()["DEBUG"] is False
    assert settings_with(DEBUG="1")["DEBUG"] is True


# HTTPS


def test_with_https_the_deployment_check_is_silent():
    checked = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", HTTPS="1")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "System check identified no issues (0 silenced).\n"


def test_with_https_every_cookie_is_bound_to_the_host(settings_with):
    settings = settings_with(HTTPS="1")
    for name in ("ANSWERS_COOKIE", "CSRF_COOKIE_NAME"):
        assert settings[name].startswith("__Host-")
    assert settings["SESSION_COOKIE_NAME"].startswith("__Secure-")
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SESSION_COOKIE_SECURE"]


def test_without_https_cookies_work_over_plain_http(settings_with):
    settings = settings_with(HTTPS="0")
    assert settings["ANSWERS_COOKIE"] == "steady"
    assert not settings["CSRF_COOKIE_SECURE"]
    assert not settings["SECURE_SSL_REDIRECT"]


def test_the_scheme_that_a_proxy_tells_counts_only_when_told(settings_with):
    assert settings_with(TRUSTED_PROXIES="")["SECURE_PROXY_SSL_HEADER"] is None
    assert settings_with(TRUSTED_PROXIES="10.0.0.0/8")["SECURE_PROXY_SSL_HEADER"] is not None


# The database


def test_a_lost_sqlite_file_is_a_fault_and_not_an_empty_database(settings_with, tmp_path):
    name = settings_with(DATABASE_URL=f"sqlite:///{tmp_path}/gone.sqlite3")["DATABASES"]["default"]["NAME"]
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(name, uri=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("folder", [".", "a b#c%d?e"])
def test_migrate_makes_the_sqlite_file_whatever_its_path(tmp_path, folder):
    (tmp_path / folder).mkdir(exist_ok=True)
    file = tmp_path / folder / "new.sqlite3"
    done = run("manage.py", "migrate", "contenttypes", DATABASE_URL=f"sqlite:///{quote(str(file))}")
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o077 == 0  # it holds what staff log in with
    with closing(sqlite3.connect(file)) as database:
        [(tables,)] = database.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'")
    assert tables > 1


def test_no_other_command_makes_it(tmp_path):
    assert run("manage.py", "releases", DATABASE_URL=f"sqlite:///{tmp_path}/new.sqlite3").returncode != 0
    assert not list(tmp_path.iterdir())


def test_a_sqlite_path_that_is_relative_counts_from_the_project(settings_with, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    name = settings_with(DATABASE_URL="sqlite:///db.sqlite3")["DATABASES"]["default"]["NAME"]
    assert name == f"file:{ROOT}/db.sqlite3?mode=rw"


def test_sqlite_writes_at_once_or_waits_its_turn(settings_with):
    options = settings_with(DATABASE_URL="sqlite:///db.sqlite3")["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_a_postgresql_that_is_away_is_given_up_soon(settings_with):
    database = settings_with(DATABASE_URL="postgres://me:secret@db/steady")["DATABASES"]["default"]
    assert database["ENGINE"] == "triage.postgresql"
    assert (database["HOST"], database["NAME"], database["USER"]) == ("db", "steady", "me")
    assert database["OPTIONS"] == {
        "connect_timeout": 2,
        "tcp_user_timeout": 5000,
        "options": "-c statement_timeout=4000",
        "patience": 5,
    }


def test_an_option_in_the_database_url_wins(settings_with):
    database = settings_with(DATABASE_URL="postgres://me@db/steady?sslmode=require&connect_timeout=9")[
        "DATABASES"
    ]
    assert (
        database["default"]["OPTIONS"] | {"sslmode": "require", "connect_timeout": 9}
        == database["default"]["OPTIONS"]
    )


# Staff and mail


def test_a_session_ends_after_half_an_idle_hour_and_with_the_browser(settings_with):
    settings = settings_with()
    assert settings["SESSION_COOKIE_AGE"] == 1800
    assert settings["SESSION_EXPIRE_AT_BROWSER_CLOSE"]


def test_errors_are_mailed_only_to_an_address_that_is_set(settings_with):
    assert "mail" not in settings_with(ERROR_EMAIL="")["LOGGING"]["root"]["handlers"]
    settings = settings_with(ERROR_EMAIL="one@example.org,two@example.org")
    assert "mail" in settings["LOGGING"]["root"]["handlers"]
    assert [address for _, address in settings["ADMINS"]] == ["one@example.org", "two@example.org"]


def test_a_new_password_is_mailed_only_where_a_mail_server_is_set(settings_with):
    assert not settings_with()["SENDS_MAIL"]
    assert settings_with(EMAIL_URL="smtp://mail.example.org:25")["SENDS_MAIL"]


def test_a_list_of_hosts_that_names_none_is_refused(settings_with):
    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS names no host"):
        settings_with(ALLOWED_HOSTS=",")


def test_a_command_on_a_full_disk_says_so_in_one_line():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "manage.py", "help"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr.decode().strip() == "[Errno 28] No space left on device"


def test_a_zone_that_is_a_folder_is_refused_by_its_name(settings_with):
    with pytest.raises(ImproperlyConfigured, match="TIME_ZONE must be a zone"):
        settings_with(TIME_ZONE="Europe")


def test_settings_in_a_file_that_is_no_utf_8_are_refused_in_one_line(tmp_path):
    for part in ("manage.py", "triage", "content", "templates", "static"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    (tmp_path / ".env").write_bytes(b"CONTACT=J\xfcrgen@example.org\n")
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "Steady cannot start: .env must be a text in UTF-8."
