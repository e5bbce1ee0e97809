"""What journeys start from: a way into the middle of one."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.journeys.hands import Mouse
from tests.journeys.places import Place
from triage import cookie
from triage.models import Release
from triage.releases import releases


@pytest.fixture(scope="module")
def _releases_of_the_module() -> Iterator[None]:
    releases.forget()
    yield
    releases.forget()


@pytest.fixture
def published(_releases_of_the_module: None, publish: Callable[..., Release]) -> Release:
    """The first guide, published anew for each journey, but read and prepared once for those of a module."""
    return publish()


@pytest.fixture
def visit(published: Release, base_url: str) -> Callable[[Page, Place], None]:
    """Goes to a place, with the answers that somebody there has given."""

    def visit(page: Page, place: Place) -> None:
        page.context.clear_cookies()
        if place.answers:
            value = cookie.pack(published.number, place.answers)
            page.context.add_cookies([{"name": settings.ANSWERS_COOKIE, "value": value, "url": base_url}])
        page.goto(place.address)
        place.then(page)

    return visit


@pytest.fixture
def hand(request: pytest.FixtureRequest) -> Mouse:
    """Somebody at a device: `@pytest.mark.parametrize("hand", HANDS, indirect=True)`."""
    device, way = request.param
    return way(request.getfixturevalue(device))
