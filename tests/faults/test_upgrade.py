"""Two versions behind one nginx, as while one replaces the other: no page is without its stylesheet."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults import nginx
from tests.faults.nginx import ask
from tests.faults.service import ROOT, Server, service
from tests.visitor import Visitor

pytestmark = [pytest.mark.faults, pytest.mark.skipif(nginx.PROGRAM is None, reason="no nginx")]

PARTS = ["manage.py", "gunicorn.conf.py", "triage", "content", "templates", "static"]
HTTPS = {"HTTPS": "1", "TRUSTED_PROXIES": "127.0.0.1"}


@pytest.fixture
def versions() -> Iterator[tuple[Server, Server]]:
    """An old process and a new one; the stylesheets differ."""
    with service() as site:
        new = site.folder / "new"
        another_version(new)
        site.manage("collectstatic", "--no-input", root=new)
        yield site.serve(workers=1, **HTTPS), site.serve(workers=1, root=new, **HTTPS)


def another_version(folder: Path) -> None:
    folder.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    for name in ("steady.css", "staff.css"):
        with (folder / "static" / name).open("a") as sheet:
            sheet.write(".new { color: CanvasText }\n")


def stylesheets(server: Server) -> list[str]:
    """Of the first page and of the log-in."""
    send = server.http()
    visitor = Visitor(lambda method, path, headers, body: send(method, path, SECURE | headers, body))
    pages = [visitor.go(path).text for path in ("/", "/admin/login/")]
    return [re.findall(r"/static/(?:steady|staff)\.\w+\.css", page)[-1] for page in pages]


SECURE = {"X-Forwarded-Proto": "https"}


def test_each_version_finds_its_stylesheets_whichever_is_asked(versions: tuple[Server, Server]) -> None:
    old, new = map(stylesheets, versions)
    assert not set(old) & set(new)
    with TemporaryDirectory(prefix="steady-nginx-") as folder, nginx.nginx(Path(folder), [*versions]) as port:
        # nginx asks the processes in turn, so one of each pair meets the wrong one first.
        assert [ask(port, path=path)[0] for path in new + old] == [200] * 4
        versions[0].stop()
        assert [ask(port, path=path)[0] for path in old] == [200] * 2
