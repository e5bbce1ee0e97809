"""What every request passes."""

import gzip
import json
import logging
import re
import time
from timeit import timeit

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse

from tests.client import Client
from triage.releases import releases
from triage.web import logs
from triage.web.middleware import PUBLIC_HEADERS, STAFF_HEADERS, TrustedProxies

pytestmark = pytest.mark.usefixtures("release")

PUBLIC = ["/", "/check/safety/", "/no-such-page/", "/results/", "/livez", "/.well-known/security.txt"]
STAFF = ["/admin/", "/admin/login/", "/admin/no-such-page/"]


# Headers


def stylesheet(client, **headers):
    response = client.get(staticfiles_storage.url("steady.css"), headers=headers)
    response.close()
    return response


def policy(response):
    return dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize("path", PUBLIC)
def test_no_script_runs_on_a_public_page(client, path):
    assert policy(client.get(path)) == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.parametrize("path", STAFF)
def test_staff_pages_run_only_our_own_scripts(client, path):
    rules = policy(client.get(path))
    assert (rules["default-src"], rules["script-src"], rules["style-src"]) == ("'none'", "'self'", "'self'")
    assert "unsafe" not in str(rules)


@pytest.mark.parametrize("path", [*PUBLIC, *STAFF, "a static file"])
def test_every_answer_says_what_a_browser_may_do_with_it(client, path):
    response = stylesheet(client) if path == "a static file" else client.get(path)
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert "camera=()" in response["Permissions-Policy"]
    assert "Content-Security-Policy" in response


def test_what_is_refused_has_the_headers_too(client):
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert response["Content-Security-Policy"] == PUBLIC_HEADERS["Content-Security-Policy"]


def test_both_policies_name_the_same_things_beside_their_content():
    assert PUBLIC_HEADERS.keys() == STAFF_HEADERS.keys()


# HTTPS


@pytest.fixture
def https(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63_072_000


def test_plain_http_leads_to_https(client, https):
    response = client.get("/article/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/article/")


def test_a_health_check_may_use_plain_http(client, https):
    assert client.get("/livez").status_code == 200


def test_https_is_to_be_used_from_then_on(client, https):
    assert client.get("/", secure=True)["Strict-Transport-Security"].startswith("max-age=63072000")


# Static files


def test_a_static_file_may_be_kept_for_ever(client):
    response = stylesheet(client)
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Type"].startswith("text/css")


def test_a_static_file_comes_compressed(client):
    response = stylesheet(client, **{"accept-encoding": "br, gzip"})
    assert response["Content-Encoding"] == "br"


# The public pays for no session


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("session", ["", "abcdefghijklmnopqrstuvwxyz012345", "nonsense"])
def test_a_public_page_asks_for_no_session_and_no_user(
    client, path, session, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(releases, "look_every", 60)  # longer than a slow machine needs for the next line
    client.get(path)
    if session:
        client.cookies[django_settings.SESSION_COOKIE_NAME] = session
    with django_assert_num_queries(0):
        response = client.get(path)
    assert response.status_code < 405
    assert not response.wsgi_request.session.accessed
    assert django_settings.SESSION_COOKIE_NAME not in response.cookies


def test_a_staff_page_knows_both(client):
    request = client.get("/admin/login/").wsgi_request
    assert not request.user.is_authenticated
    assert not request.user.is_verified()
    assert request.session.is_empty()


def test_a_staff_address_without_its_slash_leads_to_it(client):
    assert client.get("/admin")["Location"] == "/admin/"


# Compression


def test_a_public_page_is_compressed_for_who_takes_it(client):
    plain, packed = client.get("/"), client.get("/", headers={"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert packed["Content-Length"] == str(len(packed.content))
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain
    for response in (plain, packed):
        assert "Accept-Encoding" in response["Vary"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip;q=0", None),
        ("br, gzip; q=0.000, identity", None),
        ("GZIP ;Q=0", None),
        ("gzip;q=0.5", "gzip"),
        ("gzip;q=0.001, br;q=0", "gzip"),
        ("identity;q=0, gzip", "gzip"),
    ],
)
def test_a_coding_that_is_not_wanted_is_not_used(client, accepted, coding):
    response = client.get("/", headers={"accept-encoding": accepted})
    assert response.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in response["Vary"]


def test_a_long_list_of_codings_takes_no_time(client):
    client.get("/")  # its template is there now
    hostile = {"accept-encoding": f"{'a' * 4050};q=0.{'0' * 4050}x"}
    assert timeit(lambda: client.get("/", headers=hostile), timer=time.thread_time, number=1) < 0.1


def test_a_short_answer_is_not_worth_it(client):
    assert "Content-Encoding" not in client.get("/livez", headers={"accept-encoding": "gzip"})


def test_a_staff_page_goes_as_it_is_because_it_repeats_what_was_asked(client):
    assert "Content-Encoding" not in client.get("/admin/login/", headers={"accept-encoding": "gzip"})


# Proxies


@pytest.fixture
def seen(rf, settings):
    """What is left of a request behind TrustedProxies."""

    def seen(trusted, sender="10.0.0.1", **headers):
        settings.TRUSTED_PROXIES = trusted
        request = rf.get("/", REMOTE_ADDR=sender, headers=headers)
        TrustedProxies(lambda request: HttpResponse())(request)
        return request

    return seen


def test_nobody_is_believed_unless_told(seen):
    request = seen([], **{"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"})
    assert request.META["REMOTE_ADDR"] == "10.0.0.1"
    assert "HTTP_X_FORWARDED_PROTO" not in request.META
    assert "HTTP_X_FORWARDED_FOR" not in request.META


def test_a_stranger_is_not_believed_when_a_proxy_is(seen):
    request = seen(["10.0.0.0/8"], "9.9.9.9", **{"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"})
    assert request.META["REMOTE_ADDR"] == "9.9.9.9"
    assert "HTTP_X_FORWARDED_PROTO" not in request.META


def test_a_proxy_is_believed_about_sender_and_scheme(seen):
    request = seen(["10.0.0.0/8"], **{"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"})
    assert request.META["REMOTE_ADDR"] == "1.2.3.4"
    assert request.META["HTTP_X_FORWARDED_PROTO"] == "https"


@pytest.mark.parametrize(
    ("way", "sender"),
    [
        ("6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.1"),
        ("", "10.0.0.1"),
        (" , ", "10.0.0.1"),
        ("1.2.3.4, nonsense", "10.0.0.1"),
    ],
)
def test_the_sender_is_the_last_that_is_no_proxy_of_ours(seen, way, sender):
    assert seen(["10.0.0.0/8"], **{"x-forwarded-for": way}).META["REMOTE_ADDR"] == sender


@pytest.mark.parametrize("sender", ["198.51.100.7:50312", "[2001:db8::7]:50312", "[2001:db8::7]"])
def test_a_port_behind_the_sender_s_address_is_left_out(seen, sender):
    """Else each guess at the log-in would come from another address."""
    address = seen(["10.0.0.0/8"], **{"x-forwarded-for": sender}).META["REMOTE_ADDR"]
    assert address in ("198.51.100.7", "2001:db8::7")


def test_a_proxy_that_is_no_address_is_refused(seen):
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES: 'the-one-in-front'"):
        seen(["the-one-in-front"])


def test_a_proxy_may_come_by_a_unix_socket(seen):
    assert seen(["unix"], "", **{"x-forwarded-for": "1.2.3.4"}).META["REMOTE_ADDR"] == "1.2.3.4"
    assert seen(["10.0.0.1"], "", **{"x-forwarded-for": "1.2.3.4"}).META["REMOTE_ADDR"] == ""


# Log lines


@pytest.fixture
def lines():
    """The log lines of a test, as production would write them."""
    written, handler = [], logging.Handler()
    handler.emit = lambda record: written.append(json.loads(logs.Json().format(record)))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def every_line(lines):
    """With those that LOG_LEVEL=debug adds."""
    logging.getLogger("triage").setLevel(logging.DEBUG)
    yield lines
    logging.getLogger("triage").setLevel(logging.INFO)


def test_a_visit_that_goes_well_leaves_no_line(client, lines):
    client.get("/")
    client.post("/check/safety/", {"emergency": "none"})
    client.get("/article/")
    assert lines == []


@pytest.mark.parametrize(("path", "status"), [("/nowhere/", 404), ("/admin/login/", 200), ("/admin/", 302)])
def test_what_was_refused_and_what_staff_do_gets_a_line(client, lines, path, status):
    client.get(path)
    [line] = [line for line in lines if line["logger"] == "triage.requests"]
    assert (line["path"], line["status"], line["level"]) == (path, status, "info")


def test_a_slow_answer_gets_a_line(client, lines, monkeypatch):
    monkeypatch.setattr("triage.web.middleware.SLOW", 0)
    client.get("/")
    assert [line["path"] for line in lines] == ["/"]


def test_a_request_gets_one_line_with_its_id(client, every_line):
    lines, response = every_line, client.get("/article/?secret=1")
    [line] = [line for line in lines if line["logger"] == "triage.requests"]
    assert {name: line[name] for name in ("method", "path", "status")} == {
        "method": "GET",
        "path": "/article/",
        "status": 200,
    }
    assert line["request"] == response["X-Request-ID"]
    assert "secret" not in str(lines)


def test_the_address_somebody_comes_from_is_not_logged(every_line):
    client = Client(enforce_csrf_checks=True)
    client.get("/check/safety/", secure=True)
    for referer in ("https://elsewhere.example/?secret=1", "http://testserver/?secret=1", "secret"):
        assert client.post("/check/safety/", secure=True, headers={"referer": referer}).status_code == 403
    assert "secret" not in str(every_line)
    assert [line["status"] for line in every_line if "status" in line][1:] == [403] * 3


def test_each_request_has_an_id_of_its_own(client):
    names = {client.get("/")["X-Request-ID"] for _ in range(3)}
    assert len(names) == 3


@pytest.mark.parametrize(
    ("trusted", "given", "kept"),
    [
        ([], "abcdef-123456", False),
        (["127.0.0.1"], "abcdef-123456", True),
        (["127.0.0.1"], "a\nb" * 9, False),
    ],
)
def test_an_id_is_taken_over_from_a_trusted_proxy_alone(client, settings, trusted, given, kept):
    settings.TRUSTED_PROXIES = trusted
    name = client.get("/", headers={"x-request-id": given})["X-Request-ID"]
    assert (name == given) is kept
    assert re.fullmatch(r"[A-Za-z0-9-]{8,64}", name)


def test_a_long_path_is_cut(client, lines):
    client.get("/" + "a" * 9000)
    assert all(len(line["path"]) <= 200 for line in lines if "path" in line)


def test_the_answers_cookie_has_its_name_from_the_settings():
    assert django_settings.ANSWERS_COOKIE in ("steady", "__Host-steady")


def test_a_proxy_is_known_by_its_address_on_a_socket_of_both_kinds(seen):
    request = seen(["127.0.0.1"], "::ffff:127.0.0.1", **{"x-forwarded-for": "192.0.2.7"})
    assert request.META["REMOTE_ADDR"] == "192.0.2.7"
