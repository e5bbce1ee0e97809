"""A throw-away copy of the service: a database, a release, an account and the web server's processes.

What can go wrong with its database is a method of it, and lasts until its block ends.

python -m tests.faults.service pytest      # with DATABASE_URL naming a PostgreSQL server of its own
"""

import os
import resource
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from http.client import HTTPException
from pathlib import Path
from shutil import chown
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.visitor import Answer, Send, over_http

ROOT = Path(__file__).resolve().parents[2]
HOST, STAFF = "127.0.0.1", "faults"
PATIENCE = 60
"""Seconds for anything to start or stop; the machine may be busy."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def wait_for(what: str, happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Until `happened()` is true. Raises TimeoutError."""
    began = time.monotonic()
    while not happened():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.05)


def run(*command: str, **options: Any) -> None:
    """To its end. Raises RuntimeError with what it said, when it fails."""
    done = subprocess.run(command, check=False, timeout=300, capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr[-2000:]}")


def children(parent: int) -> list[int]:
    """The processes that this one has started and that still run."""
    try:
        return [*map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]
    except OSError:
        return []


def families(parents: Iterable[int]) -> list[int]:
    """These processes and those that they started."""
    return [process for parent in parents for process in (parent, *children(parent))]


@contextmanager
def hanging(*parents: int) -> Iterator[None]:
    """These processes and those that they started do nothing; their machine still answers for them."""
    processes = families(parents)
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


class Server:
    """One gunicorn with its workers."""

    def __init__(self, environment: dict[str, str], log: Path, workers: int, root: Path) -> None:
        self.environment, self.log, self.root, self.port = environment, log, root, free_port()
        options = [f"--bind={HOST}:{self.port}", f"--workers={workers}", "--threads=4"]
        self.command = [sys.executable, "-m", "gunicorn", *options]
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as lines:
            self.process = subprocess.Popen(
                self.command, cwd=self.root, env=self.environment, stdout=lines, stderr=lines
            )
        wait_for("the web server’s start", self._is_up)

    def _is_up(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"The web server ended by itself:\n{self.log.read_text()[-2000:]}")
        try:
            return self.get("/livez").status == 200
        except (OSError, HTTPException):
            return False

    def http(self, timeout: float = 30) -> Send:
        return over_http(HOST, self.port, timeout)

    def get(self, path: str, **headers: str) -> Answer:
        return self.http()("GET", path, headers, b"")

    @property
    def workers(self) -> list[int]:
        return children(self.process.pid)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


class Postgres:
    """A PostgreSQL server from Debian's packages, on a free port of loopback."""

    def __init__(self, programs: Path, home: Path) -> None:
        self.programs, self.home, self.port = programs, home, free_port()
        password = secrets.token_hex(16)
        self.url = f"postgres://steady:{password}@{HOST}:{self.port}/postgres"
        (home / "password").write_text(password)
        locale = ("--encoding=UTF8", "--locale=C")
        self._run("initdb", "--username=steady", f"--pwfile={home}/password", "--auth=scram-sha-256", *locale)

    def start(self) -> None:
        where = f"-c port={self.port} -c listen_addresses={HOST} -c unix_socket_directories={self.home}"
        options = f"--options={where} -c fsync=off"
        self._run("pg_ctl", f"--log={self.home}/log", options, "--wait", "--silent", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "--mode=immediate", "--silent", "stop")

    @property
    def process(self) -> int:
        return int((self.home / "data/postmaster.pid").read_text().splitlines()[0])

    def _run(self, program: str, *arguments: str) -> None:
        owner = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()  # it refuses root
        run(*owner, str(self.programs / program), f"--pgdata={self.home}/data", *arguments, cwd="/")


@contextmanager
def postgres() -> Iterator[Postgres]:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not programs:
        pytest.skip("no PostgreSQL server. On Debian: apt-get install postgresql")
    pytest.importorskip("psycopg")
    with TemporaryDirectory(prefix="steady-faults-postgres-", ignore_cleanup_errors=True) as folder:
        if os.geteuid() == 0:
            chown(folder, "postgres")
        server = Postgres(programs[-1], Path(folder))
        server.start()
        try:
            yield server
        finally:
            with suppress(RuntimeError):  # it had stopped
                server.stop()


class Service:
    """What several servers share: settings, database, release, account."""

    def __init__(self, folder: Path, database: Postgres | None) -> None:
        self.folder, self.database, self.password = folder, database, secrets.token_urlsafe(12)
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "DATABASE_URL": database.url if database else f"sqlite:///{folder}/db.sqlite3",
            "DJANGO_SUPERUSER_PASSWORD": self.password,
        }
        self.servers: list[Server] = []
        self.manage("migrate", "--verbosity=0")
        self.manage("first_release")
        self.manage("createsuperuser", "--no-input", f"--username={STAFF}", "--email=faults@localhost")

    def manage(self, *command: str, root: Path = ROOT) -> None:
        run(sys.executable, "manage.py", *command, cwd=root, env=self.environment)

    def serve(self, *, workers: int = 1, log: str = "", root: Path = ROOT, **changes: str) -> Server:
        file = Path(log or self.folder / f"server-{len(self.servers)}.log")
        self.servers.append(Server(self.environment | changes, file, workers, root))
        return self.servers[-1]

    @contextmanager
    def sqlite_is_gone(self) -> Iterator[None]:
        away = self.folder / "away"
        away.mkdir()
        for file in self.folder.glob("db.sqlite3*"):
            file.rename(away / file.name)
        yield
        assert list(self.folder.glob("db.sqlite3*")) == []  # no empty one was made in its place
        for file in away.iterdir():
            file.rename(self.folder / file.name)

    @contextmanager
    def sqlite_is_locked(self) -> Iterator[None]:
        file = self.folder / "db.sqlite3"
        with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")

    @contextmanager
    def disk_is_full(self) -> Iterator[None]:
        """No file of these processes can grow; nor of what is started from here."""
        processes = [os.getpid(), *families(server.process.pid for server in self.servers)]
        before = {process: resource.prlimit(process, resource.RLIMIT_FSIZE) for process in processes}
        try:
            for process, (_soft, hard) in before.items():
                resource.prlimit(process, resource.RLIMIT_FSIZE, (0, hard))
            yield
        finally:
            for process, limits in before.items():
                resource.prlimit(process, resource.RLIMIT_FSIZE, limits)

    @contextmanager
    def postgres_is_stopped(self) -> Iterator[None]:
        self.database.stop()
        yield
        self.database.start()

    def postgres_hangs(self) -> AbstractContextManager[None]:
        return hanging(self.database.process)

    @contextmanager
    def postgres_is_read_only(self) -> Iterator[None]:
        """What hosted servers do when their disk is full: reading goes on, writing is refused."""
        import psycopg

        with psycopg.connect(self.database.url, autocommit=True) as connection:
            connection.execute("ALTER ROLE steady SET default_transaction_read_only = on")
            yield
            connection.execute("ALTER ROLE steady RESET default_transaction_read_only")


@contextmanager
def service(on_postgres: bool = False) -> Iterator[Service]:
    """A service of its own, gone at the end."""
    folder = TemporaryDirectory(prefix="steady-faults-", ignore_cleanup_errors=True)
    with folder as name, postgres() if on_postgres else nullcontext() as database:
        site = Service(Path(name), database)
        try:
            yield site
        finally:
            for server in site.servers:
                server.stop()


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with postgres() as server:
            environment = os.environ | {"DATABASE_URL": server.url}
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    except pytest.skip.Exception as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    sys.exit(main())
