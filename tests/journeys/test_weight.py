"""How many bytes the pages take, compressed as they are served, without headers."""

from playwright.sync_api import Page, Response

from tests.journeys.answers import fullest
from tests.journeys.places import PAGES_OF_QUESTIONS, Place, before

FIRST_VISIT = 10 * 1024
WHOLE_WAY = 45 * 1024


class Weight:
    """Counts each answer once: what never changes comes from the browser's own store after that."""

    def __init__(self, page: Page) -> None:
        self.of: dict[str, int] = {}
        self.plain: list[str] = []
        page.on("response", self._came)

    def _came(self, response: Response) -> None:
        self.of[response.url] = int(response.headers["content-length"])
        if "content-encoding" not in response.headers:
            self.plain.append(response.url)

    @property
    def total(self) -> int:
        return sum(self.of.values())


def test_a_first_visit_takes_10_kb_at_most(desktop: Page, published):
    weight = Weight(desktop)
    desktop.goto("/", wait_until="networkidle")
    assert weight.plain == []
    assert len(weight.of) >= 2
    assert weight.total <= FIRST_VISIT


def test_the_whole_way_to_the_results_takes_45_kb_at_most_for_the_most_that_can_be_chosen(
    desktop: Page, visit, guide
):
    everything = fullest(guide)
    weight = Weight(desktop)
    desktop.goto("/")
    for step in PAGES_OF_QUESTIONS:
        visit(desktop, Place(step, f"/check/{step}/", before(step, everything)))
    visit(desktop, Place("results", "/results/", everything))
    desktop.wait_for_load_state("networkidle")
    assert len([address for address in weight.of if "/check/" in address]) == len(PAGES_OF_QUESTIONS)
    assert weight.total <= WHOLE_WAY
