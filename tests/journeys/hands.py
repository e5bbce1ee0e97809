"""Three ways to use a page: a mouse, a finger, and a keyboard alone."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

MOST_TABS = 60
"""Stops on one page; no page has as many."""


class Mouse:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.lost: list[Any] = []
        """Stops of the keyboard at which one would not know where one is."""

    def touch(self, target: Locator) -> None:
        target.click()

    def choose(self, box: Locator) -> None:
        """By the whole card, as people do."""
        self.touch(self.page.locator("label").filter(has=box))

    def press(self, target: Locator) -> None:
        with self.page.expect_navigation():
            self.touch(target)


class Finger(Mouse):
    def touch(self, target: Locator) -> None:
        target.tap()


STOP = """() => {
    const at = document.activeElement, shown = at.closest('label') ?? at
    const style = getComputedStyle(shown), box = shown.getBoundingClientRect()
    const middle = (a, b, most) => Math.min(Math.max((a + b) / 2, 1), most - 1)
    const x = middle(box.left, box.right, innerWidth), y = middle(box.top, box.bottom, innerHeight)
    const top = document.elementFromPoint(x, y)
    return {
        ring: style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 2,
        on_screen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        uncovered: !!top && (shown.contains(top) || top.contains(shown)),
        name: (at.labels?.[0] ?? at).textContent.trim().slice(0, 40),
    }
}"""
"""Where the keyboard is, and whether one can see it."""


class Keyboard(Mouse):
    def reach(self, target: Locator) -> None:
        handle = target.element_handle()
        for _ in range(MOST_TABS):
            if handle.evaluate("target => target == document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            self._look()
        raise AssertionError(f"the keyboard does not reach {target}")

    def choose(self, box: Locator) -> None:
        if box.get_attribute("type") != "radio":
            self.reach(box)
            self.page.keyboard.press("Space")
            return
        self.reach(self.page.locator(f"[name={box.get_attribute('name')}]").first)
        self.page.keyboard.press("Space")
        for _ in range(MOST_TABS):
            if box.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
            self._look()

    def press(self, target: Locator) -> None:
        self.reach(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _look(self) -> None:
        stop = self.page.evaluate(STOP)
        if not (stop["ring"] and stop["on_screen"] and stop["uncovered"] and stop["name"]):
            self.lost.append({"page": path(self.page)} | stop)


def path(page: Page) -> str:
    return urlsplit(page.url).path


def start(hand: Mouse) -> None:
    hand.page.goto("/")
    hand.press(hand.page.get_by_role("link", name="Start"))


def answer(hand: Mouse, answers: Mapping[str, Sequence[str]]) -> None:
    """Choose what is asked on this page, and continue."""
    boxes = hand.page.locator("fieldset input").evaluate_all(
        "boxes => boxes.map(box => [box.id, box.name, box.value])"
    )
    for id, name, value in boxes:
        if value in answers.get(name, ()):
            hand.choose(hand.page.locator(f"#{id}"))
    hand.press(hand.page.get_by_role("button", name="Continue"))


def answer_all(hand: Mouse, answers: Mapping[str, Sequence[str]]) -> None:
    """From the start, page after page, until nothing is asked."""
    start(hand)
    while path(hand.page).startswith("/check/"):
        answer(hand, answers)
