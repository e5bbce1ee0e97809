"""The database is away, locked, full or slow: the public goes on, staff are told, all recovers by itself."""

import resource
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from faults.figures import Figures
from faults.load import Browser, Seen, Staff, crowd
from faults.postgres import Postgres, postgres
from faults.service import STAFF, Server, Service, children, service, wait_for
from faults.workers import borne

Fault = Callable[[Service], AbstractContextManager[None]]

SLOWEST = 12.0
"""Seconds. The one request that asks a database which hangs waits for it; all others do not."""
ONCE_AGAIN = 15
"""Seconds in which staff can work again, and a new release is seen."""


def gone(figures: Figures, seconds: float) -> None:
    """SQLite’s file is moved away"""
    with service() as site:
        _bear(figures, seconds, site, _moved, answers=False)


def locked(figures: Figures, seconds: float) -> None:
    """another process holds SQLite’s exclusive lock: not even reading is possible"""
    with service() as site:
        _bear(figures, seconds, site, _exclusive, answers=False)


def busy(figures: Figures, seconds: float) -> None:
    """another process holds SQLite’s lock for writing"""
    with service() as site:
        _bear(figures, seconds, site, _written, answers=True)


def full(figures: Figures, seconds: float) -> None:
    """no file can grow, as on a full disk: neither SQLite’s nor the log"""
    with service() as site:
        _bear(figures, seconds, site, _no_room, answers=None)  # even reading needs a file of SQLite’s log


def slow(figures: Figures, seconds: float) -> None:
    """SQLite is locked for seven tenths of every second"""
    with service() as site:
        _bear(figures, seconds, site, _in_pulses(_exclusive), answers=None)


def postgres_gone(figures: Figures, seconds: float) -> None:
    """PostgreSQL is stopped, and started again"""
    with postgres() as server, service(server.url) as site:
        _bear(figures, seconds, site, lambda _: _stopped(server), answers=False)


def postgres_frozen(figures: Figures, seconds: float) -> None:
    """PostgreSQL hangs (SIGSTOP) without closing a connection"""
    with postgres() as server, service(server.url) as site:
        _bear(figures, seconds, site, lambda _: _frozen(server), answers=False)


def postgres_locked(figures: Figures, seconds: float) -> None:
    """another transaction has locked every table that is read"""
    with postgres() as server, service(server.url) as site:
        _bear(figures, seconds, site, lambda _: _tables_locked(server), answers=False)


def postgres_full(figures: Figures, seconds: float) -> None:
    """PostgreSQL has gone read-only, as hosted ones do on a full disk"""
    with postgres() as server, service(server.url) as site:
        _bear(figures, seconds, site, lambda _: _read_only(server), answers=True)


def postgres_slow(figures: Figures, seconds: float) -> None:
    """PostgreSQL hangs for seven tenths of every second"""
    with postgres() as server, service(server.url) as site:
        _bear(figures, seconds, site, _in_pulses(lambda _: _frozen(server)), answers=None)


def _bear(figures: Figures, seconds: float, site: Service, fault: Fault, *, answers: bool | None) -> None:
    """`answers` is what /readyz has to say of the database during the fault; None when it may say either."""
    server = site.serve(workers=2)
    staff = Staff(server.address, server.port, Seen())
    staff.log_in(STAFF, site.password)
    with crowd(server.address, server.port) as before:
        time.sleep(max(2, seconds / 10))
    with crowd(server.address, server.port) as during, fault(site):
        _watch(figures, server, staff, seconds, answers)
    figures.tell("before the fault, median answer, seconds", f"{_median(before.times):.3f}")
    figures.tell("in the fault, median answer, seconds", f"{_median(during.times):.3f}")
    borne(figures, during, site)
    figures.hold("slowest answer", during.slowest, at_most=SLOWEST)
    figures.hold(
        "staff work again after, seconds",
        wait_for("staff’s recovery", lambda: staff.look()[0] == 200),
        at_most=ONCE_AGAIN,
    )
    _publish(figures, site, server)


def _watch(figures: Figures, server: Server, staff: Staff, seconds: float, answers: bool | None) -> None:
    """While the fault lasts, staff look at a list, and a balancer asks whether we are ready."""
    until, met, told, slowest = time.monotonic() + seconds, [], [], 0.0
    time.sleep(min(6, seconds / 2))  # by then every process has noticed
    while time.monotonic() < until:
        met.append(staff.look())
        began = time.monotonic()
        told.append(_ready(server))
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.5)
    clear = [status == 200 or (status == 503 and said) for status, said in met]
    figures.tell(
        "staff’s pages",
        ", ".join(f"{status}{' with words' if said else ''}" for status, said in sorted(set(met))),
    )
    figures.hold("staff’s pages that are neither whole nor a clear 503", clear.count(False), at_most=0)
    figures.hold(
        "times not ready to serve the public", sum('"ready": true' not in text for text in told), at_most=0
    )
    figures.tell("slowest answer about being ready, seconds", f"{slowest:.2f}")
    if answers is not None:
        wrong = sum(f'"database": {str(answers).lower()}' not in text for text in told)
        figures.hold(
            f"times that /readyz did not say that the database {'answers' if answers else 'is away'}",
            wrong,
            at_most=0,
        )


def _ready(server: Server) -> str:
    return Browser(server.address, server.port, Seen()).go("/readyz")


def _publish(figures: Figures, site: Service, server: Server) -> None:
    """A release that is published after the fault is served."""
    site.manage("rollback", "1", "--note=After the fault.")
    figures.hold(
        "a new release is served after, seconds",
        wait_for("the new release", lambda: '"release": 2' in _ready(server)),
        at_most=ONCE_AGAIN,
    )


def _median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2] if times else 0.0


# The faults. Each lasts as long as its block.


@contextmanager
def _moved(site: Service) -> Iterator[None]:
    away = site.folder / "away"
    away.mkdir()
    files = list(site.folder.glob("db.sqlite3*"))
    for file in files:
        file.rename(away / file.name)
    yield
    made = list(site.folder.glob("db.sqlite3*"))
    for file in away.iterdir():
        file.rename(site.folder / file.name)
    if made:
        raise RuntimeError(f"an empty database was made in its place: {made}")


@contextmanager
def _exclusive(site: Service) -> Iterator[None]:
    connection = sqlite3.connect(site.sqlite, timeout=30, isolation_level=None)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    for _ in range(1000):
        with suppress(sqlite3.OperationalError):
            connection.execute("BEGIN EXCLUSIVE")
            break
    yield
    connection.execute("ROLLBACK")
    connection.close()


@contextmanager
def _written(site: Service) -> Iterator[None]:
    connection = sqlite3.connect(site.sqlite, timeout=30, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


@contextmanager
def _no_room(site: Service) -> Iterator[None]:
    """No file of these processes can grow. What they start anew inherits it."""
    processes = [
        process for server in site.servers for process in (server.process.pid, *children(server.process.pid))
    ]
    before = {process: resource.prlimit(process, resource.RLIMIT_FSIZE) for process in processes}
    for process, (_, hard) in before.items():
        resource.prlimit(process, resource.RLIMIT_FSIZE, (0, hard))
    yield
    for process, limits in before.items():
        resource.prlimit(process, resource.RLIMIT_FSIZE, limits)


@contextmanager
def _stopped(server: Postgres) -> Iterator[None]:
    server.stop()
    yield
    server.start()


@contextmanager
def _frozen(server: Postgres) -> Iterator[None]:
    server.freeze()
    yield
    server.thaw()


@contextmanager
def _tables_locked(server: Postgres) -> Iterator[None]:
    import psycopg  # noqa: PLC0415

    with psycopg.connect(server.url) as connection:
        tables = "triage_release, django_session, auth_user, content_cause"
        connection.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


@contextmanager
def _read_only(server: Postgres) -> Iterator[None]:
    server.set_read_only(True)
    yield
    server.set_read_only(False)


def _in_pulses(fault: Fault) -> Fault:
    """The fault for seven tenths of every second."""

    @contextmanager
    def pulsed(site: Service) -> Iterator[None]:
        over = threading.Event()

        def pulse() -> None:
            while not over.is_set():
                with fault(site):
                    time.sleep(0.7)
                over.wait(0.3)

        thread = threading.Thread(target=pulse)
        thread.start()
        yield
        over.set()
        thread.join()

    return pulsed
