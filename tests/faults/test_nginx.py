"""nginx before web processes, with deploy/nginx.conf: what a stranger sends makes nobody else wait, and while
one version replaces another no page is without its stylesheet."""

import http.client
import os
import re
import shutil
import signal
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from tests.faults import nginx
from tests.faults.nginx import ask
from tests.faults.service import ROOT, service
from tests.faults.test_service import crowd
from tests.visitor import Visitor, over_http
from triage.engine import limits
from triage.web import content_types

pytestmark = [pytest.mark.faults, pytest.mark.skipif(nginx.PROGRAM is None, reason="no nginx")]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HTTPS = {"HTTPS": "1", "TRUSTED_PROXIES": "127.0.0.1"}
SECURE = {"X-Forwarded-Proto": "https"}
PARTS = ["manage.py", "gunicorn.conf.py", "triage", "content", "templates", "static"]


@pytest.fixture(scope="module")
def servers():
    with service() as running:
        yield [running.serve(workers=1, **HTTPS) for _ in range(2)]


@pytest.fixture(scope="module")
def door(servers):
    with nginx.nginx(servers) as door:
        yield door


def attack(door, n, size):
    """The status of a form that is too large, or of no kind that is taken; None where the door was shut."""
    kind = ["multipart/form-data; boundary=BB; charset=punycode", FORM["Content-Type"], "a/b"][n]
    try:
        return ask(door, "POST", "/check/safety/", b"9" * size, **{"Content-Type": kind}).status
    except (OSError, http.client.HTTPException):
        return None


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/", limits.PUBLIC_FORM), ("/check/safety/", limits.PUBLIC_FORM), ("/admin/login/", limits.STAFF_FORM)],
)
def test_a_form_passes_up_to_its_limit(door, path, limit):
    assert ask(door, "POST", path, b"a" * limit, **FORM).status in (403, 405)
    refused = ask(door, "POST", path, b"a" * (limit + 1), **FORM)
    assert refused.status == 413
    assert "We could not read that" in refused.text


def test_a_file_passes_to_the_import_alone(door):
    upload = {"Content-Type": "multipart/form-data; boundary=BB"}
    body = b"a" * limits.GUIDE_FILE
    assert ask(door, "POST", content_types.IMPORT, body, **upload).status == 400
    assert ask(door, "POST", content_types.IMPORT, body * 2, **upload).status == 413
    assert ask(door, "POST", "/admin/", body, **upload).status == 413


def test_hostile_and_slow_senders_keep_nobody_else_away(door):
    """People who tick several boxes, beside forms that are refused and forms that never end. They used to: a
    body that the web process left unread was taken for a sick process, twice."""
    slow = [a_form_that_never_ends(door) for _ in range(40)]
    stop = threading.Event()

    def attack_until_the_end(n):
        statuses = set()
        while not stop.is_set():
            statuses |= {attack(door, n, size) for size in (60_000, 5_000_000)}
        return statuses

    with ThreadPoolExecutor(3) as pool:
        attacks = pool.map(attack_until_the_end, range(3))
        try:
            with crowd(lambda: nginx.https(door)) as seen:
                for _ in range(10):
                    time.sleep(0.5)
                    for one in slow:
                        with suppress(OSError):
                            one.send(b"a")
        finally:
            stop.set()
        answers = set.union(*attacks)
    for one in slow:
        one.close()
    assert seen.wrong == []
    assert {*seen.statuses} <= {200, 302}
    assert seen.cuts == []
    assert seen.finished >= 1
    assert max(seen.times) < 5
    assert answers <= {403, 413, 415, None}
    assert answers >= {413, 415}


def a_form_that_never_ends(door):
    plain = socket.create_connection(("127.0.0.1", door.tls), timeout=30)
    sending = nginx.NOBODY_CHECKS.wrap_socket(plain, server_hostname="localhost")
    head = "POST /check/safety/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
    sending.sendall(f"{head}Content-Type: {FORM['Content-Type']}\r\n\r\n".encode())
    return sending


@pytest.mark.parametrize("size", [60_000, 500_000, limits.IMPORT_FORM])
@pytest.mark.parametrize("kind", [FORM["Content-Type"], "text/plain", "multipart/form-data; boundary=BB"])
@pytest.mark.parametrize("path", ["/check/safety/", "/admin/login/", content_types.IMPORT])
def test_a_web_process_alone_answers_before_it_hangs_up(servers, path, kind, size):
    """A connection closed with the body unread is reset, and the sender never sees the page."""
    headers = {"Content-Type": kind} | SECURE
    answer = servers[0].http()("POST", path, headers, b"9" * size)
    assert answer.status in (400, 403, 413, 415)
    assert answer.text.startswith("<!doctype html>")


@contextmanager
def hanging(*servers):
    processes = [process for server in servers for process in (server.process.pid, *server.workers)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def test_a_process_that_hangs_costs_a_visitor_five_seconds_and_no_answer(door, servers):
    """None is left out for what went wrong before, so every second visitor meets it."""
    with hanging(servers[0]), ThreadPoolExecutor(8) as visitors:
        began = time.monotonic()
        statuses = Counter(visitors.map(lambda _: ask(door).status, range(8)))
        assert statuses == {200: 8}
        assert time.monotonic() - began < 7


def test_a_moment_in_which_both_processes_hang_leaves_neither_out_afterwards(door, servers):
    with hanging(*servers):
        assert ask(door).status == 503
    assert Counter(ask(door).status for _ in range(20)) == {200: 20}


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("localhost", (301, "https://localhost/article/?a=1")),
        ("evil.example", (400, "")),
        ("", (400, "")),
    ],
)
def test_port_80_leads_to_our_own_hosts_alone(door, host, answer):
    said = over_http("127.0.0.1", door.plain)("GET", "/article/?a=1", {"Host": host}, b"")
    assert (said.status, said.location) == answer


def test_a_caller_on_this_machine_cannot_name_another_path(servers):
    for name in ("SCRIPT_NAME", "PATH_INFO"):
        headers = {name: "/check"} | SECURE
        said = servers[0].http()("GET", "/check", headers, b"")
        assert (said.status, said.location) == (301, "/check/")


# Two versions behind one nginx.


@pytest.fixture
def versions():
    """An old process and a new one; the stylesheets differ."""
    with service() as site:
        new = site.folder / "new"
        another_version(new)
        site.manage("collectstatic", "--no-input", root=new)
        yield site.serve(workers=1, **HTTPS), site.serve(workers=1, root=new, **HTTPS)


def another_version(folder):
    folder.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    for name in ("steady.css", "staff.css"):
        with (folder / "static" / name).open("a") as sheet:
            sheet.write(".new { color: CanvasText }\n")


def stylesheets(server):
    """Of the first page and of the log-in."""
    send = server.http()
    visitor = Visitor(lambda method, path, headers, body: send(method, path, SECURE | headers, body))
    pages = [visitor.go(path).text for path in ("/", "/admin/login/")]
    return [re.findall(r"/static/(?:steady|staff)\.\w+\.css", page)[-1] for page in pages]


def test_each_version_finds_its_stylesheets_whichever_is_asked(versions):
    old, new = map(stylesheets, versions)
    assert not set(old) & set(new)
    with nginx.nginx([*versions]) as door:
        # nginx asks the processes in turn, so one of each pair meets the wrong one first.
        assert [ask(door, path=path)[0] for path in new + old] == [200] * 4
        versions[0].stop()
        assert [ask(door, path=path)[0] for path in old] == [200] * 2
