"""What a page says, read off its HTML, and what can be wrong with the words of a text."""

import re
from html.parser import HTMLParser

from triage.markdown import long_sentences, reading_grade

LONGEST_SENTENCE = 20
HIGHEST_GRADE = 8.0

WITHIN = {"a", "em", "strong", "kbd"}
"""Stands within a sentence. Where any other tag begins or ends, so does a text."""

UNSEEN = {"svg", "sup"}
"""Drawings, and the small numbers of the facts."""


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.words, self.unseen = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in UNSEEN
        self.end_before(tag)

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN
        self.end_before(tag)

    def handle_data(self, data: str) -> None:
        self.words += "" if self.unseen else data

    def end_before(self, tag: str) -> None:
        if tag not in WITHIN | UNSEEN and not self.unseen:
            self.texts += filter(None, [" ".join(self.words.split())])
            self.words = ""


def texts_of(html: str) -> list[str]:
    """Every text of the page in the order of reading: a heading, a paragraph, an item of a list each."""
    reader = _Texts()
    reader.feed(html)
    reader.close()
    return [item for text in reader.texts for item in text.split("; ")]


def too_long(text: str) -> list[str]:
    return long_sentences(text, LONGEST_SENTENCE)


def too_hard(text: str) -> float | None:
    """The grade of a text that is above the highest; None for others, and for those too short to grade."""
    grade = reading_grade(text)
    return grade if grade is not None and grade > HIGHEST_GRADE else None


def _any(words: str) -> str:
    return f"(?:{words.replace(',', '|')})"


ILLNESS = _any(
    "restless,syndrome,tremor,anxiety,disorder,disease,stroke,parkinson,sclerosis,diabetes,epilep,infection,"
    "withdrawal,imbalance,fatigue,dystonia,neuropath,poisoning,thyroid,panic,low blood,low body,dehydrat,"
    "shortage,deficien,spasm,myoclon,akathisia,cancer"
)
YOU_HAVE = re.compile(
    rf"\byou (?:have|have got|suffer from|are suffering from)\b[^,;]*{ILLNESS}", re.IGNORECASE
)
NOT_YET = re.compile(rf"\b{_any('if,when,whether,unless,do,may,might,could')}\b", re.IGNORECASE)

SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def diagnoses(text: str) -> list[str]:
    """Sentences that say what somebody has. "Call if you have diabetes" says nothing of the kind."""
    return [
        sentence
        for sentence in SENTENCE_END.split(text)
        if (found := YOU_HAVE.search(sentence)) and not NOT_YET.search(sentence[: found.start()])
    ]


CHANGE = _any(
    "stop,quit,start,begin,restart,halve,double,skip,miss,lower,raise,reduce,increase,cut,cut down,change,"
    "switch,swap,take,drop,leave out,come off,avoid"
)
MEDICINE = _any(
    "medicine,medication,tablet,pill,dose,dosage,drug,inhaler,antidepressant,antipsychotic,stimulant,"
    "antibiotic,tranquilliser,sedative,lithium,insulin,supplement,painkiller"
)
ORDER = re.compile(
    rf"(?:^|[:;] |\b(?:please|then|must|should|you can|try to) ){CHANGE}"
    rf"(?: taking| using)?(?: [\w-]+){{0,3}} {MEDICINE}",
    re.IGNORECASE,
)


def orders_about_medicines(text: str) -> list[str]:
    """Sentences such as "Halve the dose". "Do not stop on your own" and "Ask about the dose" are none."""
    return [sentence for sentence in SENTENCE_END.split(text) if ORDER.search(sentence)]
