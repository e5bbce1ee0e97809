"""No answer reaches a log, a table, a file or an address: a journey with marked answers, errors included."""

import json
import logging
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection

from tests.build import a_guide, a_page, a_question, a_rule
from tests.client import Client
from tests.walk import names
from triage.engine.guide import Condition
from triage.web import logs

ROOT = Path(__file__).resolve().parents[2]

MARK = "zqmark"
"""Begins every option's slug, so that whatever holds an answer holds it."""
TYPED = "zqtyped"
"""What somebody sends that is no option at all."""


def marked(question):
    return replace(
        question,
        options=tuple(replace(option, slug=f"{MARK}_{option.slug}") for option in question.options),
    )


def a_marked_guide():
    """Two pages of questions whose options carry the mark."""
    pages = (
        a_page("safety", marked(a_question("emergency", "collapse", "none", signs="emergency"))),
        a_page("feel", marked(a_question("feel", "trembling", "shivering")), section="Symptoms"),
    )
    return a_guide(
        pages=pages,
        causes=(),
        vignettes=(),
        urgency_rules=(a_rule("now", "emergency", any=(f"emergency:{MARK}_collapse",)),),
    )


@pytest.fixture
def written():
    """Every log line of the test, in both formats, from every logger."""
    lines, handler = [], logging.Handler(logging.DEBUG)
    handler.emit = lambda record: lines.extend(form.format(record) for form in (logs.Json(), logs.Text()))
    root, ours = logging.getLogger(), logging.getLogger("triage")
    root.addHandler(handler)
    ours.setLevel(logging.DEBUG)  # as LOG_LEVEL=debug does
    yield lines
    ours.setLevel(logging.INFO)
    root.removeHandler(handler)


@pytest.fixture
def marked_release(publish):
    from triage.releases import releases

    guide = a_marked_guide()
    releases.forget()
    yield publish(**{field: getattr(guide, field) for field in guide.__dataclass_fields__})
    releases.forget()


def journey(client):
    """A whole journey, with everything that can go wrong on it. Gives every response."""
    wrong = {"emergency": f"{TYPED}\x00<script>"}
    feel = {"feel": f"{MARK}_trembling"}
    yield client.get("/check/", follow=True)
    yield client.post("/check/safety/", wrong, follow=True)
    yield client.post("/check/safety/", {"emergency": f"{MARK}_none"}, follow=True)
    yield client.post("/check/feel/", {"feel": [f"{MARK}_trembling", TYPED]}, follow=True)
    yield client.post("/check/feel/", feel, follow=True)
    yield client.get("/results/")
    yield client.post("/check/safety/", {"emergency": f"{MARK}_collapse"}, follow=True)
    yield client.get("/emergency/")
    yield client.post("/no-such-page/", feel)
    yield client.post("/results/", feel)
    yield Client(enforce_csrf_checks=True).post("/check/feel/", feel)
    yield client.post("/check/feel/", feel, headers={"host": "elsewhere.example"})
    yield client.post("/check/feel/", f"--x\r\n{MARK}", content_type="multipart/form-data; boundary=x")


def addresses(response):
    chain = [address for address, _ in getattr(response, "redirect_chain", [])]
    return [*chain, response.headers.get("Location", ""), response.request["QUERY_STRING"]]


def everything_stored():
    """Each row of each table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            for row in cursor.fetchall():
                yield table, str(row)


def test_the_journey_holds_what_it_looks_for(client, marked_release):
    """The twin of the tests below: they would pass if nothing were ever sent."""
    responses = list(journey(client))
    assert {200, 403, 404, 405, 400} <= {response.status_code for response in responses}
    assert names(responses[0].content.decode()) == ["emergency"]
    assert any(f"{MARK}_trembling" in response.content.decode() for response in responses)


def test_no_answer_reaches_a_log_line(client, marked_release, written):
    list(journey(client))
    assert len(written) > 20
    assert [line for line in written if MARK in line or TYPED in line] == []


def test_no_answer_reaches_an_error_report(client, marked_release, written, settings, monkeypatch):
    settings.ADMINS = [("", "staff@example.org")]
    handler = logs.Mail(logging.ERROR)
    handler.setFormatter(logs.Json())
    logging.getLogger().addHandler(handler)
    client.raise_request_exception = False

    def breaks(*arguments, **options):
        raise ValueError(f"{MARK} {TYPED} {arguments} {options}")

    client.post("/check/safety/", {"emergency": f"{MARK}_none"})
    client.post("/check/feel/", {"feel": f"{MARK}_trembling"})
    with monkeypatch.context() as patch:
        patch.setattr("triage.views.Results", breaks)
        response = client.get("/results/")
    logging.getLogger().removeHandler(handler)
    assert response.status_code == 500
    assert MARK not in response.content.decode()
    until = time.monotonic() + 5  # it is sent off the request
    while not mail.outbox and time.monotonic() < until:
        time.sleep(0.01)
    assert mail.outbox
    reports = [*written, *(str(message.message()) for message in mail.outbox)]
    assert [report for report in reports if MARK in report or TYPED in report] == []


def test_no_answer_reaches_a_table(client, marked_release):
    before = set(everything_stored())
    list(journey(client))
    assert set(everything_stored()) == before
    assert {table for table, row in before if MARK in row} == {"triage_release"}


def test_no_answer_reaches_an_address(client, marked_release):
    seen = [address for response in journey(client) for address in addresses(response)]
    assert any(seen)
    assert [address for address in seen if MARK in address or TYPED in address] == []


def test_only_one_cookie_holds_answers_and_not_in_plain_sight(client, marked_release):
    list(journey(client))
    assert set(client.cookies) == {settings.ANSWERS_COOKIE, settings.CSRF_COOKIE_NAME}
    assert all(MARK not in cookie.value for cookie in client.cookies.values())


@pytest.mark.slow
def test_no_answer_reaches_a_file(tmp_path):
    """The process of production, in a folder of its own, and a journey through it over the wire."""
    database = tmp_path / "db.sqlite3"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "SECRET_KEY", "ALLOWED_HOSTS") if name in os.environ},
        "DATABASE_URL": f"sqlite:///{database}",
        "TMPDIR": str(tmp_path),
    }

    def run(*command):
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            timeout=300,
        )

    run("manage.py", "migrate", "--verbosity=0")
    run("manage.py", "first_release")
    began = time.time()
    done = run("-c", PLAY)
    assert b"played 200" in done.stdout
    assert b"face_arm_speech" not in done.stderr and b"zqtyped" not in done.stderr
    changed = [path for path in ROOT.rglob("*") if path.is_file() and path.stat().st_mtime >= began]
    assert [path for path in changed if path.suffix != ".py" and TYPED.encode() in path.read_bytes()] == []
    assert {path.name for path in tmp_path.iterdir()} <= {"db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm"}
    assert TYPED.encode() not in database.read_bytes()


PLAY = """
import triage.wsgi
from tests.client import Client
from tests.walk import CALM, walk
from django.conf import settings
settings.ALLOWED_HOSTS.append("testserver")
client = Client(headers={"accept": "text/html"})
response = walk(client)
assert client.post("/check/safety/", {"emergency": "zqtyped"}, follow=True).status_code == 200
head = "--x\\r\\nContent-Disposition: form-data; name=feel; filename=a\\r\\n\\r\\n"
big = head + "zqtyped" * 500000 + "\\r\\n--x--\\r\\n"
assert client.post("/admin/import/", big, content_type="multipart/form-data; boundary=x").status_code == 200
walk(client, CALM | {"emergency": ["face_arm_speech"]})
print("played", response.status_code)
"""


def test_a_line_of_the_log_can_be_read_by_a_program(client, marked_release, written):
    list(journey(client))
    for line in written[::2]:
        json.loads(line)


def test_a_marked_condition_is_really_asked():
    guide = a_marked_guide()
    assert guide.urgency_rules[0].condition == Condition(any=(f"emergency:{MARK}_collapse",))


# The web server's own lines


MALFORMED = [
    f"GET /?{TYPED} HTTP/9.9\r\n\r\n",
    f"{TYPED} / HTTP/1.1\r\n\r\n",
    f"{TYPED}\r\n\r\n",
    f"GET / HTTP/1.1\r\nCookie : {TYPED}\r\n\r\n",
    f"GET / HTTP/1.1\r\nCookie: a\x00{TYPED}\r\n\r\n",
    f"GET / HTTP/1.1\r\n {TYPED}\r\n\r\n",
    f"POST /check/feel/ HTTP/1.1\r\nContent-Length: {TYPED}\r\n\r\n",
    f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx{TYPED}=1 HTTP/1.1\r\n\r\n",
    f"POST /check/feel/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{TYPED}\r\n",
    f"GET /?{TYPED} HTTP/1.1\r\nHost: elsewhere\r\n\r\n",
    f"GET /{'x' * 5000}{TYPED} HTTP/1.1\r\n\r\n",
]


def test_the_web_server_does_not_quote_what_it_cannot_read(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}"]
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3"}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        sent = [send(port, request) for request in MALFORMED]
    finally:
        server.terminate()
        server.wait(60)
    assert sent
    written = (tmp_path / "log").read_text()
    assert written.count('"Invalid request"') >= 5
    assert TYPED not in written


def send(port, request):
    """What comes back, once the server listens."""
    for _ in range(600):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(request.encode("latin-1"))
                connection.shutdown(socket.SHUT_WR)
                return connection.recv(100)
        except ConnectionRefusedError:
            time.sleep(0.1)
        except ConnectionResetError:
            return b""
    raise TimeoutError
