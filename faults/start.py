"""A process that starts while its database is away."""

import json
import threading
import time

from faults.figures import Figures
from faults.load import Browser, Journey, Seen
from faults.postgres import postgres
from faults.service import Server, service, wait_for

SOON = 15
"""Seconds from the database's return to the first page served."""


def before_the_database(figures: Figures, seconds: float) -> None:
    """a process starts while PostgreSQL is away: it says so, and comes up by itself when it returns"""
    with postgres() as database, service(database.url) as site:
        database.stop()
        server = site.serve(workers=1)
        until, wrong = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            wrong += _asked(server, "/livez") != (200, {"alive": True})
            wrong += _asked(server, "/readyz") != (503, {"ready": False, "release": None, "database": False})
            browser = _open(server, "/")
            wrong += browser.status != 503 or "not ready yet" not in browser.page
            time.sleep(0.5)
        figures.hold("wrong answers while the database is away", wrong, at_most=0)
        database.start()
        took = wait_for("the first page", lambda: _open(server, "/").status == 200)
        figures.hold("seconds from the database’s return to the first page", took, at_most=SOON)
        figures.hold(
            "/readyz tells the truth then",
            _asked(server, "/readyz") == (200, {"ready": True, "release": 1, "database": True}),
            at_least=1,
        )
        seen = Seen()
        Journey(server.address, server.port, seen).walk(_always())
        figures.hold("journeys that ended with every answer", seen.finished, at_least=1)


def _open(server: Server, path: str) -> Browser:
    browser = Browser(server.address, server.port, Seen())
    browser.go(path)
    return browser


def _asked(server: Server, path: str) -> tuple[int, object]:
    browser = _open(server, path)
    return browser.status, json.loads(browser.page or "{}")


def _always() -> threading.Event:
    going = threading.Event()
    going.set()
    return going
