"""One person's way: the release they are on and what they answered so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from triage import cookie
from triage.engine.answers import carried
from triage.engine.assessment import Assessment, asked, assess
from triage.engine.weighing import urgency_of
from triage.releases import PublishedGuide, Shelf


@dataclass
class Journey:
    release: PublishedGuide
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notice: str = ""
    """Something to be told: the name of a notice."""
    changed: bool = False
    """The cookie is to be written anew."""

    def __post_init__(self) -> None:
        self._asked: dict[str, tuple[str, ...]] | None = None

    def asked_on(self, page: str) -> tuple[str, ...]:
        """The questions that are asked on this page, given the answers so far."""
        if self._asked is None:
            self._asked = {}
            guide = self.release.guide
            for question in asked(guide, self.answers):
                slug = guide.page_of[question.slug].slug
                self._asked[slug] = (*self._asked.get(slug, ()), question.slug)
        return self._asked.get(page, ())

    def is_answered(self, page: str) -> bool:
        """Whether everything that is asked on this page has an answer."""
        questions = self.asked_on(page)
        return bool(questions) and all(slug in self.answers for slug in questions)

    def first_unanswered(self) -> str | None:
        """The first page, from the start, that still has a question to answer."""
        for page in self.release.guide.pages:
            if any(slug not in self.answers for slug in self.asked_on(page.slug)):
                return page.slug
        return None

    def answer(self, answers: Mapping[str, tuple[str, ...]]) -> None:
        self.answers.update(answers)
        self._asked = None
        self.changed = True

    def is_emergency(self) -> bool:
        """Whether the rules so far say so. Asked at every page, so without the reasons."""
        return urgency_of(self.release.guide, self.answers) == "emergency"

    def assessment(self) -> Assessment:
        return assess(self.release.guide, self.answers)


def begin(shelf: Shelf, packed: str | None) -> Journey:
    """The journey that a cookie holds, on its release if that can be had, else on the newest.

    Raises NoRelease when there is none at all.
    """
    newest = shelf.newest()
    if not packed:
        return Journey(newest, changed=True)
    try:
        number, answers = cookie.unpack(packed)
    except cookie.Expired:
        return Journey(newest, notice="expired", changed=True)
    except cookie.Unreadable:
        return Journey(newest, notice="unreadable", changed=True)
    release = shelf.get(number)
    moved = release is None
    journey = Journey(release or newest, changed=moved, notice="moved" if moved and answers else "")
    journey.answers = carried(journey.release.guide, answers)
    return journey
