"""How well a guide judges stories with a known answer: counts, rates, and each miss with its reasons.

The same guide and the same stories always give the same figures.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from math import sqrt
from typing import NamedTuple

from triage.engine.changes import flipped, flips
from triage.engine.guide import Guide
from triage.engine.parts import RANK, URGENCIES, Answers, Vignette, grouped
from triage.engine.weigh import Assessment, Verdict, assess

NO_CAUSE = "none"
"""Stands for a cause where none fits."""

AMONG = 3
MOST_FLIPS = 30_000
"""Answers changed one by one, in the first stories. All of the first guide's are 22,000."""

RATES = {
    "first_right": "The first cause was right",
    "among_three": "The right cause was among the first three",
    "none_held_back": "No cause was right, and none was said to fit well",
    "urgency_accepted": "How soon to get help was right",
    "urgency_exact": "How soon to get help was just as expected",
    "emergencies_missed": "Emergencies that were missed",
    "under": "Less urgent than it should be",
    "under_by_two": "Less urgent by two levels or more",
    "over": "More urgent than it should be",
    "robust": "An answer that no rule names changed, and the result stayed the same",
}
COUNT_MISSES = ("emergencies_missed", "under", "under_by_two", "over")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    count: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval after Wilson; all from 0 to 1 where nothing was counted."""
        if not self.of:
            return 0.0, 1.0
        z = 1.959964
        middle = self.count + z * z / 2
        spread = z * sqrt(self.count * (self.of - self.count) / self.of + z * z / 4)
        whole = self.of + z * z
        return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)

    def plain(self) -> dict[str, object]:
        low, high = self.interval
        rate = round(self.count / self.of, 4) if self.of else None
        return {
            "count": self.count,
            "of": self.of,
            "rate": rate,
            "low": round(low, 4),
            "high": round(high, 4),
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """A row of evidence that counted for or against a cause, or an urgency rule that spoke."""

    what: str
    """The cause's slug, or the urgency."""
    text: str
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """A story that was judged otherwise than expected, and why; `wrong` names the figures it missed."""

    story: Vignette
    wrong: tuple[str, ...]
    causes: tuple[tuple[str, str, int], ...]
    """The first three given: slug, match and points."""
    urgency: str
    reasons: tuple[Reason, ...]

    def plain(self) -> dict[str, object]:
        story = self.story
        return {
            "vignette": story.slug,
            "story": story.story,
            "wrong": list(self.wrong),
            "expected": {
                "causes": list(story.causes),
                "urgency": story.urgency,
                "urgency_accept": list(story.urgency_accept),
                "why": story.why,
            },
            "given": {
                "causes": [
                    {"cause": c, "match": match, "points": points} for c, match, points in self.causes
                ],
                "urgency": self.urgency,
            },
            "reasons": [asdict(reason) for reason in self.reasons],
        }


ConfusionMatrix = dict[str, dict[str, int]]
"""Counts by what was expected, then by what was given."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`sets` were weighed; `stories` of them say what is expected, and only these are judged.

    RATES says what each rate is of; `_verdicts` and `_flips` are where it is counted.
    """

    sets: int
    stories: int
    rates: dict[str, Rate]
    kinds: dict[str, dict[str, Rate]]
    """The rates again, for the stories of each kind."""
    contested: int
    """Stories on which those who were asked did not agree."""
    causes: ConfusionMatrix
    urgency: ConfusionMatrix
    given: ConfusionMatrix
    """How often each first cause and each urgency came out, over all sets."""
    flipped: int
    """The stories that `robust` was counted over."""
    tipping: dict[str, int]
    """By option, most first: how often adding it or taking it away changed the result."""
    misses: tuple[Miss, ...]
    verdicts: dict[str, Verdict]
    """What each story came to, by its slug."""

    def plain(self) -> dict[str, object]:
        """For JSON; what each story came to is left out."""
        found = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "verdicts"}
        return found | {
            "rates": _plain(self.rates),
            "kinds": {kind: _plain(rates) for kind, rates in self.kinds.items()},
            "misses": [miss.plain() for miss in self.misses],
        }


def _plain(rates: dict[str, Rate]) -> dict[str, object]:
    return {name: rate.plain() for name, rate in rates.items()}


class Judged(NamedTuple):
    """A story, what it came to, and for each figure that it counts for, whether all is well."""

    story: Vignette
    verdict: Verdict
    good: dict[str, bool]
    flips: list[tuple[str, bool]] | None
    """Options added or taken away, and whether the result stayed the same; none for later stories."""
    miss: Miss | None


def evaluate(guide: Guide, sets: Iterable[Vignette | Answers]) -> Figures:
    """Judge stories, and weigh answers of which nothing is expected, without problems in this guide."""
    named = {option for rule in guide.rules for option in rule.condition.options}
    causes, urgencies = Counter[str](), Counter[str]()
    judged: list[Judged] = []
    for one in sets:
        assessment = assess(guide, one.answers if isinstance(one, Vignette) else one)
        causes[assessment.first or NO_CAUSE] += 1
        urgencies[assessment.urgency] += 1
        if isinstance(one, Vignette):
            good = dict(_verdicts(one, assessment))
            wrong = [figure for figure, is_good in good.items() if not is_good]
            miss = _miss(one, assessment, wrong) if {*wrong} - {"urgency_exact"} else None
            is_early = len(judged) * len(guide.options) < MOST_FLIPS
            flips = list(_flips(assessment, named)) if is_early else None
            judged.append(Judged(one, assessment.verdict, good, flips, miss))
    names = [*(cause.slug for cause in guide.causes), NO_CAUSE]
    kinds = grouped((one.story.kind, one) for one in judged)
    tipping = Counter(option for one in judged for option, stays in one.flips or () if not stays)
    return Figures(
        sets=urgencies.total(),
        stories=len(judged),
        rates=_rates(judged),
        kinds={kind: _rates(kinds[kind]) for kind in sorted(kinds)},
        contested=sum(len({*one.story.opinions}) > 1 for one in judged),
        causes=_confusion(names, ((_best(one.story), one.verdict.first or NO_CAUSE) for one in judged)),
        urgency=_confusion(URGENCIES, ((one.story.urgency, one.verdict.urgency) for one in judged)),
        given={
            "causes": {name: causes[name] for name in names},
            "urgency": {name: urgencies[name] for name in URGENCIES},
        },
        flipped=sum(one.flips is not None for one in judged),
        tipping=dict(sorted(tipping.items(), key=lambda pair: (-pair[1], pair[0]))),
        misses=tuple(one.miss for one in judged if one.miss),
        verdicts={one.story.slug: one.verdict for one in judged},
    )


def _best(story: Vignette) -> str:
    return story.causes[0] if story.causes else NO_CAUSE


def _rates(judged: Iterable[Judged]) -> dict[str, Rate]:
    counted: dict[str, list[bool]] = {name: [] for name in RATES}
    for one in judged:
        for figure, good in one.good.items():
            counted[figure].append(good != (figure in COUNT_MISSES))
        counted["robust"] += [stays for _, stays in one.flips or ()]
    return {name: Rate(sum(found), len(found)) for name, found in counted.items()}


def _confusion(names: Sequence[str], pairs: Iterable[tuple[str, str]]) -> ConfusionMatrix:
    found = {expected: dict.fromkeys(names, 0) for expected in names}
    for expected, given in pairs:
        found[expected][given] += 1
    return found


def _verdicts(story: Vignette, assessment: Assessment) -> Iterator[tuple[str, bool]]:
    """Yield each figure that the story counts for, and whether all is well there."""
    guide, points, urgency = assessment.guide, assessment.points, assessment.urgency
    given = [slug for slug in assessment.ranked if guide.match(points[slug]) != "unlikely"]
    if story.causes:
        yield "first_right", given[:1] != [] and given[0] in story.causes
        yield "among_three", any(slug in story.causes for slug in given[:AMONG])
    else:
        strong = any(guide.match(points[slug]) == "strong" for slug in given)
        yield "none_held_back", not strong or urgency == "emergency"
    accepted = [RANK[urgency] for urgency in story.urgency_accept]
    rank = RANK[urgency]
    yield "urgency_accepted", rank in accepted
    yield "urgency_exact", urgency == story.urgency
    if story.urgency == "emergency":
        yield "emergencies_missed", urgency == "emergency"
    yield "under", rank >= min(accepted)
    yield "under_by_two", rank >= min(accepted) - 1
    yield "over", rank <= max(accepted)


def _miss(story: Vignette, assessment: Assessment, wrong: Iterable[str]) -> Miss:
    told = [f for n, f in enumerate(assessment.findings) if n == 0 or f.cause.slug in story.causes]
    return Miss(
        story,
        tuple(wrong),
        tuple((f.cause.slug, f.match, f.points) for f in assessment.findings[:AMONG]),
        assessment.urgency,
        (
            *(Reason(rule.urgency, rule.reason) for rule in assessment.signs),
            *(Reason(f.cause.slug, row.text, row.points) for f in told for row in (*f.pro, *f.contra)),
        ),
    )


def _flips(assessment: Assessment, named: set[str]) -> Iterator[tuple[str, bool]]:
    """Yield each option to add or take away, and whether the result then stays the same, where no urgency
    rule names any option that comes or goes."""
    before = assessment.verdict
    for question in assessment.asked:
        chosen = tuple(assessment.answers.get(question.slug, ()))
        choices = [(option.slug, choice) for option, _, choice in flips(question, assessment.answers)]
        if len(chosen) == 1:
            choices.append((chosen[0], ()))
        for slug, choice in choices:
            moved = {f"{question.slug}:{option}" for option in {*chosen} ^ {*choice}}
            if not moved & named:
                after = flipped(assessment, question, choice).verdict
                stays = (before.first, before.urgency) == (after.first, after.urgency)
                yield f"{question.slug}:{slug}", stays
