"""One line for each event, and no answer in any of them."""

import io
import json
import logging
import subprocess
import sys
import threading
import time

import pytest
from django.core import mail

from triage.web import logs


def record(message="It happened", *arguments, level=logging.INFO, exc_info=None, **extra):
    made = logging.LogRecord("triage.test", level, __file__, 1, message, arguments, exc_info)
    made.__dict__.update(extra)
    return made


def fault(secret):
    try:
        try:
            {}[secret]
        except KeyError as error:
            raise ValueError(f"not an option: {secret}") from error
    except ValueError:
        return sys.exc_info()


@pytest.fixture
def in_a_request():
    token = logs.request_id.set("a-request")
    yield "a-request"
    logs.request_id.reset(token)


def test_a_line_is_one_json_object():
    line = json.loads(logs.Json().format(record("It took %s", "long")))
    assert line["level"] == "info"
    assert line["logger"] == "triage.test"
    assert line["message"] == "It took long"
    assert line["time"].endswith("+00:00")


def test_a_line_carries_what_is_known_of_the_request():
    line = json.loads(
        logs.Json().format(record(method="GET", path="/", status=200, ms=1.5, request=object()))
    )
    assert {name: line[name] for name in logs.FIELDS} == {
        "method": "GET",
        "path": "/",
        "status": 200,
        "ms": 1.5,
    }
    assert "request" not in line


def test_a_line_names_the_request_it_belongs_to(in_a_request):
    assert json.loads(logs.Json().format(record()))["request"] == in_a_request


@pytest.mark.parametrize("form", [logs.Json(), logs.Text()])
def test_a_path_cannot_start_a_line_of_its_own(form):
    assert "\n" not in form.format(record(path="/a\n{}"))


@pytest.mark.parametrize("form", [logs.Json(), logs.Text()])
def test_a_line_can_always_be_written(form):
    form.format(record(path="/\ud800")).encode()


@pytest.mark.parametrize("form", [logs.Json(), logs.Text()])
def test_an_error_is_told_by_its_kind_and_place(form):
    line = form.format(record(exc_info=fault("weakness")))
    assert "ValueError" in line
    assert "KeyError" in line
    assert "test_logs.py" in line


@pytest.mark.usefixtures("in_a_request")
@pytest.mark.parametrize("form", [logs.Json(), logs.Text()])
def test_an_error_in_a_request_is_not_quoted_for_it_could_hold_an_answer(form):
    assert "weakness" not in form.format(record(exc_info=fault("weakness")))


def test_an_error_outside_of_requests_is_quoted():
    assert "weakness" in logs.Json().format(record(exc_info=fault("weakness")))


def test_a_full_disk_does_not_stop_the_service():
    lines = (
        "import logging.config; from triage.web import logs; logging.config.dictConfig(logs.config());"
        "[logging.info('a line') for _ in range(1000)]; print('still here')"
    )
    with open("/dev/full", "w") as full:
        ran = subprocess.run([sys.executable, "-c", lines], stdout=subprocess.PIPE, stderr=full, check=False)
    assert ran.stdout == b"still here\n"


def test_a_log_that_went_away_does_not_stop_the_service():
    gone = io.StringIO()
    handler = logging.StreamHandler(gone)
    gone.close()
    handler.handle(record())


def mailed(handler, *records):
    """What is sent, once the threads that send it are done."""
    for one in records:
        handler.handle(one)
    for thread in threading.enumerate():
        if thread.daemon and thread is not threading.main_thread():
            thread.join(2)
    return mail.outbox


@pytest.fixture
def mails(settings):
    settings.ADMINS = [("", "staff@example.org")]
    handler = logs.Mail()
    handler.setFormatter(logs.Json())
    return handler


@pytest.mark.usefixtures("in_a_request")
def test_a_mail_about_an_error_holds_its_line_and_nothing_else(mails):
    error = record("It broke", level=logging.ERROR, exc_info=fault("weakness"), request=object())
    [sent] = mailed(mails, error)
    assert json.loads(sent.body)["message"] == "It broke"
    assert "weakness" not in sent.body


def test_one_mail_of_a_kind_is_sent_in_an_hour(mails):
    same = [record("It broke", level=logging.ERROR) for _ in range(3)]
    assert len(mailed(mails, *same, record("Another", level=logging.ERROR))) == 2


def test_a_mail_server_that_never_answers_holds_no_request(mails, monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(mail, "mail_admins", lambda *_, **__: never.wait(20))
    began = time.monotonic()
    mails.handle(record("It broke", level=logging.ERROR))
    assert time.monotonic() - began < 1
    never.set()


@pytest.mark.parametrize("kind", ["DisallowedHost", "TooManyFieldsSent", "csrf"])
def test_a_mistake_of_a_stranger_is_no_error(kind):
    """Our own line tells of it: two hundred of them were two hundred mails."""
    assert not logging.getLogger(f"django.security.{kind}").isEnabledFor(logging.ERROR)


def test_no_line_holds_a_link_that_sets_a_password():
    line = json.loads(logs.Json().format(record("Service Unavailable: %s", "/admin/reset/MQ/abc-123/")))
    assert line["message"] == "Service Unavailable: /admin/reset/"


def test_the_text_format_is_there_for_people():
    assert logs.config("text")["formatters"]["line"]["()"] == "triage.web.logs.Text"
    assert logs.config("json")["formatters"]["line"]["()"] == "triage.web.logs.Json"
