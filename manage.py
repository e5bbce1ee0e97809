#!/usr/bin/env python
"""Django's commands, and ours: `python manage.py help`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triage.settings")
    try:
        import triage.settings  # noqa: F401, PLC0415  (a missing setting is one line here, not a traceback)

        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except ImproperlyConfigured as problem:
        sys.exit(f"Steady cannot start: {problem}")
    except DatabaseError as problem:
        said = str(problem).partition("\n")[0]
        sys.exit(f"The database cannot be used: {said}. DATABASE_URL names it; `manage.py migrate` fills it.")
    except BrokenPipeError:  # whoever read what we write has seen enough: `manage.py assess FILE | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as problem:  # no such folder, a full disk
        sys.stdout = None  # type: ignore[assignment]  (what is left in it would be an error again)
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
