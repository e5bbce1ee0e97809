"""`manage.py assess`: answers in, judgement out, a line each."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from triage.answer_lines import JsonLines
from triage.engine.guide import Guide
from triage.models import Release

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessed(release: Release, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Feeds bytes to standard input; gives the objects written, the errors, and how it ended."""

    def assessed(*lines: bytes) -> tuple[list[Any], list[str], str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(lines))))
        ended = ""
        try:
            call_command("assess")
        except CommandError as error:
            ended = str(error)
        out, err = capsys.readouterr()
        return [json.loads(line) for line in out.splitlines()], err.splitlines(), ended

    return assessed


def a_line(**answers: list[str]) -> bytes:
    return json.dumps({"id": "a", "answers": answers}).encode()


GOOD = a_line(onset=["sudden"])


def test_each_line_comes_out_judged_in_the_same_order(assessed: Any, guide: Guide, release: Release) -> None:
    found, errors, ended = assessed(
        b'{"id": "one", "answers": {}}', b'{"id": 2, "answers": {"trend": ["worse"]}}'
    )
    assert [line["id"] for line in found] == ["one", 2]
    assert (errors, ended) == ([], "")
    assert list(found[0]) == ["id", "urgency", "today", "signs", "floor", "causes", "release"]
    assert found[0]["release"] == release.number
    assert {cause["cause"] for cause in found[0]["causes"]} == {cause.slug for cause in guide.causes}
    points = [cause["points"] for cause in found[1]["causes"]]
    assert points == sorted(points, reverse=True)
    assert {cause["match"] for cause in found[1]["causes"]} <= {"strong", "possible", "unlikely"}


def test_signs_are_the_rules_that_spoke_most_urgent_first(assessed: Any) -> None:
    (found,), _, _ = assessed(a_line(emergency=["collapse"], trend=["worse"], course=["weeks"]))
    assert found["urgency"] == "emergency"
    assert found["signs"][0] == "emergency_collapse"


def test_other_keys_of_a_line_are_left_alone(assessed: Any) -> None:
    found, _, ended = assessed(b'{"id": "v", "story": "Once", "causes": 5, "answers": {"onset": []}}')
    assert (len(found), ended) == (1, "")


def test_a_line_without_an_id_has_none_coming_out(assessed: Any) -> None:
    assert assessed(b'{"answers": {}}')[0][0]["id"] is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (a_line(onsett=["sudden"]), 'no question "onsett"'),
        (a_line(onsett=[]), 'no question "onsett"'),
        (a_line(onset=["suddenly"]), 'no option "onset:suddenly"'),
        (a_line(onset=["sudden", "gradual"]), '"onset" takes one choice, not 2'),
        (a_line(triggers=["none", "cold"]), '"triggers:none" cannot stand beside another choice'),
        (a_line(triggers=["cold", "cold"]), '"triggers:cold" is chosen twice'),
        (b'{"answers": {"onset": "sudden"}}', '"onset" must be a list of slugs'),
        (b'{"answers": {"onset": [1]}}', '"onset" must be a list of slugs'),
        (b'{"answers": []}', '"answers" must be an object'),
        (b'{"id": "x"}', '"answers" must be an object'),
        (b'["x"]', 'must be an object such as {"id": "a1", "answers": {"onset": ["sudden"]}}'),
        (b"what?", "not JSON: Expecting value, at character 1"),
        (b'{"id": NaN, "answers": {}}', "not JSON: NaN is no number here"),
        (b'{"id": ' + b"9" * 5000 + b"}", None),
        (b"\xff", "not UTF-8: byte 1 of the line"),
        (b"[" * 100_000, "not JSON that can be read: nested too deep"),
        (b'{"answers": {"onset": [], "onset": []}}', '"onset" is given 2 times'),
        (b'{"answers": {"\\u001b[31m": []}}', 'no question "\\x1b[31m"'),
        (b'{"answers": {"\\ud800": []}}', 'no question "\\ud800"'),
    ],
)
def test_a_bad_line_is_told_by_number_and_slug_and_the_good_ones_are_still_written(
    assessed: Any, line: bytes, problem: str | None
) -> None:
    found, errors, ended = assessed(GOOD, line, GOOD)
    assert len(found) == 2
    assert ended == "1 of the lines could not be weighed."
    if problem:
        assert errors == [f"line 2: {problem}"]
    else:
        assert errors[0].startswith("line 2: not JSON: ")


def test_every_problem_of_a_line_is_told(assessed: Any) -> None:
    assert len(assessed(a_line(onset=["x"], trend=["y"]))[1]) == 2


def test_a_problem_as_long_as_a_book_is_cut(assessed: Any) -> None:
    assert len(assessed(a_line(**{"x" * 100_000: ["y"]}))[1][0]) < 400


def test_blank_lines_and_a_byte_order_mark_do_no_harm(assessed: Any) -> None:
    found, errors, _ = assessed(b"\xef\xbb\xbf" + GOOD, b"", b"  ", GOOD, b"")
    assert (len(found), errors) == (2, [])


def test_the_lines_can_come_from_a_file(release: Release, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(GOOD)
    call_command("assess", str(path))
    assert json.loads(capsys.readouterr().out)["id"] == "a"


def test_a_file_that_is_not_there_is_told(release: Release) -> None:
    with pytest.raises(CommandError, match="/nowhere cannot be read: No such file"):
        call_command("assess", "/nowhere")


def test_without_a_release_there_is_nothing_to_weigh_with() -> None:
    with pytest.raises(CommandError, match="There is no release that can be read"):
        call_command("assess")


def test_the_newest_release_weighs(publish: Any, assessed: Any) -> None:
    assert publish().number == 2
    assert assessed(GOOD)[0][0]["release"] == 2


def test_a_line_is_read_only_when_the_one_before_it_was_taken() -> None:
    """A long file streams: nothing waits for its end."""
    read: list[bytes] = []

    def file() -> Any:
        for line in (b"1", b"2"):
            read.append(line)
            yield line

    lines = iter(JsonLines(file(), bytes.decode, print))
    assert next(lines) == "1"
    assert read == [b"1"]
