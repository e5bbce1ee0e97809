"""`make bench` prints what the site costs. It is called in this very process, as a server would call it."""

import dataclasses
import io
import logging
import os
import random
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FOLDER = tempfile.TemporaryDirectory(prefix="steady-bench-")
os.environ |= {
    "DATABASE_URL": f"sqlite:///{FOLDER.name}/db.sqlite3",
    "DJANGO_SETTINGS_MODULE": "triage.settings",
}
os.environ.pop("HTTPS", None)

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

django.setup()

from tests.visitor import Answer, Visitor, answer, over_http  # noqa: E402
from triage import urls  # noqa: E402
from triage.engine.changes import what_would_change  # noqa: E402
from triage.engine.evaluation import evaluate  # noqa: E402
from triage.engine.file import dump  # noqa: E402
from triage.engine.guide import Guide  # noqa: E402
from triage.engine.weigh import assess, weigh  # noqa: E402
from triage.models import Release, digest  # noqa: E402
from triage.releases import releases as held  # noqa: E402

ROUNDS, JOURNEYS, SETS, TIMES, RELEASES, SERVED = 5, 10_000, 100_000, 10, 1_000, 300


def empty(request: HttpRequest) -> HttpResponse:
    """What a request costs before anything of ours happens."""
    return HttpResponse("<!doctype html><title>Empty</title>" + " " * 4000)


class Addresses:
    """The project's, and an empty page to measure against."""

    urlpatterns = [*urls.urlpatterns, path("empty/", empty)]
    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500


class Site:
    """The application, and the seconds of CPU that it took."""

    def __init__(self) -> None:
        self.application, self.served, self.requests = get_wsgi_application(), 0.0, 0

    def __call__(self, method: str, address: str, headers: dict[str, str], body: bytes) -> Answer:
        where, _, query = address.partition("?")
        environ = {
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
            **{"REQUEST_METHOD": method, "PATH_INFO": where, "QUERY_STRING": query},
            **{"SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1"},
            **{"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", "wsgi.url_scheme": "http"},
            **{"CONTENT_TYPE": headers["Content-Type"], "CONTENT_LENGTH": str(len(body))},
            **{"wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr},
        }
        said: list[Any] = []
        began = time.process_time()
        response = self.application(environ, lambda *start: said.extend(start))
        content = b"".join(response)
        response.close()
        self.served += time.process_time() - began
        self.requests += 1
        if said[0] >= "400":
            raise RuntimeError(f"{method} {address}: {said[0]}")
        return answer(int(said[0][:3]), said[1], content)


def wizard(site: Site) -> Iterator[tuple[str, str]]:
    """A request of the wizard against an empty page, in turn."""
    ours, nothing = [], []
    for seed in range(ROUNDS + 1):
        ours.append(cpu_per_request(site, seed))
        nothing.append(_cost(site, lambda seed=seed: [Visitor(site, seed).go("/empty/") for _ in range(500)]))
    yield "an empty page, CPU", micro(statistics.median(nothing[1:]))
    yield "a request of the wizard, CPU (results included)", micro(statistics.median(ours[1:]))
    ratios = [mine / base for mine, base in zip(ours[1:], nothing[1:], strict=True)]
    yield "  times the empty page", f"{statistics.median(ratios):.2f}"


def cpu_per_request(site: Site, seed: int, journeys: int = 60) -> float:
    return _cost(site, lambda: [Visitor(site, seed * 1000 + n).journey() for n in range(journeys)])


def _cost(site: Site, work: Callable[[], object]) -> float:
    """Seconds of CPU a request, the visitor's own work left out."""
    site.served, site.requests = 0.0, 0
    work()
    return site.served / site.requests


def engine(site: Site) -> Iterator[tuple[str, str]]:
    known = held.newest().guide
    sets = [vignette.answers for vignette in known.vignettes]
    seconds = cpu(lambda: [assess(known, answers) for answers in sets], 200) / len(sets)
    yield "assess, reasons included, CPU (goal: under 100 µs)", micro(seconds)
    seconds = cpu(lambda: [what_would_change(weigh(known, answers)) for answers in sets], 3) / len(sets)
    yield "what would change, CPU (goal: under 2 ms)", micro(seconds)
    many = [random.Random(n).choice(known.vignettes) for n in range(SETS)]
    yield f"evaluate {SETS:,} sets, CPU (goal: within 10 s)", f"{cpu(lambda: evaluate(known, many), 1):.1f} s"


def growth(site: Site) -> Iterator[tuple[str, str]]:
    """A guide with ten times the questions on each page, and ten times the causes."""
    small = held.newest().guide
    costs = []
    for known in (small, enlarged(small)):
        publish(known)
        costs.append(page_cost(site))
    times = f"{costs[1] / costs[0]:.1f} times"
    yield f"a page of {TIMES} times the questions and causes (goal: at most {TIMES})", times
    publish(small)


def page_cost(site: Site) -> float:
    """Of asking for the first page, and of answering it."""
    visitor = Visitor(site)
    visitor.go("/check/safety/")
    fields = {"check_wizard-current_step": ["safety"], **visitor.chosen()}
    fields["csrfmiddlewaretoken"] = [visitor.token()]
    ask = (("GET", None), ("POST", fields))
    return _cost(
        site, lambda: [visitor.ask(way, "/check/safety/", sent) for _ in range(100) for way, sent in ask]
    )


def enlarged(small: Guide) -> Guide:
    def copies(things: Any) -> tuple[Any, ...]:
        return tuple(
            dataclasses.replace(thing, slug=f"{thing.slug}_{n}") if n else thing
            for n in range(TIMES)
            for thing in things
        )

    pages = tuple(dataclasses.replace(page, questions=copies(page.questions)) for page in small.pages)
    return dataclasses.replace(small, pages=pages, causes=copies(small.causes), vignettes=())


def publish(new: Guide) -> None:
    a_release(Release.objects.count() + 1, dump(new)).save()
    held.forget()


def a_release(number: int, text: str) -> Release:
    about = {"published_at": timezone.now(), "published_by": "benchmarks", "note": "For a measurement."}
    return Release(number=number, guide=text, digest=digest(text), figures="{}", **about)


def releases(site: Site) -> Iterator[tuple[str, str]]:
    before = cpu_per_request(site, 1)
    text, first = dump(held.newest().guide), Release.objects.count() + 1
    Release.objects.bulk_create(a_release(first + n, text) for n in range(RELEASES))
    held.forget()
    times = cpu_per_request(site, 1) / before
    yield f"a request with {RELEASES:,} releases in the table", f"{times:.2f} times"


def visitors(site: Site) -> Iterator[tuple[str, str]]:
    cpu_per_request(site, 0, 500)
    before = memory()
    each = cpu_per_request(site, 1, JOURNEYS)
    requests = site.requests / JOURNEYS
    yield "a journey: requests", f"{requests:.1f}"
    yield "a journey: CPU", f"{each * requests * 1000:.1f} ms"
    if before:
        more = f"{(memory() / before - 1) * 100:+.1f} %"
        yield f"memory of this process after {JOURNEYS:,} more (goal: within 2 %)", more


def served(site: Site) -> Iterator[tuple[str, str]]:
    """Through the web server, whose start is taken off."""
    rest, all_ = (served_cpu(journeys) for journeys in (1, SERVED + 1))
    each = (all_ - rest) / SERVED
    yield "a journey through gunicorn: CPU", f"{each * 1000:.1f} ms"
    yield "  journeys that fill one core for a day", f"{24 * 60 * 60 / each:,.0f}"


def served_cpu(journeys: int) -> float:
    """Seconds of CPU that one worker takes for them, its start and its end included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with socket.create_server(("localhost", 0)) as door:
        port = door.getsockname()[1]
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", f"--bind=fd://{door.fileno()}"],
            env=os.environ | {"ALLOWED_HOSTS": "localhost"},
            pass_fds=[door.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for n in range(journeys):
            Visitor(over_http("localhost", port), n).journey()
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


def memory() -> int:
    """Bytes that this process holds; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0


def main() -> None:
    settings.ALLOWED_HOSTS, settings.ROOT_URLCONF = ["localhost"], Addresses
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    call_command("first_release", verbosity=0)
    site = Site()
    for measure in (wizard, engine, growth, releases, visitors, served):
        for what, figure in measure(site):
            print(f"{what:<62}{figure:>18}", flush=True)


if __name__ == "__main__":
    main()
