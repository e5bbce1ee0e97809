"""What the deployment page and its files promise, held against the code."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.faults import nginx
from triage.engine import limits
from triage.web import content_types

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/deployment.md").read_text()
MODEL = (ROOT / "docs/threat-model.md").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
NGINX = (ROOT / "deploy/nginx.conf").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()

OF_THE_SERVER = {"GUNICORN_CMD_ARGS"}
"""Read by gunicorn itself."""


def asked_for():
    """Every variable that the code reads from the environment."""
    settings = (ROOT / "triage/settings.py").read_text()
    server = (ROOT / "gunicorn.conf.py").read_text()
    named = re.findall(r"(?:env\.\w+|words|listed|required|switch)\(\s*\"([A-Z_]+)\"", settings)
    return {*named, *re.findall(r"environ(?:\.get\(|\[)\s*['\"]([A-Z_]+)['\"]", server)}


def described():
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", PAGE, flags=re.MULTILINE)
    return {name for row in rows for name in re.findall("[A-Z_]+", row)}


def test_the_table_names_every_variable_and_no_other():
    assert asked_for()
    assert described() - OF_THE_SERVER == asked_for()


def test_the_table_tells_each_default():
    defaults = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", PAGE, flags=re.MULTILINE))
    settings = (ROOT / "triage/settings.py").read_text()
    for name, default in defaults.items():
        found = re.search(rf'(?:env\.\w+|words)\("{name}", (?:default=)?(.+?)[,)]', settings)
        said = found[1].strip('"').replace("_", "") if found else "0"
        assert said == default, name
        assert found or f'switch("{name}")' in settings


@pytest.mark.parametrize("page", [PAGE, MODEL])
def test_every_file_and_command_that_a_page_names_is_there(page):
    for path in re.findall(r"\b((?:tests|faults|deploy|docs)/[\w./@-]+\w)", page):
        assert (ROOT / path).exists() or path == "docs/capacity.md", path
    for command in re.findall(r"manage\.py (\w+)", page):
        assert command in get_commands(), command


# nginx


def test_nginx_takes_its_configuration(tmp_path):
    if nginx.PROGRAM is None:
        pytest.skip("no nginx here")
    nginx.certificate(tmp_path)
    text = NGINX.replace("/etc/nginx/certs", str(tmp_path)).replace("/tmp/nginx", f"{tmp_path}/nginx")  # noqa: S108
    (tmp_path / "nginx.conf").write_text(re.sub(r"web\d:", "127.0.0.1:", text))
    said = subprocess.run(
        [nginx.PROGRAM, "-t", "-c", f"{tmp_path}/nginx.conf", "-p", str(tmp_path), "-e", "stderr"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "syntax is ok" in said.stderr
    assert said.returncode == 0


def test_nginx_tells_who_is_calling_in_its_own_words():
    for header in ("X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme", "X-Request-ID $request_id"):
        assert f"proxy_set_header {header};" in NGINX


def test_nginx_keeps_no_log_of_who_visits_what():
    assert "access_log off;" in NGINX


def test_nginx_sends_what_staff_send_once():
    staff = NGINX.partition("location /admin/")[2].partition("}")[0]
    assert "non_idempotent" not in staff
    assert "non_idempotent" in NGINX


def test_nginx_holds_the_same_limits_as_the_application():
    def limit(place):
        found = re.search(r"client_max_body_size (\d+)([km]);", NGINX.partition(place)[2])
        return int(found[1]) * {"k": 1024, "m": 1024**2}[found[2]]

    assert limit("http {") == limits.PUBLIC_FORM
    assert limit("location /admin/ {") == limits.STAFF_FORM
    assert limits.IMPORT_FORM < limit(f"location = {content_types.IMPORT} {{") < 1.1 * limits.IMPORT_FORM


def test_nginx_takes_nothing_that_was_sent_for_a_sick_process():
    assert set(re.findall(r"^ *server web\d:8000 (.*);", NGINX, flags=re.MULTILINE)) == {"max_fails=0"}


def test_nginx_waits_longer_than_the_web_process_may_take_to_end():
    assert "proxy_read_timeout 30s;" in NGINX
    assert "graceful_timeout = 20" in (ROOT / "gunicorn.conf.py").read_text()


# Debian


def test_the_lines_for_debian_leave_nothing_of_the_containers_in_nginx():
    [line] = re.findall(r"sed -e '1i user.*?deploy/nginx.conf", PAGE, flags=re.DOTALL)
    made = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S602
    assert made.startswith("user www-data;")
    assert {"listen 80 ", "listen 443 ", "127.0.0.1:8001", "127.0.0.1:8002"} <= set(
        re.findall(r"listen \d+ |127\.0\.0\.1:\d+", made)
    )
    assert not re.search(r"web\d:|8080|8443|/tmp/nginx|/etc/nginx/certs", made)


def test_the_unit_stands_on_what_the_page_makes():
    unit = (ROOT / "deploy/steady@.service").read_text()
    for named in ("/srv/steady/current", "/etc/steady/environment", ".venv/bin/gunicorn"):
        assert named in unit
    assert "ln -sfn /srv/steady/v1.0.0 /srv/steady/current" in PAGE
    assert "cat > /etc/steady/environment" in PAGE


# Containers


def test_compose_and_nginx_speak_of_the_same_processes():
    behind = re.findall(r"server (web\d):8000", NGINX)
    assert behind == re.findall(r"^  (web\d):", COMPOSE, flags=re.MULTILINE) == ["web1", "web2"]


def test_only_nginx_is_believed_and_only_nginx_is_outside():
    [believed] = re.findall(r"TRUSTED_PROXIES: (\S+)", COMPOSE)
    nginx = COMPOSE.partition("  nginx:")[2].partition("  database:")[0]
    assert f"ipv4_address: {believed}" in nginx
    assert COMPOSE.count("ports:") == 1
    assert "ports:" in nginx
    assert "internal: true" in COMPOSE


def test_ports_of_compose_are_those_on_which_nginx_listens():
    inside = {port.split(":")[1] for port in re.findall(r'- "(\d+:\d+)"', COMPOSE)}
    assert inside == set(re.findall(r"listen (\d+)", NGINX))


def test_web_processes_are_read_only_and_without_rights():
    web = COMPOSE.partition("x-web:")[2].partition("services:")[0]
    for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", 'HTTPS: "1"'):
        assert line in web


def test_no_secret_stands_in_the_files():
    for text in (COMPOSE, NGINX):
        assert not re.search(r"(PASSWORD|SECRET_KEY)\s*[:=]\s*[\w'\"]", text)


def test_the_image_runs_without_root_and_says_whether_it_is_well():
    last = DOCKERFILE.rpartition("FROM ")[2]
    assert re.search(r"^USER \d+$", last, flags=re.MULTILINE)
    assert "/readyz" in last
    assert "HEALTHCHECK" in last


def test_the_image_is_made_of_pinned_packages_and_a_base_that_can_be_named_by_digest():
    assert "--require-hashes" in DOCKERFILE
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def test_what_the_image_copies_is_there_and_not_kept_from_it():
    let_in = (ROOT / ".dockerignore").read_text()
    for line in re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, flags=re.MULTILINE):
        for path in line.split():
            assert (ROOT / path).exists()
            assert f"!{path}\n" in let_in


def test_the_image_holds_all_that_the_service_imports():
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, flags=re.MULTILINE)
    assert {"triage", "content", "templates", "static"} <= {path for line in copied for path in line.split()}
