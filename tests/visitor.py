"""A browser without script, over whatever carries a request: a socket, or the application itself."""

import gzip
import html
import http.client
import random
import re
import ssl
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import urlencode, urljoin

FIELDSET = re.compile(r'<fieldset id="\w+".*?</fieldset>', re.DOTALL)
BOX = re.compile(r'<input type="(radio|checkbox)" id="[^"]*" name="(\w+)" value="(\w+)"( checked)?')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
OR = 'class="or"'
"""What stands after it cannot be ticked beside another box."""

Fields = dict[str, list[str]]


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    text: str

    @property
    def location(self) -> str:
        return next((value for name, value in self.headers if name == "Location"), "")


Send = Callable[[str, str, dict[str, str], bytes], Answer]
"""Method, address, headers and body in, the answer out."""


def over_http(address: str, port: int, timeout: float = 30, context: ssl.SSLContext | None = None) -> Send:
    """With a context over TLS, as a browser: it says where a form comes from."""

    def send(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if context:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                address, port, timeout=timeout, context=context
            )
            headers = headers | {"Origin": f"https://{address}:{port}"}
        else:
            connection = http.client.HTTPConnection(address, port, timeout=timeout)
        try:
            connection.request(method, path, body or None, headers | {"Connection": "close"})
            response = connection.getresponse()
            return answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    return send


def answer(status: int, headers: list[tuple[str, str]], content: bytes) -> Answer:
    packed = ("Content-Encoding", "gzip") in headers
    return Answer(status, headers, (gzip.decompress(content) if packed else content).decode())


class Visitor:
    """One person's browser: keeps cookies, ticks boxes as dice fall, and knows what it ticked."""

    def __init__(self, send: Send, seed: int = 0) -> None:
        self.send, self.dice = send, random.Random(seed)
        self.cookies: dict[str, str] = {}
        self.given: dict[str, Fields] = {}
        self.path, self.page = "/", Answer(0, [], "")

    def ask(self, method: str, path: str, fields: Fields | None = None) -> Answer:
        headers = {"Accept-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        found = self.send(method, path, headers, urlencode(fields or {}, doseq=True).encode())
        for name, value in found.headers:
            if name == "Set-Cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return found

    def go(self, path: str, fields: Fields | None = None) -> Answer:
        """The page at the end of the redirects."""
        for _ in range(10):
            self.page = self.ask("GET" if fields is None else "POST", path, fields)
            self.path = path.partition("?")[0]
            if not self.page.location:
                return self.page
            path, fields = urljoin(path, self.page.location), None
        raise AssertionError(f"redirects without an end at {path}")

    def token(self) -> str:
        found = TOKEN.search(self.page.text)
        return html.unescape(found[1]) if found else ""

    def submit(self, fields: Fields) -> Answer:
        """Send the form of the page that is shown."""
        step = self.path.strip("/").rpartition("/")[2]
        hidden = {"csrfmiddlewaretoken": [self.token()], "check_wizard-current_step": [step]}
        return self.go(self.path, hidden | fields)

    def journey(self, half_way: Callable[[], object] = lambda: None) -> str:
        """From the first question to where they end; the address of that. Ticks several boxes."""
        self.cookies.clear()
        self.given.clear()
        self.go("/check/")
        for n in range(40):
            if not self.path.startswith("/check/") or self.page.status != 200:
                break
            if self.path in self.given:
                raise AssertionError(f"{self.path} was asked twice: an answer was lost")
            self.given[self.path] = self.chosen()
            if n == 3:
                half_way()
            self.submit(self.given[self.path])
        return self.path

    def chosen(self) -> Fields:
        chosen: Fields = {}
        for fieldset in FIELDSET.findall(self.page.text):
            beside, _, apart = (BOX.findall(part) for part in fieldset.partition(OR))
            kind, question = (beside or apart)[0][:2]
            slugs = [box[2] for box in beside]
            if question == "emergency":
                chosen[question] = ["none"]
            elif kind == "radio":
                chosen[question] = [self.dice.choice(slugs + [box[2] for box in apart])]
            else:
                chosen[question] = self.dice.sample(slugs, self.dice.randint(1, min(3, len(slugs))))
        return chosen

    def lost(self) -> list[str]:
        """The pages that no longer have the boxes ticked that this person ticked."""
        found = []
        for path, given in self.given.items():
            boxes = BOX.findall(self.go(path).text)
            ticked = {(question, slug) for _, question, slug, checked in boxes if checked}
            if self.path != path or ticked != {(q, slug) for q, slugs in given.items() for slug in slugs}:
                found.append(f"{path}: ticked {sorted(ticked)}, given {given}")
        return found
