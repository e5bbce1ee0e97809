#!/usr/bin/env python
"""Django's commands, and ours: `python manage.py help`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triage.settings")
    try:
        import triage.settings  # noqa: F401, PLC0415  (a missing setting is one line here, not a traceback)

        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(f"Steady cannot start: {problem}")


if __name__ == "__main__":
    main()
