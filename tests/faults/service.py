"""A throw-away copy of the service: a database, a release, an account and the web server's processes."""

import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STAFF = "faults"
PATIENCE = 60
"""Seconds for anything to start or stop; the machine may be busy."""


def free_port(address: str = "127.0.0.1") -> int:
    with socket.socket() as found:
        found.bind((address, 0))
        return int(found.getsockname()[1])


def wait_for(what: str, happened: Any, seconds: float = PATIENCE, every: float = 0.05) -> float:
    """Seconds until `happened()` is true. Raises TimeoutError."""
    began = time.monotonic()
    while not happened():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(every)
    return time.monotonic() - began


class Server:
    """One gunicorn with its workers."""

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        log: Path,
        address: str,
        port: int,
        *,
        root: Path,
    ) -> None:
        self.command, self.environment, self.root = command, environment, root
        self.address, self.port, self.log = address, port, log
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as lines:
            self.process = subprocess.Popen(
                self.command, cwd=self.root, env=self.environment, stdout=lines, stderr=lines
            )
        wait_for("the web server’s start", self.is_up)

    @property
    def workers(self) -> list[int]:
        return children(self.process.pid)

    @property
    def written(self) -> str:
        return self.log.read_text(errors="replace") if self.log.is_file() else ""

    def is_up(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"The web server ended by itself; see {self.log}:\n{self.written[-2000:]}")
        connection = http.client.HTTPConnection(self.address, self.port, timeout=30)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                for worker in self.workers:
                    os.kill(worker, signal.SIGKILL)
                self.process.kill()
                self.process.wait()


def children(parent: int) -> list[int]:
    """The processes that this one has started and that still run."""
    try:
        found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in found]


class Service:
    """What several servers share: settings, database, release, account."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.password = folder, secrets.token_urlsafe(12)
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
            },
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1,127.0.0.2,127.0.0.3,127.0.0.4,127.0.0.5,localhost",
            "DATABASE_URL": database_url,
            "DJANGO_SUPERUSER_PASSWORD": self.password,
            "DJANGO_SETTINGS_MODULE": "triage.settings",
        }
        self.servers: list[Server] = []

    def manage(self, *command: str, root: Path = ROOT) -> str:
        """What the command printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=root, env=self.environment, text=True, check=False, timeout=300, capture_output=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"manage.py {command[0]}: {done.stderr[-2000:]}")
        return done.stdout

    def prepare(self) -> None:
        if not (ROOT / "staticfiles/staticfiles.json").exists():
            self.manage("collectstatic", "--no-input", "--verbosity=0")
        self.manage("migrate", "--verbosity=0")
        self.manage("first_release")
        self.manage("createsuperuser", "--no-input", f"--username={STAFF}", "--email=faults@localhost")

    def serve(
        self,
        *,
        address: str = "127.0.0.1",
        workers: int = 2,
        log: str = "",
        root: Path = ROOT,
        **changes: str,
    ) -> Server:
        port = free_port(address)
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            f"--bind={address}:{port}",
            f"--workers={workers}",
            "--threads=4",
        ]
        file = Path(log) if log else self.folder / f"server-{len(self.servers)}.log"
        server = Server(command, self.environment | changes, file, address, port, root=root)
        self.servers.append(server)
        return server

    @property
    def sqlite(self) -> Path:
        return self.folder / "db.sqlite3"


@contextmanager
def service(database_url: str = "", prepare: bool = True) -> Iterator[Service]:
    """A service of its own, gone at the end. Without a database's URL it has a SQLite file."""
    folder = Path(tempfile.mkdtemp(prefix="steady-faults-"))
    made = Service(folder, database_url or f"sqlite:///{folder}/db.sqlite3")
    try:
        if prepare:
            made.prepare()
        yield made
    finally:
        for server in made.servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
