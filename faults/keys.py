"""The secret key is changed while people are half-way."""

import secrets
import threading
from collections.abc import Callable

from faults.figures import Figures
from faults.load import Journey, Seen, Staff
from faults.service import STAFF, Server, service

JOURNEYS = 5


def changed(figures: Figures, seconds: float) -> None:
    """the key changes while people are half-way: nobody loses an answer, staff stay logged in"""
    with service() as site:
        server = site.serve(workers=1)
        old = server.environment["SECRET_KEY"]
        staff = Staff(server.address, server.port, Seen())
        staff.log_in(STAFF, site.password)
        seen = Seen()
        journeys = [Journey(server.address, server.port, seen) for _ in range(JOURNEYS)]
        _walk_all(journeys, lambda: _restart(server, secrets.token_urlsafe(50), old))
        figures.hold("journeys that ended with every answer", seen.finished, at_least=JOURNEYS)
        figures.hold("answers lost", len(seen.faults), at_most=0)
        figures.hold("staff are still logged in", staff.look()[0] == 200, at_least=1)
        figures.hold(
            "journeys without the old key at hand: they start anew, and no page fails",
            _forgotten(server),
            at_least=1,
        )


def _walk_all(journeys: list[Journey], change: Callable[[], None]) -> None:
    """All walk to the middle; then the key changes; then all go on."""
    meeting = threading.Barrier(len(journeys), action=change)
    going = threading.Event()
    going.set()
    threads = [threading.Thread(target=journey.walk, args=[going, meeting.wait]) for journey in journeys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _restart(server: Server, key: str, *fallbacks: str) -> None:
    server.stop()
    server.environment |= {"SECRET_KEY": key, "SECRET_KEY_FALLBACKS": ",".join(fallbacks)}
    server.start()


def _forgotten(server: Server) -> bool:
    """A key that leaked is changed without a fallback: answers are gone, and the page says so."""
    journey = Journey(server.address, server.port, Seen())
    journey.go("/check/")
    journey.go(journey.path, [("csrfmiddlewaretoken", journey.token), ("emergency", "none")])
    _restart(server, secrets.token_urlsafe(50))
    page = journey.go("/check/")
    return (
        journey.status == 200
        and journey.path == "/check/safety/"
        and "could not read your earlier answers" in page
    )
