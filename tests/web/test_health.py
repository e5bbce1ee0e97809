"""What a load balancer asks, and where a finder of a weakness may write."""

import pytest

from triage.releases import releases


def test_the_process_says_that_it_is_alive_without_a_database(client):
    response = client.get("/livez")
    assert (response.status_code, response.json()) == (200, {"alive": True})


def test_it_is_ready_once_it_has_a_release(client, release):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "release": release.number, "database": True, "unreadable": []}


def test_it_is_not_ready_before_there_is_a_release(client, db):
    releases.forget()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "release": None, "database": True, "unreadable": []}


def test_it_stays_ready_and_says_so_when_the_database_is_away(client, release, monkeypatch):
    releases.newest()
    monkeypatch.setattr(releases, "database_answers", False)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["database"] is False


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_health_check_may_come_by_any_name(client, release, path):
    response = client.get(path, headers={"host": "10.1.2.3:8000"})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("safe@example.org", "Contact: mailto:safe@example.org"),
        ("https://example.org/safe", "Contact: https://example.org/safe"),
    ],
)
def test_security_txt_names_the_contact_of_the_deployment(client, settings, contact, line):
    settings.SECURITY_CONTACT = contact
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert line in response.content.decode().splitlines()
    assert "Expires: " in response.content.decode()


def test_search_engines_may_read_the_public_pages(client):
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content == b"User-agent: *\nDisallow: /admin/\n"
