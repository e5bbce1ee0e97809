"""Answer sets and stories as lines of JSON, the way commands read them. Each error says what is wrong, by slug."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from triage.engine.answers import Answers, answer_problems
from triage.engine.guide import Guide, Vignette, find_vignette_problems
from triage.engine.urgency import URGENCIES


class LineError(ValueError):
    """A line that cannot be read. `problems` holds a sentence each."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))
