"""Lines of text as pictures, drawn by the service and by Chromium, and how alike they look."""

from __future__ import annotations

import html
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import resvg_py
from browser.chromium import FLAGS, SECONDS, program
from PIL import Image

from feeds.bidi import Direction
from feeds.card import fonts
from feeds.card.drawing import block

WIDTH, STRIP, SIZE, WEIGHT = 1200, 100, 44, 700


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line to draw. `order` is the fonts it goes by; `isolated` its parts that run left to right."""

    text: str
    direction: Direction
    language: str = "und"
    isolated: tuple[str, ...] = ()

    def html(self) -> str:
        text = html.escape(self.text)
        for part in self.isolated:
            text = text.replace(html.escape(part), f'<bdi dir="ltr">{html.escape(part)}</bdi>')
        families = ", ".join(f"'{family}'" for family in fonts.order(self.text))
        return f'<p dir="{self.direction}" style="font-family: {families}">{text}</p>'


def ours(lines: Sequence[Line]) -> list[Image.Image]:
    """One strip for each line, black on white, as cards draw it."""
    texts = []
    for place, line in enumerate(lines):
        found = block(line.text, line.direction, width=WIDTH - 40, height=STRIP, sizes=(SIZE,), weight=WEIGHT)
        assert len(found.lines) == 1, f"{line.text!r} is too long for one line"
        x, anchor = (WIDTH - 20, "end") if line.direction == "rtl" else (20, "start")
        texts.append(
            f'<text x="{x}" y="{place * STRIP + 64}" font-size="{SIZE}" font-weight="{WEIGHT}" '
            f'text-anchor="{anchor}">{found.lines[0]}</text>'
        )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{STRIP * len(lines)}">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(texts)}</svg>'
    )
    return _strips(
        resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=list(fonts.paths())), len(lines)
    )


def chromiums(lines: Sequence[Line]) -> list[Image.Image]:
    """The same from Chromium, with the same font files. Skips without Chromium."""
    faces = "".join(
        f"@font-face {{ font-family: '{family}'; font-weight: 100 900; src: url('{Path(path).as_uri()}') }}\n"
        for family, path in zip((fonts.ARABIC, fonts.LATIN, fonts.OTHERS), fonts.paths(), strict=True)
    )
    style = (
        f"{faces} * {{ margin: 0 }} p {{ height: {STRIP}px; line-height: {STRIP}px; font-size: {SIZE}px; "
        f"font-weight: {WEIGHT}; padding: 0 20px; white-space: nowrap; overflow: hidden; font-synthesis: none }}"
    )
    page = f'<!DOCTYPE html><meta charset="utf-8"><style>{style}</style>{"".join(line.html() for line in lines)}'
    with tempfile.TemporaryDirectory(prefix="chromium-") as folder:
        Path(folder, "page.html").write_text(page, "utf-8")
        picture = Path(folder, "page.png")
        subprocess.run(
            [program(), *FLAGS, "--allow-file-access-from-files", f"--user-data-dir={folder}/profile", "--hide-scrollbars",
             "--force-device-scale-factor=1", f"--window-size={WIDTH},{STRIP * len(lines) + 200}", "--virtual-time-budget=5000",
             f"--screenshot={picture}", Path(folder, "page.html").as_uri()],
            check=True, capture_output=True, timeout=SECONDS, env={"PATH": os.environ.get("PATH", ""), "HOME": folder, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        return _strips(picture.read_bytes(), len(lines))


def likeness(one: Image.Image, other: Image.Image) -> float:
    """The correlation of the darkness of the columns, both inked parts brought to one width; 0 where
    their widths differ by more than 3 %."""
    first, second = _inked(one), _inked(other)
    if abs(first.width - second.width) > 0.03 * max(first.width, second.width):
        return 0.0
    return _correlation(_columns(first), _columns(second))


def _strips(png: bytes, count: int) -> list[Image.Image]:
    with Image.open(BytesIO(png)) as opened:
        page = opened.convert("L").point(lambda value: 255 - value)
    return [page.crop((0, place * STRIP, WIDTH, (place + 1) * STRIP)) for place in range(count)]


def _inked(strip: Image.Image) -> Image.Image:
    box = strip.point(lambda value: 255 if value > 60 else 0).getbbox()
    assert box, "nothing was drawn"
    return strip.crop((box[0], 0, box[2], strip.height))


def _columns(picture: Image.Image) -> list[float]:
    return [float(value) for value in picture.resize((400, 1), Image.Resampling.BOX).tobytes()]


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    mean, other_mean = sum(one) / len(one), sum(other) / len(other)
    left, right = [value - mean for value in one], [value - other_mean for value in other]
    both = sum(a * b for a, b in zip(left, right, strict=True))
    norm = (sum(a * a for a in left) * sum(b * b for b in right)) ** 0.5
    return float(both / norm)
