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

from tests.faults.service import HOST, ROOT, Server, free_port, run, wait_for
from tests.visitor import Answer, Send, over_http

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
NOBODY_CHECKS = ssl._create_unverified_context()  # noqa: S323  (the certificate is of these tests alone)


class Door(NamedTuple):
    """The ports of loopback that stand for 443 and 80."""

    tls: int
    plain: int

    def https(self) -> Send:
        return over_http(HOST, self.tls, context=NOBODY_CHECKS)

    def ask(self, method: str = "GET", path: str = "/", body: bytes = b"", **headers: str) -> Answer:
        return self.https()(method, path, headers, body)

    def is_open(self) -> bool:
        try:
            return self.ask().status == 200
        except ConnectionRefusedError:
            return False


@contextmanager
def nginx(servers: list[Server]) -> Iterator[Door]:
    assert PROGRAM is not None
    with TemporaryDirectory(prefix="steady-nginx-") as name:
        folder, door = Path(name), Door(free_port(), free_port())
        file = folder / "nginx.conf"
        file.write_text(configuration(folder, servers, door))
        certificate(folder)
        folder.chmod(0o755)  # started by root, nginx' workers are somebody else, and keep large bodies there
        command = [PROGRAM, "-p", name, "-c", str(file), "-e", f"{name}/nginx.log"]
        run(*command, "-t", "-q")
        running = subprocess.Popen([*command, "-g", "daemon off;"])
        try:
            wait_for("nginx’ first answer", door.is_open)
            yield door
        finally:
            running.terminate()
            running.wait(30)


def configuration(folder: Path, servers: list[Server], door: Door) -> str:
    """deploy/nginx.conf with other addresses, ports and files."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    [(one, options)] = re.findall(r"^( *server web1:8000(.*)\n)", text, re.MULTILINE)
    text = re.sub(r"^ *server web2:8000.*\n", "", text, flags=re.MULTILINE)
    text = text.replace(one, "".join(f"server {HOST}:{server.port}{options}\n" for server in servers))
    text = text.replace("listen 8443", f"listen {HOST}:{door.tls}")
    text = text.replace("listen 8080", f"listen {HOST}:{door.plain}")
    text = text.replace("error_log stderr", f"error_log {folder}/nginx.log")
    return text.replace("/etc/nginx/certs", str(folder)).replace("/tmp/nginx", f"{folder}/nginx")  # noqa: S108


def certificate(folder: Path) -> None:
    """One that nobody trusts, for localhost."""
    files = f"-keyout {folder}/privkey.pem -out {folder}/fullchain.pem"
    run(*f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost {files}".split())
