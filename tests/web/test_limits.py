"""What a body may be. Whoever sends another one is refused at once, before anything reads it."""

import time
from itertools import product
from timeit import timeit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.client import URLENCODED, Client
from triage.engine import limits
from triage.web import content_types
from triage.wsgi import application

pytestmark = pytest.mark.usefixtures("release")

FORM = "/check/safety/"
PLACES = [FORM, "/clear/", "/results/", "/no-such-page/", "/admin/login/", "/admin/no-such-page/"]
CODECS = [
    "utf8",
    "punycode", "idna", "zlib", "bz2", "hex", "base64", "quopri", "uu", "rot13", "utf-7", "utf-16", "utf-32",
    "utf-8-sig", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "latin-1", "ascii", "cp037",
    "nonsense", "\xff", "",
]  # fmt: skip
AT_ONCE = 0.25
"""Seconds of the processor, without the tests' own garbage. It takes a millisecond."""


@pytest.fixture
def client():
    """One that guards forms as production does, has its cookie for that, and sees an error as its page."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get(FORM)
    assert settings.CSRF_COOKIE_NAME in client.cookies
    return client


def multipart(body=b"9" * 200_000, headers=b""):
    """One field, and headers of its part."""
    return (
        b'--BB\r\nContent-Disposition: form-data; name="a"' + headers + b"\r\n\r\n" + body + b"\r\n--BB--\r\n"
    )


def sent(client, path, body, kind, **more):
    """The status, after a look at what any refusal must be: quick, plain, with our headers."""
    answers = []
    took = timeit(
        lambda: answers.append(client.generic("POST", path, body, kind, **more)),
        timer=time.thread_time,
        number=1,
    )
    assert took < AT_ONCE
    [response] = answers
    assert "Content-Security-Policy" in response
    assert response.content.startswith(b"<!doctype html>")
    told = (b"We could not read that", b"That is too large")
    assert any(words in response.content for words in told) or response.status_code == 403
    return response.status_code


# Charsets


WRITTEN = ["charset={}", 'CharSet="{}"', "charset=utf-8; charset={}", "charset={}; charset=utf-8"]
BODIES = [URLENCODED, "multipart/form-data; boundary=BB", "text/plain"]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("path", [FORM, "/admin/import/"])
def test_no_codec_but_utf_8_is_tried(client, path, codec):
    for kind, written, name in product(BODIES, WRITTEN, {codec, codec.upper()}):
        assert sent(client, path, multipart(), f"{kind}; {written.format(name)}") == 415


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("written", ["charset={}", "charset*={}''%ff%39", "x*={}'en'%ff"])
def test_nor_for_a_query_or_a_parameter_with_a_coding_of_its_own(codec, written):
    """Django decodes these as it makes its request, before any middleware."""
    answers, page = [], []
    environ = Client()._base_environ(
        PATH_INFO=FORM, QUERY_STRING="notice=" + "9" * 4000, CONTENT_TYPE=f"a/b; {written.format(codec)}"
    )
    took = timeit(
        lambda: page.extend(application(environ, lambda status, headers: answers.append(status))),
        timer=time.thread_time,
        number=1,
    )
    assert took < AT_ONCE
    assert (answers, b"We could not read that" in b"".join(page)) == (["415 Unsupported Media Type"], True)


@pytest.mark.parametrize("codec", ["zlib", "hex", "rot13", "idna", "punycode"])
@pytest.mark.parametrize(
    "headers",
    [
        b"\r\nContent-Type: text/plain; charset=%s",
        b'; filename="a"\r\nContent-Type: text/plain; charset=%s',
        b"; filename*=%s''%%ff%%39",
        b"\r\nContent-Type: text/plain; charset*=%s''%%ff",
    ],
)
def test_a_codec_of_a_part_is_not_tried_or_no_error_of_ours(client, headers, codec):
    body = multipart(headers=headers % codec.encode())
    assert sent(client, content_types.IMPORT, body, "multipart/form-data; boundary=BB") in (400, 403)


@pytest.mark.parametrize(
    "kind", ["", "; charset=utf-8", ";charset=UTF-8", '; charset="utf-8"', "; CHARSET=UTF-8"]
)
def test_utf_8_may_be_named(client, kind):
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    body = f"csrfmiddlewaretoken={token}&emergency=none"
    assert client.generic("POST", FORM, body, URLENCODED + kind).status_code == 302


# Kinds


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=BB",
        "application/json",
        "text/plain",
        "",
        "*",
        "multipart/mixed; boundary=BB",
    ],
)
def test_only_the_import_takes_anything_but_a_form(client, path, kind):
    assert sent(client, path, multipart(b"a"), kind) == 415


# Sizes


@pytest.mark.parametrize("path", PLACES)
def test_a_form_is_read_up_to_its_limit_and_not_beyond(client, path):
    limit = limits.STAFF_FORM if path.startswith("/admin/") else limits.PUBLIC_FORM
    assert client.generic("POST", path, b"a" * limit, URLENCODED).status_code in (403, 404)
    assert sent(client, path, b"a" * (limit + 1), URLENCODED) == 413


def test_what_is_too_large_says_so(client):
    response = client.post(FORM, b"a" * (limits.PUBLIC_FORM + 1), content_type=URLENCODED)
    assert "That is too large" in response.content.decode()


@pytest.mark.parametrize("length", ["-1", "1.5", "9" * 30, "0x10", "１", "abc"])
def test_a_length_that_is_none_is_refused(client, length):
    assert sent(client, FORM, b"a=1", URLENCODED, CONTENT_LENGTH=length) == 400


def test_a_body_in_pieces_has_no_length_and_is_refused(client):
    assert sent(client, FORM, b"", URLENCODED, headers={"transfer-encoding": "chunked"}) == 400


def test_no_more_is_read_than_the_length_that_was_told(client):
    assert sent(client, FORM, b"a=1&" * 100_000, URLENCODED, CONTENT_LENGTH="3") == 403


@pytest.mark.parametrize(
    "body", [b"&" * 65_000, b"a=1&" * 16_000, b"%" * 65_000, b"a=%39" * 13_000, b"=" * 65_000]
)
def test_a_form_of_odd_fields_is_refused_at_once(client, body):
    assert sent(client, FORM, body, URLENCODED) in (400, 403)


def test_a_file_is_imported_up_to_the_limit_that_is_told(staff_client):
    def problem(size):
        file = SimpleUploadedFile("guide.json", b" " * size)
        response = staff_client.post(content_types.IMPORT, {"guide": file})
        return response.status_code, "5 MB at most" in response.content.decode()

    assert problem(limits.GUIDE_FILE) == (422, False)
    assert problem(limits.GUIDE_FILE + 1) == (422, True)
    assert problem(limits.IMPORT_FORM) == (413, False)


@pytest.fixture
def staff_client(django_user_model):
    client = Client()
    client.force_login(
        django_user_model.objects.create_superuser("ann"), "django.contrib.auth.backends.ModelBackend"
    )
    return client
