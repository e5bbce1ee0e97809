"""Each header of each kind of page, as a whole: one more, one less or one different is a failure."""

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from tests.walk import CALM, walk

pytestmark = pytest.mark.usefixtures("release")

OF_THE_MOMENT = {"Content-Length", "ETag", "Expires", "Last-Modified", "Location", "X-Request-ID"}
"""What differs from answer to answer."""

EVERYWHERE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NO_SCRIPT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
OWN_SCRIPT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; script-src 'self'; font-src 'self'"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}
UNCACHED = {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}

PUBLIC = EVERYWHERE | {"Content-Security-Policy": NO_SCRIPT}
SAME_FOR_ALL = PUBLIC | HTML | {"Vary": "Accept-Encoding"}
PRIVATE = PUBLIC | HTML | {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
WITH_FORM = PRIVATE | {"Vary": "Cookie, Accept-Encoding"}
"""Without a new CSRF cookie; no cache keeps these pages, so it need not be told of the cookie."""
MESSAGE = PRIVATE | {"Vary": "Accept-Encoding"}
STAFF = EVERYWHERE | HTML | UNCACHED | {"Content-Security-Policy": OWN_SCRIPT, "Vary": "Cookie"}


def pinned(response):
    return {name: value for name, value in response.headers.items() if name not in OF_THE_MOMENT}


@pytest.mark.parametrize("path", ["/", "/article/", "/about/", "/privacy/", "/accessibility/"])
def test_a_page_that_is_the_same_for_everybody(client, path):
    assert pinned(client.get(path)) == SAME_FOR_ALL


@pytest.mark.parametrize("path", ["/check/safety/", "/check/safety/?notice=first"])
def test_a_page_of_questions(client, path):
    assert pinned(client.get(path)) == WITH_FORM


def test_a_page_of_questions_with_an_error(client):
    assert pinned(client.post("/check/safety/", {}, follow=True)) == WITH_FORM


@pytest.mark.parametrize("path", ["/check/", "/results/", "/emergency/", "/check/impact/"])
def test_a_redirect_on_the_way(client, path):
    assert pinned(client.get(path)) == PRIVATE


def test_the_redirect_after_an_answer(client):
    response = client.post("/check/safety/", {"emergency": "none"})
    assert (response.status_code, pinned(response)) == (302, PRIVATE)


def test_the_results(client):
    assert pinned(walk(client)) == WITH_FORM


def test_the_emergency_page(client):
    assert pinned(walk(client, CALM | {"emergency": ["collapse"]})) == WITH_FORM


def test_the_answers_are_cleared(client):
    assert pinned(client.post("/clear/")) == PRIVATE | {"Clear-Site-Data": '"cache"'}
    assert pinned(client.get("/clear/")) == MESSAGE


@pytest.mark.parametrize(("path", "host", "status"), [("/no/", "testserver", 404), ("/", "else.where", 400)])
def test_a_message(client, path, host, status):
    response = client.get(path, headers={"host": host})
    assert (response.status_code, pinned(response)) == (status, MESSAGE)


def test_a_form_without_its_token(release):
    from tests.client import Client

    response = Client(enforce_csrf_checks=True).post("/check/safety/", {"emergency": "none"})
    assert (response.status_code, pinned(response)) == (403, MESSAGE)


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_health_check(client, path):
    assert pinned(client.get(path)) == PUBLIC | UNCACHED | {"Content-Type": "application/json"}


def test_the_contact_for_finders(client):
    assert pinned(client.get("/.well-known/security.txt")) == PUBLIC | {
        "Content-Type": "text/plain; charset=utf-8"
    }


def test_a_static_file(client):
    response = client.get(staticfiles_storage.url("steady.css"), headers={"accept-encoding": "br"})
    found = pinned(response)
    response.close()
    assert found == PUBLIC | {
        "Cache-Control": "max-age=315360000, public, immutable",
        "Content-Encoding": "br",
        "Content-Type": 'text/css; charset="utf-8"',
        "Vary": "Accept-Encoding",
    }


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/", "/admin/no/", "/admin/review/"])
def test_a_staff_page_for_a_stranger(client, path):
    assert pinned(client.get(path)) == STAFF


@pytest.mark.parametrize("path", ["/admin/", "/admin/content/cause/", "/admin/releases/", "/admin/review/"])
def test_a_staff_page(admin_client, path):
    assert pinned(admin_client.get(path)) == STAFF


@pytest.mark.parametrize(
    ("path", "data"),
    [("/", None), ("/check/safety/", {"emergency": "none"}), ("/admin/", None), ("/no/", None)],
)
def test_https_adds_one_header_to_every_answer(client, settings, path, data):
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    response = client.post(path, data, secure=True) if data else client.get(path, secure=True)
    assert response["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"


# Cookies


def attributes(cookie):
    return {name: value for name, value in cookie.items() if value not in ("", False)}


def test_the_answers_cookie(client):
    client.post("/check/safety/", {"emergency": "none"})
    cookie = client.cookies[settings.ANSWERS_COOKIE]
    assert attributes(cookie) == {"path": "/", "httponly": True, "samesite": "Lax"}


def test_the_cookie_that_guards_forms(client):
    client.get("/check/safety/")
    cookie = client.cookies[settings.CSRF_COOKIE_NAME]
    assert attributes(cookie) == {"path": "/", "httponly": True, "samesite": "Lax"}


def test_the_cookie_of_staff(client, admin_user):
    sent = {"username": admin_user.username, "password": "password", "next": "/admin/"}
    client.post("/admin/login/", sent)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert attributes(cookie) == {"path": "/admin/", "httponly": True, "samesite": "Lax"}
