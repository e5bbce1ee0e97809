"""Screens of the admin, read and sent back as a browser would."""

import re
from html import unescape
from typing import Any

from django.urls import reverse

from tests.client import Client


def screen(row: Any, action: str = "change") -> str:
    return reverse(f"admin:content_{row._meta.model_name}_{action}", args=(row.pk,))


def shown(client: Client, url: str) -> dict[str, Any]:
    """The form on a screen, as a browser would send it back."""
    return sent_back(client.get(url))


def save(client: Client, row: Any, **changes: str) -> str:
    """What is said after the row's screen was saved with these values changed."""
    return said(client.post(screen(row), shown(client, screen(row)) | changes, follow=True))


def sent_back(response: Any) -> dict[str, Any]:
    """The form on this page, as a browser would send it."""
    html = response.content.decode()
    html = html[html.index('_form" novalidate>') :]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, kind = attribute(tag, "name"), attribute(tag, "type")
        if not name or kind in ("submit", "search") or "__prefix__" in name:
            continue
        if kind != "checkbox" or " checked" in tag:
            sent.setdefault(name, []).append(attribute(tag, "value") or ("on" if kind == "checkbox" else ""))
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL):
        sent[name] = unescape(text).replace("\n", "\r\n")
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        sent[name] = re.findall(r'<option value="([^"]*)" selected', options)
    return {name: value for name, value in sent.items() if "__prefix__" not in name}


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def said(response: Any) -> str:
    return unescape(response.content.decode())
