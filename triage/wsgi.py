"""What the web server calls."""

import os
import sys
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from triage.web import content_types

REFUSED = "*"
GIVE_UP = 3
"""With this status gunicorn stops, and does not start the same failure again and again."""


def without_codecs(django: WSGIApplication) -> WSGIApplication:
    """As it makes its request, Django decodes the query, and parameters of Content-Type, with whatever
    codec Content-Type names. `Bodies` then refuses the request."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not content_types.ANY.fullmatch(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = REFUSED
        return django(environ, start_response)

    return application


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triage.settings")
try:
    application = without_codecs(get_wsgi_application())
except ImproperlyConfigured as problem:
    sys.stderr.write(f"Steady cannot start: {problem}\n")
    sys.exit(GIVE_UP)
