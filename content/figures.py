"""The figures of an evaluation, and the safety laws, for staff: for a page, a terminal and a program."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from triage.engine.evaluation import NO_CAUSE, RATES, Figures, Miss, Rate
from triage.engine.guide import Guide
from triage.engine.laws import LAWS, Flaw
from triage.engine.parts import URGENCIES

CAVEAT = (
    "People described the stories, doctors published them, or they were made to break the rules. "
    "A reader said what is expected of each, and whoever wrote the rules knew them. "
    "No clinician has signed these labels yet. Nothing here was tested on patients."
)
SHOWN_MISSES = 200


class Law(NamedTuple):
    """A law as staff read it; one without flaws holds."""

    slug: str
    sentence: str
    flaws: tuple[Flaw, ...]


def rates(figures: dict[str, Rate]) -> list[dict[str, Any]]:
    """Those that count anything."""
    return [_told(what, figures[name]) for name, what in RATES.items() if figures[name].of]


def _told(what: str, rate: Rate) -> dict[str, Any]:
    """In words and percents."""
    shares = (rate.interval[0], rate.count / rate.of, rate.interval[1])
    low, here, high = (round(100 * share, 1) for share in shares)
    told = {"what": what, "count": f"{rate.count:,} of {rate.of:,}", "interval": f"{low} to {high} %"}
    return told | {"rate": rate, "low": low, "here": here, "width": round(high - low, 1)}


def laws(guide: Guide) -> list[Law]:
    return [Law(slug, sentence, tuple(find(guide))) for slug, (sentence, find) in LAWS.items()]


def names(guide: Guide) -> dict[str, str]:
    """What stands beside a count: each cause and each level, by slug."""
    causes = {cause.slug: cause.name for cause in guide.causes} | {NO_CAUSE: "None fits"}
    return causes | {urgency: guide.level(urgency).name for urgency in URGENCIES}


def basis(figures: Figures) -> str:
    told = f"{figures.sets:,} sets of answers were weighed; {figures.stories:,} of them say what is expected."
    told += f" Those who were asked did not agree on {figures.contested:,}."
    if figures.flipped < figures.stories:
        told += f" In the first {figures.flipped:,} of these, single answers were changed."
    return told


def expected(miss: Miss) -> str:
    return f"{', '.join(miss.story.causes) or NO_CAUSE}; {' or '.join(miss.story.urgency_accept)}"


def given(miss: Miss) -> str:
    return (
        f"{', '.join(f'{slug} ({match}, {points})' for slug, match, points in miss.causes)}; {miss.urgency}"
    )


def page(guide: Guide, title: str, figures: Figures, checked: list[Law]) -> dict[str, Any]:
    """What templates/content/evaluation.html shows."""
    said = names(guide)
    return {
        "title": title,
        "basis": basis(figures),
        "caveat": CAVEAT,
        "rates": rates(figures.rates),
        "kinds": {kind: rates(found) for kind, found in figures.kinds.items()},
        "tables": _tables(figures, said) if figures.stories else [],
        "given": [(said[slug], count) for found in figures.given.values() for slug, count in found.items()],
        "tipping": figures.tipping,
        "misses": [(miss, expected(miss), given(miss)) for miss in figures.misses[:SHOWN_MISSES]],
        "more_misses": max(0, len(figures.misses) - SHOWN_MISSES),
        "laws": checked,
    }


def _tables(figures: Figures, said: dict[str, str]) -> list[dict[str, object]]:
    """What was expected, one row each, against what was given, one column each: a count, and whether it is of
    what was expected."""
    return [
        {
            "title": title,
            "columns": [said[slug] for slug in matrix],
            "rows": [
                (said[slug], [(count, given == slug) for given, count in row.items()])
                for slug, row in matrix.items()
            ],
        }
        for title, matrix in (("The first cause", figures.causes), ("How soon to get help", figures.urgency))
    ]


def lines(guide: Guide, title: str, figures: Figures, checked: list[Law]) -> Iterator[str]:
    """The same for a terminal."""
    shown = page(guide, title, figures, checked)
    yield from (title, shown["basis"], CAVEAT)
    for kind, found in {"": shown["rates"], **(shown["kinds"] if len(shown["kinds"]) > 1 else {})}.items():
        yield from ("", *([f"{kind}:"] if kind else []))
        yield from ("{what:<52}{count:>16}{here:>8} %   ({interval})".format(**told) for told in found)
    for table in shown["tables"]:
        yield from ("", f"{table['title']}, expected: given")
        for name, row in table["rows"]:
            pairs = zip(table["columns"], row, strict=True)
            if told := ", ".join(f"{column} {count}" for column, (count, _) in pairs if count):
                yield f"  {name}: {told}"
    yield from (
        "",
        "Given in all: " + ", ".join(f"{name} {count}" for name, count in shown["given"] if count),
    )
    if figures.tipping:
        tipping = ", ".join(f"{slug} {count}" for slug, count in figures.tipping.items())
        yield f"Options that tip the result: {tipping}"
    for miss, wanted, got in shown["misses"]:
        wrong = ", ".join(miss.wrong).replace("_", " ")
        yield from ("", f"{miss.story.slug} missed {wrong}", f"  {miss.story.story}")
        yield from (f"  expected {wanted}", f"  given {got}")
        for reason in miss.reasons:
            yield f"    {reason.what} {'' if reason.points is None else f'{reason.points:+d} '}{reason.text}"
    if shown["more_misses"]:
        yield f"and {shown['more_misses']:,} more misses"
    for law in checked:
        yield f"{'BROKEN' if law.flaws else 'holds '} {law.sentence}"
        yield from (f"  {flaw.path}: {flaw.mend}" for flaw in law.flaws)


def plain(figures: Figures, checked: list[Law]) -> dict[str, object]:
    """The same for programs."""
    return {"note": CAVEAT, **figures.plain(), "laws": plain_laws(checked)}


def plain_laws(checked: list[Law]) -> list[dict[str, object]]:
    return [
        {
            "law": law.slug,
            "sentence": law.sentence,
            "held": not law.flaws,
            "flaws": [flaw._asdict() for flaw in law.flaws],
        }
        for law in checked
    ]
