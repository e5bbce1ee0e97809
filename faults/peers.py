"""Several processes on several addresses behind nginx, with one PostgreSQL and no disk in common."""

import signal
import threading
import time
from itertools import pairwise

from faults.figures import Figures
from faults.load import Browser, Journey, Seen, crowd
from faults.nginx import nginx
from faults.postgres import postgres
from faults.service import Server, Service, service, wait_for
from faults.workers import borne

ADDRESSES = ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5")

BY_ALL_WITHIN = 2.0
"""Seconds from publishing until every process serves the release."""

PUBLISH = """
import time
from itertools import pairwise
from content.publishing import roll_back
roll_back(number=1, note="Seen by all?", by="faults")
print(time.time())
"""


def four(figures: Figures, seconds: float) -> None:
    """four processes behind nginx: journeys change process, releases reach all, each can be replaced"""
    behind = {"HTTPS": "1", "TRUSTED_PROXIES": "127.0.0.1"}
    with postgres() as database, service(database.url) as site:
        servers = [site.serve(address=address, workers=1, **behind) for address in ADDRESSES]
        with nginx(site.folder, servers) as port:
            _one_alone(figures, port)
            with crowd("localhost", port, tls=True) as seen:
                time.sleep(seconds / 3)
                _publish(figures, site, servers)
                _replace_each(figures, servers, seconds / 3)
            borne(figures, seen, site)
            figures.hold("requests cut", len(seen.cuts), at_most=0)
            figures.hold(
                "processes that answered", len({by for by in seen.served_by if by}), at_least=len(ADDRESSES)
            )


def _one_alone(figures: Figures, port: int) -> None:
    """With nobody else there, nginx asks the next process at each request."""
    seen, going = Seen(), threading.Event()
    going.set()
    journey = Journey("localhost", port, seen, tls=True)
    for _ in range(4):
        journey.walk(going)
    by = journey.served_by
    figures.hold("requests of one person alone", len(by), at_least=60)
    figures.hold(
        "of them, answered by the process of the one before",
        sum(one == next_one for one, next_one in pairwise(by)),
        at_most=0,
    )
    figures.hold("journeys with every answer", seen.finished, at_least=4)
    figures.hold("answers lost", len(seen.faults), at_most=0)


def _publish(figures: Figures, site: Service, servers: list[Server]) -> None:
    """Publishes through content.publishing in a process of its own, and watches each server for it."""
    reached: dict[str, float] = {}

    def watch(server: Server) -> None:
        wait_for("the release", lambda: _serves(server, 2), every=0.05)
        reached[server.address] = time.time()

    watchers = [threading.Thread(target=watch, args=[server]) for server in servers]
    for watcher in watchers:
        watcher.start()
    published = float(site.manage("shell", "--verbosity=0", "--command", PUBLISH).split()[-1])
    for watcher in watchers:
        watcher.join()
    figures.hold(
        "seconds from publishing until all four serve the release",
        max(reached.values()) - published,
        at_most=BY_ALL_WITHIN,
    )


def _serves(server: Server, number: int) -> bool:
    """As the public see it: the page about the release names its number."""
    browser = Browser(server.address, server.port, Seen(), forwarded="https")
    return f"elease {number}" in browser.go("/about/")


def _replace_each(figures: Figures, servers: list[Server], seconds: float) -> None:
    """A new version rolls out: each process in turn is stopped, and another one started in its place."""
    for server in servers:
        time.sleep(seconds / len(servers))
        server.send(signal.SIGTERM)
        server.process.wait(60)
        server.start()
    figures.tell("processes stopped (SIGTERM) and started again, one after the other", len(servers))
