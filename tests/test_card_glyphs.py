"""Headlines on cards have the letters, joined and in the order, that Chromium shows for the same text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from card_glyphs import Line, chromiums, likeness, ours
from PIL import Image

from feeds.language import direction_of

ROWS = json.loads((Path(__file__).parent / "corpus" / "card-lines.json").read_text("utf-8"))
LINES = [
    Line(
        text=row["title"], language=row["language"], direction=direction_of(row["language"]),
        isolated=tuple(row.get("isolated", ())),
    )
    for row in ROWS
]  # fmt: skip
ALIKE = 0.95  # equal lines reach 0.96 to 1.00, one word turned round in a long line 0.93

Pictures = dict[str, Image.Image]


@pytest.fixture(scope="module")
def shown() -> Pictures:
    return dict(zip([line.text for line in LINES], chromiums(LINES), strict=True))


@pytest.mark.parametrize("line", LINES, ids=[f"{line.language}-{place}" for place, line in enumerate(LINES)])
def test_a_line_looks_as_in_chromium(shown: Pictures, line: Line) -> None:
    assert likeness(ours([line])[0], shown[line.text]) > ALIKE


@pytest.mark.parametrize("line", LINES, ids=[f"{line.language}-{place}" for place, line in enumerate(LINES)])
def test_the_comparison_fails_for_words_in_the_wrong_order(shown: Pictures, line: Line) -> None:
    turned = Line(text=" ".join(reversed(line.text.split())), direction=line.direction)
    assert likeness(ours([turned])[0], shown[line.text]) < ALIKE


@pytest.mark.parametrize("line", [line for line in LINES if line.language in ("ar", "fa", "ur", "ps", "ckb")])
def test_the_comparison_fails_for_letters_that_do_not_join(shown: Pictures, line: Line) -> None:
    apart = Line(text="\u200c".join(line.text), direction=line.direction)
    assert likeness(ours([apart])[0], shown[line.text]) < ALIKE


@pytest.mark.parametrize("line", [line for line in LINES if line.isolated])
def test_the_comparison_fails_for_code_that_is_not_isolated(shown: Pictures, line: Line) -> None:
    bare = Line(text=line.text, direction=line.direction)
    assert likeness(chromiums([bare])[0], shown[line.text]) < ALIKE
