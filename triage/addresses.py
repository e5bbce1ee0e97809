"""Where the pages are: at the root in public, under a prefix in a preview."""

from dataclasses import dataclass

READING = ("article", "about", "privacy", "accessibility", "notes")
PAGES = ("check", "results", "emergency", "clear", *READING)


@dataclass(frozen=True)
class Urls:
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
