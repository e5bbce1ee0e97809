"""The safety case of a guide: its purpose, its hazards and what stands against them, how well it judges."""

import json
from typing import NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString

from content.figures import laws, rates
from content.matrix import told
from triage import markdown
from triage.engine.evaluation import evaluate
from triage.engine.guide import Guide
from triage.engine.laws import LAWS
from triage.web.jinja import html

FOLDER = settings.BASE_DIR / "docs/safety"
PRINCIPLES = (
    "a threat is a group of signs",
    "an exception must be known to calm",
    "not sure lowers by one level at most",
    "what passes off lowers by one level at most",
    "home is earned",
)


class Control(NamedTuple):
    """What stands against a hazard: a rule, a law, a principle or a test."""

    kind: str
    name: str
    told: str
    is_there: bool


def hazards(guide: Guide) -> list[dict[str, object]]:
    """Those of docs/safety/hazards.json, each control looked up in the guide."""
    known = {
        "rule": {rule.slug: rule.reason for rule in guide.rules},
        "law": {law: sentence for law, (sentence, _) in LAWS.items()},
        "principle": {principle: principle for principle in PRINCIPLES},
    }

    def control(named: str) -> Control:
        kind, _, name = named.partition(":")
        if kind == "test":
            return Control(kind, name, name, (settings.BASE_DIR / name).exists())
        return Control(kind, name, known[kind].get(name, name), name in known[kind])

    rows = json.loads((FOLDER / "hazards.json").read_text(encoding="utf-8"))
    return [row | {"controls": [control(named) for named in row["controls"]]} for row in rows]


def _paper(name: str) -> SafeString:
    """Without its heading."""
    return markdown.render((FOLDER / f"{name}.md").read_text(encoding="utf-8").partition("\n")[2])


def page(guide: Guide, title: str) -> str:
    """HTML that needs nothing else."""
    context = {
        "title": title,
        "purpose": _paper("purpose"),
        "transparency": _paper("transparency"),
        "data_protection": _paper("data-protection"),
        "hazards": hazards(guide),
        "laws": laws(guide),
        "rates": rates(evaluate(guide, guide.vignettes).rates),
    }
    return html("safety_case.html", **context, **told(guide))
