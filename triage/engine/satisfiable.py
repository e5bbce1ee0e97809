"""Whether a condition can ever be true: what can be chosen together, and what must be asked first."""

from collections import Counter
from collections.abc import Iterable, Iterator

from triage.engine.guide import Guide
from triage.engine.parts import Condition, Group, grouped, question_of


def contradictions(guide: Guide, condition: Condition) -> Iterator[str]:
    """Yield a sentence, naming the options, for each reason why no answers make this condition true."""
    every = (option for group in condition.needed if group.at_least == len(group.of) for option in group.of)
    required, forbidden, groups = _asked_for(guide, every, condition.none)
    clashes = list(_clashes(guide, required, forbidden))
    yield from clashes
    if clashes:
        return
    alone = {option for group in condition.unless if group.at_least == 1 for option in group.of}
    for group in (*condition.needed, *groups):
        if _most(guide, group, required, forbidden | alone - required) < group.at_least:
            yield f"{group.at_least} of {_named(group.of)} cannot be chosen beside the others"
    for group in condition.unless:
        if len(required & {*group.of}) >= group.at_least:
            yield f"what it needs always holds it back: {_named(group.of)}"


def _asked_for(
    guide: Guide, chosen: Iterable[str], not_chosen: Iterable[str]
) -> tuple[set[str], set[str], list[Group]]:
    """What must and must not be chosen so that these can be: a follow-up must be asked first."""
    required: set[str] = set()
    forbidden, groups, left = {*not_chosen}, [], [*chosen]
    while left:
        option = left.pop()
        if option in required:
            continue
        required.add(option)
        shown = guide.questions[question_of(option)].show_if or Condition()
        left += shown.all
        forbidden.update(shown.none)
        groups += [*((Group(of=shown.any),) if shown.any else ()), *shown.groups]
    return required, forbidden, groups


def _clashes(guide: Guide, required: set[str], forbidden: set[str]) -> Iterator[str]:
    for option in sorted(required & forbidden):
        yield f"“{option}” must be chosen and must not be"
    for slug, options in grouped((question_of(option), option) for option in sorted(required)).items():
        if len(options) > 1 and guide.questions[slug].kind == "single":
            yield f"only one of {_named(options)} can be chosen"
        elif len(options) > 1 and any(guide.options[option].exclusive for option in options):
            yield f"{_named(options)} cannot stand beside each other"


def _most(guide: Guide, group: Group, required: set[str], forbidden: set[str]) -> int:
    """How many of the group can be chosen beside what is required; an exclusive one stands alone."""
    alone: dict[str, int] = {}
    several: Counter[str] = Counter()
    for option in group.of:
        together = _asked_for(guide, (*required, option), forbidden)
        if not any(_clashes(guide, *together[:2])):
            slug = question_of(option)
            if guide.questions[slug].kind == "single" or guide.options[option].exclusive:
                alone[slug] = 1
            else:
                several[slug] += 1
    return sum(max(alone.get(slug, 0), several[slug]) for slug in {*alone, *several})


def _named(options: Iterable[str]) -> str:
    return ", ".join(f"“{option}”" for option in options)
