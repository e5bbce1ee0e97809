"""nginx before web processes, with deploy/nginx.conf: what a stranger sends makes nobody else wait, and two
versions stand behind it while one replaces the other."""

import re
import shutil
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException

import pytest

from tests.faults import nginx
from tests.faults.service import HOST, ROOT, hanging, service
from tests.faults.test_service import crowd
from tests.visitor import Visitor, over_http
from triage.engine import limits
from triage.web.content_types import IMPORT

pytestmark = [pytest.mark.faults, pytest.mark.skipif(nginx.PROGRAM is None, reason="no nginx")]

FORM, UPLOAD = "application/x-www-form-urlencoded", "multipart/form-data; boundary=BB"
BEHIND = {"HTTPS": "1", "TRUSTED_PROXIES": "127.0.0.1"}
SECURE = {"X-Forwarded-Proto": "https"}
"""What nginx says to a web process."""


@pytest.fixture(scope="module")
def servers():
    with service() as site:
        yield [site.serve(**BEHIND) for _ in range(2)]


@pytest.fixture(scope="module")
def door(servers):
    with nginx.nginx(servers) as door:
        yield door


def status(door, path, size, kind):
    """Of a form of so many bytes."""
    return door.ask("POST", path, b"9" * size, **{"Content-Type": kind}).status


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/", limits.PUBLIC_FORM), ("/check/safety/", limits.PUBLIC_FORM), ("/admin/login/", limits.STAFF_FORM)],
)
def test_a_form_passes_up_to_its_limit(door, path, limit):
    assert status(door, path, limit, FORM) in (403, 405)
    refused = door.ask("POST", path, b"9" * (limit + 1), **{"Content-Type": FORM})
    assert refused.status == 413
    assert "That is too large" in refused.text


def test_a_file_passes_to_the_import_alone(door):
    assert status(door, IMPORT, limits.GUIDE_FILE, UPLOAD) == 400
    assert status(door, IMPORT, limits.GUIDE_FILE * 2, UPLOAD) == 413
    assert status(door, "/admin/", limits.GUIDE_FILE, UPLOAD) == 413


def test_hostile_and_slow_senders_keep_nobody_else_away(door):
    """People who tick several boxes, beside forms that are refused and forms that never end. They used to: a
    body that the web process left unread was taken for a sick process, twice."""
    slow = [a_form_that_never_ends(door) for _ in range(40)]
    stop, answers = threading.Event(), set()

    def attack(kind):
        while not stop.is_set():
            for size in (60_000, 5_000_000):
                with suppress(OSError, HTTPException):  # the door was shut
                    answers.add(status(door, "/check/safety/", size, kind))

    with ThreadPoolExecutor(3) as pool:
        attacks = pool.map(attack, [f"{UPLOAD}; charset=punycode", FORM, "a/b"])
        try:
            with crowd(door.https) as seen:
                for _ in range(10):
                    time.sleep(0.5)
                    for one in slow:
                        with suppress(OSError):
                            one.send(b"a")
        finally:
            stop.set()
        assert [*attacks] == [None] * 3
    for one in slow:
        one.close()
    assert (seen.wrong, seen.cuts) == ([], [])
    assert {*seen.statuses} <= {200, 302}
    assert seen.finished >= 1
    assert max(seen.times) < 5
    assert {413, 415} <= answers <= {403, 413, 415}


def a_form_that_never_ends(door):
    plain = socket.create_connection((HOST, door.tls), timeout=30)
    sending = nginx.NOBODY_CHECKS.wrap_socket(plain, server_hostname="localhost")
    head = "POST /check/safety/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
    sending.sendall(f"{head}Content-Type: {FORM}\r\n\r\n".encode())
    return sending


@pytest.mark.parametrize("size", [60_000, 500_000, limits.IMPORT_FORM])
@pytest.mark.parametrize("kind", [FORM, "text/plain", UPLOAD])
@pytest.mark.parametrize("path", ["/check/safety/", "/admin/login/", IMPORT])
def test_a_web_process_alone_answers_before_it_hangs_up(servers, path, kind, size):
    """A connection closed with the body unread is reset, and the sender never sees the page."""
    answer = servers[0].http()("POST", path, SECURE | {"Content-Type": kind}, b"9" * size)
    assert answer.status in (400, 403, 413, 415)
    assert answer.text.startswith("<!doctype html>")


def test_a_process_that_hangs_costs_a_visitor_five_seconds_and_no_answer(door, servers):
    """None is left out for what went wrong before, so every second visitor meets it."""
    with hanging(servers[0].process.pid), ThreadPoolExecutor(8) as visitors:
        began = time.monotonic()
        assert Counter(visitors.map(lambda _: door.ask().status, range(8))) == {200: 8}
        assert time.monotonic() - began < 7


def test_a_moment_in_which_both_processes_hang_leaves_neither_out_afterwards(door, servers):
    with hanging(*(server.process.pid for server in servers)):
        assert door.ask().status == 503
    assert Counter(door.ask().status for _ in range(20)) == {200: 20}


@pytest.mark.parametrize(
    ("host", "answer"),
    [("localhost", (301, "https://localhost/article/?a=1")), ("evil.example", (400, "")), ("", (400, ""))],
)
def test_port_80_leads_to_our_own_hosts_alone(door, host, answer):
    said = over_http(HOST, door.plain)("GET", "/article/?a=1", {"Host": host}, b"")
    assert (said.status, said.location) == answer


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO"])
def test_a_caller_on_this_machine_cannot_name_another_path(servers, name):
    said = servers[0].get("/check", **SECURE, **{name: "/check"})
    assert (said.status, said.location) == (301, "/check/")


def stylesheets(server):
    """Of the first page and of the log-in."""
    visitor = Visitor(lambda method, path, headers, body: server.get(path, **SECURE, **headers))
    pages = [visitor.go(path).text for path in ("/", "/admin/login/")]
    return [re.findall(r"/static/(?:steady|staff)\.\w+\.css", page)[-1] for page in pages]


def test_each_version_finds_its_stylesheets_whichever_is_asked():
    with service() as site:
        new = site.folder / "new"
        for part in ("triage", "content", "templates", "static"):
            shutil.copytree(ROOT / part, new / part)
        for part in ("manage.py", "gunicorn.conf.py"):
            shutil.copy(ROOT / part, new)
        for sheet in (new / "static").glob("*.css"):
            sheet.write_text(sheet.read_text() + ".new { color: CanvasText }\n")
        site.manage("collectstatic", "--no-input", root=new)
        versions = [site.serve(**BEHIND), site.serve(root=new, **BEHIND)]
        one, two = map(stylesheets, versions)
        assert not {*one} & {*two}
        with nginx.nginx(versions) as door:
            # nginx asks the processes in turn, so one of each pair meets the wrong one first.
            assert [door.ask(path=path).status for path in two + one] == [200] * 4
            versions[0].stop()
            assert [door.ask(path=path).status for path in one] == [200] * 2


def test_a_page_under_the_name_of_a_stylesheet_is_not_kept_in_its_place(door, servers):
    sheet = stylesheets(servers[0])[0] + "1"  # one that nobody has asked for
    time.sleep(1.02 - time.time() % 1)  # such a page goes stale within its second
    door.ask(path=f"/admin/x/../..{sheet}")
    assert door.ask(path=sheet).status == 404
