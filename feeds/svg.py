"""Hostile SVG: how large it says it is, and its drawing, for which nothing but its own bytes is read."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence

from lxml import etree

from feeds import datauri, rasterise

LIMIT_BYTES = 1_000_000  # larger ones have no size and are not drawn
LARGEST = 100_000  # pixels of a side
_ELEMENTS = 20_000
_HEAD_BYTES = 65_536  # the root's start tag stands in them
_SVG = "{http://www.w3.org/2000/svg}svg"
_LENGTH = re.compile(r"\s*\+?(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})\s*(px|pt|pc|mm|cm|in|)\s*", re.ASCII)
_PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}  # CSS Values 6.2
_SECONDS = rasterise.SECONDS + 2


def size(data: bytes) -> tuple[int, int]:
    """Width and height in CSS pixels as the root states them, by attribute or `viewBox`; (0, 0) where it
    does not or is no SVG. Looks at the beginning alone."""
    parser = etree.XMLPullParser(events=("start",), **_options())
    try:
        parser.feed(data[:_HEAD_BYTES] if _is_plain(data) else b"")
        root = next((element for _, element in parser.read_events()), None)
    except etree.XMLSyntaxError:
        return 0, 0
    if root is None or root.tag != _SVG:
        return 0, 0
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    inner = (_length(box[2]), _length(box[3])) if len(box) == 4 else (0.0, 0.0)
    width, height = _length(root.get("width", "")), _length(root.get("height", ""))
    if all(inner) and not (width and height):  # CSS Images 5.1: the ratio gives the other side
        ratio = inner[0] / inner[1]
        width, height = (width, width / ratio) if width else (height * ratio, height) if height else inner
    sides = round(width), round(height)
    return sides if all(1 <= side <= LARGEST for side in sides) else (0, 0)


def draw(data: bytes, width: int, height: int, *, fonts: Sequence[str], family: str) -> bytes | None:
    """A PNG that fits the box (pixels). None for what is no SVG or takes too long or too much memory."""
    svg = harmless(data)
    if svg is None:
        return None
    command = [sys.executable, "-I", rasterise.__file__, str(width), str(height), family, *fonts]
    try:
        done = subprocess.run(command, input=svg, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def harmless(data: bytes) -> bytes | None:
    """The SVG in UTF-8 with no reference but to itself and to small pictures that it holds; None for what is none."""
    try:
        root = etree.fromstring(data, etree.XMLParser(**_options())) if _is_plain(data) else None
    except etree.XMLSyntaxError:
        return None
    if root is None or root.tag != _SVG:
        return None
    pixels = 0
    for number, element in enumerate(root.iter(etree.Element), 1):
        if number > _ELEMENTS:
            return None
        for name in [name for name in element.attrib if etree.QName(name).localname == "href"]:
            held = datauri.decode(str(element.get(name)))
            pixels += held.width * held.height if held else 0
            # The renderer reads files that pictures name, wherever they are.
            if not str(element.get(name)).startswith("#") and (held is None or pixels > datauri.MOST_PIXELS):
                del element.attrib[name]
    written: bytes = etree.tostring(root, encoding="utf-8")
    return written


def _is_plain(data: bytes) -> bool:
    """Of a size to be looked at, and without entities, which may be bombs or lead elsewhere (XML 1.0 section 4)."""
    return len(data) <= LIMIT_BYTES and b"<!ENTITY" not in data


def _options() -> dict[str, object]:
    # A declared encoding could hide an entity from the look at the bytes: it is UTF-8 or nothing.
    return {"encoding": "utf-8", "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def _length(text: str) -> float:
    """Pixels; 0 for percentages and units of the surroundings."""
    found = _LENGTH.fullmatch(text)
    return float(found[1]) * _PIXELS[found[2]] if found else 0.0
