"""Django's test client, but one that sends a form as a browser does.

It is urlencoded, unless it has a file, and names its page of questions in a hidden field.
"""

import re
from typing import Any

from django.core.files.base import File
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.test import Client as DjangoClient
from django.test.client import MULTIPART_CONTENT
from django.utils.http import urlencode

STEP = "check_wizard-current_step"
URLENCODED = "application/x-www-form-urlencoded"


HANDLERS: dict[bool, Any] = {}
"""With CSRF checks and without. Stock makes one for each client, and each reads every static file again."""


@receiver(setting_changed)
def _made_anew(**changed: Any) -> None:
    """Middleware reads settings when it is made."""
    for handler in HANDLERS.values():
        handler._middleware_chain = None


class Client(DjangoClient):
    def __init__(self, enforce_csrf_checks: bool = False, **more: Any) -> None:
        super().__init__(enforce_csrf_checks, **more)
        self.handler = HANDLERS.setdefault(enforce_csrf_checks, self.handler)

    def post(self, path: str, data: Any = None, content_type: str = MULTIPART_CONTENT, **more: Any) -> Any:
        fields = data or {}
        if isinstance(fields, dict) and (page := re.search(r"/check/(\w+)/$", path)):
            data = fields = {STEP: page[1]} | fields
        if content_type == MULTIPART_CONTENT and not any(
            isinstance(value, File) for value in fields.values()
        ):
            data, content_type = urlencode(fields, doseq=True), URLENCODED
        return super().post(path, data, content_type, **more)
