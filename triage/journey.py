"""One person's way: the release they are on and what they answered so far."""

from dataclasses import dataclass, field
from functools import cached_property

from django.core import signing

from triage import cookie
from triage.engine.parts import Answers, Question, grouped
from triage.engine.weigh import Assessment, assess
from triage.releases import PublishedGuide, ReleaseCache

EMERGENCY, RESULTS = "emergency", "results"
"""Where the questions lead, beside the pages of the guide."""


@dataclass
class Journey:
    release: PublishedGuide
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    wrong: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What was sent and does not count yet: it has to be mended, the person went back from it, or the release
    has changed since, and it is to be looked at again."""
    notice: str = ""
    """Something to be told: the name of a notice (templates/public/parts/notice.html)."""
    changed: bool = False
    """The cookie is to be written anew."""

    @cached_property
    def assessment(self) -> Assessment:
        """Of the answers so far, once for all that asks about them."""
        return assess(self.release.guide, self.answers)

    @cached_property
    def questions(self) -> dict[str, list[Question]]:
        """What is asked, by page: a page with nothing to ask is left out."""
        page_of = self.release.guide.page_of
        return grouped((page_of[question.slug].slug, question) for question in self.assessment.asked)

    @property
    def due(self) -> str:
        """The one rule of the route: an emergency that no further answer can change, then the first page
        without an answer, then what comes of them all."""
        if self.assessment.is_emergency:
            return EMERGENCY
        for page in self.questions:
            if not self.is_answered(page):
                return page
        return EMERGENCY if self.assessment.urgency == "emergency" else RESULTS

    def is_answered(self, page: str) -> bool:
        """Whether everything that is asked on this page has an answer, and nothing there is to be mended."""
        questions = {question.slug for question in self.questions.get(page, ())}
        return bool(questions) and questions <= self.answers.keys() and questions.isdisjoint(self.wrong)

    def is_open(self, page: str | None) -> bool:
        """Whether this page of questions is due, or something was sent for it, be it to be mended."""
        sent = {*self.answers, *self.wrong}
        begun = any(question.slug in sent for question in self.questions.get(page or "", ()))
        return begun or (page in self.questions and page == self.due)

    def answer(self, answers: Answers) -> None:
        self.answers.update({slug: tuple(chosen) for slug, chosen in answers.items()})
        self.wrong = {slug: chosen for slug, chosen in self.wrong.items() if slug not in answers}
        self.changed = True
        for read in ("assessment", "questions"):
            self.__dict__.pop(read, None)

    def leave_empty(self) -> None:
        """Nothing is wrong with a question that has had no answer yet."""
        wrong = {slug: chosen for slug, chosen in self.wrong.items() if chosen or slug in self.answers}
        self.changed |= wrong != self.wrong
        self.wrong = wrong

    def put_aside(self, wrong: Answers) -> None:
        self.wrong |= {slug: tuple(chosen) for slug, chosen in wrong.items()}
        self.changed = True


def begin(releases: ReleaseCache, packed: str | None) -> Journey:
    """The journey that a cookie holds, on its release if that can be had, else on the newest.

    Raises NoRelease when there is none at all.
    """
    newest = releases.newest()
    if not packed:
        return Journey(newest, changed=True)
    try:
        number, answers, wrong = cookie.unpack(packed)
    except signing.SignatureExpired:
        return Journey(newest, notice="expired", changed=True)
    except signing.BadSignature:
        return Journey(newest, notice="unreadable", changed=True)
    release = releases.get(number)
    moved = release is None
    journey = Journey(release or newest, changed=moved, notice="moved" if moved and answers else "")
    journey.answers = journey.release.guide.carried(answers)
    journey.wrong = wrong
    if moved:  # "none of these" was said of other answers than are offered now
        several = [q.slug for q in journey.release.guide.questions.values() if q.kind == "multiple"]
        journey.put_aside({slug: journey.answers[slug] for slug in several if slug in journey.answers})
    return journey
