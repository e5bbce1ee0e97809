"""The environment of the public templates: what they can call. A name that is not there is an error."""

from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static
from jinja2 import Environment, StrictUndefined, select_autoescape

from triage import words
from triage.addresses import Urls

Response = TypeVar("Response", bound=HttpResponseBase)


def dialled(number: str) -> str:
    """A link that dials, where the deployment gave a number."""
    digits = "".join(number.split())
    return f"tel:{digits}" if digits.removeprefix("+").isdigit() else ""


def environment(**options: Any) -> Environment:
    options |= {"undefined": StrictUndefined, "autoescape": select_autoescape()}  # all but the .txt
    public = Environment(**options)  # noqa: S701
    public.trim_blocks = public.lstrip_blocks = True
    public.globals |= {"static": cache(static), "settings": settings, "urls": Urls(), "private": False}
    public.globals |= {"preview": "", "try_url": "", "screen": ("", "")}  # of staff alone
    public.filters |= {
        "in_sentence": words.in_sentence,
        "listed": words.listed,
        "day": words.day,
        "dialled": dialled,
    }
    return public


def html(template: str, **context: object) -> str:
    return render_to_string(template, context, using="public")


def private(response: Response) -> Response:
    """Kept by no browser and no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
