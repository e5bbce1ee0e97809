"""`make bench` prints what the site costs: in the engine, and through the web server."""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from tests.faults.service import ROOT, Server, service
from tests.visitor import Answer, Visitor
from triage.engine.changes import what_would_change
from triage.engine.evaluation import evaluate
from triage.engine.file import load
from triage.engine.weigh import assess, weigh

ROUNDS, JOURNEYS, SETS = 5, 60, 100_000


def engine() -> Iterator[tuple[str, str]]:
    guide = load((ROOT / "content/first_guide.json").read_text(encoding="utf-8"))
    sets = [story.answers for story in guide.vignettes]
    seconds = cpu(lambda: [assess(guide, answers) for answers in sets], 200) / len(sets)
    yield "assess, reasons included, CPU (goal: under 100 µs)", f"{seconds * 1e6:.0f} µs"
    seconds = cpu(lambda: [what_would_change(weigh(guide, answers)) for answers in sets], 3) / len(sets)
    yield "what would change, CPU (goal: under 2 ms)", f"{seconds * 1e6:.0f} µs"
    many = random.Random(1).choices(guide.vignettes, k=SETS)
    yield f"evaluate {SETS:,} sets, CPU (goal: within 10 s)", f"{cpu(lambda: evaluate(guide, many), 1):.1f} s"


def cpu(work: Callable[[], object], times: int) -> float:
    """Seconds of CPU that one call takes."""
    work()
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


def served(server: Server) -> Iterator[tuple[str, str]]:
    """Journeys against the smallest answer that there is, in turn."""
    (worker,) = server.workers
    sent = 0

    def send(*request: Any) -> Answer:
        nonlocal sent
        sent += 1
        return server.http()(*request)

    def each(work: Callable[[Visitor], object], times: int) -> tuple[float, float]:
        """Seconds of the worker's CPU, and requests, each time."""
        before, already = used(worker), sent
        for n in range(times):
            work(Visitor(send, n))
        return (used(worker) - before) / times, (sent - already) / times

    pairs = [
        (each(Visitor.journey, JOURNEYS), each(lambda visitor: visitor.go("/livez"), 1000))
        for _ in range(ROUNDS + 1)
    ][1:]
    seconds, least = (statistics.median(one[0] for one in column) for column in zip(*pairs, strict=True))
    requests = pairs[0][0][1]
    yield "a journey: requests", f"{requests:.1f}"
    yield "a journey, CPU of the web server", f"{seconds * 1000:.1f} ms"
    yield "  a request of it", f"{seconds / requests * 1000:.2f} ms"
    yield "a request for /livez", f"{least * 1000:.2f} ms"
    yield "journeys that fill one core for a day", f"{24 * 60 * 60 / seconds:,.0f}"


def used(process: int) -> float:
    """Seconds of CPU so far."""
    facts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    with service() as site:
        for what, figure in chain(engine(), served(site.serve(workers=1))):
            print(f"{what:<62}{figure:>18}", flush=True)


if __name__ == "__main__":
    main()
