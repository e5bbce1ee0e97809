"""`make bench` prints what the site costs: in the engine, and through the web server."""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from timeit import timeit

from tests.faults.service import ROOT, Server, service
from tests.visitor import Visitor
from triage.engine.changes import what_would_change
from triage.engine.evaluation import evaluate
from triage.engine.file import load
from triage.engine.weigh import assess

ROUNDS, JOURNEYS, PINGS, SETS = 5, 60, 1000, 100_000


def engine() -> Iterator[tuple[str, str]]:
    guide = load((ROOT / "content/first_guide.json").read_text(encoding="utf-8"))
    sets = [story.answers for story in guide.vignettes]
    many = random.Random(1).choices(guide.vignettes, k=SETS)
    seconds = cpu(lambda: [assess(guide, answers) for answers in sets], 200) / len(sets)
    yield "assess, reasons included, CPU (goal: under 100 µs)", f"{seconds * 1e6:.0f} µs"
    seconds = cpu(lambda: [what_would_change(assess(guide, answers)) for answers in sets], 3) / len(sets)
    yield "what would change, CPU (goal: under 2 ms)", f"{seconds * 1e6:.0f} µs"
    yield f"evaluate {SETS:,} sets, CPU (goal: within 10 s)", f"{cpu(lambda: evaluate(guide, many), 1):.1f} s"


def cpu(work: Callable[[], object], times: int) -> float:
    """Seconds of CPU that one call takes."""
    return timeit(work, timer=time.process_time, number=times) / times


def served(server: Server) -> Iterator[tuple[str, str]]:
    """Journeys against the smallest answer that there is, in turn."""
    (worker,) = server.workers

    def each(work: Callable[[int], object], times: int) -> float:
        """Seconds of the worker's CPU."""
        before = used(worker)
        for n in range(times):
            work(n)
        return (used(worker) - before) / times

    send = server.http()
    pairs = [
        (
            each(lambda n: Visitor(send, n).journey(), JOURNEYS),
            each(lambda n: Visitor(send).go("/livez"), PINGS),
        )
        for _ in range(ROUNDS + 1)
    ][1:]
    journey, ping = (statistics.median(column) for column in zip(*pairs, strict=True))
    yield "a journey, CPU of the web server", f"{journey * 1000:.1f} ms"
    yield "a request for /livez", f"{ping * 1000:.2f} ms"
    yield "journeys that fill one core for a day", f"{24 * 60 * 60 / journey:,.0f}"


def used(process: int) -> float:
    """Seconds of CPU so far."""
    facts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    with service() as site:
        for what, figure in chain(engine(), served(site.serve(workers=1))):
            print(f"{what:<62}{figure:>18}", flush=True)
