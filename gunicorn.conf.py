"""The web server: `gunicorn` reads this file by itself. GUNICORN_CMD_ARGS overrides each line."""

import gc
import os
import sys
from contextlib import suppress
from typing import Any

from gunicorn.glogging import Logger

from triage.web import logs

wsgi_app = "triage.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"

workers = 1
threads = 4
timeout = 30
graceful_timeout = 20

# A heartbeat on a disk would stop a worker whenever the disk is slow.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True

# Django decides which proxy to believe (TRUSTED_PROXIES); the server passes the headers on as they came.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""  # a caller on this machine could name another path with SCRIPT_NAME


class ErrorLog(Logger):
    """The application writes the lines about requests, without a query; here none is even made."""

    @property
    def access_log_enabled(self) -> bool:
        return bool(self.cfg.accesslog)


logger_class = ErrorLog
accesslog = None
logconfig_dict = logs.config(os.environ.get("LOG_FORMAT", "json"), os.environ.get("LOG_LEVEL", "info"))


def post_worker_init(worker: Any) -> None:
    """Read the release before the first visitor comes: from then on the public needs no database.

    Beside long work of the staff a visitor waits for the turn of their thread, and for the collector of
    garbage, which stops them all. So turns are short, what is here at the start is never looked through
    again, and the rest less often than by default (docs/capacity.md has what that gave).
    """
    from django.db import connection  # noqa: PLC0415  (the application is loaded by now)

    from triage.releases import NoRelease, releases  # noqa: PLC0415

    with suppress(NoRelease):
        releases.newest()
    connection.close()
    sys.setswitchinterval(0.0005)  # seconds
    gc.freeze()
    gc.set_threshold(2000, 20, 20)


def when_ready(server: Any) -> None:
    addresses = ", ".join(str(listener) for listener in server.LISTENERS)
    with suppress(OSError):  # a full disk must not stop the service
        print(f"Steady is at {addresses}", flush=True)  # noqa: T201
