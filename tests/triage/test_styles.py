"""Styles: a sheet for the public, light, and one for staff, and nothing beside them."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

ALONE = {"evaluation.html", "matrix_alone.html", "safety_case.html"}
"""Files that are saved and opened on their own, so they bring their styles."""

TEMPLATES = [
    path for path in sorted(Path(settings.BASE_DIR, "templates").glob("**/*.html")) if path.name not in ALONE
]
SHEETS = sorted(Path(settings.BASE_DIR, "static").glob("*.css"))


def collected(name: str) -> bytes:
    return Path(settings.STATIC_ROOT, staticfiles_storage.stored_name(name)).read_bytes()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_stylesheet_is_in_sections_under_headings(sheet):
    headings = re.findall(r"^/\* ==== (.+) ==== \*/$", sheet.read_text(), flags=re.MULTILINE)
    assert len(headings) == len(set(headings)) > 5


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_rule_stands_inside_another(sheet):
    """Phones that stopped at iOS 15 or 16 drop it."""
    css = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    around = []
    for head, brace in re.findall(r"([^{};]*)([{}])", css):
        if brace == "}":
            around.pop()
            continue
        assert "rule" not in around, head.strip()
        around.append("at" if head.strip().startswith("@") else "rule")


def test_the_tokens_and_the_order_of_the_layers_lead():
    css = collected("steady.css").decode()
    assert css.startswith("/* ==== Tokens ==== */\n\n@layer tokens, base, parts, print;")


def test_there_are_two_stylesheets():
    assert [sheet.name for sheet in SHEETS] == ["staff.css", "steady.css"]


def test_a_stylesheet_is_named_after_its_content():
    assert re.fullmatch(r"steady\.[0-9a-f]{12}\.css", staticfiles_storage.stored_name("steady.css"))


def test_collecting_twice_gives_the_same_sheet(tmp_path):
    with override_settings(STATIC_ROOT=str(tmp_path)):
        for _ in range(2):
            call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin", "*otp*"])
        sheets = list(tmp_path.glob("steady.*.css"))
    assert [sheet.read_bytes() for sheet in sheets] == [collected("steady.css")]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_style_and_no_script_of_its_own(template):
    """The frame of the staff names files of script; the public has none."""
    file = r'<script src="{% static [^>]+></script>'
    text = template.read_text()
    html = text if "public" in template.parts else re.sub(file, "", text)
    assert not re.search(r"<style|<script|\sstyle=|\son[a-z]+=", html)


@pytest.mark.usefixtures("release")
def test_a_page_has_at_most_two_stylesheets(client):
    assert 1 <= client.get("/").content.decode().count('rel="stylesheet"') <= 2


@pytest.mark.usefixtures("release")
def test_the_first_visit_weighs_at_most_ten_kilobytes(client):
    page = client.get("/").content
    assert len(gzip.compress(page)) + len(gzip.compress(collected("steady.css"))) <= 10_000
