"""The environment of the public templates: what they can call. A name that is not there is an error."""

from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static
from jinja2 import Environment, StrictUndefined

from triage import words
from triage.addresses import Urls

Response = TypeVar("Response", bound=HttpResponseBase)


class Site:
    """What a deployment says of itself."""

    @property
    def contact_text(self) -> str:
        return str(settings.CONTACT).removeprefix("mailto:").removeprefix("https://")

    @property
    def contact_url(self) -> str:
        contact = str(settings.CONTACT)
        return f"mailto:{contact}" if "@" in contact and ":" not in contact else contact

    @property
    def safety_case_url(self) -> str:
        return str(settings.SAFETY_CASE_URL)

    @property
    def emergency_number(self) -> str:
        return str(settings.EMERGENCY_NUMBER)

    @property
    def emergency_url(self) -> str:
        return dialled(self.emergency_number)

    @property
    def urgent_number(self) -> str:
        return str(settings.URGENT_NUMBER)

    @property
    def urgent_url(self) -> str:
        return dialled(self.urgent_number)

    @property
    def crisis_line(self) -> str:
        return str(settings.CRISIS_LINE)

    @property
    def crisis_url(self) -> str:
        return dialled(self.crisis_line)


def dialled(number: str) -> str:
    """A link that dials, where the deployment gave a number."""
    digits = "".join(number.split())
    return f"tel:{digits}" if digits.removeprefix("+").isdigit() else ""


def environment(**options: Any) -> Environment:
    public = Environment(**options | {"undefined": StrictUndefined})  # noqa: S701 - Django turns autoescape on
    public.trim_blocks = public.lstrip_blocks = True
    public.globals |= {"static": static, "site": Site(), "urls": Urls(), "private": False}
    public.globals |= {"preview": "", "try_url": "", "screen": ("", "")}  # of staff alone
    public.filters |= {"in_sentence": words.in_sentence, "listed": words.listed, "day": words.day}
    return public


def html(template: str, **context: object) -> str:
    return render_to_string(template, context, using="public")


def private(response: Response) -> Response:
    """Kept by no browser and no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
