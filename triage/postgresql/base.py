"""Django's PostgreSQL, with an end to waiting.

The server's own statement_timeout cannot help when the server itself hangs: its machine still keeps the
connection alive, so a thread would wait for ever, and the site would soon have no thread left.
"""

import sys
from functools import partial
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError, pq

PATIENCE = 5.0
"""Seconds that a statement may take, but for those of `migrate`."""


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        connection = super().get_new_connection(conn_params)
        if sys.argv[1:2] != ["migrate"]:
            connection.wait = partial(wait, connection)
        return connection


def wait(connection: Connection, *arguments: Any, **options: Any) -> Any:
    """As psycopg waits, but for PATIENCE at most. Then it closes the connection: an answer may still come."""
    try:
        return Connection.wait(connection, *arguments, **{"timeout": PATIENCE} | options)
    except OperationalError:
        if connection.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
            connection.close()
        raise
