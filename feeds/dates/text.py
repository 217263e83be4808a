"""The text of a date made plain: one spelling for what readers do not tell apart, then tokens."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 200  # characters; the longest honest date line (two calendars, a label, a zone) is about 120

_TABLE = str.maketrans(
    {
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
        **dict.fromkeys("ىیۍېے", "ي"),
        **dict.fromkeys("ک", "ك"),
        **dict.fromkeys("ګ", "گ"),
        **dict.fromkeys("ةۃہھەۀ", "ه"),
        **dict.fromkeys("ٱ", "ا"),
        **dict.fromkeys("ڤ", "ف"),
        "ı": "i",
        "ـ": "",
        **dict.fromkeys("׳’‘´`′ʼ", "'"),
        **dict.fromkeys("״”“„″", '"'),
        **dict.fromkeys("؍⁄∕", "/"),
        **dict.fromkeys("∶׃", ":"),
        **dict.fromkeys("،؛٬;", ","),
        **dict.fromkeys("۔٫", "."),
        **dict.fromkeys("‐‑‒–—―−־", "-"),
    }
)
_FINAL_LETTERS = str.maketrans("ךםןףץ", "כמנפצ")
_TOKEN = re.compile(r"""[0-9]+|[^\W\d_]+(?:['"_][^\W\d_]+)*(?:(?<=[א-ת])')?|\S""")
_PERSIAN_DIGITS = re.compile("[۰-۹]")
_SPACES = re.compile(r"\s+")
_NEVER = ("No", "Nl", "Co", "Cs", "Cn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A number, a word or one sign; `glued` when no space stands before it."""

    text: str
    glued: bool


def fold(text: str) -> str:
    """The text in one spelling: lower case, ASCII digits and signs, no vowel signs, accents, tatweel or
    invisible characters, one form for each group of hamza, yeh, kaf and heh.

    Raises ValueError for characters that no date holds (controls, superscripts, circled numbers).
    """
    kept = []
    for character in text.translate(_TABLE):
        category = unicodedata.category(character)
        if category in _NEVER or (category == "Cc" and not character.isspace()):
            raise ValueError(f"U+{ord(character):04X}")
        if category != "Cf":
            kept.append(character)
    # Presentation forms become letters only through NFKD, hence the table a second time.
    plain = unicodedata.normalize("NFKD", "".join(kept).casefold()).translate(_TABLE)
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    return _SPACES.sub(" ", plain.replace("''", '"')).strip()


def has_persian_digits(text: str) -> bool:
    """True when the raw text writes a digit the Persian or Urdu way (U+06F0 to U+06F9)."""
    return _PERSIAN_DIGITS.search(text) is not None


def tokens(folded: str) -> list[Token]:
    """The tokens of a folded text, in order; nothing is dropped but spaces."""
    found = []
    end = 0
    for match in _TOKEN.finditer(folded):
        found.append(Token(text=match[0].translate(_FINAL_LETTERS), glued=match.start() == end and end > 0))
        end = match.end()
    return found
