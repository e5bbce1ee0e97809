"""Django's own, which alone may make the SQLite file: a lost one is a fault, not an empty database."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    def handle(self, *args: object, database: str, **options: object) -> None:
        connection = connections[database]
        name = str(connection.settings_dict["NAME"])
        if connection.vendor == "sqlite" and name.startswith("file:/"):
            Path(unquote(urlsplit(name).path)).touch(mode=0o600)
        super().handle(*args, database=database, **options)
