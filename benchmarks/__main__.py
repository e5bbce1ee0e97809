"""Measures and prints the table."""

import dataclasses
import os
import random
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.site import Caller, Visitor, guide, memory
from triage.engine.changes import what_would_change
from triage.engine.evaluation import evaluate
from triage.engine.file import dump
from triage.engine.guide import Guide
from triage.engine.weigh import assess, weigh
from triage.models import Release, digest
from triage.releases import releases as held

ROUNDS = 5
JOURNEYS = 10_000
SETS = 100_000
TIMES = 10
RELEASES = 1_000
SERVED = 300


def main() -> None:
    for measure in (wizard, engine, growth, releases, visitors, served):
        for what, figure in measure():
            print(f"{what:<62}{figure:>18}", flush=True)


def wizard() -> Iterator[tuple[str, str]]:
    """The wizard against an empty page, in turn."""
    ours, empty = [], []
    for seed in range(ROUNDS + 1):
        ours.append(cpu_per_request(seed))
        visitor = Visitor(seed)
        for _ in range(500):
            visitor.ask("GET", "/empty/")
        empty.append(visitor.served / 500)
    yield "an empty page, CPU", micro(statistics.median(empty[1:]))
    yield "a request of the wizard, CPU (results included)", micro(statistics.median(ours[1:]))
    ratios = [mine / base for mine, base in zip(ours[1:], empty[1:], strict=True)]
    yield "  times the empty page", f"{statistics.median(ratios):.2f}"


def cpu_per_request(seed: int, journeys: int = 60) -> float:
    visitors = [Visitor(seed * 1000 + n) for n in range(journeys)]
    requests = sum(visitor.journey() for visitor in visitors)
    return sum(visitor.served for visitor in visitors) / requests


def engine() -> Iterator[tuple[str, str]]:
    known = guide()
    sets = list(answer_sets(known))
    yield (
        "assess, reasons included, CPU (goal: under 100 µs)",
        micro(cpu(lambda: [assess(known, answers) for answers in sets], 200) / len(sets)),
    )
    yield (
        "what would change, CPU (goal: under 2 ms)",
        micro(cpu(lambda: [what_would_change(weigh(known, answers)) for answers in sets], 3) / len(sets)),
    )
    many = [random.Random(n).choice(known.vignettes) for n in range(SETS)]
    seconds = cpu(lambda: evaluate(known, many), 1)
    yield f"evaluate {SETS:,} sets, CPU (goal: within 10 s)", f"{seconds:.1f} s"


def answer_sets(known: Guide) -> Iterator[Any]:
    return (vignette.answers for vignette in known.vignettes)


def growth() -> Iterator[tuple[str, str]]:
    """A guide with ten times the questions on each page, and ten times the causes."""
    small = guide()
    large = enlarged(small)
    costs = {}
    for known in (small, large):
        publish(known)
        costs[known is large] = page_cost()
    times = f"{costs[True] / costs[False]:.1f} times"
    yield f"a page of {TIMES} times the questions and causes (goal: at most {TIMES})", times
    publish(small)


def page_cost() -> float:
    """CPU of asking for the first page, and of answering it."""
    visitor = Visitor(1)
    _, html = visitor.ask("GET", "/check/safety/")
    body = visitor.answers("/check/safety/", html)
    visitor.served = 0.0
    for _ in range(100):
        visitor.ask("GET", "/check/safety/")
        visitor.ask("POST", "/check/safety/", body)
    return visitor.served


def enlarged(small: Guide) -> Guide:
    def copies(things: Any, change: Callable[[Any, int], Any]) -> tuple[Any, ...]:
        return tuple(change(thing, n) if n else thing for n in range(TIMES) for thing in things)

    pages = tuple(
        dataclasses.replace(
            page,
            questions=copies(
                page.questions,
                lambda question, n: dataclasses.replace(question, slug=f"{question.slug}_{n}"),
            ),
        )
        for page in small.pages
    )
    causes = copies(small.causes, lambda cause, n: dataclasses.replace(cause, slug=f"{cause.slug}_{n}"))
    return dataclasses.replace(small, pages=pages, causes=causes, vignettes=())


def publish(new: Guide) -> None:
    a_release(Release.objects.count() + 1, dump(new)).save()
    held.forget()


def a_release(number: int, text: str) -> Release:
    return Release(
        number=number,
        guide=text,
        digest=digest(text),
        published_at=timezone.now(),
        published_by="benchmarks",
        note="For a measurement.",
        figures="{}",
    )


def releases() -> Iterator[tuple[str, str]]:
    before = cpu_per_request(1)
    text, first = dump(guide()), Release.objects.count() + 1
    Release.objects.bulk_create(a_release(first + n, text) for n in range(RELEASES))
    connection.close()
    held.forget()
    yield f"a request with {RELEASES:,} releases in the table", f"{cpu_per_request(1) / before:.2f} times"


def visitors() -> Iterator[tuple[str, str]]:
    for n in range(500):
        Visitor(n).journey()
    before, requests, served = memory(), 0, 0.0
    for n in range(JOURNEYS):
        visitor = Visitor(n)
        requests += visitor.journey()
        served += visitor.served
    after = memory()
    yield "a journey: requests", f"{requests / JOURNEYS:.1f}"
    yield "a journey: CPU", f"{served / JOURNEYS * 1000:.1f} ms"
    if before:
        yield "memory of this process", f"{after / 2**20:.0f} MiB"
        yield f"  after {JOURNEYS:,} more journeys (goal: within 2 %)", f"{(after / before - 1) * 100:+.1f} %"


def served() -> Iterator[tuple[str, str]]:
    """Through the web server, whose start is taken off."""
    rest, all_ = (served_cpu(journeys) for journeys in (1, SERVED + 1))
    each = (all_ - rest) / SERVED
    yield "a journey through gunicorn: CPU", f"{each * 1000:.1f} ms"
    yield "  journeys that fill one core for a day", f"{24 * 60 * 60 / each:,.0f}"


def served_cpu(journeys: int) -> float:
    """Seconds of CPU that one worker takes for them, its start and its end included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with socket.create_server(("localhost", 0)) as door:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", f"--bind=fd://{door.fileno()}"],
            env=os.environ | {"ALLOWED_HOSTS": "localhost"},
            pass_fds=[door.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for n in range(journeys):
            Caller(n, door.getsockname()[1]).journey()
        server.terminate()
        server.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cpu(work: Callable[[], object], times: int) -> float:
    """Seconds of CPU that one call takes."""
    work()
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


def micro(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs"


if __name__ == "__main__":
    main()
