"""A PostgreSQL server that does not answer, or not in time. `make test-postgres` runs these."""

import copy
import select
import socket
import threading
import time
from contextlib import closing

import pytest
from django.db import OperationalError, connection
from django.db.utils import load_backend

from triage.releases import NoRelease, releases

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="no PostgreSQL"),
    pytest.mark.django_db,
]


class Relay(threading.Thread):
    """Passes on what the two sides say, until it hangs. The connection stays: its machine is alive."""

    def __init__(self, host, port):
        super().__init__(daemon=True)
        self.server, self.hangs, self.ends = (host, port), False, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.start()

    def run(self):
        one, _ = self.listener.accept()
        with one, socket.create_connection(self.server) as two:
            other = {one: two, two: one}
            while not self.ends:
                ready = [] if self.hangs else select.select([one, two], [], [], 0.05)[0]
                for side in ready:
                    if not (said := side.recv(65536)):
                        return
                    other[side].sendall(said)
                time.sleep(0.001)

    def end(self):
        self.ends = True
        self.join()
        self.listener.close()


@pytest.fixture
def relay():
    relay = Relay(connection.settings_dict["HOST"], int(connection.settings_dict["PORT"]))
    yield relay
    relay.end()


def connected(relay, engine):
    """A connection of its own by way of the relay, with our settings."""
    settings = copy.deepcopy(connection.settings_dict)
    settings |= {"HOST": "127.0.0.1", "PORT": relay.listener.getsockname()[1], "ENGINE": engine}
    if engine != "triage.postgresql":
        del settings["OPTIONS"]["patience"]
    return closing(load_backend(engine).DatabaseWrapper(settings, "through_the_relay"))


def seconds_until_given_up(database, statement):
    began = time.monotonic()
    with pytest.raises(OperationalError), database.cursor() as cursor:
        cursor.execute(statement)
    return time.monotonic() - began


def test_a_statement_that_takes_too_long_is_ended_by_the_server(relay):
    with connected(relay, "triage.postgresql") as database:
        assert 3.5 < seconds_until_given_up(database, "SELECT pg_sleep(60)") < 4.8
        with database.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)


def test_a_table_that_somebody_holds_costs_a_look_for_a_release_half_a_second():
    releases.forget()
    with closing(connection.copy()) as other:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE triage_release IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        with pytest.raises(NoRelease):
            releases.newest()
        assert time.monotonic() - began < 2
    releases.forget()


def test_a_server_that_hangs_is_given_up(relay):
    with connected(relay, "triage.postgresql") as database:
        database.ensure_connection()
        relay.hangs = True
        assert 4.5 < seconds_until_given_up(database, "SELECT 1") < 7
        assert database.connection.closed


def test_djangos_own_settings_would_wait_for_it_for_ever(relay):
    """Why there is a backend of our own: the same options, and twice its patience is not enough."""
    with connected(relay, "django.db.backends.postgresql") as database:
        database.ensure_connection()
        database.inc_thread_sharing()
        relay.hangs = True
        waiting = threading.Thread(target=seconds_until_given_up, args=(database, "SELECT 1"), daemon=True)
        waiting.start()
        waiting.join(12)
        assert waiting.is_alive()
        relay.end()
        waiting.join()
