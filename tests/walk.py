"""Walks the questionnaire as a browser without script does, over the real HTTP client."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

CALM = {
    "emergency": ["none"],
    "triggers": ["caffeine"],
    "caffeine_amount": ["strong"],
    "caffeine_usual": ["more"],
    "applies": ["none"],
    "feel": ["trembling"],
    "sides": ["both_legs"],
    "when": ["after_dose"],
    "relief": ["wearing_off"],
    "other_symptoms": ["jittery"],
    "warning_signs": ["none"],
    "onset": ["gradual"],
    "course": ["today"],
    "bouts": ["hours"],
    "trend": ["better"],
    "impact": ["none"],
}
"""Somebody with too much coffee and nothing to fear."""


def names(html: str) -> list[str]:
    """The questions on a page, in order."""
    return list(
        dict.fromkeys(re.findall(r'<input[^>]*name="(\w+)"', html.replace("csrfmiddlewaretoken", "")))
    )


def checked(html: str) -> set[str]:
    """`question:option` of every box that is ticked."""
    boxes = re.findall(r"<input[^>]*>", html)
    return {
        f"{_attribute(box, 'name')}:{_attribute(box, 'value')}"
        for box in boxes
        if re.search(r"\schecked", box)
    }


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def walk(client: Any, answers: Mapping[str, Sequence[str]] = CALM, until: str = "") -> Any:
    """Answer each page that comes, from the start; stop at a page whose path ends with `until`,
    or at the first that asks nothing. Gives the last response."""
    response = client.get("/check/", follow=True)
    if response.request["PATH_INFO"] == "/check/":  # there are answers: go on with them
        response = client.get(re.search(r'class="go" href="([^"]+)"', response.content.decode())[1])
    for _ in range(30):
        path = response.request["PATH_INFO"]
        if not path.startswith("/check/") or (until and path.endswith(until)):
            return response
        page = {slug: list(answers[slug]) for slug in names(response.content.decode()) if slug in answers}
        response = client.post(path, page, follow=True)
    raise AssertionError("the way has no end")
