"""What tests start from: a published guide, a client, and a browser before a server of its own."""

import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.client import Client
from triage.engine.file import dump, load
from triage.engine.guide import Guide
from triage.models import Release, digest
from triage.releases import releases

ROOT = Path(__file__).resolve().parent.parent
FIRST_GUIDE = (ROOT / "content/first_guide.json").read_text(encoding="utf-8")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
NO_CHROMIUM = "no Chromium. On Debian: apt-get install chromium libatomic1; elsewhere CHROMIUM names one"
NO_DRIVER = "Playwright does not start. On Debian: apt-get install libatomic1"
BROWSER_REQUIRED = os.environ.get("STEADY_BROWSER") == "required"

# A slow machine is not a failure.
hypothesis_settings.register_profile("steady", deadline=None)
hypothesis_settings.load_profile("steady")


# The site as in production, but for two things: strong hashes are slow by design, and a connection that
# outlives its request would keep the test database from being removed.


def pytest_configure(config: pytest.Config) -> None:
    database = django_settings.DATABASES["default"]
    database["CONN_MAX_AGE"] = 0
    if database["ENGINE"].endswith("sqlite3"):
        # A file, not memory: the threads of the server then have connections of their own, as in production.
        folder = tempfile.TemporaryDirectory(prefix="steady-")
        config.add_cleanup(folder.cleanup)
        database["TEST"]["NAME"] = f"{folder.name}/test.sqlite3"
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if _static_is_stale():
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)


def _static_is_stale() -> bool:
    """Whether a source is younger than what was collected."""
    manifest = ROOT / "staticfiles/staticfiles.json"
    sources = [*ROOT.glob("static/**/*"), *ROOT.glob("requirements*.lock")]
    return not manifest.exists() or manifest.stat().st_mtime < max(path.stat().st_mtime for path in sources)


@pytest.fixture
def client() -> Client:
    return Client()


# Releases


@pytest.fixture(scope="session")
def guide() -> Guide:
    """The first guide."""
    return load(FIRST_GUIDE)


@pytest.fixture
def publish(db: None, guide: Guide) -> Callable[..., Release]:
    """Publishes the first guide, with these changes, as the next release."""

    def publish(*, for_safety: bool = False, **changes: Any) -> Release:
        text = dump(dataclasses.replace(guide, **changes)) if changes else FIRST_GUIDE
        return Release.objects.create(
            number=Release.objects.count() + 1,
            guide=text,
            digest=digest(text),
            published_at=timezone.now(),
            published_by="tests",
            note="For a test.",
            figures="{}",
            for_safety=for_safety,
        )

    return publish


@pytest.fixture
def release(publish: Callable[..., Release]) -> Iterator[Release]:
    """The first guide, published, and nothing else in memory."""
    releases.forget()
    yield publish()
    releases.forget()


@pytest.fixture(autouse=True)
def _releases_can_be_flushed(request: pytest.FixtureRequest) -> None:
    """A test with transactions of its own empties all tables at its end; a release refuses to go."""
    if _empties_all_tables(request.node):
        _let_releases_go()


def _empties_all_tables(test: pytest.Item) -> bool:
    marker = test.get_closest_marker("django_db")
    return bool(
        {"live_server", "transactional_db"} & set(getattr(test, "fixturenames", ()))
        or (marker and marker.kwargs.get("transaction"))
    )


def _let_releases_go() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE triage_release DISABLE TRIGGER USER")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


# The browser


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    in_browser = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    missing = _missing_for_the_browser() if in_browser or BROWSER_REQUIRED else ""
    if missing and BROWSER_REQUIRED:
        raise pytest.UsageError(f"STEADY_BROWSER=required: {missing}")
    for item in in_browser:
        item.add_marker(pytest.mark.browser)
        if missing:
            item.add_marker(pytest.mark.skip(reason=missing))
    yield
    # Last, so those that see releases refuse have run by then. pytest itself puts all tests of a browser
    # together, wherever the first of them stands.
    items.sort(key=_empties_all_tables)


def _missing_for_the_browser() -> str:
    """Why tests in the browser cannot run here; empty where they can."""
    if not CHROMIUM:
        return NO_CHROMIUM
    tried = subprocess.run(
        [sys.executable, "-m", "playwright", "--version"], capture_output=True, text=True, check=False
    )
    return f"{NO_DRIVER}. It said: {tried.stderr.strip()}" if tried.returncode else ""


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = _skipped_in_the_browser(terminalreporter)
    terminalreporter.write_line(f"Browser tests skipped: {skipped}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and BROWSER_REQUIRED and _skipped_in_the_browser(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _skipped_in_the_browser(reporter: Any) -> int:
    return sum("browser" in report.keywords for report in reporter.stats.get("skipped", []))


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """A server over the test database. Static files come from the middleware, as in production."""
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = lambda application: WSGIHandler()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    # Playwright keeps an event loop in the thread of the tests; Django would take them for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """What an address in a browser test is relative to."""
    return live_server.url


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Iterator[Browser]:
    """The browser. While its event loop runs, Django opens connections apart; they end with it."""
    yield browser
    connections.close_all()


def _page(browser: Browser, base_url: str, **options: Any) -> Iterator[Page]:
    """Nothing moves unless a test asks for it: to watch each page slide in took a tenth of the time."""
    context = browser.new_context(base_url=base_url, reduced_motion="reduce", **options)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page on a phone held upright."""
    yield from _page(
        browser, base_url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )


@pytest.fixture
def desktop(browser: Browser, base_url: str) -> Iterator[Page]:
    yield from _page(browser, base_url, viewport={"width": 1280, "height": 900})


@pytest.fixture
def without_script(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page in a browser that runs no script."""
    yield from _page(browser, base_url, java_script_enabled=False)
