"""Answers: the slugs of the options chosen, by the slug of their question.

What was not answered, or answered "not sure", is unknown; unknown is never no.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.engine.guide import Guide, Option, Question

Answers = Mapping[str, Sequence[str]]


def chosen_options(question: "Question", answers: Answers) -> "list[Option]":
    """The options of the question that were chosen, in the order of the guide."""
    chosen = answers.get(question.slug, ())
    return [option for option in question.options if option.slug in chosen]


def answer_problems(guide: "Guide", answers: Answers) -> Iterator[str]:
    """Yield a sentence, naming the slug, for each answer that could not have been given.

    A question left out is no problem: it counts as not answered.
    """
    for slug, chosen in answers.items():
        question = guide.questions.get(slug)
        if question is None:
            yield f'no question "{slug}"'
        elif len(chosen) != 1 or f"{slug}:{chosen[0]}" not in guide.options:  # one known option is fine
            yield from choice_problems(question, chosen)


def choice_problems(question: "Question", chosen: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each reason why these options cannot be chosen together."""
    options = {option.slug: option for option in question.options}
    for slug, times in Counter(chosen).items():
        if slug not in options:
            yield f'no option "{question.slug}:{slug}"'
        elif times > 1:
            yield f'"{question.slug}:{slug}" is chosen twice'
        elif options[slug].exclusive and len(chosen) > 1:
            yield f'"{question.slug}:{slug}" cannot stand beside another choice'
    if question.kind == "single" and len(chosen) > 1:
        yield f'"{question.slug}" takes one choice, not {len(chosen)}'
    if not chosen:
        yield f'"{question.slug}" has no choice; leave it out when it was not answered'


def carried(guide: "Guide", answers: Answers) -> dict[str, tuple[str, ...]]:
    """The answers that this guide can read: what it does not know, or allow, is dropped.

    In goes a set that may come from another release; out comes one without problems,
    questions and options in the order of the guide.
    """
    kept = {}
    for slug, question in guide.questions.items():
        given = answers.get(slug)
        if not given:
            continue
        chosen = tuple([option.slug for option in question.options if option.slug in given])
        if len(chosen) == 1 or (chosen and not any(choice_problems(question, chosen))):  # one is fine
            kept[slug] = chosen
    return kept
