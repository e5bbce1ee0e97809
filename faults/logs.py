"""Nowhere to write log lines to."""

import time

from faults.figures import Figures
from faults.load import crowd
from faults.service import service
from faults.workers import borne


def full(figures: Figures, seconds: float) -> None:
    """the disk for logs is full (/dev/full as stderr): the service goes on"""
    with service() as site:
        server = site.serve(workers=2, log="/dev/full", LOG_LEVEL="debug")  # a line for each request
        with crowd(server.address, server.port) as seen:
            time.sleep(seconds)
        borne(figures, seen, site)
        figures.hold("workers that still run", len(server.workers), at_least=2)
        figures.hold("the server ended", server.process.poll() is not None, at_most=0)
