"""A backup is made while people use the site, the database is lost, and the backup is put back."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from faults.figures import Figures
from faults.load import Browser, Seen, Staff, crowd
from faults.postgres import Postgres, postgres
from faults.service import STAFF, Server, Service, service


def of_sqlite(figures: Figures, seconds: float) -> None:
    """SQLite: VACUUM INTO makes the backup, a copy of it is the restored database"""
    with service() as site:
        backup = site.folder / "backup"
        backup.mkdir()
        file = backup / "steady.sqlite3"

        def restore() -> None:
            for old in site.folder.glob("db.sqlite3*"):
                old.unlink()
            site.sqlite.write_bytes(file.read_bytes())

        _try_out(figures, site, lambda: _vacuum_into(site.sqlite, file), restore)


def of_postgres(figures: Figures, seconds: float) -> None:
    """PostgreSQL: pg_dump makes the backup, pg_restore puts it into a new database"""
    with postgres() as server, service(server.url) as site:

        def restore() -> None:
            dump = str(server.home / "dump")
            server.run("createdb", "restored")
            server.run("pg_restore", "--no-owner", "--exit-on-error", "--dbname=restored", dump)
            names = ("ALTER DATABASE steady RENAME TO lost", "ALTER DATABASE restored RENAME TO steady")
            server.run("psql", "--quiet", "postgres", *(f"--command={name}" for name in names))

        _try_out(figures, site, lambda: _dump(server), restore)


def _vacuum_into(database: Path, file: Path) -> None:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.execute("VACUUM INTO ?", [str(file)])
    connection.close()


def _dump(server: Postgres) -> None:
    server.run("pg_dump", "--format=custom", f"--file={server.home}/dump", "steady")


def _try_out(
    figures: Figures, site: Service, back_up: Callable[[], None], restore: Callable[[], None]
) -> None:
    server = site.serve(workers=1)
    site.manage("rollback", "1", "--note=In the backup.")
    before = site.manage("releases", "--json"), site.manage("export_guide")
    with crowd(server.address, server.port, people=2) as seen:
        back_up()
    site.manage("rollback", "1", "--note=After the backup.")
    server.stop()
    restore()
    server.start()
    figures.hold(
        "answers lost, or with 5xx, while the backup was made",
        len(seen.faults) + seen.server_errors,
        at_most=0,
    )
    figures.hold("releases and working copy are those of the backup", _now(site) == before, at_least=1)
    figures.hold("the release of the backup is served", _serves(server, 2), at_least=1)
    figures.hold("releases are still fixed", _is_fixed(site), at_least=1)
    staff = Staff(server.address, server.port, Seen())
    staff.log_in(STAFF, site.password)
    figures.hold("staff can log in", staff.look()[0] == 200, at_least=1)
    site.manage("rollback", "1", "--note=Goes on.")


def _now(site: Service) -> tuple[str, str]:
    return site.manage("releases", "--json"), site.manage("export_guide")


def _serves(server: Server, number: int) -> bool:
    return f'"release": {number}' in Browser(server.address, server.port, Seen()).go("/readyz")


def _is_fixed(site: Service) -> bool:
    """The database itself still refuses to change a release."""
    try:
        site.manage(
            "shell", "--command", "from triage.models import Release; Release.objects.update(note='changed')"
        )
    except RuntimeError as refused:
        return "cannot change" in str(refused)
    return False
