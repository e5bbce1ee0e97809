"""What somebody sends who does not use the pages as they are. Nothing of it is an error on our side."""

import re
import time
import zlib

import pytest
from django.conf import settings
from django.core import signing

from tests.client import Client
from tests.walk import CALM, walk
from triage import cookie
from triage.markdown import plain, render
from triage.releases import releases

pytestmark = pytest.mark.usefixtures("release")

COOKIE = settings.ANSWERS_COOKIE
GOOD = {"emergency": ("none",), "triggers": ("caffeine",)}


@pytest.fixture
def client():
    """One that reports an error as its page, as a browser would see it."""
    return Client(raise_request_exception=False)


def open_with(client, value, path="/check/"):
    """As a raw header: newer Pythons refuse to write such a cookie, a sender does not."""
    if not value.isprintable():
        return client.get(path, headers={"cookie": f"{COOKIE}={value}"}, follow=True)
    client.cookies[COOKIE] = value
    return client.get(path, follow=True)


def signed(text):
    """What was never packed by us, with our signature."""
    return cookie.signer.sign("." + signing.b64_encode(zlib.compress(text, 9)).decode())


def cut_and_changed(value):
    """A good cookie with something wrong: cut, doubled, changed, emptied, of another key or purpose."""
    body, stamp, signature = value.split(":")
    bomb = signing.b64_encode(zlib.compress(b"[1," + b" " * 2_800_000 + b"{}]", 9)).decode()
    other = signing.TimestampSigner(key="another key", salt="triage.answers")
    return {
        "truncated": value[: len(value) // 2],
        "cut by one": value[:-1],
        "longer by one": value + "A",
        "doubled": value * 2,
        "body changed": f"A{body[1:]}:{stamp}:{signature}",
        "time changed": f"{body}:1zzzzz:{signature}",
        "unsigned": body,
        "an unsigned bomb": f".{bomb}:{stamp}:{signature}",
        "no body": f":{stamp}:{signature}",
        "only colons": "::",
        "another key": other.sign(body),
        "another purpose": signing.TimestampSigner(salt="another").sign(body),
        "of the forms": signing.dumps({"a": 1}),
        "oversized": "A" * 5000,
        "ten megabytes": "A" * 10_000_000,
        "not ASCII": "\xe9\xff\x80",
        "control characters": "a\x7f\x01",
        "quotes": '"";\'<script>',
    }


@pytest.mark.parametrize("name", cut_and_changed(cookie.pack(1, GOOD)))
def test_a_cookie_that_is_not_ours_starts_the_way_anew_and_says_so(client, name):
    response = open_with(client, cut_and_changed(cookie.pack(1, GOOD))[name])
    assert response.status_code == 200
    assert response.request["PATH_INFO"] == "/check/safety/"
    assert 'role="status"' in response.content.decode()


SIGNED = {
    "empty": b"",
    "no JSON": b"1;emergency:none",
    "no pair": b"[1]",
    "three": b"[1, {}, {}]",
    "a text": b'"ab"',
    "no number": b'[null, {"emergency": ["none"]}]',
    "a number that is none": b'["one", {"emergency": ["none"]}]',
    "a negative number": b'[-1, {"emergency": ["none"]}]',
    "a number without end": b"[" + b"9" * 5000 + b', {"emergency": ["none"]}]',
    "a number beyond the database": b'[99999999999999999999, {"emergency": ["none"]}]',
    "an endless number": b'[Infinity, {"emergency": ["none"]}]',
    "no number at all": b'[NaN, {"emergency": ["none"]}]',
    "answers that are a list": b'[1, ["emergency"]]',
    "answers that are none": b"[1, null]",
    "an answer that is a number": b'[1, {"emergency": 1}]',
    "an answer that is a text": b'[1, {"emergency": "none"}]',
    "an answer that is a tree": b'[1, {"emergency": [{"a": ["none"]}]}]',
    "unknown slugs": b'[1, {"nonsense": ["nothing"], "emergency": ["x"]}]',
    "a slug twice": b'[1, {"emergency": ["none", "none", "none"]}]',
    "both sides": b'[1, {"emergency": ["none", "collapse"]}]',
    "no option": b'[1, {"emergency": [""]}]',
    "no options": b'[1, {"emergency": []}]',
    "null bytes": b'[1, {"emergency": ["\\u0000"]}]',
    "half a character": b'[1, {"emergency": ["\\ud800"]}]',
    "not UTF-8": b'[1, {"\xff\xfe": ["none"]}]',
    "two of a single": b'[1, {"emergency": ["none"], "triggers": ["none"], "onset": ["sudden", "gradual"]}]',
    "a deep tree": b"[" * 1_000_000,
    "a bomb": b"[1," + b" " * 10_000_000 + b"{}]",
    "a bomb that a cookie holds": b"[1," + b" " * 2_800_000 + b"{}]",
}
"""What the signature would let pass if the key were known, or another version had written it."""


@pytest.mark.parametrize("name", SIGNED)
def test_a_signed_cookie_with_nonsense_in_it_breaks_nothing(client, name):
    value = signed(SIGNED[name])
    for path in ("/check/", "/results/", "/emergency/", "/check/impact/"):
        assert open_with(client, value, path).status_code == 200


def test_the_cookie_of_somebody_else_is_that_persons_journey_and_no_more(client):
    """Nothing ties a cookie to a person: it is the answers. Who holds it holds them, for two hours."""
    walk(client)
    other = Client()
    response = open_with(other, client.cookies[COOKIE].value, "/results/")
    assert response.request["PATH_INFO"] == "/results/"
    assert set(other.cookies) <= {COOKIE, settings.CSRF_COOKIE_NAME}


def test_an_old_cookie_sent_again_is_an_older_state_of_the_same_answers(client):
    walk(client, until="/feel/")
    old = client.cookies[COOKIE].value
    walk(client)
    assert 'class="go" href="/check/feel/"' in open_with(client, old).content.decode()


def test_a_cookie_of_two_hours_ago_is_refused(client):
    value = cookie.pack(1, GOOD)
    body = value.split(":")[0]
    old = signing.TimestampSigner(salt="triage.answers")
    old.timestamp = lambda: signing.b62_encode(1_000_000_000)
    assert "older than two hours" in open_with(client, old.sign(body)).content.decode()


def test_a_cookie_made_while_a_clock_was_ahead_is_refused(client):
    """It would be good for longer than two hours."""
    ahead = signing.TimestampSigner(salt="triage.answers")
    for seconds, notice in [(30, "Continue, or start again?"), (90, "could not read your earlier answers")]:
        ahead.timestamp = lambda: signing.b62_encode(int(time.time()) + seconds)  # noqa: B023
        value = ahead.sign_object([1, {"emergency": ["none"]}], compress=True)
        assert notice in open_with(client, value).content.decode()


def test_what_is_not_signed_is_not_unpacked():
    value = cut_and_changed(cookie.pack(1, GOOD))["an unsigned bomb"]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(signing.BadSignature):
        patch.setattr("zlib.decompress", lambda *_: pytest.fail("unpacked"))
        cookie.unpack(value)


def test_the_largest_cookie_unpacks_within_bounds():
    """Only who has the key can make one."""
    value = signed(SIGNED["a bomb that a cookie holds"])
    assert len(value) <= cookie.MAX_PACKED < 1.1 * len(value)
    began = time.process_time()
    assert cookie.unpack(value) == (1, {}, {})
    assert time.process_time() - began < 0.5


def test_answers_of_a_release_that_is_gone_are_carried_to_the_newest(client):
    response = open_with(client, cookie.pack(77, GOOD), "/check/triggers/")
    assert response.status_code == 200
    assert "have changed since you began" in response.content.decode()
    kept = {k: tuple(v) for k, v in GOOD.items()}
    assert cookie.unpack(client.cookies[COOKIE].value) == (1, kept, kept)  # to be looked at again


def test_cookies_swapped_for_one_another_break_nothing(client):
    client.get("/check/safety/")
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    client.cookies[settings.CSRF_COOKIE_NAME] = cookie.pack(1, GOOD)
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie.pack(1, GOOD)
    client.cookies[COOKIE] = token
    assert client.get("/check/", follow=True).status_code == 200
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("value", ["", "a", "A" * 5000, "\x00", "../../etc/passwd", "é"])
def test_a_session_that_is_not_ours_is_a_stranger(client, value):
    header = f"{settings.SESSION_COOKIE_NAME}={value}"
    assert client.get("/admin/", headers={"cookie": header})["Location"] == "/admin/login/?next=/admin/"


# Bodies


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=", b"--x"),
        ("multipart/form-data; boundary=\xff", b"--x"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a\r\n'),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Transfer-Encoding: base64\r\n\r\n!"),
        ("multipart/form-data; boundary=" + "x" * 300, b"--x"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"\xff\xfe"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"a=1"),
        ("application/x-www-form-urlencoded", b"&" * 5000),
        ("application/x-www-form-urlencoded", b"a=1&" * 3000),
        ("application/x-www-form-urlencoded", b"csrfmiddlewaretoken=%00"),
        ("application/json", b"{" * 5000),
        ("", b"\x00" * 100),
    ],
)
@pytest.mark.parametrize(
    "path", ["/no-such-page/", "/check/safety/", "/clear/", "/results/", "/admin/login/", "/admin/no/"]
)
@pytest.mark.parametrize("strict", [True, False])
def test_a_malformed_body_is_the_senders_mistake(path, content_type, body, strict):
    """Stock Django answers 500 to some of these: its pages for errors read the body once more."""
    client = Client(enforce_csrf_checks=strict, raise_request_exception=False)
    client.get("/check/safety/")  # the cookie that guards forms: without it the body is not read
    assert settings.CSRF_COOKIE_NAME in client.cookies
    response = client.generic("POST", path, body, content_type=content_type)
    assert response.status_code < 500


def test_a_body_that_is_too_large_is_refused(client):
    client.get("/check/safety/")
    response = client.generic(
        "POST", "/check/safety/", b"a=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"
    )
    assert response.status_code == 413


def test_a_field_sent_many_times_is_not_repeated_back(client):
    sent = {"emergency": ["<script>alert(1)</script>"] * 500}
    response = client.post("/check/safety/", sent, follow=True)
    assert "is not on this page" in response.content.decode()
    assert len(client.cookies[COOKIE].value) < 200
    assert "<script" not in response.content.decode()


# Methods, headers, addresses


@pytest.mark.parametrize(
    "path",
    ["/", "/check/", "/check/safety/", "/results/", "/article/", "/clear/", "/livez", "/admin/", "/no/"],
)
@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND", "get", "FOO", "HEAD"]
)
def test_an_odd_method_is_refused_or_answered(client, path, method):
    response = client.generic(method, path)
    assert response.status_code < 500
    assert method == "HEAD" or "safety" not in response.content.decode() or response.status_code < 400


@pytest.mark.parametrize(
    "header",
    [
        {"accept-encoding": "gzip;q=\x00"},
        {"accept-language": "en-" + "a-" * 300},
        {"content-length": "-1"},
        {"content-type": "x" * 5000},
        {"cookie": "=;=;;==; \x00=\x00"},
        {"cookie": "steady"},
        {"if-modified-since": "Thu, 99 Foo 2026 99:99:99 GMT"},
        {"if-none-match": 'W/"x"é'},
        {"range": "bytes=9-1"},
        {"referer": "\udcff"},
        {"x-forwarded-for": "127.0.0.1, evil"},
        {"x-forwarded-host": "evil.example"},
        {"x-http-method-override": "DELETE"},
        {"x-request-id": "a\r\nX-Injected: 1"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/check/safety/", "/admin/login/"])
def test_an_odd_header_breaks_nothing(client, path, header):
    response = client.get(path, headers=header)
    assert response.status_code < 500
    assert "X-Injected" not in response.headers
    assert "evil" not in str(response.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/%00", "/%ff%fe", "//", "//evil.example/", "/check/%00/", "/check/" + "a" * 9000 + "/",
        "/check/..%2f/", "/%E2%80%AE", "/check/safety/?notice=%00", "/check/safety/?notice=<script>",
        "/static/%00", "/static/../manage.py", "/static/" + "a" * 5000, "/admin/%00/", "/.well-known/%00",
    ],
)  # fmt: skip
def test_an_odd_address_breaks_nothing(client, path):
    response = client.get(path)
    assert response.status_code < 500
    assert "<script" not in (b"" if response.streaming else response.content).decode()
    assert "evil.example" not in response.headers.get("Location", "")


# Texts that staff write


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt&#58;alert(1))",
        "[a](\x01javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        "![a](https://evil.example/x.png)",
        "<a href='javascript:alert(1)'>a</a>",
        "<svg/onload=alert(1)>",
        "<style>*{display:none}</style>",
        "<iframe src=//evil.example>",
        '<https://evil.example/" onmouseover=alert(1)>',
        "<!-- --><base href=//evil.example>",
        "<form action=//evil.example><input name=a></form>",
    ],
)
def test_no_text_can_bring_anything_that_runs(written):
    html = render(written).lower()
    tags = set(re.findall(r"<\s*/?\s*([^\s>/]+)", html))
    assert tags <= {"p", "a"}
    assert not re.search(
        r"javascript:|data:|vbscript:|onmouseover|onerror|onload|style=", attributes_of(html)
    )


def attributes_of(html):
    """What stands inside tags."""
    return " ".join(part.split(">")[0] for part in html.split("<")[1:])


@pytest.mark.parametrize(
    "written", ["\x00" * 10, "\u202eabc\u202c", "\u200f" * 50, "\ufeff", "\ud83d\ude00 😀", "[F09]" * 500]
)
def test_odd_characters_can_be_rendered(written):
    text = written.encode("utf-8", "replace").decode()
    render(text).encode()
    plain(text).encode()


@pytest.mark.parametrize(
    "piece",
    ["a", "*", "_", "[", "](", "> ", "`", "- ", "#", "<", "&", "\\", "[F09]", "\n\n", "**a** ", "1. "],
)
def test_a_million_characters_are_rendered_in_bounded_time(piece):
    """Markdown has inputs whose cost grows with the square of their length."""
    began = time.process_time()
    render((piece * 1_000_000)[:1_000_000])
    assert time.process_time() - began < 60


# Whom the log-in believes


def guess(client, address="203.0.113.9", **headers):
    sent = {"username": "ann", "password": "wrong", "next": "/admin/"}
    return client.post("/admin/login/", sent, REMOTE_ADDR=address, headers=headers)


def test_a_forged_address_does_not_open_more_guesses(client):
    answers = [
        guess(client, **{"x-forwarded-for": f"198.51.100.{n}"}) for n in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert answers[-1].status_code == 429


def test_behind_a_proxy_each_address_has_its_own_guesses(client, settings):
    settings.TRUSTED_PROXIES = ["203.0.113.9"]
    for n in range(settings.AXES_FAILURE_LIMIT):
        assert guess(client, **{"x-forwarded-for": f"198.51.100.{n}"}).status_code == 200
    assert guess(client, **{"x-forwarded-for": "198.51.100.77"}).status_code == 200


def test_what_a_stranger_writes_before_the_proxys_word_does_not_count(client, settings):
    settings.TRUSTED_PROXIES = ["203.0.113.9"]
    answers = [
        guess(client, **{"x-forwarded-for": f"198.51.100.{n}, 192.0.2.1"})
        for n in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert answers[-1].status_code == 429


def test_the_releases_in_memory_are_as_they_were(client):
    """None of this brought another release, or lost the one there is."""
    open_with(client, cookie.pack(77, CALM))
    assert releases.newest().number == 1
