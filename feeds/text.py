"""Text that XML, JSON and readers can carry; its characters as people see them; forms for
comparing, for URLs and for hashtags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

import regex

from feeds import bidi

PAGE_NUMBER = "[1-9][0-9]{0,8}"  # a pattern: how addresses count pages and archives
_PAIR = regex.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = regex.compile("[\ud800-\udfff]")
_NEWLINE = regex.compile("\r\n?|\x85")
# What XML 1.0 section 2.2 (Char) forbids and advises against: C0 and C1 controls but U+0085, noncharacters.
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_DROPPED = regex.compile(f"[{_CONTROLS}\ufeff]")  # U+FEFF is a byte-order mark gone astray
_ILLEGAL = re.compile(f"[{_CONTROLS}\ud800-\udfff]")
# UAX #15 section 13 (Stream-Safe Text): no language stacks more; longer runs make normalisation quadratic.
_STACKED_MARKS = regex.compile(r"(?<=\P{ccc=0}{30})\P{ccc=0}++")
_TOO_MANY_MARKS = regex.compile(r"\P{ccc=0}{31}")
_SUSPECT = re.compile(f"[{_CONTROLS}\ufeff\ud800-\udfff\r\x85]")  # what nearly every text is free of
# What nearly every line is made of alone: these stand for themselves whatever stands beside them, so a text of nothing
# else is legal, and is folded letter by letter.
_ORDINARY = re.compile(
    "[\t\n -~\xab\xbb\u05d0-\u05ea\u060c\u061b\u061f\u0621-\u063a\u0641-\u064a\u0660-\u0669\u067e\u0686\u0698\u06a9\u06af\u06cc\u06f0-\u06f9"
    "\u2013\u2014\u2018-\u201d\u2026]*"
)
# Regional indicators are paired here because \X counts them from the start of their run each time.
_FLAG = "[\U0001f1e6-\U0001f1ff]"
_GRAPHEME = regex.compile(rf"{_FLAG}{{1,2}}+[\p{{GCB=Extend}}\p{{GCB=SpacingMark}}\p{{GCB=ZWJ}}]*+|\X")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_BEFORE_ELLIPSIS = frozenset(" .,:;!?،؛؟۔…。、，；：！？·•-–—־/\\|([{«“‘‹¿¡")

# Marks that writers leave out at will, and what has no shape; Indic and Thaana vowel signs are not among them.
_OPTIONAL = regex.compile(
    r"[\p{Cf}\u0640\u0300-\u036f\ufe00-\ufe0f]|[[\p{Arab}\p{Hebr}\p{Syrc}\u064b-\u0655\u0670]&&\p{Mn}]",
    regex.V1,
)
# Where a name would be no path, a step within one, or a page or archive of another name.
_TAKEN = regex.compile(
    r"^(?=~*\.++\Z|~*\.*+/)|(?<=/)(?=~*\.*+(?:/|\Z))"
    rf"|(?:^|/)(?:page|archive)/\K(?=~*{PAGE_NUMBER}\Z)"
)
_OTHER_DIGIT = regex.compile(r"[^\P{Nd}0-9]")
_SAME_LETTER = str.maketrans("ٱٲٳٵىیےۍېکڪةہھۀەۂۃ", "اااايييييككههههههه")


def legal(text: str) -> str:
    """The text in NFC with only characters that XML 1.0 and readers can carry.

    Surrogate pairs are joined, a lone surrogate becomes U+FFFD; C0 controls (but tab and newline),
    C1 controls, DEL, noncharacters and U+FEFF are dropped; CRLF, CR and U+0085 become a newline;
    of more than 30 combining marks on one letter the rest is dropped. Idempotent, linear time."""
    if (text.isascii() and text.isprintable()) or _ORDINARY.fullmatch(text):
        return text
    if not _SUSPECT.search(text) and unicodedata.is_normalized("NFC", text) and not _TOO_MANY_MARKS.search(text):
        return text
    text = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    text = _LONE.sub("\ufffd", text)
    text = _DROPPED.sub("", _NEWLINE.sub("\n", text))
    text = unicodedata.normalize("NFC", _STACKED_MARKS.sub("", text))
    return str(_STACKED_MARKS.sub("", text))  # NFC makes two marks of a few


def is_ordinary(text: str) -> bool:
    """Whether the text has nothing but letters that stand for themselves, of Latin (without accents), Hebrew, Arabic,
    Persian and Urdu, without marks; digits, and the punctuation that is written with them. Linear time."""
    return _ORDINARY.fullmatch(text) is not None


def has_illegal(text: str) -> bool:
    """Whether anything is in it that no feed can carry and `legal` takes out."""
    return not _ORDINARY.fullmatch(text) and _ILLEGAL.search(text) is not None


def one_line(text: str) -> str:
    """`legal` text with every run of white space (NBSP, line and paragraph separators too) as one
    space and nothing at the edges, neither white space nor ZWSP. ZWNJ and ZWJ stay. Idempotent."""
    text = " ".join(legal(text).split())
    return text.strip(" \u200b")


def plain(text: str) -> str:
    """`one_line` text without unpaired or overriding direction controls, nor the gap that one leaves. Idempotent."""
    return one_line(bidi.clean(one_line(text)))


def graphemes(text: str) -> list[str]:
    """The user-perceived characters (extended grapheme clusters, UAX #29). Linear time."""
    return list(_graphemes(text))


def excerpt(text: str, limit_graphemes: int) -> str:
    """The beginning of the text on one line: whole if it has at most `limit_graphemes`
    user-perceived characters, else cut at a word, without the punctuation before the cut, and
    with "…", which is not counted.

    A word that fills the limit alone, and scripts without spaces, are cut between graphemes. Bidi
    controls that would be unbalanced are dropped: nothing leaks into the reader's own text."""
    most = max(0, limit_graphemes)
    start = text[: 4 * most + 400]
    # The start alone is enough where nothing in it belongs to something behind it, and it is long enough.
    head = list(islice(_graphemes(plain(start)), most + 1)) if _ORDINARY.fullmatch(start) else []
    if len(head) <= limit_graphemes:
        text = plain(text)
        head = list(islice(_graphemes(text), most + 1))
        if len(head) <= limit_graphemes:
            return text
    following = head.pop()
    kept = _cut_at_word(head, following)
    while kept and kept[-1] in _BEFORE_ELLIPSIS:
        kept.pop()
    return one_line(bidi.clean("".join(kept or head))) + "…"


def shortened(text: str, most_graphemes: int) -> str:
    """The one-line text, or its beginning at a word with "…", never more than `most_graphemes` in all."""
    whole = one_line(text)
    return whole if len(graphemes(whole)) <= most_graphemes else excerpt(whole, most_graphemes - 1)


def fold(text: str) -> str:
    """A form for comparing and searching, never for showing: what readers type for the same word
    is equal. One line, case folded, digits of all scripts as ASCII; without accents, harakat,
    niqqud, tatweel, ZWNJ and other invisible characters; alef, hamza, yeh, heh and kaf of all
    kinds as their plain Arabic letter (Persian ی ک as ي ك). Idempotent."""
    if _ORDINARY.fullmatch(text):
        text = text.lower()
        for letter, folded in _FOLDED.items():
            text = text.replace(letter, folded)  # all of them take half as long as str.translate
        return " ".join(text.split())
    return _folded(text)


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKD", legal(text)).casefold()
    text = _OPTIONAL.sub("", unicodedata.normalize("NFKD", text)).translate(_SAME_LETTER)
    text = _OTHER_DIGIT.sub(lambda found: str(unicodedata.digit(found[0], found[0])), text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


_FOLDED = {
    c: _folded(c) for c in map(chr, range(0x20, 0x2100))
    if not c.isspace() and _ORDINARY.fullmatch(c) and _folded(c) != c.lower()
}  # fmt: skip


def slug(name: str) -> str:
    """The <tag> or <name> segment of a URL, before percent-encoding: NFC, one line, no bidi
    controls, spaces as `-`, case and all other characters as written ("" if nothing is left).

    Between slashes, dots only or nothing would be lost on clients and servers, percent-encoded or not (RFC 3986 section
    5.2.4), and a number at the end behind `page/` or `archive/` is an older page of another name. They get a `~`
    before them, and so do such that begin with `~` already: the escape is reversible by taking one `~` away. Slug a
    name once; compare slugs after NFC."""
    return str(_TAKEN.sub("~", one_line(bidi.strip(one_line(name))).replace(" ", "-")))


def hashtag(tag: str) -> str:
    """A hashtag without its `#` that networks take whole: letters, marks, digits, `_` and ZWNJ.

    Spaces, `-`, `.` and `/` become `_`; `C++` is `Cpp`, `C#` is `Csharp`; other punctuation is
    dropped. "" where no letter is left, for networks link no number."""
    text = one_line(bidi.strip(one_line(tag))).lstrip("#")
    text = regex.sub(r"(?<=[\p{L}\p{N}])\+\+", "pp", text)
    text = regex.sub(r"(?<=[\p{L}\p{N}])[#♯]", "sharp", text)
    text = regex.sub(r"[\s\-‐‑–—־./]++", "_", text)
    text = regex.sub(r"[^\p{L}\p{M}\p{Nd}_\u200c]++", "", text)
    text = regex.sub("_{2,}+", "_", regex.sub("\u200c*+_\u200c*+", "_", text)).strip("_\u200c")
    text = unicodedata.normalize("NFC", regex.sub(r"^[\p{M}_\u200c]++", "", text))
    return text if regex.search(r"\p{L}", text) else ""


def _graphemes(text: str) -> Iterator[str]:
    # No two ordinary characters belong together (UAX #29 section 3.1), and a newline alone is one, too.
    return iter(text) if _ORDINARY.fullmatch(text) else (found[0] for found in _GRAPHEME.finditer(text))


def _cut_at_word(head: list[str], following: str) -> list[str]:
    if following == " " or " " not in head or _UNSPACED.match(following):
        return head
    last_space = len(head) - 1 - head[::-1].index(" ")
    return head[:last_space]
