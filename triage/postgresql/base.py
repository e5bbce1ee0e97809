"""Django's PostgreSQL, with an end to waiting (docs/decisions/0013).

The server's own statement_timeout cannot help when the server itself hangs: its machine still keeps the
connection alive, so a thread would wait for ever, and the site would soon have no thread left.
"""

from functools import partial
from typing import Any

from django.core.exceptions import ImproperlyConfigured

try:
    from psycopg import Connection, OperationalError, pq
except ImportError:
    raise ImproperlyConfigured("PostgreSQL needs its driver: install requirements-postgres.lock.") from None

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """OPTIONS has one more: `patience`, the seconds that an answer may take."""

    def get_connection_params(self) -> dict[str, object]:
        params = super().get_connection_params()
        self.patience: float = params.pop("patience")
        return params

    def get_new_connection(self, conn_params: dict[str, object]) -> Connection:
        connection = super().get_new_connection(conn_params)
        connection.wait = partial(wait, connection, self.patience)
        return connection


def wait(connection: Connection, patience: float, *arguments: Any, **options: Any) -> object:
    """As psycopg waits, but not longer. Then it closes the connection: an answer may still come."""
    try:
        return Connection.wait(connection, *arguments, **{"timeout": patience} | options)
    except OperationalError:
        if connection.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
            connection.close()
        raise
