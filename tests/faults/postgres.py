"""A PostgreSQL server of its own, from Debian's packages, on a free port of loopback.

python -m tests.faults.postgres pytest      # with DATABASE_URL naming one that lives as long as the command
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import chown
from subprocess import DEVNULL, PIPE

import pytest

from tests.faults.service import children, free_port

OWNER = "postgres"
"""Who runs the server when root asks for it: it refuses root."""


class Postgres:
    def __init__(self, programs: Path, home: Path) -> None:
        self.programs, self.home, self.port = programs, home, free_port()
        self.password = secrets.token_hex(16)
        (home / "password").write_text(self.password)
        locale = ("--encoding=UTF8", "--locale=C")
        self._run("initdb", "--username=steady", f"--pwfile={home}/password", "--auth=scram-sha-256", *locale)

    @property
    def url(self) -> str:
        return f"postgres://steady:{self.password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        where = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.home}"
        options = f"--options={where} -c fsync=off"
        self._run("pg_ctl", f"--log={self.home}/log", options, "--wait", "--silent", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "--mode=immediate", "--silent", "stop")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop()
        yield
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server hangs, all its processes; its machine still answers for it."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """What hosted servers do when their disk is full: reading goes on, writing is refused."""
        self._set_read_only("on")
        yield
        self._set_read_only("off")

    def _set_read_only(self, value: str) -> None:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
            connection.execute("SELECT pg_reload_conf()")

    def _signal(self, number: signal.Signals) -> None:
        first = int((self.home / "data/postmaster.pid").read_text().splitlines()[0])
        for process in (first, *children(first)):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), f"--pgdata={self.home}/data", *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", OWNER, "--", *command]
        done = subprocess.run(
            command, cwd="/", timeout=120, stdout=DEVNULL, stderr=PIPE, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr[-500:]}")


@contextmanager
def postgres() -> Iterator[Postgres]:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not programs:
        pytest.skip("no PostgreSQL server. On Debian: apt-get install postgresql")
    pytest.importorskip("psycopg")
    with tempfile.TemporaryDirectory(prefix="steady-faults-postgres-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        if os.geteuid() == 0:
            chown(home, OWNER)
        server = Postgres(programs[-1], home)
        server.start()
        try:
            yield server
        finally:
            with suppress(OSError, RuntimeError):  # it had stopped
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
