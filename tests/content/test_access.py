"""Who may do what: every address of the admin against everybody who could ask for it."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.urls import URLResolver, get_resolver

from content.history import log
from content.models import Cause, Signature
from content.password_reset import ASKED
from tests.client import Client
from tests.content.screens import said, screen, shown
from triage.models import Release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

ROLES = ("stranger", "no group", "Editor", "Publisher", "superuser")

LOG_IN = 302
"""A stranger is led to the log-in."""

# What each is answered when they open the address. A pattern stands for all addresses that it fits and that
# no line above it fits.
TABLE = {
    # name                      stranger, no group, Editor, Publisher, superuser
    "login": (200, 302, 302, 302, 302),
    "logout": (LOG_IN, 405, 405, 405, 405),
    "password_reset*": (404, 404, 404, 404, 404),  # without a mail server
    "second_factor": (LOG_IN, 200, 200, 200, 200),
    "index": (LOG_IN, 200, 200, 200, 200),
    "password_change": (LOG_IN, 200, 200, 200, 200),
    "password_change_done": (LOG_IN, 200, 200, 200, 200),
    "jsi18n": (LOG_IN, 200, 200, 200, 200),
    "autocomplete": (LOG_IN, 403, 403, 403, 403),
    "view_on_site": (LOG_IN, 404, 404, 404, 404),
    "app_list": (LOG_IN, 404, 200, 200, 200),
    "catch_all": (LOG_IN, 404, 404, 404, 404),
    # What staff have beside the lists.
    "preview": (LOG_IN, 403, 200, 200, 200),
    "preview_page": (LOG_IN, 403, 200, 200, 200),
    "preview_release": (LOG_IN, 403, 200, 200, 200),
    "preview_release_page": (LOG_IN, 403, 200, 200, 200),
    "see": (LOG_IN, 403, 302, 302, 302),
    "try": (LOG_IN, 403, 200, 200, 200),
    "try_this": (LOG_IN, 403, 302, 302, 302),
    "edit": (LOG_IN, 403, 302, 302, 302),
    "find": (LOG_IN, 403, 200, 200, 200),
    "reads": (LOG_IN, 403, 405, 405, 405),
    "review": (LOG_IN, 403, 200, 200, 200),
    "releases": (LOG_IN, 403, 200, 200, 200),
    "release": (LOG_IN, 403, 200, 200, 200),
    "download": (LOG_IN, 403, 200, 200, 200),
    "export": (LOG_IN, 403, 200, 200, 200),
    "matrix": (LOG_IN, 403, 200, 200, 200),
    "sign": (LOG_IN, 403, 200, 200, 200),
    "import": (LOG_IN, 403, 200, 200, 200),
    "put_back": (LOG_IN, 403, 200, 200, 200),
    "publish": (LOG_IN, 403, 403, 302, 302),
    "throw_away": (LOG_IN, 403, 302, 302, 302),
    "roll_back": (LOG_IN, 403, 403, 302, 302),
    # The lists and screens of the working copy.
    "content_level_add": (LOG_IN, 403, 403, 403, 403),
    "content_signature_add": (LOG_IN, 403, 403, 403, 403),
    "content_signature_delete": (LOG_IN, 403, 403, 403, 403),
    "content_level_delete": (LOG_IN, 403, 403, 403, 403),
    "content_thresholds_add": (LOG_IN, 403, 403, 403, 403),
    "content_thresholds_delete": (LOG_IN, 403, 403, 403, 403),
    "content_*_short": (LOG_IN, 302, 302, 302, 302),
    "content_*": (LOG_IN, 403, 200, 200, 200),
    # Accounts, and what guards them.
    "auth_*_short": (LOG_IN, 302, 302, 302, 302),
    "auth_*": (LOG_IN, 403, 403, 403, 200),
}


@pytest.fixture
def things(publish_all: Callable[..., Release]) -> None:
    """One of everything that has a screen."""
    publish_all()
    User.objects.create_user("owner")
    Signature.objects.create(digest="0", what="A rule", signed_by="Ann", signed_on="2026-01-01")


def addresses() -> Iterator[tuple[str, str]]:
    """Name and address of everything below /admin/."""
    [admin] = [
        one
        for one in get_resolver().url_patterns
        if isinstance(one, URLResolver) and one.namespace == "admin"
    ]
    for pattern, before in below(admin, "/admin/"):
        yield name_of(pattern, before), before


def below(resolver: URLResolver, before: str) -> Iterator[tuple[Any, str]]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from below(one, route)
        else:
            yield one, route


def name_of(pattern: Any, route: str) -> str:
    if pattern.name:
        return str(pattern.name)
    if "<path:object_id>" in route:
        return "_".join([*route.split("/")[2:4], "short"])
    return "catch_all"


def filled(route: str) -> str:
    """The address of something that is there."""
    key = "1"
    app, _, model = route.removeprefix("/admin/").partition("/")
    kind = "vignette" if app == "try" else "cause"
    app, model = ("content", kind) if app in ("see", "try") else (app, model.partition("/")[0])
    if model and app in apps.app_configs:
        found = apps.get_model(app, model)._default_manager.order_by("pk").first()
        assert found is not None, route
        key = str(found.pk)
    for part, value in {
        "<path:object_id>": key,
        "<id>": key,
        "<int:pk>": key,
        "<int:number>": "1",
        "<path:rest>": "article/",
        "<slug:kind>": kind,
        "<str:slug>": "cold",
        "<path:content_type_id>": "999999",
        "(?P<url>.*)$": "no-such-page/",
        "^(?P<app_label>content|auth)/$": "content/",
    }.items():
        route = route.replace(part, value)
    return route


def row(name: str) -> str:
    return next((line for line in TABLE if fnmatchcase(name, line)), "")


def client_of(staff: Callable[[str], Client], role: str) -> Client:
    return Client() if role == "stranger" else staff(role)


def test_every_address_stands_in_the_table() -> None:
    names = {name for name, _ in addresses()}
    assert [name for name in sorted(names) if not row(name)] == []
    assert sorted(TABLE.keys() - {row(name) for name in names}) == []


@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_what(staff: Callable[[str], Client], things: None, role: str) -> None:
    client, column = client_of(staff, role), ROLES.index(role)
    if role == "stranger":
        client.get("/admin/login/")
    found = {(name, path := filled(route)): client.get(path).status_code for name, route in addresses()}
    expected = {(name, path): TABLE[row(name)][column] for name, path in found}
    assert {key: status for key, status in found.items() if status != expected[key]} == {}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_open_it_may_not_send_to_it(
    staff: Callable[[str], Client], things: None, role: str
) -> None:
    client, column = client_of(staff, role), ROLES.index(role)
    closed = (LOG_IN,) if role == "stranger" else (403,)
    for name, route in addresses():
        if TABLE[row(name)][column] in closed and not name.endswith(("short", "login")):
            response = client.post(filled(route), {"note": "A note.", "post": "yes"})
            assert response.status_code in (*closed, 405), (name, response.status_code)
    assert Release.objects.count() == 1


def test_a_stranger_is_led_to_the_log_in_and_nowhere_else(client: Client, things: None) -> None:
    for name, route in addresses():
        if name not in ("login", "logout") and not name.startswith("password_reset"):
            path = filled(route)
            assert client.get(path)["Location"] == f"/admin/login/?next={path}", name


def test_an_account_that_did_something_stays_with_its_history(staff: Callable[[str], Client]) -> None:
    boss, editor, cold = staff("superuser"), staff("Editor"), Cause.objects.get(slug="cold")
    key = User.objects.get(username="Editor").pk
    assert boss.get(f"/admin/auth/user/{key}/delete/").status_code == 200
    editor.post(screen(cold), shown(editor, screen(cold)) | {"what": "Other."})
    assert boss.post(f"/admin/auth/user/{key}/delete/", {"post": "yes"}).status_code == 403
    assert "Unselect this instead of deleting accounts" in said(boss.get(f"/admin/auth/user/{key}/change/"))


def test_who_was_only_asked_for_by_a_stranger_can_be_deleted(staff: Callable[[str], Client]) -> None:
    """A mail for a new password can be asked for by anybody."""
    bob = User.objects.create_user("bob")
    log([bob], bob.pk, f"{ASKED}203.0.113.9.")
    assert staff("superuser").get(f"/admin/auth/user/{bob.pk}/delete/").status_code == 200
