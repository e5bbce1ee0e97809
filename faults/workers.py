"""The web server's workers die, or are replaced, under load."""

import os
import random
import signal
import time

from faults.figures import Figures
from faults.load import Seen, crowd
from faults.service import Service, service, wait_for

AFTER_A_KILL = 1.5
"""Seconds within which a connection that was cut belongs to the worker that was killed."""


def killed(figures: Figures, seconds: float) -> None:
    """a worker dies by SIGKILL every second: no answer is lost, only the killed requests are cut"""
    kills: list[float] = []
    with service() as site:
        server = site.serve(workers=2)
        with crowd("127.0.0.1", server.port) as seen:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                time.sleep(1)
                if workers := server.workers:
                    kills.append(time.monotonic())
                    os.kill(random.choice(workers), signal.SIGKILL)
            wait_for("two workers", lambda: len(server.workers) == 2)
        borne(figures, seen, site)
    strange = [cut for cut in seen.cuts if not any(0 <= cut - kill < AFTER_A_KILL for kill in kills)]
    figures.hold("workers killed", len(kills), at_least=int(seconds * 0.7))
    figures.tell("requests cut by a kill, and sent again", len(seen.cuts) - len(strange))
    figures.hold("requests cut at another time", len(strange), at_most=0)


def reloaded(figures: Figures, seconds: float) -> None:
    """the workers are replaced (SIGHUP) every five seconds: nobody notices"""
    with service() as site:
        server = site.serve(workers=2)
        reloads = 0
        with crowd("127.0.0.1", server.port) as seen:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                before = set(server.workers)
                server.send(signal.SIGHUP)
                reloads += 1
                wait_for(
                    "new workers",
                    lambda old=before: not old & set(server.workers) and len(server.workers) == 2,
                )
                time.sleep(min(5, max(0, until - time.monotonic())))
        borne(figures, seen, site)
    figures.hold("reloads", reloads, at_least=1)
    figures.hold("requests cut", len(seen.cuts), at_most=0)


def borne(figures: Figures, seen: Seen, site: Service) -> None:
    """What holds in every fault: journeys end, with every answer, and without a server error."""
    figures.tell("requests answered", sum(seen.statuses.values()))
    figures.hold("journeys that ended with every answer", seen.finished, at_least=1)
    figures.hold("answers lost, requests never answered", len(seen.faults), at_most=0)
    for fault in seen.faults[:5]:
        figures.tell("  fault", fault)
    figures.hold("answers with 5xx", seen.server_errors, at_most=0)
    figures.tell("slowest answer, seconds", f"{seen.slowest:.2f}")
    for words, times in site.complaints.most_common(5):
        figures.tell(f"  logged {times} times", words)
