"""Made-up guides and answers, for properties that hold whatever staff write."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from triage.engine.guide import LEVELS, Guide
from triage.engine.parts import (
    FACT_MARK,
    RANK,
    URGENCIES,
    CardRow,
    Cause,
    Condition,
    Evidence,
    Fact,
    Group,
    Level,
    Option,
    Page,
    Question,
    Section,
    Source,
    UrgencyRule,
    Vignette,
)

few = settings(max_examples=40)
"""For properties of whole guides, which take a while to make up."""

Draw = Callable[[st.SearchStrategy[Any]], Any]

Words = st.SearchStrategy[str]

texts = st.text(max_size=20).filter(lambda text: not FACT_MARK.search(text))
names = st.sampled_from(["a", "B", "c2", "d_e", "feel", "none", "unsure", "x" * 50])
checks = st.fixed_dictionaries(
    {}, optional={"checked_on": st.dates(), "signed_by": texts, "signed_on": st.dates()}
)


def some(slugs: Sequence[str], *, least: int = 0, most: int = 4) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of these, each once, in any order."""
    few = (
        st.lists(st.sampled_from(slugs), unique=True, min_size=least, max_size=most) if slugs else st.just([])
    )
    return few.map(tuple)


def unique_names(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(names, unique=True, min_size=least, max_size=most)


@st.composite
def conditions(draw: Draw, options: Sequence[str], calming: Sequence[str] = ()) -> Condition:
    """Every kind; options of `calming` may stand under "none" and "unless", too, but never all of them
    under "unless"."""
    parts: dict[str, list[str]] = {"all": [], "any": [], "none": [], "group": [], "unless": []}
    for n, option in enumerate(draw(some(options, least=1))):
        may = {"none": option in calming, "unless": option in calming and n}
        parts[draw(st.sampled_from([name for name in parts if may.get(name, True)]))].append(option)
    return Condition(
        **{name: tuple(parts[name]) for name in ("all", "any", "none")},
        groups=draw(_groups(parts["group"])),
        unless=draw(_groups(parts["unless"])),
    )


@st.composite
def _groups(draw: Draw, options: Sequence[str]) -> tuple[Group, ...]:
    if not options:
        return ()
    return (Group(of=tuple(options), at_least=draw(st.integers(1, len(options)))),)


@st.composite
def questions(draw: Draw, slug: str, earlier: Sequence[str], texts: Words, cited: Any) -> Question:
    """As the laws ask: a follow-up hangs on answers that are sure, and on none that is missing; what stands
    apart has no reason of its own."""
    kind = draw(st.sampled_from(["single", "multiple"]))
    options = tuple(
        Option(
            slug=name,
            exclusive=(exclusive := kind == "multiple" and draw(st.booleans())),
            unsure=(unsure := draw(st.booleans())),
            text=draw(texts),
            hint=draw(texts),
            clause=draw(texts),
            spoken=draw(texts),
            first_aid=draw(texts),
            crisis=draw(st.booleans()),
            **(
                draw(cited) | {"reason": draw(texts)}
                if not (exclusive or unsure) and draw(st.booleans())
                else {}
            ),
            passing=draw(st.booleans()),
        )
        for name in draw(unique_names(2, 4))
    )
    return Question(
        slug=slug,
        kind=kind,
        **{name: draw(texts) for name in ("text", "short", "hint", "why")},
        signs=draw(st.sampled_from(["", "symptom", "warning", "emergency"])),
        sheet_place=draw(st.integers(0, 3)),
        show_if=draw(st.none() | _plain(earlier)) if earlier else None,
        options=options,
    )


def _plain(options: Sequence[str]) -> st.SearchStrategy[Condition]:
    """A condition that nothing holds back."""
    found = conditions(options, options).map(lambda condition: replace(condition, unless=()))
    return found.filter(lambda condition: condition.options)


@st.composite
def pages(draw: Draw, texts: Words, cited: Any) -> tuple[Page, ...]:
    slugs = draw(unique_names(1, 5))
    found: list[Page] = []
    part = 0
    while slugs:
        earlier = [
            f"{q.slug}:{o.slug}" for page in found for q in page.questions for o in q.options if not o.unsure
        ]
        here = [slugs.pop() for _ in range(draw(st.integers(1, min(2, len(slugs)))))]
        part += draw(st.integers(0, 1))
        page = Page(
            slug=f"page{len(found)}",
            section=f"Part {part}",
            title=draw(texts),
            picture=draw(texts),
            questions=tuple(draw(questions(slug, earlier, texts, cited)) for slug in here),
        )
        found.append(page)
    return tuple(found)


@st.composite
def _rows(draw: Draw, texts: Words) -> tuple[CardRow, ...]:
    return tuple(CardRow(label=draw(texts), text=draw(texts)) for _ in range(draw(st.integers(0, 2))))


@st.composite
def guides(draw: Draw, texts: Words = texts, checks: Any = checks) -> Guide:
    """Every field of every class comes out filled now and then, and empty now and then."""
    sources = draw(unique_names(1, 3))
    facts = [f"F{n:02}" for n in range(draw(st.integers(0, 3)))]
    cited = st.fixed_dictionaries({"facts": some(facts), "sources": some(sources, least=1)})
    way = draw(pages(texts, cited))
    asked = [question for page in way for question in page.questions]
    options = [f"{question.slug}:{option.slug}" for question in asked for option in question.options]
    sure = [f"{q.slug}:{o.slug}" for q in asked for o in q.options if not o.unsure]
    sections = draw(unique_names(1, 2))
    told = {fact: draw(st.sampled_from(sections)) for fact in facts}
    causes = draw(unique_names(0, 3))

    return Guide(
        possible_at=draw(st.integers(-2, 2)),
        strong_at=draw(st.integers(3, 5)),
        levels=tuple(
            Level(
                slug=slug,
                card=draw(_rows(texts)),
                **{name: draw(texts) for name in ("name", "heading", "text", "watch")},
            )
            for slug in draw(st.sampled_from([LEVELS, URGENCIES]))
        ),
        home=draw(st.none() | _plain(sure)) if sure else None,
        home_reason=draw(texts),
        film=tuple(draw(st.lists(texts, max_size=2))),
        pages=way,
        causes=tuple(
            Cause(
                slug=slug,
                prior=draw(st.integers(-3, 3)),
                everyday=draw(st.booleans()),
                picture=draw(texts),
                section=draw(st.sampled_from(sections)),
                ask=tuple(draw(st.lists(texts, max_size=2))),
                sources=draw(some(sources)),
                **{name: draw(texts) for name in ("name", "medical_name", "what", "helps", "get_help")},
                **draw(checks),
                evidence=tuple(
                    Evidence(
                        slug=f"row_{c}_{n}",
                        points=draw(st.sampled_from([-3, -2, -1, 1, 2, 3])),
                        text=draw(texts),
                        condition=draw(conditions(options, sure)),
                        **draw(cited),
                        **draw(checks),
                    )
                    for n in range(draw(st.integers(0, 3)))
                ),
            )
            for c, slug in enumerate(causes)
        ),
        urgency_rules=tuple(
            UrgencyRule(
                slug=slug,
                urgency=(urgency := draw(st.sampled_from(URGENCIES))),
                today=urgency == "urgent" and draw(st.booleans()),
                reason=draw(texts),
                first_aid=draw(texts),
                condition=draw(conditions(options, sure)),
                unexplained=draw(st.booleans()),
                **draw(cited),
                **draw(checks),
            )
            for slug in draw(unique_names(0, 4))
        ),
        sections=tuple(
            Section(
                slug=slug,
                title=draw(texts),
                text=draw(texts) + "".join(f"[{fact}]" for fact, home in told.items() if home == slug),
                **draw(checks),
            )
            for slug in sections
        ),
        facts=tuple(Fact(slug=fact, text=draw(texts)) for fact in facts),
        sources=tuple(
            Source(
                slug=slug,
                url=draw(st.sampled_from(["", "https://example.org/page"])),
                **{name: draw(texts) for name in ("publisher", "title", "note")},
            )
            for slug in sources
        ),
        ask=tuple(draw(st.lists(texts, max_size=2))),
        vignettes=tuple(
            Vignette(
                slug=slug,
                answers=draw(_answers(asked)),
                causes=draw(some(causes)),
                urgency=(urgency := draw(st.sampled_from(URGENCIES))),
                urgency_accept=tuple(
                    sorted({urgency, draw(st.sampled_from(URGENCIES))}, key=RANK.__getitem__)
                ),
                opinions=tuple(draw(st.lists(st.sampled_from(URGENCIES), max_size=3))),
                **{name: draw(texts) for name in ("kind", "story", "why", "source")},
            )
            for slug in draw(unique_names(0, 2))
        ),
    )


@st.composite
def _answers(draw: Draw, asked: Sequence[Question]) -> dict[str, tuple[str, ...]]:
    found = {}
    for question in asked:
        most = 1 if question.kind == "single" else len(question.options)
        chosen = draw(some([option.slug for option in question.options], most=most))
        exclusive = [o.slug for o in question.options if o.slug in chosen and o.exclusive]
        if chosen:
            found[question.slug] = tuple(exclusive[:1]) or chosen
    return found


def answers(guide: Guide) -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    """Sets without problems in this guide; also with answers to follow-ups that are not asked."""
    return _answers(list(guide.questions.values()))


@st.composite
def guides_with_answers(draw: Draw) -> tuple[Guide, dict[str, tuple[str, ...]]]:
    """Without prose, which nobody weighs."""
    guide = draw(guides(st.just("So it is."), st.just({})))
    return guide, draw(answers(guide))
