from dataclasses import replace
from string import ascii_letters, punctuation
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content import publishing, working_copy
from content.models import Cause, Evidence, Level, Option, Page, Thresholds
from tests.build import a_cause, a_lawful_guide
from tests.strategies import guides
from triage.engine.file import dump
from triage.engine.guide import Guide, GuideError
from triage.engine.parts import CardRow

pytestmark = pytest.mark.django_db

written = st.text(ascii_letters + punctuation.replace("[", "") + "äß€\n", min_size=1, max_size=20).filter(
    str.strip
)
signatures = st.fixed_dictionaries({}, optional={"checked_on": st.dates()})


def one_line(guide: Guide) -> Guide:
    """Questions for the doctor stand one a line, and no label has a colon."""
    causes = tuple(replace(cause, ask=tuple(map(lined, cause.ask))) for cause in guide.causes)
    rows = [
        tuple(
            CardRow(label=lined(row.label.replace(":", "")) or "Row", text=lined(row.text))
            for row in level.card
        )
        for level in guide.levels
    ]
    levels = tuple(replace(level, card=card) for level, card in zip(guide.levels, rows, strict=True))
    ask, film = (tuple(map(lined, lines)) for lines in (guide.ask, guide.film))
    return replace(guide, ask=ask, film=film, causes=causes, levels=levels)


def lined(text: str) -> str:
    return text.strip().replace("\n", " ")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=25,
    deadline=None,
)
@given(guides(written, signatures))
def test_a_guide_goes_in_and_comes_out_in_the_order_of_the_way(guide: Guide) -> None:
    guide = one_line(guide)
    working_copy.replace(guide)
    once = working_copy.build()
    assert in_any_order(once) == in_any_order(guide)
    working_copy.replace(once)
    assert dump(working_copy.build()) == dump(once)


def in_any_order(guide: Guide) -> Any:
    """The guide's text, where what a row names has no order."""
    orderless = {"all", "any", "none", "facts", "sources", "urgency_accept"}

    def sort(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: sort(item, key) for key, item in value.items()}
        if name in orderless and isinstance(value, list) and all(isinstance(item, str) for item in value):
            return sorted(value)
        return (
            [sort(item, name if name == "answers" else "") for item in value]
            if isinstance(value, list)
            else value
        )

    import json

    raw = sort(json.loads(dump(guide)))
    for vignette in raw.get("vignettes", []):
        vignette["answers"] = {question: sorted(chosen) for question, chosen in vignette["answers"].items()}
    return raw


def test_the_first_guide_goes_in_and_comes_out(guide: Guide) -> None:
    working_copy.replace(guide)
    assert in_any_order(working_copy.build()) == in_any_order(guide)


def test_building_takes_a_few_queries_whatever_the_size(guide: Guide) -> None:
    working_copy.replace(guide)
    with CaptureQueriesContext(connection) as queries:
        working_copy.build()
    assert len(queries) < 40


def test_an_empty_working_copy_makes_no_guide_and_says_so() -> None:
    assert working_copy.is_empty()
    with pytest.raises(GuideError, match="thresholds: are not set"):
        working_copy.build()


def test_a_half_finished_one_makes_no_guide_and_says_where(small: None) -> None:
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(condition={})
    with pytest.raises(
        GuideError, match=r"causes\[0\].evidence\[0\].condition: must name at least one option"
    ):
        working_copy.build()


def test_what_stays_keeps_its_key_so_that_an_open_screen_can_be_saved(small: None) -> None:
    keys = [list(model.objects.values_list("pk", flat=True)) for model in (Page, Option, Cause, Evidence)]
    working_copy.replace(a_lawful_guide(ask=("What else?",)))
    assert keys == [
        list(model.objects.values_list("pk", flat=True)) for model in (Page, Option, Cause, Evidence)
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ask": ("Two\nlines?",)}, "ask: each must be one line with something in it"),
        ({"ask": (" ",)}, "ask: each must be one line with something in it"),
        ({"strong_at": 40_000}, "strong_at: must be between -1000 and 1000"),
        (
            {"causes": (a_cause("cold", name="a\0b"),), "vignettes": ()},
            "name: holds a character that cannot be kept",
        ),
        (
            {"causes": (a_cause("cold", name="\ud800"),), "vignettes": ()},
            "name: holds a character that cannot be kept",
        ),
    ],
)
def test_what_the_tables_cannot_hold_is_told_and_changes_nothing(
    small: None, changes: Any, problem: str
) -> None:
    with pytest.raises(GuideError, match=problem):
        working_copy.replace(a_lawful_guide(**changes))
    assert working_copy.build() == a_lawful_guide()


def test_it_has_no_unpublished_changes_when_it_is_empty() -> None:
    assert not publishing.would_lose()


def test_it_has_when_it_stands_in_no_release(small: None) -> None:
    assert publishing.would_lose()


def test_it_has_none_when_some_release_holds_just_this(small: None, publish_all: Any) -> None:
    publish_all()
    Thresholds.objects.update(strong_at=9)
    publish_all()
    assert not publishing.would_lose()
    Thresholds.objects.update(strong_at=3)
    assert not publishing.would_lose()


def test_it_has_when_it_makes_no_guide(small: None, publish_all: Any) -> None:
    publish_all()
    Thresholds.objects.all().delete()
    assert publishing.would_lose()


def test_a_place_on_the_sheet_below_none_is_told() -> None:
    first, *rest = a_lawful_guide().pages
    asked = replace(first.questions[0], sheet_place=-1)
    pages = (replace(first, questions=(asked,)), *rest)
    with pytest.raises(GuideError, match="sheet_place: must be 0 or more"):
        working_copy.replace(a_lawful_guide(pages=pages))


@pytest.mark.parametrize("url", ["http://[x", "javascript:alert(1)", "a page of theirs"])
def test_an_address_that_no_browser_opens_is_refused_with_the_file(db, url):
    guide = a_lawful_guide()
    sources = (replace(guide.sources[0], url=url), *guide.sources[1:])
    with pytest.raises(GuideError, match="no address that a browser opens"):
        working_copy.replace(replace(guide, sources=sources))


def test_a_time_of_day_in_what_to_do_stays_whole(db):
    working_copy.replace(a_lawful_guide())
    Level.objects.filter(slug="urgent").update(card="From 8:00 to 18:00: Call your surgery.")
    [row] = next(level for level in working_copy.build().levels if level.slug == "urgent").card
    assert (row.label, row.text) == ("From 8:00 to 18:00", "Call your surgery.")
