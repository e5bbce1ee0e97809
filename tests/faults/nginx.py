"""nginx with the project's own configuration (deploy/nginx.conf), before servers on this machine."""

import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.faults.service import HOST, ROOT, Server, free_port, wait_for
from tests.visitor import Answer, Send, over_http

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


class Door(NamedTuple):
    """The ports of loopback that stand for 443 and 80."""

    tls: int
    plain: int


@contextmanager
def nginx(servers: list[Server]) -> Iterator[Door]:
    """Each answer names the server that gave it."""
    assert PROGRAM is not None
    with TemporaryDirectory(prefix="steady-nginx-") as name:
        folder, door = Path(name), Door(free_port(), free_port())
        folder.chmod(0o755)  # started by root, nginx' workers are somebody else, and keep large bodies there
        file = folder / "nginx.conf"
        file.write_text(configuration(folder, servers, door))
        certificate(folder)
        command = [PROGRAM, "-p", name, "-c", str(file), "-e", f"{name}/nginx.log"]
        subprocess.run([*command, "-t", "-q"], check=True, timeout=60)
        running = subprocess.Popen([*command, "-g", "daemon off;"])
        try:
            wait_for("nginx’ first answer", lambda: answers(door))
            yield door
        finally:
            running.terminate()
            running.wait(30)


NOBODY_CHECKS = ssl._create_unverified_context()  # noqa: S323  (the certificate is of these tests alone)


def answers(door: Door) -> bool:
    try:
        return ask(door).status == 200
    except ConnectionRefusedError:
        return False


def https(door: Door) -> Send:
    return over_http(HOST, door.tls, context=NOBODY_CHECKS)


def ask(door: Door, method: str = "GET", path: str = "/", body: bytes = b"", **headers: str) -> Answer:
    return https(door)(method, path, headers, body)


def configuration(folder: Path, servers: list[Server], door: Door) -> str:
    """deploy/nginx.conf with other addresses, ports and files."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    one = re.search(r"^ *server web1:8000(.*)\n", text, re.MULTILINE)
    if one is None:
        raise ValueError("deploy/nginx.conf names no web1:8000")
    text = re.sub(r"^ *server web2:8000.*\n", "", text, flags=re.MULTILINE)
    text = text.replace(one[0], "".join(f"server {HOST}:{server.port}{one[1]}\n" for server in servers))
    for standard, port in (("8080", door.plain), ("8443", door.tls)):
        text = text.replace(f"listen {standard}", f"listen {HOST}:{port}")
    text = text.replace("error_log stderr", f"error_log {folder}/nginx.log")
    text = text.replace("/etc/nginx/certs", str(folder)).replace("/tmp/nginx", f"{folder}/nginx")  # noqa: S108
    return text.replace("http {", "http {\n    add_header X-Served-By $upstream_addr always;")


def certificate(folder: Path) -> None:
    """One that nobody trusts, for localhost."""
    files = f"-keyout {folder}/privkey.pem -out {folder}/fullchain.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost {files}"
    subprocess.run(command.split(), check=True, timeout=60, capture_output=True)
