"""One line for each thing that happened. No line ever holds an answer or a query."""

import json
import logging
import re
import sys
import threading
import time
import traceback
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime

from django.core import mail

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Names the request that is being answered, in its log lines and in its answer's X-Request-ID."""

FIELDS = ("method", "path", "status", "ms")
"""What a record may carry beside its message."""


SECRET = re.compile("(?<=/admin/reset/).+", re.DOTALL)
"""The end of an address that lets somebody set a password. Django's own lines quote addresses, too."""


class Event(logging.Formatter):
    """A record as a dict: what both formats show."""

    def facts(self, record: logging.LogRecord) -> dict[str, object]:
        facts: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": SECRET.sub("", record.getMessage()),
        }
        if request := request_id.get():
            facts["request"] = request
        facts.update({name: record.__dict__[name] for name in FIELDS if name in record.__dict__})
        if record.exc_info and record.exc_info[1]:
            facts["error"] = _told(record.exc_info[1], quoting=not (request or hasattr(record, "unquoted")))
        return facts


class Json(Event):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.facts(record), default=str)


class Text(Event):
    def format(self, record: logging.LogRecord) -> str:
        line = " ".join(str(value) for value in self.facts(record).values())
        return line.encode("unicode_escape").decode()  # a path may hold a line's end


def _told(error: BaseException, *, quoting: bool) -> list[str]:
    """The kind of an error, the places it passed, and its cause.

    Its words too, but not while a request is answered: they could quote an answer.
    """
    kind = type(error).__qualname__
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    cause = error.__cause__ or error.__context__
    words = f"{kind}: {error}" if quoting else kind
    return [words, *places, *(_told(cause, quoting=quoting) if cause else [])]


QUOTING = ("Invalid request", "Error handling request")
"""How the web server's lines begin that go on with what was sent, and from where."""


class Unquoted(logging.Filter):
    """For the web server's own lines: what was sent could be an answer, or the cookie with all of them."""

    def filter(self, record: logging.LogRecord) -> bool:
        for beginning in QUOTING:
            if str(record.msg).startswith(beginning):
                record.msg, record.args = beginning, ()
                record.__dict__["unquoted"] = True
        return True


class Mail(logging.Handler):
    """Mails an error line to ADMINS. Django's own handler would send the form and the cookies with it.

    Off the request, for a mail server may never answer; and one of a kind in an hour.
    """

    every = 60 * 60

    def __init__(self, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self._sent: dict[tuple[str, str, object], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        kind = (record.name, str(record.msg), (record.exc_info or (None,))[0])
        now = time.monotonic()
        if now - self._sent.get(kind, -self.every) < self.every:
            return
        self._sent[kind] = now
        words = (f"Steady: {record.levelname.lower()}", self.format(record))
        threading.Thread(target=_mail, args=words, daemon=True).start()


def _mail(*words: str) -> None:
    with suppress(OSError):  # of the mail server; the line is in the log
        mail.mail_admins(*words)


def config(form: str = "json", level: str = "info", *, mail_errors: bool = False) -> dict[str, object]:
    """For logging.config.dictConfig: `form` is "json" or "text", `level` that of our own lines.

    The web server asks before the settings can refuse what is neither, so that is taken for the default.
    """
    levels = logging.getLevelNamesMapping()
    handlers = ["stream", "mail"] if mail_errors else ["stream"]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.{'Text' if form == 'text' else 'Json'}"}},
        "filters": {"unquoted": {"()": f"{__name__}.Unquoted"}},
        "handlers": {
            "stream": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"},
            "mail": {"()": f"{__name__}.Mail", "level": "ERROR", "formatter": "line"},
        },
        "root": {"handlers": handlers, "level": "INFO"},
        "loggers": {
            "triage": {"level": levels.get(level.upper(), logging.INFO)},
            "django": {"level": "INFO", "handlers": []},
            "django.request": {"level": "ERROR"},  # our own line tells of a 404 already
            "django.security": {"level": "CRITICAL"},  # and of a stranger's mistake, which is no error
            "axes": {"level": "WARNING"},
            "environ": {"level": "WARNING"},  # a deployment need not have the file .env
            "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True, "filters": ["unquoted"]},
        },
    }
