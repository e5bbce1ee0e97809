"""What axe finds, on every public page: nothing."""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.journeys.places import GROUPS

pytestmark = pytest.mark.slow

ALL = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}},
}
"""Axe looks at the size of targets only when asked."""

SIGHT = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]}}
"""The rules that a colour scheme or the width of a screen can change."""

CONTRAST_AAA = """axe.configure({checks: [{id: 'color-contrast', options: {
    contrastRatio: {normal: {expected: 7}, large: {expected: 4.5}},
    boldValue: 700, boldTextPt: 14, largeTextPt: 18, ignoreUnicode: true,
    pseudoSizeThreshold: .25, shadowOutlineEmMax: .2, textStrokeEmMin: .03,
}}]})"""
"""Axe has a rule for AA and another for AAA, both slow. The first with the second's figures does for both."""


def bring_axe(page: Page) -> None:
    """By way of the devtools: the pages themselves allow no script."""
    page.evaluate(AXE_SCRIPT)
    page.evaluate(CONTRAST_AAA)


def findings(page: Page, rules: dict[str, Any]) -> list[str]:
    found = page.evaluate(
        "rules => axe.run(rules)", rules | {"resultTypes": ["violations"], "preload": False}
    )
    return [f"{row['id']}: {node['target'][0]}" for row in found["violations"] for node in row["nodes"]]


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")


@pytest.mark.parametrize("group", GROUPS)
def test_axe_finds_nothing(desktop: Page, visit, group):
    found = []
    for place in GROUPS[group]:
        desktop.set_viewport_size({"width": 390, "height": 844})
        desktop.emulate_media(color_scheme="light")
        visit(desktop, place)
        unfold(desktop)
        bring_axe(desktop)
        found += [f"{place.name}, light phone: {finding}" for finding in findings(desktop, ALL)]
        desktop.set_viewport_size({"width": 1280, "height": 900})
        desktop.emulate_media(color_scheme="dark")
        found += [f"{place.name}, dark desktop: {finding}" for finding in findings(desktop, SIGHT)]
    assert found == []


def test_axe_would_find_a_fault(desktop: Page, visit):
    visit(desktop, GROUPS["questions"][0])
    bring_axe(desktop)
    desktop.evaluate("""() => {
        const sheet = new CSSStyleSheet()
        sheet.replaceSync(`
            .hint { color: #555 !important; background: #ddd }
            .foot nav { display: grid; gap: 0 }
            .foot a { font-size: 6px; line-height: 1; padding: 0 !important }
        `)
        document.adoptedStyleSheets = [sheet]
        document.querySelector('.logo span').remove()
    }""")
    found = findings(desktop, ALL)
    assert {finding.partition(":")[0] for finding in found} == {"color-contrast", "target-size", "link-name"}
