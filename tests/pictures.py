"""`make pictures` draws docs/pictures/ for the README from the real pages of the site that is running."""

import os
import sys
from pathlib import Path
from shutil import which

from playwright.sync_api import sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triage.settings")

from tests.journeys.answers import ORDINARY_VISIT
from tests.journeys.hands import Mouse, answer_all

CHROMIUM = os.environ.get("CHROMIUM") or which("chromium") or which("chromium-browser")
FOLDER = Path(__file__).parents[1] / "docs/pictures"
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}


def main(site: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name, size in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    base_url=site, viewport=size, color_scheme=scheme, reduced_motion="reduce"
                )  # type: ignore[arg-type]
                page = context.new_page()
                answer_all(Mouse(page), ORDINARY_VISIT)
                page.screenshot(path=FOLDER / f"results-{name}-{scheme}.png")
                context.close()


if __name__ == "__main__":
    main(sys.argv[1])
