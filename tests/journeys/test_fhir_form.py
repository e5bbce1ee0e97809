"""The exported questionnaire in a form of somebody else: LHC-Forms, which draws any FHIR Questionnaire.

It comes from npm, for these tests alone, and stays in pytest's cache.
"""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from tests.client import Client
from tests.walk import walk
from triage import cookie, fhir
from triage.engine.guide import Guide

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("release")]

PACKAGE = "lforms-40.1.3"
SHA512 = "WLruTm+BcVnafC0rSAQ3/cNqhxvclBUxyBG68aub/uha2NaK9H8ZZcEXTTuORuGzzCt0wa7fvhuieZtcDIdPzQ=="
STORIES = 10
PAGE = """<!doctype html><html lang="en"><title>A form</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/lforms/webcomponent/styles.css"><div id="form"></div>
<script src="/lforms/webcomponent/assets/lib/zone.min.js"></script>
<script src="/lforms/webcomponent/runtime.js"></script>
<script src="/lforms/webcomponent/polyfills.js"></script>
<script src="/lforms/webcomponent/main.js"></script>
<script src="/lforms/fhir/R4/lformsFHIR.min.js"></script></html>"""
DRAW = "questionnaire => LForms.Util.addFormToPage(questionnaire, 'form', {fhirVersion: 'R4'})"
RESPONSE = "LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')"


# LHC-Forms


@pytest.fixture(scope="module")
def lforms(request: pytest.FixtureRequest) -> Path:
    """Its files, downloaded once."""
    found = request.config.cache.mkdir("lforms") / PACKAGE
    if not found.exists():
        with TemporaryDirectory(dir=found.parent) as folder:
            unpack(downloaded(Path(folder)), Path(folder))
            try:
                (Path(folder) / "package").rename(found)
            except OSError:
                if not found.exists():  # or the tests that run beside these were faster
                    raise
    return found / "dist"


def downloaded(folder: Path) -> bytes:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm to get LHC-Forms with. On Debian: apt-get install npm")
    name, _, version = PACKAGE.rpartition("-")
    done = subprocess.run(
        [npm, "pack", f"{name}@{version}"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"npm could not get LHC-Forms: {done.stderr[-200:]}")
    return (folder / f"{PACKAGE}.tgz").read_bytes()


def unpack(content: bytes, folder: Path) -> None:
    assert base64.b64encode(hashlib.sha512(content).digest()).decode() == SHA512
    with tarfile.open(fileobj=io.BytesIO(content)) as package:
        package.extractall(folder, filter="data")


class Files(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *what: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address(lforms: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=lforms)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def form(address: str, browser: Browser, guide: Guide) -> Iterator[Page]:
    """The questionnaire, drawn, without an answer."""
    page, errors = browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.evaluate(DRAW, fhir.questionnaire(guide, 1))
    expect(heading(page, "emergency")).to_be_visible()
    yield page
    page.close()
    assert errors == []


def heading(form: Page, link: str) -> Any:
    return form.locator(f'[id^="label-{link}/"]')


def press(form: Page, question: str, option: str) -> None:
    form.locator(f'[id="{question}/1/1||{option}"]').click()


# What it makes of the questionnaire


def test_it_draws_every_question_with_its_options_and_no_follow_up(form: Page, guide: Guide) -> None:
    for question in guide.questions.values():
        expect(heading(form, question.slug)).to_have_count(0 if question.show_if else 1)
        options = form.locator(f'[id^="{question.slug}/1/1||"]')
        expect(options).to_have_count(0 if question.show_if else len(question.options))
    expect(heading(form, "page-details")).to_have_count(0)


def test_follow_ups_open_and_close(form: Page, guide: Guide) -> None:
    """Those that hang on what was going on, and those that hang on these."""
    follow_ups = [question for question in guide.questions.values() if question.show_if]
    hang_on = [name.split(":") for question in follow_ups for name in question.show_if.options]
    triggers = {option for question, option in hang_on if question == "triggers"}
    for question, option in dict.fromkeys(map(tuple, hang_on)):
        press(form, question, option)
    press(form, "caffeine_amount", "strong")
    for question in follow_ups:
        expect(heading(form, question.slug)).to_have_count(1)
    for option in triggers:
        press(form, "triggers", option)
    expect(heading(form, "page-details")).to_have_count(0)
    for question in follow_ups:
        expect(heading(form, question.slug)).to_have_count(1 if question.slug == "weeks_long" else 0)
    assert set(fhir.answers_of(form.evaluate(RESPONSE))) == {"course"}


def test_a_sign_of_an_emergency_is_told_at_once(form: Page, guide: Guide) -> None:
    sign = guide.questions["emergency"].options[0]
    told = heading(form, f"emergency-{sign.slug}")
    expect(told).to_have_count(0)
    press(form, "emergency", sign.slug)
    expect(told).to_contain_text(sign.reason)
    press(form, "emergency", sign.slug)
    expect(told).to_have_count(0)


# What comes back


@pytest.mark.parametrize("number", range(STORIES))
def test_what_it_returns_is_assessed_as_the_answers_of_our_own_pages(
    form: Page, guide: Guide, assessed: Callable[..., Any], number: int
) -> None:
    story = guide.vignettes[number * (len(guide.vignettes) // STORIES)]
    ours = answers_on_our_pages(story.answers)
    for question in guide.questions:
        for option in ours.get(question, ()):
            press(form, question, option)
    theirs = form.evaluate(RESPONSE)
    assert theirs["questionnaire"] == f"{fhir.URL}|1"
    assert {question: set(codes) for question, codes in fhir.answers_of(theirs).items()} == {
        question: set(chosen) for question, chosen in ours.items()
    }
    assert assessed(theirs, fhir=True) == assessed({"answers": ours})


def answers_on_our_pages(answers: Any) -> dict[str, tuple[str, ...]]:
    """Of somebody who went the whole way, or to an emergency."""
    client = Client()
    assert walk(client, answers).request["PATH_INFO"] in ("/results/", "/emergency/", "/crisis/")
    return cookie.unpack(client.cookies[settings.ANSWERS_COOKIE].value)[1]


@pytest.fixture
def assessed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What `manage.py assess` says of this object."""

    def assessed(line: dict[str, Any], **flags: bool) -> Any:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(line).encode())))
        call_command("assess", **flags)
        return json.loads(capsys.readouterr().out)

    return assessed
