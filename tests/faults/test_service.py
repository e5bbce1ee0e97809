"""A fault happens to a running service, under people who answer: nobody loses one, staff are told, it mends.

Each is tried on a throw-away copy: a database, a release, an account, and the web server's own processes.
"""

import html
import http.client
import itertools
import os
import re
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.faults.service import PATIENCE, STAFF, Server, Service, service, wait_for
from tests.tenfold import IS_TRACED, tenfold
from tests.visitor import Answer, Send, Visitor
from triage.engine.file import dump

pytestmark = pytest.mark.faults

SECONDS = 5
SLOWEST = 12.0
"""Seconds: the one request that asks a database which hangs waits for it; all others do not."""
ENDS = ("/results/", "/emergency/")
ONCE_AGAIN = 15
"""Seconds in which a fault is noticed, staff can work again, and a new release is seen."""


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Iterator[Service]:
    """On PostgreSQL where the fault is one of its: a test is named after it."""
    with service(on_postgres="[postgres" in request.node.name) as site:
        yield site


# People, many at once.


@dataclass
class Seen:
    """What a crowd met."""

    statuses: list[int] = field(default_factory=list)
    cuts: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    finished: int = 0

    def sending(self, send: Send, pause: float) -> Send:
        """Sends again what was cut, as a person would."""

        def persistent(*request: object) -> Answer:
            time.sleep(pause)
            for _ in range(200):
                began = time.monotonic()
                try:
                    found = send(*request)  # type: ignore[arg-type]
                except (OSError, http.client.HTTPException):
                    self.cuts.append(time.monotonic())
                    time.sleep(0.1)
                    continue
                self.times.append(time.monotonic() - began)
                self.statuses.append(found.status)
                return found
            raise AssertionError("never answered")

        return persistent

    def is_borne(self) -> None:
        assert self.wrong == []
        assert [status for status in self.statuses if status >= 500] == []
        assert self.finished >= 1
        assert max(self.times) <= SLOWEST


@contextmanager
def crowd(http: Callable[[], Send], people: int = 4, pause: float = 0) -> Iterator[Seen]:
    """People who walk, one journey after the other, until the block ends. Each waits so many seconds before
    they ask for the next page."""
    seen, stop = Seen(), threading.Event()

    def live(seed: int) -> None:
        visitor = Visitor(seen.sending(http(), pause), seed)
        while not stop.is_set():
            try:
                if visitor.journey() in ENDS:
                    seen.wrong += visitor.lost()
                    seen.finished += 1
            except AssertionError as error:
                seen.wrong.append(str(error))

    with ThreadPoolExecutor(people) as pool:
        walks = pool.map(live, range(people))
        try:
            yield seen
        finally:
            stop.set()
        assert [*walks] == [None] * people


FIELD = re.compile(r'<input type="(?:text|hidden)" name="(\w+)" value="([^"]*)"')


class Colleague(Visitor):
    """Somebody of the staff, logged in, with a page of the questions open."""

    def __init__(self, site: Service, server: Server) -> None:
        super().__init__(server.http(timeout=PATIENCE * 2))
        self.go("/admin/login/")
        sent = {"username": [STAFF], "password": [site.password], "next": ["/admin/content/page/"]}
        self.submit(sent)
        self.screen = re.search(r"/admin/content/page/\d+/change/", self.page.text)[0]  # type: ignore[index]
        self.go(self.screen)
        self.fields = self.inputs() | {"picture": ["lens"]}

    def inputs(self) -> dict[str, list[str]]:
        return {name: [html.unescape(value)] for name, value in FIELD.findall(self.page.text)}

    def look(self) -> Answer:
        return self.go("/admin/content/cause/")

    def publish(self) -> Answer:
        """What the review shows that is open."""
        return self.go("/admin/publish/", self.inputs() | {"note": ["For a test."], "reason": ["None."]})

    def save(self) -> Answer:
        """The page of the questions, as it is."""
        return self.go(self.screen, self.fields)


def told(answer: Answer) -> bool:
    """A whole page, or one that says what is wrong."""
    return answer.status == 200 or (answer.status == 503 and "The database does not answer" in answer.text)


# The web server's processes.


def test_a_worker_that_is_killed_costs_the_requests_it_had_and_no_answer(site: Service) -> None:
    kills: list[float] = []
    server = site.serve()
    with crowd(server.http) as seen:
        for _ in range(SECONDS):
            time.sleep(1)
            if running := server.workers:
                kills.append(time.monotonic())
                os.kill(running[0], signal.SIGKILL)
        wait_for("the worker", lambda: len(server.workers) == 1)
    seen.is_borne()
    assert len(kills) >= 3
    assert [cut for cut in seen.cuts if not any(0 <= cut - kill < 2.5 for kill in kills)] == []


def test_a_new_key_beside_the_old_one_loses_no_answer_but_without_the_old_one_they_are_gone_and_it_is_told(
    site: Service,
) -> None:
    """One process after the other: what one signs the other reads, for both know the new key before anybody
    signs with it. Nobody is logged out."""
    one, two = site.serve(), site.serve()
    old, new = one.environment["SECRET_KEY"], secrets.token_urlsafe(50)
    staff, in_turn = Colleague(site, one), itertools.cycle([one.http(), two.http()])
    visitor = Visitor(lambda *request: next(in_turn)(*request))  # noqa: PLW0108 - another each time
    for server, keys in ((one, (old, new)), (two, (old, new)), (one, (new, old)), (two, (new, old))):
        assert visitor.journey(lambda server=server, keys=keys: restart(server, *keys)) in ENDS
        assert visitor.lost() == []
        assert staff.look().status == 200
    restart(one, secrets.token_urlsafe(50))
    visitor.send = one.http()
    assert "could not read your earlier answers" in visitor.go("/check/").text


def restart(server: Server, key: str, *fallbacks: str) -> None:
    server.stop()
    server.environment |= {"SECRET_KEY": key, "SECRET_KEY_FALLBACKS": ",".join(fallbacks)}
    server.start()


def test_with_nowhere_to_write_log_lines_it_goes_on(site: Service) -> None:
    server = site.serve(workers=2, log="/dev/full", LOG_LEVEL="debug")  # a line for each request
    with crowd(server.http) as seen:
        time.sleep(SECONDS)
    seen.is_borne()
    assert len(server.workers) == 2


# Long work of the staff.


@pytest.fixture
def large(site: Service) -> Server:
    """One process, with a guide ten times as large in the working copy."""
    file = site.folder / "large.json"
    file.write_text(dump(tenfold()))
    site.manage("import_guide", str(file), "--discard")
    return site.serve()


def test_while_staff_work_on_a_guide_ten_times_as_large_the_same_process_serves_the_public_at_once(
    site: Service, large: Server
) -> None:
    staff = Colleague(site, large)
    with crowd(large.http, people=2, pause=0.04):
        staff.go("/admin/review/")  # both have been there before
    for _ in range(3):  # the machine may be busy
        with crowd(large.http, people=2, pause=0.04) as seen:
            for path in ("review/", "preview/", "releases/1/?with=working-copy", "review/"):
                assert staff.go(f"/admin/{path}").status == 200
            assert "is published" in staff.publish().text
        seen.is_borne()
        slowest_of_a_hundred = sorted(seen.times)[len(seen.times) * 99 // 100]
        if slowest_of_a_hundred < 0.1 or IS_TRACED:
            return
    raise AssertionError(f"{slowest_of_a_hundred * 1000:.0f} ms")


def test_staff_that_ask_for_much_at_once_are_told_to_wait_and_the_public_is_served(
    site: Service, large: Server
) -> None:
    many = [Colleague(site, large) for _ in range(6)]
    with crowd(large.http, people=2) as seen, ThreadPoolExecutor(len(many)) as pool:
        asked = pool.map(lambda one: [one.go("/admin/review/").status for _ in range(3)], many)
        answers = [status for some in asked for status in some]
    seen.is_borne()
    assert len(answers) == 18
    assert {*answers} == {200, 503}
    assert IS_TRACED or max(seen.times) < SECONDS


# The database.


@pytest.mark.parametrize(
    ("fault", "readyz"),
    [
        ("sqlite_is_gone", '"database": false'),
        ("sqlite_is_locked", '"database": true'),
        ("disk_is_full", ""),
        ("postgres_is_stopped", '"database": false'),
        ("postgres_hangs", '"database": false'),
        ("postgres_is_read_only", '"database": true'),
    ],
)
def test_without_its_database_the_public_goes_on_staff_are_told_and_all_recovers(
    site: Service, fault: str, readyz: str
) -> None:
    server = site.serve(workers=2)
    staff = Colleague(site, server)
    with crowd(server.http) as seen, getattr(site, fault)():
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            assert told(staff.look())
            assert told(staff.save())
            assert '"ready": true' in server.get("/readyz").text
            time.sleep(0.5)
        wait_for(
            "every process’s notice",
            lambda: all(readyz in server.get("/readyz").text for _ in range(8)),
            ONCE_AGAIN,
        )
    seen.is_borne()
    wait_for("staff’s recovery", lambda: staff.look().status == 200, ONCE_AGAIN)
    assert "was changed successfully" in staff.save().text
    site.manage("rollback", "1", "--note=After the fault.")
    wait_for("the new release", lambda: '"release": 2' in server.get("/readyz").text, ONCE_AGAIN)


@pytest.mark.parametrize("fault", ["sqlite_is_gone", "postgres_is_stopped", "postgres_hangs"])
def test_a_process_that_starts_before_its_database_says_so_and_comes_up_with_it(
    site: Service, fault: str
) -> None:
    with getattr(site, fault)():
        server = site.serve()
        assert server.get("/livez").status == 200
        assert server.get("/readyz").status == 503
        assert "not ready yet" in server.get("/").text
    wait_for("the first page", lambda: server.get("/").status == 200, ONCE_AGAIN)


def test_a_process_whose_database_goes_before_the_first_visitor_comes_serves_them(site: Service) -> None:
    server = site.serve()
    with site.sqlite_is_gone():
        assert server.get("/").status == 200


@pytest.mark.parametrize("fault", ["sqlite_is_locked", "disk_is_full", "postgres_is_read_only"])
def test_a_process_that_starts_where_nothing_can_be_written_serves_the_public(
    site: Service, fault: str
) -> None:
    with getattr(site, fault)():
        server = site.serve()
        assert server.get("/").status == 200
        assert Visitor(server.http()).journey() in ENDS
