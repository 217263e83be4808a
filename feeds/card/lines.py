"""Breaking a headline into lines that fit a box: at spaces and hyphens (UAX #14), words whole where they fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from feeds import bidi
from feeds.text import excerpt, graphemes, one_line

Measure = Callable[[str], float]  # how wide a text is, in em

_LONGEST = 600  # graphemes; more fit no card
_ISOLATES = "\u2066-\u2069"
# UAX #14: at spaces, but not before closing punctuation (LB13) or after opening (LB14) that stands
# apart, as the French write it, nor inside 10 000 (LB25). After a hyphen between letters (LB21),
# not after a Hebrew one (LB21a). At ZWSP (LB8).
_OPPORTUNITY = regex.compile(
    rf"""(?<! (?: \A | [ ] ) [{_ISOLATES}]* [«‹(\[{{] ) (?<=[^ ])[ ]
         (?! [{_ISOLATES}]* [!?;:%٪»›)\]}}،؛؟۔…]++ [{_ISOLATES}]* (?: [ ] | \Z ) )
         (?! (?<= [0-9][ ] ) [0-9]{{3}} (?![0-9]) )
       | (?<= [\p{{L}}\p{{M}}--\p{{Hebrew}}] [-‐–—] ) (?= \p{{L}} )
       | \u200b""",
    regex.VERBOSE | regex.V1,
)
# What stays whole when a word is wider than the line: numbers, two letters with a ZWNJ between, and the
# sign after a letter.
_ATOM = regex.compile(r"\p{Nd}++(?:[.,:/٫٬]\p{Nd}++)*+[/?&=.,_-]?|(?:\X(?<=\u200c))*+\X[/?&=.,_-]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Text that is not broken, its width in em, and the space after it (0 after a hyphen)."""

    text: str
    width: float
    space: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Lines in reading order, each a bidi isolate of its own, and the font size they were made for."""

    lines: tuple[str, ...]
    size: int


def fit(
    text: str, direction: bidi.Direction, measure: Measure, *, width: float, height: float,
    sizes: Sequence[int], leading: float,
) -> Fitted:  # fmt: skip
    """The text in the largest of the sizes (descending) at which its lines fit into the box with every word
    whole; in the smallest, where words may be broken between graphemes and the text cut with "…", if
    it fits in none. `leading` is the distance of lines in em. Lines are of about equal length.

    Bidi controls: every line stands in RLI…PDI or LRI…PDI, and what must run left to right
    inside a right-to-left line in LRI…PDI (`bidi.ltr_runs`)."""
    text = _cut(one_line(bidi.clean(text)), _LONGEST)
    for size in sizes:
        limit, room = width / size, max(1, int(height / (size * leading)))
        parts = pieces(_marked(text, direction), measure)
        if all(part.width <= limit for part in parts) and len(fill(parts, limit)) <= room:
            break
    parts = _split(parts, measure, limit)
    lines = fill(parts, limit)
    kept = sum(len(graphemes(line)) for line in lines[:room]) + room
    while len(lines) > room and kept > 0:
        shorter = _cut(text, kept)
        parts = _split(pieces(_marked(shorter, direction), measure), measure, limit)
        lines = fill(parts, limit)
        kept = min(kept, len(graphemes(shorter)) - 1) - 1  # one word, or grapheme, less
    return Fitted(lines=_isolated(_balanced(parts, lines[:room], limit), direction), size=size)


def pieces(text: str, measure: Measure) -> list[Piece]:
    """The text cut at every place where a line may end."""
    found: list[Piece] = []
    blank = measure(" ")
    start = 0
    for gap in _OPPORTUNITY.finditer(text):
        found.append(_piece(text[start : gap.start()], measure, blank if gap[0] == " " else 0))
        start = gap.end()
    return [piece for piece in (*found, _piece(text[start:], measure, 0)) if piece.text]


def fill(parts: Iterable[Piece], width: float) -> list[str]:
    """Lines of whole pieces, each as full as it can be; a piece wider than `width` (em) has its own."""
    lines: list[str] = []
    line, used, gap = "", 0.0, 0.0
    for part in parts:
        if line and used + gap + part.width > width:
            lines.append(line)
            line, used, gap = "", 0.0, 0.0
        line += (" " if gap else "") + part.text
        used += gap + part.width
        gap = part.space
    return [*lines, line] if line else lines


def _balanced(parts: Sequence[Piece], lines: list[str], width: float) -> list[str]:
    """As many lines, but in the narrowest box that holds them: no word is left alone at the end."""
    if len(lines) < 2:
        return lines
    low, high = max(part.width for part in parts), width
    for _ in range(8):  # to 1/256 of the width
        middle = (low + high) / 2
        narrower = fill(parts, middle)
        if len(narrower) == len(lines):
            lines, high = narrower, middle
        else:
            low = middle
    return lines


def _split(parts: Iterable[Piece], measure: Measure, width: float) -> list[Piece]:
    """The pieces, those wider than the line broken between graphemes so that every part fits."""
    return [small for part in parts for small in ([part] if part.width <= width else _parts(part, measure, width))]


def _parts(part: Piece, measure: Measure, width: float) -> Iterator[Piece]:
    atoms = [
        small
        for atom in _ATOM.findall(part.text)
        for small in (graphemes(atom) if measure(atom) > width else [atom])
    ]  # fmt: skip
    while atoms:
        low, high = 1, len(atoms)  # the longest beginning that fits, one atom at least
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if measure("".join(atoms[:middle])) <= width else (low, middle - 1)
        if atoms[low:]:  # an address is rather broken after a slash (UAX #14 SY)
            low = next((at for at in range(low, low // 2, -1) if atoms[at - 1].endswith("/")), low)
        yield _piece("".join(atoms[:low]), measure, 0 if atoms[low:] else part.space)
        atoms = atoms[low:]


def _cut(text: str, limit: int) -> str:
    """The beginning of the text with "…", cut at a word; inside it where the word has half the room to itself."""
    shorter = excerpt(text, limit)
    if shorter == text or 2 * len(graphemes(shorter)) > limit:
        return shorter
    return bidi.clean("".join(graphemes(text)[:limit])).rstrip() + "…"


def _piece(text: str, measure: Measure, space: float) -> Piece:
    return Piece(text=text, width=measure(text), space=space)


def _marked(text: str, direction: bidi.Direction) -> str:
    return bidi.title(text, direction, "isolate")


def _isolated(lines: Iterable[str], direction: bidi.Direction) -> tuple[str, ...]:
    """Each line closed in itself: isolates that go on over the end of a line are opened again in the next."""
    opener = bidi.RLI if direction == "rtl" else bidi.LRI
    opened: list[str] = []
    found: list[str] = []
    for line in lines:
        head = opener + "".join(opened)
        for character in line:
            if bidi.LRI <= character < bidi.PDI:
                opened.append(character)
            elif character == bidi.PDI and opened:
                opened.pop()
        found.append(head + line + bidi.PDI * (len(opened) + 1))
    return tuple(found)
