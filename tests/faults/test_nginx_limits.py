"""nginx before a web process, with deploy/nginx.conf: what a stranger sends makes nobody else wait."""

import http.client
import os
import re
import signal
import ssl
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from tests.faults import nginx
from tests.faults.service import service, wait_for
from triage.web import limits

pytestmark = [pytest.mark.faults, pytest.mark.skipif(nginx.PROGRAM is None, reason="no nginx")]

NOBODY_CHECKS = ssl._create_unverified_context()  # noqa: S323  (the certificate is of this test alone)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Door(NamedTuple):
    """The ports that stand for 443 and 80."""

    tls: int
    plain: int


@pytest.fixture(scope="module")
def servers():
    with service() as running:
        yield [running.serve(workers=1, HTTPS="1", TRUSTED_PROXIES="127.0.0.1") for _ in range(2)]


@pytest.fixture(scope="module")
def door(servers):
    with TemporaryDirectory(prefix="steady-nginx-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # started by root, nginx' workers are somebody else, and keep large bodies there
        with nginx.nginx(folder, servers) as port:
            wait_for("nginx’ first answer", lambda: answers(port))
            yield Door(
                port, int(re.findall(r"listen 127.0.0.1:(\d+)", (folder / "nginx.conf").read_text())[0])
            )


def answers(port):
    try:
        return ask(port)[0] == 200
    except ConnectionRefusedError:
        return False


def ask(port, method="GET", path="/", body=None, **headers):
    """Status and page."""
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=NOBODY_CHECKS, timeout=30)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/", limits.PUBLIC_FORM), ("/check/safety/", limits.PUBLIC_FORM), ("/admin/login/", limits.STAFF_FORM)],
)
def test_a_form_passes_up_to_its_limit(door, path, limit):
    assert ask(door.tls, "POST", path, b"a" * limit, **FORM)[0] in (403, 405)
    status, page = ask(door.tls, "POST", path, b"a" * (limit + 1), **FORM)
    assert status == 413
    assert "We could not read that" in page


def test_a_file_passes_to_the_import_alone(door):
    upload = {"Content-Type": "multipart/form-data; boundary=BB"}
    body = b"a" * limits.GUIDE_FILE
    assert ask(door.tls, "POST", limits.IMPORT, body, **upload)[0] == 400
    assert ask(door.tls, "POST", limits.IMPORT, body * 2, **upload)[0] == 413
    assert ask(door.tls, "POST", "/admin/", body, **upload)[0] == 413


def test_what_one_sender_sends_keeps_nobody_else_away(door):
    """It used to: a body that the web process left unread was taken for a sick process, twice."""

    def attack(n):
        kind = ["multipart/form-data; boundary=BB; charset=punycode", FORM["Content-Type"], "a/b"][n % 3]
        try:
            return ask(
                door, "POST", "/check/safety/", b"9" * [60_000, 5_000_000][n % 2], **{"Content-Type": kind}
            )[0]
        except OSError:
            return None

    with ThreadPoolExecutor(4) as senders:
        attacks = senders.map(attack, range(60))
        visits = Counter(ask(door.tls)[0] for _ in range(300))
    assert visits == {200: 300}
    assert set(attacks) <= {403, 413, 415, None}


@pytest.mark.parametrize("size", [60_000, 500_000, limits.IMPORT_FORM])
@pytest.mark.parametrize("kind", [FORM["Content-Type"], "text/plain", "multipart/form-data; boundary=BB"])
@pytest.mark.parametrize("path", ["/check/safety/", "/admin/login/", limits.IMPORT])
def test_a_web_process_alone_answers_before_it_hangs_up(servers, path, kind, size):
    """A connection closed with the body unread is reset, and the sender never sees the page."""
    connection = http.client.HTTPConnection("127.0.0.1", servers[0].port, timeout=30)
    headers = {"Content-Type": kind, "Connection": "close", "X-Forwarded-Proto": "https"}
    connection.request("POST", path, b"9" * size, headers)
    response = connection.getresponse()
    assert response.status in (400, 403, 413, 415)
    assert response.read().startswith(b"<!doctype html>")
    connection.close()


def test_a_process_that_hangs_costs_a_visitor_five_seconds_and_no_answer(door, servers):
    """None is left out for what went wrong before, so every second visitor meets it."""
    stopped = [servers[0].process.pid, *servers[0].workers]
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with ThreadPoolExecutor(8) as visitors:
            statuses = Counter(visitors.map(lambda _: ask(door.tls)[0], range(8)))
        assert statuses == {200: 8}
        assert time.monotonic() - began < 7
    finally:
        for process in stopped:
            os.kill(process, signal.SIGCONT)


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("localhost", (301, "https://localhost/article/?a=1")),
        ("evil.example", (400, None)),
        ("", (400, None)),
    ],
)
def test_port_80_leads_to_our_own_hosts_alone(door, host, answer):
    connection = http.client.HTTPConnection("127.0.0.1", door.plain, timeout=30)
    connection.request("GET", "/article/?a=1", headers={"Host": host})
    response = connection.getresponse()
    assert (response.status, response.getheader("Location")) == answer
    connection.close()


def test_a_caller_on_this_machine_cannot_name_another_path(servers):
    for name in ("SCRIPT_NAME", "PATH_INFO"):
        connection = http.client.HTTPConnection("127.0.0.1", servers[0].port, timeout=30)
        connection.request("GET", "/check", headers={name: "/check", "X-Forwarded-Proto": "https"})
        response = connection.getresponse()
        assert (response.status, response.getheader("Location")) == (301, "/check/")
        connection.close()
