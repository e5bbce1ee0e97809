"""A new password by mail, where a deployment has a mail server."""

import logging
import re
import threading
import time

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.mail.backends import locmem
from django.db import connection

from content.one_time_codes import enrol
from content.password_reset import MAILS_IN_AN_HOUR, SECONDS
from tests.client import Client
from triage.web.logs import Json

pytestmark = pytest.mark.django_db

OLD, NEW = "correct horse battery", "quite another staple"
ANN, BOB = "ann@example.org", "bob@example.org"


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.SENDS_MAIL = True


@pytest.fixture(autouse=True)
def ann():
    return get_user_model().objects.create_superuser("ann", ANN, OLD)


def ask(address=ANN, sender="203.0.113.9"):
    """Asks, and waits until what is sent off the request is sent."""
    before = set(threading.enumerate())
    response = Client().post("/admin/password_reset/", {"email": address}, REMOTE_ADDR=sender)
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    return response


def link():
    """The address in the newest mail."""
    return re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]


def set_password(client=None):
    client = client or Client()
    form = client.get(link())["Location"]
    return client.post(form, {"new_password1": NEW, "new_password2": NEW}, follow=True)


def log_in(password, code=""):
    client = Client()
    client.answer = client.post(
        "/admin/login/", {"username": "ann", "password": password, "code": code, "next": "/admin/"}
    )
    return client


def test_a_mail_leads_to_a_new_password():
    ask()
    page = set_password().content.decode()
    assert "Your password has been set" in page
    assert log_in(NEW).answer.status_code == 302
    assert log_in(OLD).answer.status_code == 200


def test_the_mail_names_the_account_and_says_what_to_do_when_it_was_somebody_else():
    ask()
    [sent] = mail.outbox
    assert sent.to == [ANN]
    assert "account at testserver: ann" in sent.body
    assert "Then do nothing" in sent.body


def test_a_link_works_once():
    ask()
    set_password()
    assert "link was invalid" in Client().get(link()).content.decode()


def test_a_link_ends_after_an_hour(settings):
    assert settings.PASSWORD_RESET_TIMEOUT == 60 * 60


def test_a_known_and_an_unknown_address_are_answered_alike():
    answers = [ask(), ask(BOB)]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    assert len(mail.outbox) == 1


def test_a_known_and_an_unknown_address_take_the_same_time():
    def seconds(address):
        began = time.monotonic()
        Client().post("/admin/password_reset/", {"email": address})
        return time.monotonic() - began

    assert min(seconds(ANN), seconds(BOB)) >= SECONDS


def test_it_does_not_stand_in_for_the_second_factor(ann):
    enrol(ann)
    ask()
    client = Client()
    set_password(client)
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    assert log_in(NEW).answer.status_code == 200


def test_it_ends_the_other_sessions():
    other = log_in(OLD)
    assert other.get("/admin/").status_code == 200
    ask()
    set_password()
    assert other.get("/admin/")["Location"].startswith("/admin/login/")


def test_a_weak_password_is_refused():
    ask()
    client = Client()
    form = client.get(link())["Location"]
    page = client.post(form, {"new_password1": "12345678", "new_password2": "12345678"}).content.decode()
    assert "too common" in page
    assert log_in(OLD).answer.status_code == 302


def test_an_account_gets_a_few_mails_an_hour_whoever_asks():
    answers = [ask(sender=f"203.0.113.{n}") for n in range(MAILS_IN_AN_HOUR + 2)]
    assert {answer["Location"] for answer in answers} == {"/admin/password_reset/done/"}
    assert len(mail.outbox) == MAILS_IN_AN_HOUR


def test_who_asks_for_many_accounts_has_a_few_mails_sent():
    for n in range(MAILS_IN_AN_HOUR + 2):
        get_user_model().objects.create_user(f"user{n}", f"user{n}@example.org", OLD, is_staff=True)
        ask(f"user{n}@example.org")
    assert len(mail.outbox) == MAILS_IN_AN_HOUR
    ask(sender="198.51.100.7")
    assert mail.outbox[-1].to == [ANN]


def test_the_history_of_the_account_says_from_where_it_was_asked(ann):
    ask()
    page = log_in(OLD).get(f"/admin/auth/user/{ann.pk}/history/").content.decode()
    assert "A new password was asked for by mail, from 203.0.113.9." in page


class Silent(locmem.EmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages):
        time.sleep(2)


class Broken(locmem.EmailBackend):
    def send_messages(self, messages):
        raise OSError(f"no mail for {messages[0].to}")


def test_a_mail_server_that_does_not_answer_holds_no_request(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Silent"
    began = time.monotonic()
    Client().post("/admin/password_reset/", {"email": ANN})
    assert time.monotonic() - began < 1


def test_a_mail_that_is_not_sent_is_a_line_in_the_log_without_its_address(settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(Json().format(record))
    logger = logging.getLogger("django.contrib.auth")
    logger.addHandler(handler)
    ask()
    logger.removeHandler(handler)
    [line] = lines
    assert "Failed to send password reset email" in line
    assert ANN not in line


def test_no_line_of_the_log_holds_what_lets_somebody_set_a_password(caplog):
    ask()
    with caplog.at_level("INFO", "triage.requests"):
        Client().get(link())
    assert caplog.records[-1].path == "/admin/reset/"


@pytest.mark.parametrize("address", ["", "nobody", "a\x00@example.org", "a" * 300 + "@example.org"])
def test_what_is_no_address_is_told_in_the_form(address):
    assert ask(address).status_code == 200
    assert mail.outbox == []


def test_the_log_in_page_leads_to_it(client):
    assert "/admin/password_reset/" in client.get("/admin/login/").content.decode()
    assert client.get("/admin/password_reset/").status_code == 200


@pytest.mark.parametrize("path", ["password_reset/", "password_reset/done/", "reset/MQ/x-y/", "reset/done/"])
def test_without_a_mail_server_there_is_no_such_page(client, settings, path):
    settings.SENDS_MAIL = False
    assert "password_reset" not in client.get("/admin/login/").content.decode()
    assert client.get(f"/admin/{path}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_who_asks_from_many_windows_at_once_is_sent_no_more(settings):
    start = threading.Barrier(16)

    def ask():
        start.wait()
        Client().post("/admin/password_reset/", {"email": ANN})
        connection.close()

    askers = [threading.Thread(target=ask) for _ in range(16)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    time.sleep(0.5)  # a mail goes off the request
    assert len(mail.outbox) <= MAILS_IN_AN_HOUR
