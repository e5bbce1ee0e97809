"""nginx with the project's own configuration (deploy/nginx.conf), before servers on this machine."""

import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.service import HOST, ROOT, Server, free_port, wait_for
from tests.visitor import Answer, Send, over_http

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def nginx(folder: Path, servers: list[Server]) -> Iterator[int]:
    """The port of loopback on which it speaks TLS. Each answer names the server that gave it."""
    assert PROGRAM is not None
    port, file = free_port(), folder / "nginx.conf"
    file.write_text(configuration(folder, servers, port))
    certificate(folder)
    folder.chmod(0o755)  # started by root, nginx' workers are somebody else, and keep large bodies there
    command = [PROGRAM, "-p", str(folder), "-c", str(file), "-e", str(folder / "nginx.log")]
    subprocess.run([*command, "-t", "-q"], check=True, timeout=60)
    running = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        wait_for("nginx’ first answer", lambda: answers(port))
        yield port
    finally:
        running.terminate()
        running.wait(30)


NOBODY_CHECKS = ssl._create_unverified_context()  # noqa: S323  (the certificate is of these tests alone)


def answers(port: int) -> bool:
    try:
        return ask(port).status == 200
    except ConnectionRefusedError:
        return False


def https(port: int) -> Send:
    return over_http(HOST, port, context=NOBODY_CHECKS)


def ask(port: int, method: str = "GET", path: str = "/", body: bytes = b"", **headers: str) -> Answer:
    return https(port)(method, path, headers, body)


def configuration(folder: Path, servers: list[Server], port: int) -> str:
    """deploy/nginx.conf with other addresses, ports and files."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    one = re.search(r"^ *server web1:8000(.*)\n", text, re.MULTILINE)
    if one is None:
        raise ValueError("deploy/nginx.conf names no web1:8000")
    text = re.sub(r"^ *server web2:8000.*\n", "", text, flags=re.MULTILINE)
    text = text.replace(one[0], "".join(f"server {HOST}:{server.port}{one[1]}\n" for server in servers))
    text = text.replace("listen 8080", f"listen {HOST}:{free_port()}").replace(
        "listen 8443", f"listen {HOST}:{port}"
    )
    text = text.replace("error_log stderr", f"error_log {folder}/nginx.log")
    text = text.replace("/etc/nginx/certs", str(folder)).replace("/tmp/nginx", f"{folder}/nginx")  # noqa: S108
    return text.replace("http {", "http {\n    add_header X-Served-By $upstream_addr always;")


def certificate(folder: Path) -> None:
    """One that nobody trusts, for localhost."""
    files = f"-keyout {folder}/privkey.pem -out {folder}/fullchain.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost {files}"
    subprocess.run(command.split(), check=True, timeout=60, capture_output=True)
