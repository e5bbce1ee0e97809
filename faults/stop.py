"""SIGTERM, as a restart of the machine or a new version sends it."""

import http.client
import signal
import socket
import time

from faults.figures import Figures
from faults.load import Browser, Seen, crowd
from faults.service import Server, service

GRACE = 25
"""Seconds that the web server may take to end (graceful_timeout in gunicorn.conf.py, and a little)."""
FORMS = 3
"""Forms being sent when the signal comes: fewer than a worker has threads, so that others are served."""


def drained(figures: Figures, seconds: float) -> None:
    """SIGTERM under load: what was begun is answered, and the process ends by itself"""
    rounds = max(1, int(seconds / 10))
    statuses, errors, early, took = [], 0, 0, 0.0
    for _ in range(rounds):
        with service() as site:
            server = site.serve(workers=2)
            with crowd("127.0.0.1", server.port, people=2) as seen:
                time.sleep(2)
                halves = [_half_a_post(server) for _ in range(FORMS)]
                time.sleep(0.5)
                began = time.monotonic()
                server.send(signal.SIGTERM)
                time.sleep(0.5)
                statuses += [_the_other_half(half) for half in halves]
                server.process.wait(GRACE + 5)
                took = max(took, time.monotonic() - began)
                seen.give_up = 0
                complaints = site.complaints
            errors += seen.server_errors
            early += sum(cut < began for cut in seen.cuts)
    figures.tell("times stopped", rounds)
    figures.tell("connections that ended without an answer", dict(seen.kinds))
    for words, times in complaints.most_common(5):
        figures.tell(f"  logged {times} times", words)
    figures.hold(
        "forms that were being sent when the signal came, and were answered",
        statuses.count(302),
        at_least=rounds * FORMS,
    )
    figures.hold("requests cut before the signal", early, at_most=0)
    figures.hold("answers with 5xx", errors, at_most=0)
    figures.hold("seconds until the process had ended", took, at_most=GRACE)


def _half_a_post(server: Server) -> tuple[socket.socket, bytes]:
    """A form of which a part is still to come."""
    browser = Browser(server.address, server.port, Seen())
    browser.go("/check/")
    body = f"csrfmiddlewaretoken={browser.token}&emergency=none".encode()
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    head = (
        f"POST {browser.path} HTTP/1.1\r\nHost: {server.address}:{server.port}\r\nCookie: {cookies}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection((server.address, server.port), timeout=GRACE)
    connection.sendall(head.encode() + body[:20])
    return connection, body[20:]


def _the_other_half(half: tuple[socket.socket, bytes]) -> int:
    connection, rest = half
    try:
        connection.sendall(rest)
        response = http.client.HTTPResponse(connection)
        response.begin()
    except (OSError, http.client.HTTPException):
        return 0
    return response.status
