"""What stands on the doctor's sheet, and how densely: what is chosen here is said in parts/sheet.html."""

from dataclasses import dataclass
from typing import NamedTuple

from triage.engine.parts import Option, Question
from triage.results import Results

REASONS, FOR, AGAINST, QUESTIONS = 4, 3, 2, 6
"""The most that is told of each."""

DENSITIES = ((3000, "dense tight least"), (2350, "dense tight"), (1650, "dense"), (0, ""))
"""From so many letters on, the sheet is set smaller. Measured with the widest of the usual typefaces."""

ROW = 12
"""A row takes the room of so many letters more."""


class Sign(NamedTuple):
    option: Option
    present: bool | None
    """None when it is not known."""


@dataclass(frozen=True)
class Sheet:
    results: Results

    @property
    def facts(self) -> list[tuple[Question, tuple[Option, ...]]]:
        """What was answered, but for signs: first what a doctor asks first."""
        told = [pair for pair in self.results.answered if not pair[0].signs]
        return sorted(told, key=lambda pair: (not pair[0].sheet_place, pair[0].sheet_place))

    @property
    def signs(self) -> list[Sign]:
        """The present first; those of an emergency only where one is present."""
        answers = self.results.assessment.answers
        found = [
            Sign(option, option in question.chosen(answers) or (None if question.is_open(answers) else False))
            for question in self._signs
            if not self._is_clear(question)
            for option in _signs_of(question)
        ]
        return sorted(found, key=lambda sign: sign.present is not True)

    @property
    def clear(self) -> list[tuple[Question, int, bool]]:
        """Questions of which no emergency sign is present: how many signs, and whether that is known."""
        return [
            (question, len(_signs_of(question)), not question.is_open(self.results.assessment.answers))
            for question in self._signs
            if self._is_clear(question)
        ]

    @property
    def _signs(self) -> list[Question]:
        return [question for question in self.results.assessment.asked if question.signs]

    def _is_clear(self, question: Question) -> bool:
        chosen = question.chosen(self.results.assessment.answers)
        return question.signs == "emergency" and all(option.apart for option in chosen)

    @property
    def ask(self) -> list[str]:
        """Questions of the first cause, then those for any doctor."""
        first = [question for finding in self.results.shown[:1] for question in finding.cause.ask[:2]]
        return [*dict.fromkeys([*first, *self.results.guide.ask])][:QUESTIONS]

    @property
    def density(self) -> str:
        letters = sum(len(rule.reason) for rule in self.results.because[:REASONS]) + sum(map(len, self.ask))
        letters += sum(
            len(row.text) for f in self.results.shown for row in (*f.pro[:FOR], *f.contra[:AGAINST])
        )
        letters += sum(len(q.short) + ROW + sum(len(o.text) + 2 for o in chosen) for q, chosen in self.facts)
        letters += sum(len(sign.option.text) + ROW for sign in self.signs)
        return next(density for start, density in DENSITIES if letters >= start)


def _signs_of(question: Question) -> list[Option]:
    return [option for option in question.options if not option.apart]
