"""While the database is away: the public goes on, staff are told. (faults/ does it to a whole service.)"""

import threading

import pytest
from django.conf import settings
from django.db import DataError, InterfaceError, InternalError, OperationalError

import triage.releases as module
from tests.client import Client
from tests.walk import CALM, walk
from triage.models import Release
from triage.releases import ReleaseCache, releases

pytestmark = pytest.mark.usefixtures("release")


@pytest.fixture
def away(release):
    """Takes the database away, with this error, until the test ends."""
    with pytest.MonkeyPatch.context() as patch:

        def away(error=OperationalError):
            def cursor(*arguments, **options):
                raise error("away")

            patch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", cursor)

        yield away


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def test_people_go_on_to_their_results(client, away):
    walk(client, until="/feel/")
    away()
    releases._look_at = 0
    response = walk(client, CALM)
    assert (response.status_code, response.request["PATH_INFO"]) == (200, "/results/")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, InternalError])
def test_staff_are_told_in_plain_words(client, away, admin_user, error):
    client.force_login(admin_user)
    away(error)
    response = client.get("/admin/")
    assert response.status_code == 503
    assert "The database does not answer" in response.content.decode()


def test_a_session_that_could_not_be_saved_is_told_as_what_it_is(client, admin_user, monkeypatch):
    """Django takes it for a session that was deleted meanwhile, and for the browser's mistake."""
    client.force_login(admin_user)

    def full(*arguments, **options):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("django.contrib.sessions.models.Session.save", full)
    assert client.get("/admin/").status_code == 503


def test_a_mistake_of_ours_is_not_blamed_on_the_database(client, away, admin_user):
    client.force_login(admin_user)
    away(ValueError)
    assert client.get("/admin/").status_code == 500


def test_a_value_out_of_bounds_is_not_blamed_on_it_either(client, away, admin_user):
    client.force_login(admin_user)
    away(DataError)
    assert client.get("/admin/").status_code in (400, 500)


# The cache of releases


def test_people_on_the_release_before_keep_it_though_the_database_goes_away(client, publish, away):
    walk(client, until="/feel/")
    publish()
    releases._look_at = 0
    assert releases.newest().number == 2
    away()
    response = client.get("/check/", follow=True)
    assert "have changed since you began" not in response.content.decode()
    assert releases.get(1).number == 1


def test_an_older_release_is_not_asked_for_again_and_again_while_the_database_is_away(away, monkeypatch):
    tried = []
    held = ReleaseCache()
    held.newest()
    away()
    held._look_at = 0
    held.newest()
    monkeypatch.setattr(held, "_in_time", tried.append)
    assert held.get(77) is None
    assert tried == []


def test_everybody_waits_for_the_first_look_whoever_makes_it(monkeypatch):
    """A process that has just started would else tell some people that it is not ready."""
    held, begun, go_on = ReleaseCache(), threading.Event(), threading.Event()
    release = Release.objects.get(number=1)
    answers = iter([1, (module.read(release), 0)])

    def slow(question):
        begun.set()
        go_on.wait(30)
        return next(answers)

    monkeypatch.setattr(held, "_in_time", slow)
    found = []
    threads = [threading.Thread(target=lambda: found.append(held.newest().number)) for _ in range(3)]
    threads[0].start()
    begun.wait(30)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert found == [1, 1, 1]


def test_a_damaged_release_is_left_out_and_the_journey_goes_on(client, publish, monkeypatch):
    walk(client, until="/feel/")
    publish()
    releases.forget()

    def damaged(release):
        if release.number == 1:
            raise module.DamagedRelease("not what was published")
        return read(release)

    read = module.read
    monkeypatch.setattr(module, "read", damaged)
    response = client.get("/check/", follow=True)
    assert response.status_code == 200
    assert settings.ANSWERS_COOKIE in client.cookies
