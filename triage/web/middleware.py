"""What every request passes; settings.MIDDLEWARE says in which order."""

import logging
import random
import re
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.http.multipartparser import MultiPartParserError
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.utils.deprecation import MiddlewareMixin

from triage.engine import limits
from triage.releases import NoRelease
from triage.web import content_types
from triage.web.errors import bad_request, unavailable
from triage.web.logs import SECRET, request_id

log = logging.getLogger("triage.requests")

GetResponse = Callable[[HttpRequest], HttpResponseBase]

STAFF = "/admin/"
HEALTH = ("/livez", "/readyz")

UNIX_SOCKET = "unix"
PROXY_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID")
IP_AND_PORT = re.compile(r"([0-9.]+):\d+|\[([0-9A-Fa-f:.]+)\](?::\d+)?")
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
SLOW = 1.0
"""Seconds from which an answer is worth a line, whatever it says."""
LOGGED_PATH = 200
"""Characters of a path that are logged; nobody's real path is longer."""

# Nothing on a public page connects anywhere; connect-src lets tools that audit a page fetch /robots.txt.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PUBLIC_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
STAFF_HEADERS = PUBLIC_HEADERS | {"Content-Security-Policy": f"{POLICY}; script-src 'self'; font-src 'self'"}

LENGTH = re.compile("[0-9]{1,12}")

REFUSED = re.compile(r"q=0(\.0*)?", re.IGNORECASE)
"""Stands after a coding that a browser names to say that it does not want it. Stock reads the name alone."""


class TrustedProxies:
    """Takes the sender's address and scheme from a proxy that settings.TRUSTED_PROXIES names.

    From anybody else those headers are removed, so that nothing behind this can believe them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        try:
            self.networks = [ip_network(name) for name in settings.TRUSTED_PROXIES if name != UNIX_SOCKET]
        except ValueError as error:
            raise ImproperlyConfigured(f"TRUSTED_PROXIES: {error}.") from error

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self.trusts(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = self.sender(request)
        else:
            for name in PROXY_HEADERS:
                request.META.pop(name, None)
        return self.get_response(request)

    def trusts(self, address: str) -> bool:
        if not address:
            return UNIX_SOCKET in settings.TRUSTED_PROXIES
        try:
            known = ip_address(address)  # a socket for both kinds tells IPv4 as ::ffff:127.0.0.1
            known = getattr(known, "ipv4_mapped", None) or known
            return any(known in network for network in self.networks)
        except ValueError:
            return False

    def sender(self, request: HttpRequest) -> str:
        """The last address on the way that is no proxy of ours: what stands before it, anybody can write."""
        way = map(without_port, request.META.get("HTTP_X_FORWARDED_FOR", "").split(","))
        strangers = [address for address in way if address and not self.trusts(address)]
        known = strangers and is_address(strangers[-1])
        return strangers[-1] if known else request.META.get("REMOTE_ADDR", "")


def without_port(address: str) -> str:
    """Some proxies write the port behind an address: 198.51.100.7:50312, [2001:db8::7]:50312."""
    found = IP_AND_PORT.fullmatch(address.strip())
    return found[1] or found[2] if found else address.strip()


def is_address(text: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(text))
    return False


class RequestLog:
    """Names each request, and writes a line for it: method, path, status and time. Never a query.

    A public page that went as it should leaves its line out unless LOG_LEVEL is debug: nobody needs a
    trail of well visits, and to write it took a tenth of the request (docs/capacity.md).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        name = given if REQUEST_ID.fullmatch(given) else f"{random.getrandbits(64):016x}"
        token, began = request_id.set(name), time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = name
            self.write(request, response.status_code, time.perf_counter() - began)
        finally:
            request_id.reset(token)
        return response

    def write(self, request: HttpRequest, status: int, seconds: float) -> None:
        well = status < HTTPStatus.BAD_REQUEST and seconds < SLOW and not request.path_info.startswith(STAFF)
        level = logging.DEBUG if well else logging.INFO
        if log.isEnabledFor(level):
            path = SECRET.sub("", request.path_info)[:LOGGED_PATH]
            facts = {"method": request.method, "path": path, "status": status}
            log.log(level, "answered", extra=facts | {"ms": round(seconds * 1000, 1)})


class Headers(MiddlewareMixin):
    """What a browser may do with an answer. Public pages have no script at all."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        headers = STAFF_HEADERS if request.path_info.startswith(STAFF) else PUBLIC_HEADERS
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


class Bodies(MiddlewareMixin):
    """Refuses what is too large, of another kind than a form, or not in UTF-8, before anything reads it.

    Django reads the body with whatever charset the sender names, before it looks for the CSRF token:
    `punycode` takes time with the square of the length, `zlib` is an error. So this stands in front.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        status = self.refusal(request)
        return None if status is None else bad_request(request, status=status)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.META.get("CONTENT_LENGTH"):
            response._resource_closers.append(lambda: drain(request))  # type: ignore[attr-defined]
        return response

    def refusal(self, request: HttpRequest) -> HTTPStatus | None:
        """Why not, as a status."""
        kind, length = request.META.get("CONTENT_TYPE", ""), request.META.get("CONTENT_LENGTH", "") or "0"
        is_upload = request.path_info == content_types.IMPORT and content_types.UPLOAD.fullmatch(kind)
        if not content_types.ANY.fullmatch(kind):
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        if "HTTP_TRANSFER_ENCODING" in request.META or not LENGTH.fullmatch(length):
            return HTTPStatus.BAD_REQUEST
        if length != "0" and not (is_upload or content_types.FORM.fullmatch(kind)):
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        is_staff = request.path_info.startswith(STAFF)
        largest = limits.IMPORT_FORM if is_upload else limits.STAFF_FORM if is_staff else limits.PUBLIC_FORM
        if int(length) > largest:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return HTTPStatus.BAD_REQUEST if is_upload and is_broken(request) else None


def is_broken(request: HttpRequest) -> bool:
    """Whether an upload cannot be read: cut, of too many parts, or with a codec of its own (RFC 8187)."""
    try:
        return request.POST is None
    except (MultiPartParserError, SuspiciousOperation, LookupError):
        return True


def drain(request: HttpRequest) -> None:
    """After the answer, read what nobody has read: a connection closed before that loses the answer, too."""
    with suppress(OSError):
        for _ in range(0, limits.IMPORT_FORM, limits.PUBLIC_FORM):
            if not request.read(limits.PUBLIC_FORM):
                return


class PublicCompression(GZipMiddleware):
    """Staff pages repeat what was searched for, so their size could tell a secret: they go as they are."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        codings = request.META.get("HTTP_ACCEPT_ENCODING", "").split(",")
        wanted = (coding for coding in codings if not REFUSED.fullmatch(coding.partition(";")[2].strip()))
        request.META["HTTP_ACCEPT_ENCODING"] = ",".join(wanted)
        is_staff = request.path_info.startswith(STAFF)
        return response if is_staff else super().process_response(request, response)


class Unavailable(MiddlewareMixin):
    """While there is no release at all, says so in plain words."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return unavailable(request) if isinstance(exception, NoRelease) else None


class HostAndSlash(CommonMiddleware):
    """Refuses a host that is not ours; health checks come by the machine's address, so they pass."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path_info in HEALTH else super().process_request(request)
