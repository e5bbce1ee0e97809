"""Scripts of faults/, for a moment each. `make faults` runs all of them for a minute.

Left out here is what a busy machine could fail: `peers` measures how soon a release is seen.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOT_HERE = 3


@pytest.mark.parametrize(
    "name",
    [
        "workers",
        "stop",
        "database-gone",
        "database-busy",
        "logs",
        "keys",
        "postgres-frozen",
        "start",
    ],
)
def test_the_service_bears_it(name):
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    ran = subprocess.run(
        [sys.executable, "-m", "faults", name, "--seconds", "4"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if ran.returncode == NOT_HERE:
        pytest.skip(ran.stdout.strip())
    assert ran.returncode == 0, ran.stdout + ran.stderr
