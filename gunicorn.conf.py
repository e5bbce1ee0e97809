"""The web server: `gunicorn` reads this file by itself. GUNICORN_CMD_ARGS overrides each line."""

import os
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
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
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
    """Read the release before the first visitor comes: from then on the public needs no database."""
    from django.db import connection  # noqa: PLC0415  (the application is loaded by now)

    from triage.releases import NoRelease, releases  # noqa: PLC0415

    with suppress(NoRelease):
        releases.newest()
    connection.close()


def when_ready(server: Any) -> None:
    addresses = ", ".join(str(listener) for listener in server.LISTENERS)
    with suppress(OSError):  # a full disk must not stop the service
        print(f"Steady is at {addresses}", flush=True)  # noqa: T201
