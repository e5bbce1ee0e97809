"""The environment of the public templates and of reports. A name that is not there is an error."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponseBase
from django.template.defaultfilters import capfirst
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString
from jinja2 import Environment, StrictUndefined, select_autoescape

from triage import markdown

Response = TypeVar("Response", bound=HttpResponseBase)

READING = ("article", "about", "privacy", "accessibility", "notes")
PAGES = ("check", "results", "emergency", "clear", *READING)


@dataclass(frozen=True)
class Urls:
    """Where the pages are: at the root in public, under a prefix in a preview."""

    prefix: str = "/"

    def __getattr__(self, page: str) -> str:
        """`urls.results` is "/results/"."""
        if page not in PAGES:
            raise AttributeError(page)
        return f"{self.prefix}{page}/"

    @property
    def start(self) -> str:
        return self.prefix

    def step(self, page: str, question: str = "") -> str:
        """A page of questions, at one of them."""
        return f"{self.prefix}check/{page}/{f'#{question}' if question else ''}"


def in_sentence(text: str) -> str:
    """With a small first letter, unless it is a short form such as "RLS" or the word "I"."""
    return text if text[1:2].isupper() or text.startswith("I ") else text[:1].lower() + text[1:]


def listed(texts: Iterable[str]) -> str:
    """One line: "Being cold or wet; standing still"."""
    first, *rest = [*texts] or [""]
    return "; ".join([first, *map(in_sentence, rest)])


def day(when: date) -> str:
    """In words: 3 November 2026."""
    if isinstance(when, datetime):
        when = timezone.localtime(when)
    return f"{when:%-d %B %Y}"


def dialled(number: str) -> str:
    """A link that dials, where the deployment gave a number."""
    digits = "".join(number.split())
    return f"tel:{digits}" if digits.removeprefix("+").isdigit() else ""


def passage(text: str) -> SafeString:
    """A section inside another page: there no mark of a fact is linked to."""
    return SafeString(re.sub(r' id="F\d\d"', "", markdown.render(text)))


def environment(**options: Any) -> Environment:
    options |= {"undefined": StrictUndefined, "autoescape": select_autoescape()}  # all but the .txt
    public = Environment(trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701
    public.globals |= {"static": cache(static), "settings": settings, "urls": Urls(), "private": False}
    public.globals |= {"preview": "", "try_url": "", "screen": ("", "")}  # of staff alone
    public.filters |= {each.__name__: each for each in (in_sentence, listed, day, dialled, capfirst)}
    for name, made in (("markdown", markdown.render), ("passage", passage), ("quote", markdown.sentence_of)):
        public.filters[name] = lru_cache(maxsize=5_000)(made)
    return public


def html(template: str, **context: object) -> str:
    return render_to_string(template, context, using="public")


def private(response: Response) -> Response:
    """Kept by no browser and no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
