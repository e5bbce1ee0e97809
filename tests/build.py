"""Builders for a small guide: every kind of question, follow-up, row and rule, once or twice.

`a_guide(causes=...)` changes one part; the small builders below make the parts. Slugs are those of
the first guide where one fits, so that tests of both read alike.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from triage.engine.guide import LEVELS, Guide, slug_for
from triage.engine.parts import (
    Cause,
    Condition,
    Evidence,
    Fact,
    Level,
    Option,
    Page,
    Question,
    Section,
    Source,
    UrgencyName,
    UrgencyRule,
    Vignette,
)

NONE = Option(slug="none", text="None of these", clause="it was none of these", exclusive=True)
UNSURE = Option(slug="unsure", text="Not sure", unsure=True)


def options(*slugs: str) -> tuple[Option, ...]:
    """An option for each slug; "none" is exclusive and "unsure" is unsure."""
    apart = {"none": NONE, "unsure": UNSURE}
    return tuple(
        apart.get(slug) or Option(slug=slug, text=said(slug), clause=f"it was {slug}") for slug in slugs
    )


def said(slug: str) -> str:
    return slug.replace("_", " ").capitalize()


def a_single(slug: str, *slugs: str, **changes: Any) -> Question:
    return a_question(slug, *slugs, **{"kind": "single"} | changes)


def a_question(slug: str, *slugs: str, **changes: Any) -> Question:
    """A multiple choice with an option for each of `slugs`."""
    parts = {"kind": "multiple", "text": f"{said(slug)}?", "short": said(slug), "options": options(*slugs)}
    return Question(slug=slug, **parts | changes)


def a_page(slug: str, *questions: Question, section: str = "") -> Page:
    return Page(slug=slug, section=section or said(slug), title=said(slug), questions=questions)


def a_row(points: int, *, text: str = "", **condition: Any) -> Evidence:
    """`a_row(2, all=("feel:shivering",))`"""
    named = Condition(**condition)
    text = text or f"You said {', '.join(named.options)}"
    return Evidence(slug=slug_for(text, ()), points=points, text=text, condition=named, facts=("F01",))


def a_cause(slug: str, *evidence: Evidence, prior: int = 0, **changes: Any) -> Cause:
    parts = {
        "name": said(slug),
        "section": "reasons",
        "what": "What it is.",
        "helps": "What helps.",
        "get_help": "When to get help.",
    }
    rows: list[Evidence] = []
    for row in evidence:  # two causes may have rows of the same words
        taken = {other.slug for other in rows}
        rows.append(replace(row, slug=slug_for(f"{slug} {row.text}", taken)))
    return Cause(slug=slug, prior=prior, evidence=tuple(rows), **parts | changes)


def a_rule(
    slug: str,
    urgency: UrgencyName,
    *,
    today: bool = False,
    unexplained: bool = False,
    **condition: Any,
) -> UrgencyRule:
    return UrgencyRule(
        slug=slug,
        urgency=urgency,
        today=today,
        reason=f"{said(slug)}.",
        condition=Condition(**condition),
        unexplained=unexplained,
        sources=("nhs",),
    )


def a_vignette(slug: str = "v001", **changes: Any) -> Vignette:
    """Somebody shivers in the cold."""
    parts = {
        "kind": "classic",
        "story": "I was cold and my legs shook.",
        "answers": {"emergency": ("none",), "triggers": ("cold",), "feel": ("shivering",)},
        "causes": ("cold",),
        "urgency": "self_care",
        "urgency_accept": ("self_care",),
        "why": "Cold, and shivering.",
        "source": "Made up.",
    }
    return Vignette(slug=slug, **parts | changes)


def pages_with(change: Callable[[Option], Option]) -> tuple[Page, ...]:
    """The pages of the small guide, each option changed."""

    def changed(question: Question) -> Question:
        return replace(question, options=tuple(map(change, question.options)))

    return tuple(replace(page, questions=tuple(map(changed, page.questions))) for page in a_guide().pages)


def pages_that_pass(*also: str) -> tuple[Page, ...]:
    """Those in which "better" says that it passes off, and options of these slugs, too."""
    return pages_with(lambda option: replace(option, passing=option.slug in ("better", *also)))


def a_guide(**changes: Any) -> Guide:
    """Two causes, seven questions on five pages, one follow-up; `changes` replace whole parts.

    With other causes or pages the one story does not fit any more, and is left out.
    """
    parts = {
        "possible_at": 1,
        "strong_at": 3,
        "levels": tuple(
            Level(
                slug=slug,
                name=said(slug),
                heading=f"{said(slug)}: do this",
                text="How.",
                watch="- More of it.",
            )
            for slug in LEVELS
        ),
        "pages": (
            a_page("safety", a_question("emergency", "collapse", "injury", "none", signs="emergency")),
            a_page("triggers", a_question("triggers", "caffeine", "cold", "none")),
            a_page(
                "details",
                a_single(
                    "caffeine_amount",
                    *("little", "much", "unsure"),
                    show_if=Condition(any=("triggers:caffeine",)),
                ),
                section="Triggers",
            ),
            a_page(
                "symptoms",
                a_question("feel", "trembling", "shivering", "unsure"),
                a_question("warning_signs", "weakness", "numbness", "none", signs="warning", may_change=True),
            ),
            a_page(
                "duration",
                a_single("onset", "sudden", "gradual", "unsure"),
                a_single("trend", "better", "worse", "unsure", may_change=True),
            ),
        ),
        "causes": (
            a_cause(
                "caffeine",
                a_row(1, all=("triggers:caffeine",)),
                a_row(2, all=("triggers:caffeine", "caffeine_amount:much")),
                a_row(-1, all=("caffeine_amount:little",)),
                a_row(-2, none=("triggers:caffeine",)),
            ),
            a_cause(
                "cold",
                a_row(2, all=("triggers:cold",)),
                a_row(1, any=("feel:shivering",), none=("triggers:caffeine",)),
                a_row(-2, none=("triggers:cold", "feel:shivering")),
            ),
        ),
        "urgency_rules": (
            a_rule("emergency_sign", "emergency", any=("emergency:collapse", "emergency:injury")),
            a_rule("weak_legs", "urgent", all=("warning_signs:weakness",)),
            a_rule("numb_legs", "urgent", all=("warning_signs:numbness",)),
            a_rule("getting_worse", "routine", all=("trend:worse",)),
            a_rule("sudden_no_reason", "urgent", unexplained=True, all=("onset:sudden",)),
        ),
        "sections": (
            Section(slug="reasons", title="Why legs shake", text="Coffee can do it.[F01] So can cold.[F02]"),
        ),
        "facts": (Fact(slug="F01", text="Coffee can do it."), Fact(slug="F02", text="Cold can do it.")),
        "sources": (Source(slug="nhs", publisher="NHS", title="Shaking legs"),),
        "vignettes": () if {"causes", "pages"} & changes.keys() else (a_vignette(),),
    }
    return Guide(**parts | changes)


def a_lawful_guide(**changes: Any) -> Guide:
    """The small guide with what the safety laws ask for, so that it can be published."""
    small = a_guide()
    rules = tuple(replace(rule, unexplained=False) for rule in small.urgency_rules)
    better = a_vignette().answers | {"trend": ("better",)}
    parts: dict[str, Any] = {
        "home": Condition(any=("trend:better",)),
        "home_reason": "Nothing you said shows that it passes.",
        "causes": tuple(replace(cause, everyday=True) for cause in small.causes),
        "urgency_rules": rules,
        "vignettes": ()
        if {"causes", "pages"} & changes.keys()
        else (
            a_vignette(answers=better),
            a_vignette(
                "v002",
                answers={
                    "emergency": ("none",),
                    "triggers": ("caffeine",),
                    "caffeine_amount": ("much",),
                    "feel": ("trembling",),
                    "trend": ("better",),
                },
                causes=("caffeine",),
            ),
        ),
    }
    return a_guide(**parts | changes)
