"""A PostgreSQL server of its own, from Debian's packages, on a free port of loopback."""

import os
import secrets
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import chown, rmtree

import pytest

from tests.faults.service import children, free_port

OWNER = "postgres"
"""Who runs the server when root asks for it: it refuses root."""


class Postgres:
    def __init__(self, programs: Path, home: Path) -> None:
        self.programs, self.home, self.port = programs, home, free_port()
        self.password = secrets.token_hex(16)
        (home / "password").write_text(self.password)
        self._run(
            "initdb",
            "--username=steady",
            f"--pwfile={home}/password",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
        )
        self.start()
        self.ask("CREATE DATABASE steady")

    @property
    def url(self) -> str:
        return self.url_of("steady")

    def url_of(self, database: str) -> str:
        return f"postgres://steady:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        where = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.home}"
        self._run(
            "pg_ctl",
            f"--log={self.home}/log",
            f"--options={where} -c fsync=off",
            "--wait",
            "--silent",
            "start",
        )

    def stop(self) -> None:
        self._run("pg_ctl", "--mode=immediate", "--silent", "stop")

    def freeze(self) -> None:
        """The server hangs, all its processes; its machine still answers for it."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """Whatever state it is in."""
        try:
            self.thaw()
            self.stop()
        except (OSError, RuntimeError):
            return  # it had stopped

    def set_read_only(self, read_only: bool) -> None:
        """What hosted servers do when their disk is full: reading goes on, writing is refused."""
        self.ask(f"ALTER SYSTEM SET default_transaction_read_only = {'on' if read_only else 'off'}")
        self.ask("SELECT pg_reload_conf()")

    def ask(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(statement)

    def _signal(self, number: signal.Signals) -> None:
        first = int((self.home / "data/postmaster.pid").read_text().splitlines()[0])
        for process in (first, *children(first)):
            try:
                os.kill(process, number)
            except ProcessLookupError:
                continue

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), f"--pgdata={self.home}/data", *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", OWNER, "--", *command]
        done = subprocess.run(
            command,
            cwd="/",
            check=False,
            timeout=120,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr[-500:]}")


@contextmanager
def postgres() -> Iterator[Postgres]:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not programs:
        pytest.skip("no PostgreSQL server. On Debian: apt-get install postgresql")
    pytest.importorskip("psycopg")
    home = Path(tempfile.mkdtemp(prefix="steady-faults-postgres-"))
    if os.geteuid() == 0:
        chown(home, OWNER)
    server = None
    try:
        server = Postgres(programs[-1], home)
        yield server
    finally:
        if server is not None:
            server.end()
        rmtree(home, ignore_errors=True)
