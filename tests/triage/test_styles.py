"""Styles: one sheet put together from small parts, light, and nothing beside it."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import override_settings

from triage.storage import Storage, small

ALONE = {"evaluation.html", "matrix_alone.html"}
"""Files that are saved and opened on their own, so they bring their styles."""

TEMPLATES = [
    path for path in sorted(Path(settings.BASE_DIR, "templates").glob("**/*.html")) if path.name not in ALONE
]
PARTS = sorted(Path(settings.BASE_DIR, "static/parts").glob("*.css"))


def collected(name: str) -> bytes:
    return Path(settings.STATIC_ROOT, staticfiles_storage.stored_name(name)).read_bytes()


def test_comments_indentation_and_empty_lines_go():
    assert small("/* why\n  so */\na {\n  b: c;\n\n}\n") == "a {\nb: c;\n}\n"


def test_a_stylesheet_holds_every_part_and_names_its_layers_first():
    css = collected("steady.css").decode()
    assert css.startswith("@layer tokens, base, parts, print;")
    assert all(small(part.read_text()) in css for part in PARTS)


def test_a_stylesheet_is_named_after_its_content():
    assert re.fullmatch(r"steady\.[0-9a-f]{12}\.css", staticfiles_storage.stored_name("steady.css"))


def test_parts_are_not_served_on_their_own():
    assert not list(Path(settings.STATIC_ROOT, "parts").glob("*.css*"))


def test_collecting_twice_gives_the_same_sheet(tmp_path):
    with override_settings(STATIC_ROOT=str(tmp_path)):
        for _ in range(2):
            call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin", "*otp*"])
        sheets = list(tmp_path.glob("steady.*.css"))
    assert [sheet.read_bytes() for sheet in sheets] == [collected("steady.css")]


def test_a_dry_run_writes_nothing(tmp_path):
    storage = Storage(location=tmp_path)
    storage.save("parts/tokens.css", ContentFile(b"a {}"))
    list(storage.post_process({"parts/tokens.css": (storage, "parts/tokens.css")}, dry_run=True))
    assert [path.name for path in tmp_path.rglob("*.css")] == ["tokens.css"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_style_of_its_own_and_no_script(template):
    assert not re.search(r"<style|<script|\sstyle=|\son[a-z]+=", template.read_text())


@pytest.mark.usefixtures("release")
def test_a_page_has_at_most_two_stylesheets(client):
    assert 1 <= client.get("/").content.decode().count('rel="stylesheet"') <= 2


@pytest.mark.usefixtures("release")
def test_the_first_visit_weighs_at_most_ten_kilobytes(client):
    page = client.get("/").content
    assert len(gzip.compress(page)) + len(gzip.compress(collected("steady.css"))) <= 10_000
