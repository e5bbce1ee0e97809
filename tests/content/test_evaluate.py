"""`manage.py evaluate`: how well a guide judges stories."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from content import reports
from content.management.commands import evaluate as command
from tests.build import a_lawful_guide, a_rule, a_vignette
from triage.engine.evaluation import evaluate
from triage.engine.guide import Guide
from triage.engine.laws import LAWS
from triage.models import Release
from triage.web import jinja

pytestmark = pytest.mark.django_db

STORY = {
    "id": "v1",
    "story": "<b>Cold</b> feet",
    "answers": {"emergency": ["none"], "triggers": ["cold"], "feel": ["shivering"]},
    "causes": ["caffeine"],
    "urgency": "self_care",
}


@pytest.fixture
def stories(tmp_path: Path) -> Any:
    """Writes a file with these lines."""

    def stories(*lines: Any) -> str:
        path = tmp_path / "stories.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return str(path)

    return stories


@pytest.fixture
def evaluated(release: Release, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command; gives what it wrote."""

    def evaluated(*arguments: Any) -> str:
        call_command("evaluate", *map(str, arguments))
        return capsys.readouterr().out

    return evaluated


# What is judged.


def test_without_a_file_the_stories_of_the_newest_release_are_judged(evaluated: Any, guide: Guide) -> None:
    found = evaluated()
    assert found.startswith("Release 1\n")
    assert f"{len(guide.vignettes)} of them say what is expected" in found


def test_another_release_can_be_named(evaluated: Any, publish: Any) -> None:
    publish()
    assert evaluated("--release", 1).startswith("Release 1\n")
    assert evaluated().startswith("Release 2\n")


def test_a_release_that_is_not_there_is_told(release: Release) -> None:
    with pytest.raises(CommandError, match="There is no release 7"):
        call_command("evaluate", "--release", "7")
    with pytest.raises(CommandError, match="There is no release 0"):
        call_command("evaluate", "--release", "0")


def test_without_a_release_there_is_nothing_to_judge_by() -> None:
    with pytest.raises(CommandError, match="There is no release yet"):
        call_command("evaluate")


def test_the_working_copy_can_be_judged(capsys: Any) -> None:
    call_command("first_release")
    capsys.readouterr()
    call_command("evaluate", "--working-copy")
    assert capsys.readouterr().out.startswith("The working copy\n")


def test_a_working_copy_that_makes_no_guide_is_told() -> None:
    with pytest.raises(CommandError, match="thresholds"):
        call_command("evaluate", "--working-copy")


def test_a_file_holds_stories_or_answers_alone(evaluated: Any, stories: Any) -> None:
    answers = {"answers": STORY["answers"]}
    figures = json.loads(evaluated(stories(STORY, answers, answers), "--json"))
    assert (figures["sets"], figures["stories"]) == (3, 1)
    assert figures["given"]["causes"]["cold"] == 3


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"causes": ["heat"]}, 'line 1: "causes" cannot be "heat"'),
        ({"causes": "cold"}, 'line 1: "causes" must be a list of slugs'),
        ({"urgency": "soon"}, 'line 1: "urgency" cannot be "soon"'),
        ({"urgency": None}, 'line 1: "urgency" cannot be null'),
        ({"urgency_accept": [["urgent"]]}, 'line 1: "urgency_accept" cannot be ["urgent"]'),
        ({"urgency_accept": []}, 'line 1: "urgency_accept" must be a list of slugs, one at least'),
        ({"answers": {"feel": ["x"]}}, 'line 1: no option "feel:x"'),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_judged(
    release: Release, stories: Any, capsys: Any, changes: Any, problem: str
) -> None:
    with pytest.raises(CommandError, match="1 of the lines could not be read"):
        call_command("evaluate", stories(STORY | changes, STORY), "--json")
    out, err = capsys.readouterr()
    assert err.splitlines() == [problem]
    assert json.loads(out)["stories"] == 1


# What is told.


def test_whoever_reads_the_figures_reads_that_no_clinician_signed_the_labels(
    evaluated: Any, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    for told in (evaluated(), evaluated("--json", "--html", page), page.read_text()):
        assert "No clinician has signed these labels yet." in told


def test_a_miss_is_told_with_its_story_and_reasons(evaluated: Any, stories: Any) -> None:
    told = evaluated(stories(STORY))
    assert "v1 missed first right, among three" in told
    assert "<b>Cold</b> feet" in told
    assert "expected caffeine; self_care" in told
    assert "cold +" in told


def test_only_so_many_misses_are_told_in_full(
    evaluated: Any, stories: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "SHOWN_MISSES", 2)
    told = evaluated(stories(*[STORY] * 5))
    assert told.count("v1 missed") == 2
    assert "and 3 more misses" in told


def test_answers_alone_give_no_rates(evaluated: Any, stories: Any) -> None:
    told = evaluated(stories({"answers": {}}))
    assert " of 0" not in told
    assert "Given in all: " in told


def test_the_laws_are_told(evaluated: Any, stories: Any) -> None:
    path = stories({"answers": {}})
    told = evaluated(path, "--laws")
    assert all(f"holds  {sentence}" in told for sentence, _ in LAWS.values())
    laws = json.loads(evaluated(path, "--laws", "--json"))["laws"]
    assert [law["law"] for law in laws] == list(LAWS)
    assert all(law["held"] and law["flaws"] == [] for law in laws)


def test_a_broken_law_is_an_error(publish: Any, capsys: Any, stories: Any) -> None:
    publish(vignettes=())
    with pytest.raises(CommandError, match="Laws are broken: every_cause_can_lead"):
        call_command("evaluate", "--laws")
    assert "BROKEN every cause can come first" in capsys.readouterr().out


# The page.


def test_the_page_needs_nothing_else_and_draws_the_matrices(
    evaluated: Any, stories: Any, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    evaluated(stories(STORY), "--laws", "--html", page)
    html = page.read_text()
    assert "&lt;b&gt;Cold&lt;/b&gt; feet" in html
    assert not any(word in html for word in ("<script", "<link", "src=", "url(", "http"))
    assert html.count('class="matrix"') == 2
    assert '<td class="wrong">1</td>' in html


def test_what_was_expected_stands_against_what_was_given() -> None:
    guide = a_lawful_guide(urgency_rules=(a_rule("worse", "routine", all=("trend:worse",)),))
    given = a_vignette().answers
    calm, worse = (a_vignette(answers=given | {"trend": (trend,)}) for trend in ("better", "worse"))
    figures = evaluate(guide, [calm, calm, calm, worse])
    page = jinja.html("evaluation.html", **reports.evaluation(guide, "A guide", figures, []))
    assert '<td class="right">3</td><td class="wrong">1</td><td>0</td>' in page


def test_it_says_when_answers_were_changed_in_some_stories_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.engine.evaluation.MOST_FLIPS", 1)
    figures = evaluate(a_lawful_guide(), [a_vignette()] * 3)
    page = reports.evaluation(a_lawful_guide(), "A guide", figures, [])
    assert "In the first 1 of these" in jinja.html("evaluation.txt", **page)


# Progress.


def test_a_person_who_watches_sees_a_bar(
    release: Release, stories: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(command, "EVERY", 2)
    path = stories(STORY, STORY, STORY, STORY)
    call_command("evaluate", path, stderr=terminal)
    assert "]   0 %" in terminal.getvalue()
    assert "]  50 %" in terminal.getvalue()


def test_a_program_sees_none(release: Release, stories: Any, capsys: Any) -> None:
    call_command("evaluate", stories(STORY))
    assert capsys.readouterr().err == ""
