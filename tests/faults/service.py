"""A throw-away copy of the service: a database, a release, an account and the web server's processes."""

import os
import resource
import secrets
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.visitor import Send, over_http

ROOT = Path(__file__).resolve().parents[2]
HOST, STAFF = "127.0.0.1", "faults"
PATIENCE = 60
"""Seconds for anything to start or stop; the machine may be busy."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def wait_for(what: str, happened: Callable[[], bool], seconds: float = PATIENCE) -> float:
    """Seconds until `happened()` is true. Raises TimeoutError."""
    began = time.monotonic()
    while not happened():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.05)
    return time.monotonic() - began


def children(parent: int) -> list[int]:
    """The processes that this one has started and that still run."""
    try:
        return [*map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]
    except OSError:
        return []


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
            return self.http()("GET", "/livez", {}, b"").status == 200
        except (OSError, HTTPException):
            return False

    def http(self, timeout: float = 30) -> Send:
        return over_http(HOST, self.port, timeout)

    @property
    def workers(self) -> list[int]:
        return children(self.process.pid)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


class Service:
    """What several servers share: settings, database, release, account."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.password = folder, secrets.token_urlsafe(12)
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "DATABASE_URL": database_url,
            "DJANGO_SUPERUSER_PASSWORD": self.password,
        }
        self.servers: list[Server] = []

    def manage(self, *command: str, root: Path = ROOT) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=root, env=self.environment, text=True, check=False, timeout=300, capture_output=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"manage.py {command[0]}: {done.stderr[-2000:]}")

    @contextmanager
    def moved(self) -> Iterator[None]:
        """SQLite's file is gone, and comes back."""
        away = self.folder / "away"
        away.mkdir()
        for file in self.folder.glob("db.sqlite3*"):
            file.rename(away / file.name)
        yield
        assert list(self.folder.glob("db.sqlite3*")) == []  # no empty one was made in its place
        for file in away.iterdir():
            file.rename(self.folder / file.name)

    @contextmanager
    def written(self) -> Iterator[None]:
        """Somebody else holds SQLite's one place to write."""
        connection = sqlite3.connect(self.folder / "db.sqlite3", timeout=30, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
        connection.close()

    @contextmanager
    def no_room(self) -> Iterator[None]:
        """No file of these processes can grow, as on a full disk; nor of what is started from here."""
        parents = [server.process.pid for server in self.servers]
        pids = [os.getpid(), *parents, *(pid for parent in parents for pid in children(parent))]
        before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
        try:
            for pid, (_soft, hard) in before.items():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
            yield
        finally:
            for pid, limits in before.items():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    def serve(self, *, workers: int, log: str = "", root: Path = ROOT, **changes: str) -> Server:
        file = Path(log or self.folder / f"server-{len(self.servers)}.log")
        self.servers.append(Server(self.environment | changes, file, workers, root))
        return self.servers[-1]


@contextmanager
def service(database_url: str = "") -> Iterator[Service]:
    """A service of its own, gone at the end. Without a database's URL it has a SQLite file."""
    with TemporaryDirectory(prefix="steady-faults-", ignore_cleanup_errors=True) as name:
        site = Service(Path(name), database_url or f"sqlite:///{name}/db.sqlite3")
        site.manage("migrate", "--verbosity=0")
        site.manage("first_release")
        site.manage("createsuperuser", "--no-input", f"--username={STAFF}", "--email=faults@localhost")
        try:
            yield site
        finally:
            for server in site.servers:
                server.stop()
