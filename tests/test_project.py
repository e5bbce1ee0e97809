"""What the project promises about itself: pinned dependencies with reasons, and no host of packages."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(ROOT.glob("requirements*.lock"))
PROJECT = (ROOT / "pyproject.toml").read_text()


def pinned(lock):
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_host_of_packages(lock):
    assert "://" not in lock.read_text()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_pins_every_package_by_its_hash(lock):
    packages = re.split(r"^(?=[a-z0-9-]+==)", lock.read_text(), flags=re.MULTILINE)[1:]
    assert packages
    assert all("--hash=sha256:" in package for package in packages)


def test_what_runs_is_the_same_in_every_lock():
    run = pinned(ROOT / "requirements.lock")
    for lock in LOCKS:
        assert run.items() <= pinned(lock).items()


def test_every_dependency_says_why_it_is_there():
    lines = PROJECT.splitlines()
    project = tomllib.loads(PROJECT)["project"]
    for requirement in project["dependencies"] + project["optional-dependencies"]["dev"]:
        [place] = [number for number, line in enumerate(lines) if f'"{requirement}"' in line]
        assert lines[place - 1].strip().startswith("# ")
