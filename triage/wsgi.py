"""What the web server calls."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

GIVE_UP = 3
"""With this status gunicorn stops, and does not start the same failure again and again."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triage.settings")
try:
    application = get_wsgi_application()
except ImproperlyConfigured as problem:
    sys.stderr.write(f"Steady cannot start: {problem}\n")
    sys.exit(GIVE_UP)
