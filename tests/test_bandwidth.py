"""What readers save by validators, encodings and deltas; and that docs/ says what was measured."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from lxml import etree
from newsroom import ROOT

sys.path.insert(0, str(ROOT / "bench"))

import bandwidth
import plot
import scale

DOCS = ROOT / "docs"


def test_each_habit_saves_bytes_and_a_delta_saves_most(tmp_path: Path) -> None:
    found = bandwidth.day(tmp_path, articles=3, polls=4)
    rows = {(row["format"], row["habit"], row["encoding"]): row for row in found["rows"]}
    assert len(rows) == 27
    for label in bandwidth.FORMATS:
        sizes = {key[1:]: row["head"] + row["body"] for key, row in rows.items() if key[0] == label}
        for encoding in bandwidth.ENCODINGS:
            whole, etag, delta = (rows[label, habit, encoding]["statuses"] for habit in bandwidth.HABITS)
            assert whole == {"200": 4}
            assert set(etag) == {"200", "304"} and sum(etag.values()) == 4
            assert delta == {"226": etag["200"], "304": etag["304"]}
            assert sizes["A-IM", encoding] < sizes["ETag", encoding] < sizes["nothing", encoding]
        for habit in bandwidth.HABITS:
            assert max(sizes[habit, "gzip"], sizes[habit, "br"]) < sizes[habit, "plain"] / 2


def test_the_pages_say_what_was_measured() -> None:
    """After a change of either: python bench/bandwidth.py --docs; python bench/scale.py --docs"""
    day = json.loads((DOCS / "bandwidth.json").read_text("utf-8"))
    assert (day["articles"], day["polls"], len(day["rows"])) == (40, 48, 27)
    said = (DOCS / "bandwidth.md").read_text("utf-8")
    assert bandwidth.table(day) in said
    assert bandwidth.drawing(day) == (DOCS / "bandwidth.svg").read_text("utf-8")
    cpu = scale.serving((ROOT / "BENCHMARKS.md").read_text("utf-8"))
    figures = json.loads(scale.FIGURES.read_text("utf-8"))
    assert scale.page(day, cpu, figures) == (DOCS / "scale.md").read_text("utf-8")


def test_the_arithmetic_of_ten_million_subscribers() -> None:
    """5,555.6 polls a second by hand; a poll of 100 and 10 bytes by turns, of 200 and 100 µs of CPU."""
    row = {"format": "RSS", "statuses": {"200": 1, "304": 1}, "head": 20, "body": 90}
    day = {"polls": 2, "rows": [{**row, "habit": habit, "encoding": encoding} for habit, encoding in scale.HABITS]}
    cpu = {("nashra", answer): 20.0 for answer in ("200", "200 gzip", "200 br")} | {("nashra", "304"): 10.0}
    each = scale.costs(day, cpu, 99.0)[0]
    assert pytest.approx(5555.56, abs=0.01) == scale.RATE
    assert (each.share_304, each.size, each.cpu) == (0.5, 55.0, pytest.approx(0.00015))
    assert each.bits == pytest.approx(2_444_444, abs=1)
    assert each.cores == pytest.approx(0.8333, abs=0.0001)


def test_figures_come_from_the_table_with_the_most_connections() -> None:
    table = (
        "| answer | requests/s | CPU s per 100,000 | x |\n| --- | ---: | ---: | --- |\n| nashra 304 | 5 | {} | 9 |\n"
    )
    text = f"# B\n\n### 256 connections, y\n\n{table.format('1.8')}\n### 16 connections\n\n{table.format('3.0')}"
    assert scale.serving(text) == {("nashra", "304"): 1.8}


@pytest.mark.parametrize(("most", "top"), [(0.7, 0.8), (1, 1), (103, 150), (1000, 1000), (0, 0)])
def test_an_axis_ends_at_a_round_number_not_below_the_most(most: float, top: float) -> None:
    assert plot.steps(most)[-1] == pytest.approx(top)


@pytest.mark.parametrize("name", ["bandwidth.svg", *(["soak.svg"] if (DOCS / "soak.svg").exists() else [])])
def test_a_plot_is_svg_with_a_title_for_light_and_dark(name: str) -> None:
    drawing = etree.fromstring((DOCS / name).read_bytes())
    assert drawing.findtext("{*}title") and "prefers-color-scheme: dark" in drawing.findtext("{*}style", "")
    assert len(drawing.findall("{*}text")) > 10
