"""The fonts of share pictures: packaged files only, so that a card has the same letters on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import regex

from feeds.text import graphemes, one_line

if TYPE_CHECKING:
    import uharfbuzz

ARABIC, LATIN, OTHERS = "Noto Sans Arabic", "Rubik", "Noto Sans"
# One file each, so that the renderer's own search for missing letters finds the same font as ours.
_FILES = {
    ARABIC: ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),  # all Arabic-script languages, and Latin
    LATIN: ("fontpkg_rubik", "Rubik[wght].ttf"),  # Latin, Cyrillic, Hebrew, some Arabic
    OTHERS: ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf"),  # Greek, Vietnamese, Devanagari
}
_HAS_ARABIC = regex.compile(r"\p{Arabic}")
_LETTERS = regex.compile(r"\p{L}")
_UNDRAWN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\s]")  # they need no glyph (Unicode section 5.21)
# Shaping needs pieces of one direction; marks and joiners go with the letter before them.
_ONE_WAY = regex.compile(r"[\p{bc=R}\p{bc=AL}][\p{bc=R}\p{bc=AL}\p{bc=NSM}\p{bc=BN}]*+|[^\p{bc=R}\p{bc=AL}]++")


# How far a line reaches above and below its baseline, in em: headlines stand closer than the fonts' own
# extents, which are made for every stack of marks (Noto Sans Arabic: 2.1 em).
_EXTENTS = {ARABIC: (1.0, 0.44), LATIN: (0.92, 0.26), OTHERS: (0.96, 0.26)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One font at one weight."""

    characters: frozenset[int]
    shaper: uharfbuzz.Font


def paths() -> tuple[str, ...]:
    """The font files, in the order in which a missing letter is looked for."""
    return tuple(str(files(package) / "files" / name) for package, name in _FILES.values())


def drawable(text: str) -> str:
    """The text without what no font has (emoji, Chinese) and without soft hyphens: a mark alone
    where its letter is there, else the whole grapheme. On one line, no space doubled."""
    everything = frozenset[int]().union(*(_face(family, 400).characters for family in _FILES))
    kept: list[str] = []
    for grapheme in graphemes(text.replace("\u00ad", "")):
        if _UNDRAWN.match(grapheme) or ord(grapheme[0]) in everything:
            kept += (one for one in grapheme if _UNDRAWN.match(one) or ord(one) in everything)
    return one_line("".join(kept))


def order(text: str) -> tuple[str, ...]:
    """The families for a text, the best first: one that has all of it, else the one that has most
    of its letters. Titles in Arabic letters go by Noto Sans Arabic, all others by Rubik."""
    families = (ARABIC, LATIN, OTHERS) if _HAS_ARABIC.search(text) else (LATIN, OTHERS, ARABIC)
    needed = {ord(one) for one in text if not _UNDRAWN.match(one)}
    letters = [ord(one) for one in text if _LETTERS.match(one)]

    def rank(family: str) -> tuple[bool, int]:
        characters = _face(family, 400).characters
        return (not needed <= characters, -sum(letter in characters for letter in letters))

    best = min(families, key=rank)
    return (best, *(family for family in families if family != best))


def runs(text: str, families: Sequence[str]) -> list[tuple[str, str]]:
    """The text cut by font, as (family, text), in logical order: each grapheme in the first family
    that has all of it. Spaces and invisible characters stay with what is before them."""
    found: list[tuple[str, str]] = []
    for grapheme in graphemes(text):
        needed = {ord(one) for one in grapheme if not _UNDRAWN.match(one)}
        family = found[-1][0] if found else families[0]
        if needed:
            family = next((each for each in families if needed <= _face(each, 400).characters), families[0])
        if found and found[-1][0] == family:
            found[-1] = (family, found[-1][1] + grapheme)
        else:
            found.append((family, grapheme))
    return found


def width(text: str, families: Sequence[str], weight: int) -> float:
    """How wide the shaped text is, in em."""
    return sum(_advance(part, family, weight) for family, run in runs(text, families) for part in _ONE_WAY.findall(run))


def extents(family: str) -> tuple[float, float]:
    """How far a line of a headline reaches above and below its baseline, in em."""
    return _EXTENTS[family]


def _advance(text: str, family: str, weight: int) -> float:
    import uharfbuzz

    shaper = _face(family, weight).shaper
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(shaper, buffer)
    units: int = sum(glyph.x_advance for glyph in buffer.glyph_positions or ())
    return units / float(shaper.scale[0])


@cache
def _face(family: str, weight: int) -> Face:
    import uharfbuzz  # here, so that a server that has drawn no card yet has not paid for it

    package, name = _FILES[family]
    face = uharfbuzz.Face(uharfbuzz.Blob((files(package) / "files" / name).read_bytes()))
    shaper = uharfbuzz.Font(face)
    shaper.set_variations({"wght": weight})
    return Face(characters=frozenset(face.unicodes), shaper=shaper)
