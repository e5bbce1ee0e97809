"""What the results page shows of an assessment: what is chosen here is said in the templates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, zip_longest
from typing import NamedTuple, TypeVar

from triage.engine.changes import Change, telling_apart, what_would_change
from triage.engine.guide import Guide
from triage.engine.parts import (
    RANK,
    URGENCIES,
    Cause,
    Evidence,
    Level,
    Option,
    Page,
    Question,
    Section,
    UrgencyRule,
    grouped,
    options_in,
    question_of,
)
from triage.engine.weigh import Assessment, Finding
from triage.releases import PublishedGuide

IN_FULL = 3
"""So many causes are shown with all their reasons."""
SIGNS_AT_ONCE = 3
SPOKEN = 4
"""Sentences to read out on the telephone."""

Row = TypeVar("Row", bound=Evidence | UrgencyRule)


class Missing(NamedTuple):
    """An answer that is missing, what it could be, and the urgency that this could lead to."""

    question: Question
    option: Option
    level: Level


@dataclass(frozen=True)
class Results:
    release: PublishedGuide
    assessment: Assessment

    @property
    def guide(self) -> Guide:
        return self.release.guide

    @property
    def level(self) -> Level:
        return self.guide.level(self.assessment.urgency, today=self.assessment.today)

    @property
    def above(self) -> Level:
        """The next urgency up, whose signs are to be watched for."""
        return self.guide.level(URGENCIES[min(RANK[self.assessment.urgency] + 1, len(URGENCIES) - 1)])

    # How soon.

    @cached_property
    def signs(self) -> tuple[UrgencyRule, ...]:
        """The rules that spoke, each reason once, the most urgent first."""
        return told_once(self.assessment.signs)

    @property
    def signs_at_once(self) -> tuple[UrgencyRule, ...]:
        """Those of the present level, a few at most; further ones, and those of lower levels, are folded."""
        here = [rule for rule in self.signs if rule.rank == self.assessment.spoke]
        return tuple(here[:SIGNS_AT_ONCE])

    @property
    def emergencies(self) -> tuple[UrgencyRule, ...]:
        return tuple(rule for rule in self.signs if rule.urgency == "emergency")

    @cached_property
    def lifted_by(self) -> tuple[Question, ...]:
        """The questions answered "not sure" that lift the urgency to where it is."""
        open_ = (
            question
            for left in self.assessment.floor
            if left.is_unsure
            for turns_on in [{*map(question_of, self.assessment.unsure_of(left.rule))}]
            for named in self.guide.questions.values()
            if named.slug in turns_on
            for question in self._unsure_behind(named)
        )
        return tuple({question.slug: question for question in open_}.values())

    def _unsure_behind(self, question: Question) -> Iterator[Question]:
        """What was answered "not sure" and leaves this question open: itself, or what it hangs on."""
        if question in self.assessment.asked:
            yield from [question] if any(o.unsure for o in question.chosen(self.assessment.answers)) else []
        elif question.show_if:
            for slug in question.show_if.questions:
                yield from self._unsure_behind(self.guide.questions[slug])

    @property
    def eased(self) -> tuple[UrgencyRule, ...]:
        """The rules that ask for less because the shaking passes off or is known, each reason once, a few at
        most. Of what was "not sure", too, nothing is told as true."""
        eased = (left.rule for left in self.assessment.floor if left.is_eased and not left.is_unsure)
        return told_once(eased)[:SIGNS_AT_ONCE]

    @property
    def calming(self) -> tuple[Option, ...]:
        """What was said that it passes off, or is known, and that holds these rules back."""
        names = {name for rule in self.eased for name in options_in(rule.condition.unless)}
        chosen = self.guide.passing & self.assessment.known.true & names
        return tuple(option for name, option in self.guide.options.items() if name in chosen)

    @property
    def because(self) -> tuple[UrgencyRule, ...]:
        """The rules that speak, then those that ask for less."""
        return self.signs + self.eased

    @cached_property
    def unsettled(self) -> tuple[Missing, ...]:
        """One for each question that was asked and has no answer, with the most urgent that it could lead to.
        What a rule has enough of already is not missing."""
        found: dict[str, Missing] = {}
        true, false, _ = self.assessment.known
        for rule in self.assessment.unsettled:
            for name in options_in(self.assessment.missing(rule)):
                question, option = self.guide.questions[question_of(name)], self.guide.options[name]
                is_open = question in self.assessment.asked and question.is_open(self.assessment.answers)
                if option.clause and name not in true | false and is_open:
                    level = self.guide.level(rule.urgency, today=rule.today)
                    found.setdefault(question.slug, Missing(question, option, level))
        return tuple(found.values())

    @property
    def to_say(self) -> tuple[str, ...]:
        """Sentences to read out, the most telling first: one for each sign of the present level, then the
        others that made signs speak, then the rest in the order of the questions."""
        chosen = {
            f"{question.slug}:{option.slug}": option.spoken
            for question in self.assessment.asked
            for option in question.chosen(self.assessment.answers)
            if option.spoken
        }
        signs = (*self.assessment.signs, *self.eased)
        behind = [[name for name in chosen if name in {*options_in(s.condition.needed)}] for s in signs]
        here = [names for sign, names in zip(signs, behind, strict=True) if sign.rank == signs[0].rank]
        in_turn = chain.from_iterable(zip_longest(*here))
        told = dict.fromkeys(filter(None, chain(in_turn, *behind, chosen)))
        return tuple(chosen[name] for name in told)[:SPOKEN]

    @property
    def first_aid(self) -> tuple[str, ...]:
        """In Markdown: what to do for each sign of the present level, each line once."""
        told: dict[str, str] = {}
        for rule in (rule for rule in self.assessment.signs if rule.rank == self.assessment.spoke):
            for line in rule.first_aid.splitlines():
                told.setdefault(line, rule.slug)
        lines = grouped((slug, line) for line, slug in told.items())
        return tuple("\n".join(alike) for alike in lines.values())

    @property
    def is_crisis(self) -> bool:
        """Thoughts of self-harm, and no other sign of an emergency."""
        return all(rule.crisis for rule in self.emergencies)

    @property
    def undo(self) -> Page:
        """The last page on which an answer that the first sign stands on was given."""
        named = set(map(question_of, options_in(self.signs[0].condition.needed)))
        given = [slug for slug in self.guide.questions if slug in self.assessment.answers]
        return self.guide.page_of[([slug for slug in given if slug in named] or given)[-1]]

    # What it could be.

    def help_lines(self, cause: Cause) -> list[tuple[Level, str]] | None:
        """When to get help sooner than the result says, in Markdown; None where a line names no level."""
        levels = {level.name: level for level in self.guide.levels}
        if any(name not in levels for name, _, _ in cause.help_lines):
            return None
        lines = [(levels[name], f"**{name}:**{text}") for name, _, text in cause.help_lines]
        order = self.guide.levels.index
        return [(level, text) for level, text in lines if order(level) > order(self.level)]

    @property
    def shown(self) -> tuple[Finding, ...]:
        return self.assessment.fitting[:IN_FULL]

    @property
    def less_likely(self) -> tuple[Finding, ...]:
        return self.assessment.findings[len(self.shown) :]

    @cached_property
    def apart(self) -> Question | None:
        """The question that tells the first two causes apart, where they are close together."""
        return telling_apart(self.assessment)

    @cached_property
    def flips(self) -> tuple[Change, ...]:
        return what_would_change(self.assessment)

    @property
    def is_signed(self) -> bool:
        """A clinician signed every reason that is shown."""
        return all(reason.signed_by for reason in self._reasons)

    @property
    def _reasons(self) -> tuple[Evidence, ...]:
        """All that are shown, with those not answered."""
        return tuple(row for f in self.shown for row in (*f.pro, *f.contra, *f.not_answered))

    # What the article says.

    @cached_property
    def passages(self) -> tuple[Section, ...]:
        """The sections behind the signs and the reasons, but for those that stand with their cause."""
        with_causes = {finding.cause.section for finding in self.shown}
        rows: list[UrgencyRule | Evidence] = [*self.assessment.signs, *self.eased, *self._reasons]
        facts = (fact for row in rows for fact in row.facts)
        sections = dict.fromkeys(self.guide.section_of_fact[fact].slug for fact in facts)
        return tuple(self.guide.section_of[slug] for slug in sections if slug not in with_causes)

    @staticmethod
    def backed(rows: Iterable[Row]) -> dict[tuple[str, ...], list[Row]]:
        """The rows, each together with those that the same fact, or the same sources, stand behind."""
        return grouped((row.facts[:1] or row.sources, row) for row in rows)

    # What was answered.

    @property
    def answered(self) -> tuple[tuple[Question, tuple[Option, ...]], ...]:
        return tuple(
            (question, question.chosen(self.assessment.answers)) for question in self.assessment.asked
        )


def told_once(rules: Iterable[UrgencyRule]) -> tuple[UrgencyRule, ...]:
    """The rules without those that say what one before them has said."""
    return tuple(alike[0] for alike in grouped((rule.reason, rule) for rule in rules).values())
