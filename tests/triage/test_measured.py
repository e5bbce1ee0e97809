"""How well a release did, as the page about Steady tells it."""

from tests.build import a_guide
from triage.engine.evaluation import evaluate
from triage.engine.laws import LAWS
from triage.measured import ROWS, measured


def test_every_rate_is_told_with_its_count_and_interval():
    guide = a_guide()
    told = measured(evaluate(guide, guide.vignettes).plain())
    assert (told.stories, len(told.rows)) == (1, len(ROWS))
    assert (told.rows[0].count, told.rows[0].interval) == ("1 of 1", "21 to 100\u00a0%")


def test_a_release_without_figures_has_no_rows():
    assert measured({}).rows == ()


def test_every_safety_law_is_told():
    assert measured({}).laws == tuple(law.sentence for law in LAWS)
