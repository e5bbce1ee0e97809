"""The site in this very process, over a database of its own, called as a server would call it."""

import gzip
import http.client
import io
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

FOLDER = tempfile.TemporaryDirectory(prefix="steady-bench-")
os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER.name}/db.sqlite3"
os.environ["DJANGO_SETTINGS_MODULE"] = "triage.settings"
os.environ.pop("HTTPS", None)

import logging  # noqa: E402

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

django.setup()
settings.ALLOWED_HOSTS = ["localhost"]
settings.ROOT_URLCONF = "benchmarks.urls"
logging.disable(logging.CRITICAL)
call_command("migrate", verbosity=0)
call_command("first_release", verbosity=0)

from django.core.wsgi import get_wsgi_application  # noqa: E402

from triage.engine.guide import Guide  # noqa: E402
from triage.releases import releases  # noqa: E402

application = get_wsgi_application()
BOX = re.compile(r'<input type="(\w+)" id="[^"]*" name="(\w+)" value="(\w+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """A browser without script: keeps cookies, answers what is asked."""

    def __init__(self, seed: int) -> None:
        self.cookies: dict[str, str] = {}
        self.dice = random.Random(seed)
        self.served = 0.0
        """Seconds of CPU that answering took, the visitor's own work left out."""

    def ask(self, method: str, address: str, body: bytes = b"") -> tuple[dict[str, str], str]:
        """Headers and text of the answer. Compressed as for a browser, as that is part of the cost."""
        status: list[str] = []
        headers: list[tuple[str, str]] = []

        def start(line: str, given: list[tuple[str, str]], _: Any = None) -> None:
            status.append(line)
            headers.extend(given)

        environ = self.environ(method, address, body)
        began = time.process_time()
        answer = application(environ, start)
        content = b"".join(answer)
        answer.close()
        self.served += time.process_time() - began
        if status[0] >= "400":
            raise RuntimeError(f"{method} {address}: {status[0]}")
        self.keep(headers)
        return dict(headers), _text(dict(headers), content)

    def keep(self, headers: list[tuple[str, str]]) -> None:
        for name, value in headers:
            if name == "Set-Cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}

    def environ(self, method: str, address: str, body: bytes) -> dict[str, Any]:
        where, _, query = address.partition("?")
        return {
            "REQUEST_METHOD": method,
            "PATH_INFO": where,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_ACCEPT_ENCODING": "gzip, br",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
        }

    def journey(self) -> int:
        """From the start to the results or an emergency, as dice fall; the number of requests."""
        address, requests = "/check/", 0
        while True:
            headers, html = self.ask("GET", address)
            requests += 1
            if "Location" in headers:
                address = headers["Location"]
            elif not address.startswith("/check/"):
                return requests
            else:
                headers, _ = self.ask("POST", address, self.answers(address, html))
                requests += 1
                address = headers["Location"]

    def answers(self, address: str, html: str) -> bytes:
        """One box for each question; nobody here is an emergency at the first page."""
        boxes: dict[str, list[str]] = {}
        for _, question, option in BOX.findall(html):
            boxes.setdefault(question, []).append(option)
        chosen = {
            question: "none" if question == "emergency" else self.dice.choice(options)
            for question, options in boxes.items()
        }
        token = TOKEN.search(html)
        return urlencode(
            chosen
            | {
                "csrfmiddlewaretoken": token[1] if token else "",
                "check_wizard-current_step": address.strip("/").rpartition("/")[2],
            }
        ).encode()


class Caller(Visitor):
    """The same over HTTP, to a web server at this port."""

    def __init__(self, seed: int, port: int) -> None:
        super().__init__(seed)
        self.line = http.client.HTTPConnection("localhost", port)

    def ask(self, method: str, address: str, body: bytes = b"") -> tuple[dict[str, str], str]:
        environ = self.environ(method, address, body)
        sent = {"Accept-Encoding": environ["HTTP_ACCEPT_ENCODING"], "Cookie": environ["HTTP_COOKIE"]}
        self.line.request(method, address, body, sent | {"Content-Type": environ["CONTENT_TYPE"]})
        with self.line.getresponse() as answer:
            if answer.status >= HTTPStatus.BAD_REQUEST:
                raise RuntimeError(f"{method} {address}: {answer.status}")
            self.keep(answer.getheaders())
            return dict(answer.getheaders()), _text(dict(answer.getheaders()), answer.read())


def _text(headers: Mapping[str, str], content: bytes) -> str:
    if headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    return content.decode()


def empty(request: HttpRequest) -> HttpResponse:
    """An empty page of the same project: what a request costs before anything of ours happens."""
    return HttpResponse("<!doctype html><title>Empty</title>" + " " * 4000)


empty_page = path("empty/", empty)


def guide() -> Guide:
    return releases.newest().guide


def memory() -> int:
    """Bytes that this process holds; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0
