"""People on their way through the questions, many at once, each with answers of their own.

A browser is played without script: cookies, forms, redirects. A request whose connection was cut is sent
again, as a person would; the answers of each journey are compared at its end with the boxes that are ticked.
"""

import html
import http.client
import random
import re
import ssl
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

LONGEST = 30
"""Seconds that one attempt at a request may take."""

ENDS = ("/results/", "/emergency/")

TAG = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


@dataclass
class Seen:
    """What a crowd met, in all."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    cuts: list[float] = field(default_factory=list)
    """When a connection ended without an answer."""
    served_by: set[str] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    """How connections ended without an answer."""
    faults: list[str] = field(default_factory=list)
    """What nobody may meet: a 5xx, an answer that was lost, a request that never was answered."""
    finished: int = 0
    """Journeys that reached their end with every answer."""
    give_up: float = 60
    """Seconds after which a request that is cut again and again counts as lost."""

    @property
    def server_errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)

    @property
    def slowest(self) -> float:
        return max(self.times, default=0)


class Browser:
    """One person's browser, at one address."""

    def __init__(
        self, address: str, port: int, seen: Seen, *, tls: bool = False, forwarded: str = ""
    ) -> None:
        self.address, self.port, self.seen, self.tls = address, port, seen, tls
        self.headers = {"Connection": "close"} | ({"X-Forwarded-Proto": forwarded} if forwarded else {})
        self.cookies: dict[str, str] = {}
        self.path, self.page, self.status = "/", "", 0
        self.served_by: list[str] = []

    def go(self, path: str, data: list[tuple[str, str]] | None = None) -> str:
        """The page at the end of the redirects."""
        for _ in range(10):
            answer = self._persist(path, data)
            if answer is None:
                return ""
            self.status, location, self.page = answer
            self.path = path.partition("?")[0]
            if not location:
                return self.page
            path, data = urllib.parse.urljoin(path, location), None
        self.seen.faults.append(f"redirects without an end at {path}")
        return ""

    def _persist(self, path: str, data: list[tuple[str, str]] | None) -> tuple[int, str, str] | None:
        first = time.monotonic()
        while time.monotonic() < first + self.seen.give_up:
            began = time.monotonic()
            try:
                answer = self._send(path, data)
            except (OSError, http.client.HTTPException) as error:
                self.seen.cuts.append(time.monotonic())
                self.seen.kinds[f"{type(error).__name__} {path.partition('?')[0]}"] += 1
                time.sleep(0.1)
                continue
            self.seen.times.append(time.monotonic() - began)
            self.seen.statuses[answer[0]] += 1
            return answer
        self.seen.faults.append(f"{path} was never answered")
        return None

    def _send(self, path: str, data: list[tuple[str, str]] | None) -> tuple[int, str, str]:
        connection = self._connection()
        headers = dict(self.headers)
        if self.tls:
            headers["Origin"] = f"https://{self.address}:{self.port}"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if data is not None:
            body = urllib.parse.urlencode(data)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request("GET" if body is None else "POST", path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        self.served_by.append(response.headers.get("X-Served-By", ""))
        self.seen.served_by.add(self.served_by[-1].rpartition(" ")[2])  # after those that nginx asked in vain
        return response.status, response.headers.get("Location", ""), text

    def _connection(self) -> http.client.HTTPConnection:
        if not self.tls:
            return http.client.HTTPConnection(self.address, self.port, timeout=LONGEST)
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # made a moment ago, on loopback
        return http.client.HTTPSConnection(self.address, self.port, timeout=LONGEST, context=trusting)

    @property
    def boxes(self) -> list[dict[str, str]]:
        return [
            {name: html.unescape(value or "") for name, value in ATTRIBUTE.findall(tag[6:])}
            for tag in TAG.findall(self.page)
        ]

    @property
    def token(self) -> str:
        return next((box["value"] for box in self.boxes if box.get("name") == "csrfmiddlewaretoken"), "")

    @property
    def ticked(self) -> set[tuple[str, str]]:
        return {(box["name"], box["value"]) for box in self.boxes if "checked" in box}


class Journey(Browser):
    """From the first question to the results, with answers made up on the way."""

    def walk(self, going: threading.Event, half_way: Callable[[], object] = lambda: None) -> None:
        """Calls `half_way` when three pages have been answered."""
        self.cookies.clear()
        given: dict[str, set[tuple[str, str]]] = {}
        self.go("/check/")
        for _ in range(40):
            if not self.path.startswith("/check/") or not going.is_set():
                break
            here, answers = self.path, self._answers()
            if here in given:
                self.seen.faults.append(f"an answer was lost: {here} was asked twice")
                return
            given[here] = set(answers)
            if len(given) == 3:
                half_way()
            step = ("check_wizard-current_step", here.strip("/").rpartition("/")[2])
            self.go(here, [("csrfmiddlewaretoken", self.token), step, *answers])
        if self.path in ENDS and self.status == 200:
            self._compare(given)

    def _answers(self) -> list[tuple[str, str]]:
        values: dict[str, list[str]] = {}
        for box in self.boxes:
            if box.get("type") in ("radio", "checkbox"):
                values.setdefault(box["name"], []).append(box["value"])
        return [(name, self._choice(name, options)) for name, options in values.items()]

    def _choice(self, name: str, options: list[str]) -> str:
        if name == "emergency" and "none" in options:
            return "none"
        return random.choice(options)

    def _compare(self, given: dict[str, set[tuple[str, str]]]) -> None:
        """Every page still has the boxes ticked that this person ticked."""
        for path, answers in given.items():
            self.go(path)
            if self.path != path or self.ticked != answers:
                self.seen.faults.append(
                    f"answers on {path} became {sorted(self.ticked)}; given {sorted(answers)}"
                )
                return
        self.seen.finished += 1


class Staff(Browser):
    """A colleague who has the admin open, and looks at the same list again and again."""

    def log_in(self, name: str, password: str) -> None:
        self.go("/admin/login/")
        sent = {"csrfmiddlewaretoken": self.token, "username": name, "password": password, "next": "/admin/"}
        self.go("/admin/login/", list(sent.items()))
        if self.status != 200 or "/admin/logout/" not in self.page:
            raise RuntimeError(f"Staff could not log in: {self.status} at {self.path}")

    def look(self) -> tuple[int, bool]:
        """The status, and whether the page says in words what is wrong."""
        self.go("/admin/content/cause/")
        return self.status, "The database does not answer" in self.page


@contextmanager
def crowd(address: str, port: int, *, people: int = 4, tls: bool = False) -> Iterator[Seen]:
    """People who walk, one journey after the other, until the block ends."""
    seen, going, stop = Seen(), threading.Event(), threading.Event()
    going.set()

    def live() -> None:
        while not stop.is_set():
            Journey(address, port, seen, tls=tls).walk(going)

    threads = [threading.Thread(target=live, daemon=True) for _ in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join(seen.give_up + LONGEST)
        going.clear()
