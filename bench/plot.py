"""Small plots as SVG: lines over time, and bars. Legible on light and dark paper, in any browser, without a library.

Sizes are in SVG user units (CSS pixels at 100 %).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

WIDTH, PANEL, GAP, LEFT, RIGHT, TOP = 860, 150, 58, 76, 24, 64
_FONT = "system-ui, 'DejaVu Sans', Arial, sans-serif"
_INKS = (("#1f6fb4", "#7fb8ee"), ("#b5480b", "#f0a26b"), ("#2d7d46", "#7fd199"), ("#8a3fa0", "#d39be6"))
_STYLE = (
    f"text {{ font: 13px {_FONT}; fill: #1c1c1c }} .title {{ font-size: 16px; font-weight: 600 }} "
    ".unit { fill: #555 } .paper { fill: #fff } .grid { stroke: #d8d8d8 } .axis { stroke: #777 } path { fill: none; stroke-width: 1.6 } "
    + " ".join(f".ink{n} {{ stroke: {light} }} .fill{n} {{ fill: {light} }}" for n, (light, _) in enumerate(_INKS))
    + " @media (prefers-color-scheme: dark) { text { fill: #ececec } .unit { fill: #b0b0b0 } .paper { fill: #14171a } "
    ".grid { stroke: #343a40 } .axis { stroke: #8a8f94 } "
    + " ".join(f".ink{n} {{ stroke: {dark} }} .fill{n} {{ fill: {dark} }}" for n, (_, dark) in enumerate(_INKS))
    + " }"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One set of axes; `lines` are points (x, y) by name, at most four of them. `most` is the least top of the y axis."""

    title: str
    unit: str
    lines: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    most: float = 0


def lines(title: str, x_unit: str, panels: Sequence[Panel]) -> str:
    """Panels above one another over one x axis."""
    height = TOP + len(panels) * (PANEL + GAP) + 14
    drawing = _paper(title, height)
    points = [x for panel in panels for line in panel.lines.values() for x, _ in line]
    end = max(points, default=1) or 1
    for number, panel in enumerate(panels):
        top = TOP + number * (PANEL + GAP)
        _panel(drawing, panel, top, end)
    _text(drawing, WIDTH - RIGHT, height - 10, x_unit, "unit", "end")
    return _written(drawing)


def bars(title: str, unit: str, groups: Mapping[str, Mapping[str, float]]) -> str:
    """Horizontal bars: for each group the same names; each bar has its value beside it."""
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    most = max(value for group in groups.values() for value in group.values())
    row, label, value_room = 17, 230, 78
    height = TOP + sum(len(group) * row + 34 for group in groups.values()) + 20
    drawing = _paper(title, height)
    _text(drawing, WIDTH - RIGHT, 50, unit, "unit", "end")
    top, room = TOP, WIDTH - label - RIGHT - value_room
    for name, group in groups.items():
        _text(drawing, 16, top + 10, name, "group", "start")
        top += 18
        for bar, value in group.items():
            _text(drawing, label - 8, top + 12, bar, "", "end")
            _rect(drawing, label, top + 2, max(1.0, room * value / most), row - 4, f"fill{names.index(bar) % 4}")
            _text(drawing, label + room * value / most + 6, top + 12, f"{value:,.0f}", "unit", "start")
            top += row
        top += 16
    _line(drawing, label, TOP, label, top - 8, "axis")
    return _written(drawing)


def steps(most: float, wanted: int = 4) -> list[float]:
    """Round numbers from 0 to at least `most`."""
    rough = max(most, 1e-9) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    return [step * n for n in range(math.ceil(most / step) + 1)]


def _panel(drawing: ET.Element, panel: Panel, top: float, end: float) -> None:
    highest = max([panel.most, *(y for line in panel.lines.values() for _, y in line)], default=1)
    ticks, x_ticks = steps(highest or 1), steps(end, 6)
    across, tall = (WIDTH - LEFT - RIGHT) / end, PANEL / (ticks[-1] or 1)
    _text(drawing, LEFT, top - 10, panel.title, "group", "start")
    for tick in ticks:
        y = top + PANEL - tick * tall
        _line(drawing, LEFT, y, WIDTH - RIGHT, y, "grid" if tick else "axis")
        _text(drawing, LEFT - 8, y + 4, f"{tick:,g}", "unit", "end")
    _text(drawing, LEFT - 8, top - 10, panel.unit, "unit", "end")
    for tick in x_ticks:
        if tick <= end:
            _text(drawing, LEFT + tick * across, top + PANEL + 18, f"{tick:g}", "unit", "middle")
    key = WIDTH - RIGHT
    for number, (name, line) in reversed(list(enumerate(panel.lines.items()))):
        path = " ".join(
            f"{'L' if n else 'M'}{LEFT + x * across:.1f} {top + PANEL - y * tall:.1f}" for n, (x, y) in enumerate(line)
        )
        if line:
            ET.SubElement(drawing, "path", {"d": path, "class": f"ink{number}"})
        if len(panel.lines) > 1:
            _text(drawing, key, top - 10, name, "", "end")
            key -= 8 * len(name) + 18
            _rect(drawing, key, top - 15, 12, 4, f"fill{number}")
            key -= 14


def _paper(title: str, height: float) -> ET.Element:
    drawing = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height:g}", "width": f"{WIDTH}",
            "height": f"{height:g}", "role": "img",
        },
    )  # fmt: skip
    ET.SubElement(drawing, "title").text = title
    ET.SubElement(drawing, "style").text = _STYLE
    _rect(drawing, 0, 0, WIDTH, height, "paper")
    _text(drawing, 16, 26, title, "title", "start")
    return drawing


def _text(drawing: ET.Element, x: float, y: float, text: str, kind: str, anchor: str) -> None:
    at = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    ET.SubElement(drawing, "text", {**at, "class": kind} if kind else at).text = text


def _rect(drawing: ET.Element, x: float, y: float, width: float, height: float, kind: str) -> None:
    sizes = {"x": x, "y": y, "width": width, "height": height}
    ET.SubElement(drawing, "rect", {**{name: f"{value:.1f}" for name, value in sizes.items()}, "class": kind})


def _line(drawing: ET.Element, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    ET.SubElement(drawing, "line", {**{name: f"{value:.1f}" for name, value in ends.items()}, "class": kind})


def _written(drawing: ET.Element) -> str:
    ET.indent(drawing)
    return ET.tostring(drawing, encoding="unicode") + "\n"
