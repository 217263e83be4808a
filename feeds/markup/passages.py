"""The direction that a passage of text has by its own letters and words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from feeds.bidi import Direction
from feeds.ltr_runs import ltr_tokens
from feeds.markup.htmltree import BLOCKS, Element, Node, text_of
from feeds.text import is_ordinary

CODE = frozenset({"code", "kbd", "pre", "samp"})
_WORD = regex.compile(r"[\p{L}\p{M}\u200c\u200d'’-]++")
# What nearly every text is made of (`text.is_ordinary`): there a word is a run of letters.
_JOINER_OR_LATIN = re.compile("['’A-Za-z-]")
_ORDINARY_WORD = re.compile(r"[^\W\d_]+")
_RTL_LETTER = regex.compile(r"[\p{bc=R}\p{bc=AL}]")
_LTR_LETTER = regex.compile(r"[\p{L}&&\p{bc=L}]", regex.VERSION1)
# Words that make a passage out of names; fewer stay in the direction of what is round them.
_FEWEST_WORDS = 3
# Shares of right-to-left letters: an Arabic text about Latin names has more than the first, a Latin
# text about Arabic words less than the second.
_LTR_BELOW = 0.2
_RTL_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Tally:
    """Letters of each direction, and words that hold one; what two passages have adds up."""

    rtl: int = 0
    ltr: int = 0
    rtl_words: int = 0
    ltr_words: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.rtl + other.rtl,
            self.ltr + other.ltr,
            self.rtl_words + other.rtl_words,
            self.ltr_words + other.ltr_words,
        )

    def direction(self, around: Direction) -> Direction:
        """The direction of the passage inside an item of direction `around`: the other one only if it
        is plainly written in that one."""
        if not self.rtl + self.ltr:
            return around
        share = self.rtl / (self.rtl + self.ltr)
        if around == "rtl":
            return "ltr" if share < _LTR_BELOW and self.ltr_words >= _FEWEST_WORDS else "rtl"
        return "rtl" if share >= _RTL_FROM and (self.rtl_words >= _FEWEST_WORDS or not self.ltr) else "ltr"


def passage_direction(text: str, around: Direction) -> Direction:
    """The direction of a text inside an item of direction `around`."""
    return tally(text).direction(around)


def tally(text: str) -> Tally:
    """Of the text without addresses and their like, which say nothing about the language round them."""
    kept: list[str] = []
    done = 0
    for start, end in ltr_tokens(text):
        kept.append(text[done:start])
        done = end
    text = "".join(kept) + text[done:]
    if is_ordinary(text) and not _JOINER_OR_LATIN.search(text):
        words = _ORDINARY_WORD.findall(text)
        # Arabic's question mark and semicolon have the direction of its letters (UAX #9, class AL).
        return Tally(rtl=sum(map(len, words)) + text.count("؟") + text.count("؛"), rtl_words=len(words))
    words = _WORD.findall(text)
    counted = Counter(text)
    sides = {character: _side(character) for character in counted}
    rtl = {character for character, side in sides.items() if side == "rtl"}
    ltr = {character for character, side in sides.items() if side == "ltr"}
    return Tally(
        sum(counted[character] for character in rtl),
        sum(counted[character] for character in ltr),
        sum(not rtl.isdisjoint(word) for word in words) if rtl else 0,
        sum(not ltr.isdisjoint(word) for word in words) if ltr else 0,
    )


@lru_cache(maxsize=4096)
def _side(character: str) -> Direction | None:
    """The direction of a letter, None for what is none."""
    if _RTL_LETTER.match(character):
        return "rtl"
    return "ltr" if _LTR_LETTER.match(character) else None


def tallies(block: Element) -> dict[int, Tally]:
    """Of the block and every block in it, by `id()`, code left out. Each text is looked at once, however
    deep it stands."""
    found: dict[int, Tally] = {}
    _collect(block, found)
    return found


def _collect(block: Element, found: dict[int, Tally]) -> Tally:
    total = Tally()
    run: list[Node] = []
    for child in block.children:
        if isinstance(child, Element) and child.name in BLOCKS:
            total += _tally_of(run)
            run = []
            if child.name not in CODE:
                total += _collect(child, found)
        else:
            run.append(child)
    total += _tally_of(run)
    found[id(block)] = total
    return total


def _tally_of(run: Sequence[Node]) -> Tally:
    return tally(text_of(run, without=CODE)) if run else Tally()
