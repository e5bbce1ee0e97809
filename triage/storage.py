"""Static files as they are served: compressed, named after their content, the styles in one piece each."""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = {"steady.css": "parts", "staff.css": "staff"}
"""A stylesheet, and the folder of the parts that it is put together from."""

FIRST = "tokens.css"
"""Names the layers, so it leads; the others follow by name."""


class Storage(CompressedManifestStaticFilesStorage):
    """Puts the parts of each stylesheet together before the names get their hashes."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        for sheet, folder in SHEETS.items():
            parts = sorted(
                (path for path in paths if is_part(path, folder)),
                key=lambda path: (PurePath(path).name != FIRST, path),
            )
            if parts and not dry_run:
                self._join(sheet, parts, paths)
        yield from super().post_process(paths, dry_run, **options)

    def _join(self, sheet: str, parts: list[str], paths: dict[str, Any]) -> None:
        text = "\n".join(self._read(path, paths) for path in parts)
        for path in parts:
            del paths[path]
            self.delete(path)
        self.delete(sheet)
        self.save(sheet, ContentFile(small(text).encode()))
        paths[sheet] = (self, sheet)

    def _read(self, path: str, paths: dict[str, Any]) -> str:
        storage, name = paths[path]
        with storage.open(name) as file:
            return str(file.read().decode())


def is_part(path: str, folder: str) -> bool:
    return PurePath(path).match(f"{folder}/*.css") and len(PurePath(path).parts) == 2


def small(css: str) -> str:
    """Without comments and indentation; a line each is left, so that an error names one."""
    lines = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).splitlines()
    return "".join(f"{line.strip()}\n" for line in lines if line.strip())
