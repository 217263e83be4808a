"""Plain text that comes out in the right direction in software that knows no direction field.

Only the text itself survives in titles and summaries, so one invisible mark at its head, or a pair
of isolates round it, has to carry the direction. Output never holds an embedding or override, and
what it holds is balanced (UAX #9; W3C "Strings on the Web").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import regex

from feeds.ltr_runs import ltr_runs

__all__ = [
    "Direction",
    "Marks",
    "clean",
    "first_strong",
    "ltr_runs",
    "mark",
    "needs_mark",
    "strip",
    "title",
]

Direction = Literal["rtl", "ltr"]
Marks = Literal["needed", "isolate", "off"]

LRM, RLM, ALM = "\u200e", "\u200f", "\u061c"
LRI, RLI, PDI = "\u2066", "\u2067", "\u2069"

# Embeddings and overrides. They leak out of a cut string, and RLO/LRO can show a text backwards.
_EMBEDDINGS = regex.compile("[\u202a-\u202e]")
_CONTROLS = regex.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SUSPECT = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")  # what nearly every text is free of
_INVISIBLE = regex.compile("[\u200b\ufeff]")
_EDGES = "\u200b\ufeff\u061c\u200e\u200f\u2066\u2067\u2068\u2069"
_ISOLATES_AND_PARAGRAPHS = regex.compile(r"[\u2066-\u2069\p{bc=B}]")
_ISOLATE = regex.compile("[\u2066-\u2069]")
_PARAGRAPH_END = regex.compile(r"\p{bc=B}")
_STRONG = regex.compile(r"[\p{bc=L}\p{bc=R}\p{bc=AL}]")
_STRONG_AND_ISOLATES = regex.compile(r"[\p{bc=L}\p{bc=R}\p{bc=AL}\p{bc=B}\u2066-\u2069]")
_LEFT_TO_RIGHT = regex.compile(r"\p{bc=L}")
_RIGHT_TO_LEFT = regex.compile(r"[\p{bc=R}\p{bc=AL}]")
# Characters that change no direction: marks on a letter, joiners, variation selectors.
_ENDS = {
    "rtl": (
        _RIGHT_TO_LEFT,
        regex.compile(r"[\p{bc=R}\p{bc=AL}][\p{bc=NSM}\p{bc=BN}]*+\Z"),
        _LEFT_TO_RIGHT,
    ),
    "ltr": (
        _LEFT_TO_RIGHT,
        regex.compile(r"\p{bc=L}[\p{bc=NSM}\p{bc=BN}]*+\Z"),
        _RIGHT_TO_LEFT,
    ),
}


def clean(text: str) -> str:
    """The text without harmful controls, in logical order: no override, no embedding, no isolate
    without its partner in the same paragraph (UAX #9 BD9), no BOM or ZWSP at the edges. Balanced
    isolates, RLM, LRM, ALM and the joiners ZWNJ and ZWJ stay. Idempotent."""
    if not _SUSPECT.search(text):
        return text
    text = _EMBEDDINGS.sub("", text)
    unpaired = set(_unpaired(text)) if _ISOLATE.search(text) else set()
    if unpaired:
        text = "".join(character for index, character in enumerate(text) if index not in unpaired)
    inside = text.lstrip(_EDGES)
    head, inside = text[: len(text) - len(inside)], inside.rstrip(_EDGES)
    tail = text[len(head) + len(inside) :]
    return str(_INVISIBLE.sub("", head) + inside + _INVISIBLE.sub("", tail))


def strip(text: str) -> str:
    """The text without any bidi control; for slugs, ids, categories, names, URLs, file names."""
    stripped: str = _CONTROLS.sub("", text)
    return stripped


def first_strong(text: str, *, through_isolates: bool) -> Literal["L", "R", ""]:
    """Direction of the first strong character, "" if there is none.

    `through_isolates=True` reads as HTML's dir=auto does; False skips what stands in isolates, as
    UAX #9 P2 and Java's Bidi do. Marks (RLM, LRM, ALM) are strong, embeddings are not."""
    if through_isolates:
        found = _STRONG.search(text)
        return _side(found[0]) if found else ""
    depth = 0
    for found in _STRONG_AND_ISOLATES.finditer(text):
        character = found[0]
        if LRI <= character < PDI:
            depth += 1
        elif character == PDI:
            depth = max(0, depth - 1)
        elif character in "\n\r\x1c\x1d\x1e\x85\u2029":
            depth = 0  # an isolate ends with its paragraph
        elif depth == 0:
            return _side(character)
    return ""


def needs_mark(text: str, direction: Direction) -> bool:
    """Whether a reader that goes by the first strong character, in either way of finding it, would
    lay the text out against `direction`. A text without strong characters needs one only in a
    right-to-left item; a title that is wrapped in RLI…PDI whole needs none."""
    both = {first_strong(text, through_isolates=through) for through in (True, False)}
    if direction == "ltr":
        return "R" in both
    return bool(text) and both != {"R"} and _unwrap(text, RLI) == text


def mark(text: str, direction: Direction) -> str:
    """The text with one RLM (LRM in a left-to-right item) at its head if it needs it. Marks of the
    other direction at the head go, for Read You lays any text with an RLM out right-to-left.
    Idempotent."""
    wrong = LRM if direction == "rtl" else RLM + ALM
    if text.startswith(tuple(wrong)):
        text = text.lstrip(wrong + " ")  # nor the space that would then begin it
    if not needs_mark(text, direction):
        return text
    return (RLM if direction == "rtl" else LRM) + text


def title(text: str, direction: Direction, marks: Marks) -> str:
    """A title as it stands in a feed.

    `off`: the clean text. `needed`: one mark at its head where the first strong character would
    mislead. `isolate`: right in every host, also in one that is blindly left-to-right: RLM and
    RLI…PDI round a right-to-left title, LRI…PDI round a left-to-right one, where it has more than
    letters of its own direction; and LRI…PDI round `ltr_runs` inside a right-to-left title.
    Idempotent; `strip(title(x)) == strip(clean(x))`. Pass the whole title: a cut one must be cut
    before. Pass `needed` for left-to-right items of a left-to-right feed and for og:title."""
    text = clean(text)
    if marks == "off":
        return text
    if marks == "needed" or _PARAGRAPH_END.search(text):  # an isolate ends with its paragraph
        return mark(text, direction)
    opener = RLI if direction == "rtl" else LRI
    if text.startswith(RLM + RLI) and direction == "rtl" and _unwrap(text[1:], RLI) != text[1:]:
        return text  # made so before
    text = _unwrap(text.lstrip(LRM + RLM + ALM), opener).lstrip(LRM + RLM + ALM)
    if direction == "rtl":
        text = _isolate_runs(text)
    if not text or _is_plain(text, direction):
        return text
    head = RLM if direction == "rtl" else LRM if needs_mark(text, direction) else ""
    return head + opener + text + PDI


def _side(character: str) -> Literal["L", "R"]:
    return "L" if _LEFT_TO_RIGHT.match(character) else "R"


def _unpaired(text: str) -> Iterator[int]:
    """Places of isolate initiators and PDIs without a partner in their paragraph."""
    opened: list[int] = []
    for found in _ISOLATES_AND_PARAGRAPHS.finditer(text):
        if LRI <= found[0] < PDI:
            opened.append(found.start())
        elif found[0] != PDI:
            yield from opened
            opened.clear()
        elif opened:
            opened.pop()
        else:
            yield found.start()
    yield from opened


def _unwrap(text: str, opener: str) -> str:
    """The inside of a clean text that one isolate encloses whole; any other text as it is."""
    if not (text.startswith(opener) and text.endswith(PDI)):
        return text
    depth = 0
    for found in _ISOLATES_AND_PARAGRAPHS.finditer(text):
        depth += 1 if LRI <= found[0] < PDI else -1
        if depth == 0:
            return text[1:-1] if found.end() == len(text) else text
    return text


def _is_plain(text: str, direction: Direction) -> bool:
    """Begins and ends with a strong letter of the direction and has none of the other."""
    own, own_at_end, other = _ENDS[direction]
    return bool(own.match(text) and own_at_end.search(text) and not other.search(text))


def _isolate_runs(text: str) -> str:
    parts: list[str] = []
    depth = done = seen = 0
    for start, end in ltr_runs(text):
        for character in text[seen:start]:
            depth += (LRI <= character < PDI) - (character == PDI)
        seen = start
        if depth == 0:
            parts += (text[done:start], LRI, text[start:end], PDI)
            done = end
    return "".join(parts) + text[done:]
