"""docs/screenshots is small enough to be kept with the source."""

from __future__ import annotations

from pathlib import Path

import pytest
from newsroom import ROOT
from PIL import Image

PICTURES = sorted((ROOT / "docs" / "screenshots").glob("*.png"))


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_screenshot_is_small_and_not_blank(path: Path) -> None:
    assert path.stat().st_size < 150_000
    with Image.open(path) as picture:
        assert picture.mode == "P" and picture.width > 1640
        assert len(picture.getcolors() or []) > 8


def test_every_kind_of_page_is_there() -> None:
    names = {path.stem for path in PICTURES}
    assert {"home", "article", "article-dark", "foot", "tag", "author", "language", "error"} <= names
