"""Guessing a password is slow for who guesses, and for nobody else."""

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

pytestmark = pytest.mark.django_db

WRONG, RIGHT = "not-it", "correct horse battery"
STRANGER, COLLEAGUE = "203.0.113.9", "198.51.100.7"


@pytest.fixture(autouse=True)
def account():
    return get_user_model().objects.create_superuser("ann", password=RIGHT)


@pytest.fixture
def log_in(client):
    def log_in(password, name="ann", address=STRANGER):
        sent = {"username": name, "password": password, "next": "/admin/"}
        return client.post("/admin/login/", sent, REMOTE_ADDR=address)

    return log_in


def guess(log_in, times=settings.AXES_FAILURE_LIMIT, **who):
    return [log_in(WRONG, **who) for _ in range(times)][-1]


def test_the_right_password_opens_the_admin(log_in):
    assert log_in(RIGHT)["Location"] == "/admin/"


def test_a_few_wrong_guesses_are_forgiven(log_in):
    guess(log_in, settings.AXES_FAILURE_LIMIT - 1)
    assert log_in(RIGHT).status_code == 302


def test_then_even_the_right_password_has_to_wait(log_in):
    assert guess(log_in).status_code == 429
    assert log_in(RIGHT).status_code == 429


def test_who_has_to_wait_is_told_for_how_long_in_our_own_words(log_in):
    page = [log_in(WRONG) for _ in range(settings.AXES_FAILURE_LIMIT)][-1].content.decode()
    assert "<h1>Too many tries to log in</h1>" in page
    assert "wait 15 minutes" in page
    assert settings.AXES_COOLOFF_TIME.total_seconds() == 15 * 60


def test_the_owner_of_the_name_gets_in_from_elsewhere(log_in):
    guess(log_in)
    assert log_in(RIGHT, address=COLLEAGUE).status_code == 302


def test_other_names_get_in_from_the_same_address(log_in):
    guess(log_in, name="bob")
    assert log_in(RIGHT).status_code == 302


def test_a_name_that_exists_is_answered_like_one_that_does_not(log_in):
    def words(name):
        response = log_in(WRONG, name=name)
        return response.status_code, response.content.decode().replace(name, "").split("csrfmiddlewaretoken")[
            0
        ]

    assert words("ann") == words("bob")


def test_a_session_lives_half_an_hour_from_the_last_request(log_in, client):
    log_in(RIGHT)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")
    assert client.session.get_expiry_age() == 1800
    client.get("/admin/")
    assert settings.SESSION_COOKIE_NAME in client.get("/admin/").cookies
