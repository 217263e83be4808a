"""What a word or phrase of a date line can mean: names from CLDR, the rest from `words.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from babel import Locale

from feeds.dates import words as datewords
from feeds.dates.text import Token, fold, tokens

Phrase = tuple[str, ...]
Meaning = str | int | tuple[str, int]  # a month is (calendar, number)
Lexicon = dict[Phrase, dict[str, Meaning]]

_ARABIC = ("ar", "ar_SY", "ar_MA", "ar_DZ", "ar_MR")
_WIDE_NAMES = (*_ARABIC, "he", "fa", "fa_AF", "ur", "ps", "ckb", "sd", "ug", "uz_Arab", "en", "fr", "tr")
_SHORT_NAMES = ("en", "en_GB", "fr", "tr", "he", "fa", "fa_AF")
_HEBREW_PREFIXES = ("ב", "ל", "מ", "ב-")


class Line:
    """The tokens of one date line, with the phrases that begin at each."""

    def __init__(self, folded: str) -> None:
        self.tokens: list[Token] = tokens(folded)
        self._meanings: dict[int, list[tuple[int, dict[str, Meaning]]]] = {}

    def __len__(self) -> int:
        return len(self.tokens)

    def text(self, at: int) -> str:
        """The token there; empty beyond the end."""
        return self.tokens[at].text if at < len(self.tokens) else ""

    def glued(self, at: int) -> bool:
        """True when the token follows the one before it without a space."""
        return at < len(self.tokens) and self.tokens[at].glued

    def number(self, at: int, most_digits: int = 4) -> int | None:
        """The number there, when it has at most that many digits."""
        text = self.text(at)
        return int(text) if text.isdecimal() and len(text) <= most_digits else None

    def role(self, at: int, role: str) -> tuple[Meaning, int] | None:
        """The meaning of the longest phrase that can play the role there, and where the phrase ends."""
        if at not in self._meanings:
            self._meanings[at] = self._look_up(at)
        for length, meanings in self._meanings[at]:
            if role in meanings:
                return meanings[role], at + length
        return None

    def skip(self, at: int, *roles: str) -> int:
        """Where the phrases of these roles end that stand there one after another."""
        while True:
            ends = [found[1] for role in roles if (found := self.role(at, role))]
            if not ends:
                return at
            at = max(ends)

    def _look_up(self, at: int) -> list[tuple[int, dict[str, Meaning]]]:
        lexicon, longest = _lexicon()
        words = tuple(token.text for token in self.tokens[at : at + longest.get(self.text(at), 0)])
        found = []
        for length in range(len(words), 0, -1):
            meanings = lexicon.get(words[:length])
            if meanings:
                found.append((length, meanings))
        return found


@cache
def _lexicon() -> tuple[Lexicon, dict[str, int]]:
    lexicon: Lexicon = {}
    _add_cldr(lexicon)
    _add_months(lexicon)
    for role, table in (
        ("period", datewords.PERIODS),
        ("era", datewords.ERAS),
        ("relation", datewords.RELATIONS),
    ):
        _add_table(lexicon, role, table)
    for role, numbers in (
        ("weekday", dict(enumerate(datewords.WEEKDAYS))),
        ("month by reference", datewords.MONTHS_BY_REFERENCE),
        ("relative day", datewords.RELATIVE_DAYS),
        ("unit", datewords.UNITS),
        ("count", datewords.COUNTS),
        ("hour", dict(enumerate(datewords.HOURS, start=1))),
        ("hour part", datewords.HOUR_PARTS),
        ("ordinal", datewords.ORDINALS),
    ):
        _add_table(lexicon, role, numbers)
    _add_compound_ordinals(lexicon)
    for particle, phrases in datewords.PARTICLES.items():
        _add(lexicon, particle, particle, phrases)
    _add(lexicon, "label", "label", datewords.LABELS)
    longest: dict[str, int] = {}
    for phrase in lexicon:
        longest[phrase[0]] = max(len(phrase), longest.get(phrase[0], 0))
    return lexicon, longest


def _add(lexicon: Lexicon, role: str, meaning: Meaning, phrases: str) -> None:
    for phrase in phrases.split(" | "):
        # ZWNJ stands for a space or for nothing, as the writer's keyboard had it.
        for spelling in {phrase, phrase.replace("\u200c", " ")}:
            words = tuple(token.text for token in tokens(fold(spelling)))
            if words:
                lexicon.setdefault(words, {}).setdefault(role, meaning)


def _add_table(lexicon: Lexicon, role: str, table: Mapping[str, str] | Mapping[int, str]) -> None:
    for meaning, phrases in table.items():
        _add(lexicon, role, meaning, phrases)


def _add_cldr(lexicon: Lexicon) -> None:
    # Only the `format` context: Babel fills the stand-alone aliases of one locale with another's names.
    for name in _WIDE_NAMES:
        _add_names(lexicon, Locale.parse(name), "wide")
    for name in _SHORT_NAMES:
        _add_names(lexicon, Locale.parse(name), "abbreviated")


def _add_names(lexicon: Lexicon, locale: Locale, width: str) -> None:
    suffixes = ("", "ی") if locale.language == "ckb" else ("",)  # the izafe of CLDR's ckb patterns
    for number, name in locale.months["format"][width].items():
        for suffix in suffixes:
            _add_gregorian(lexicon, number, name + suffix)
    for number, name in locale.days["format"][width].items():
        plain = name.removesuffix(".")
        _add(lexicon, "weekday", number, f"{name} | {plain} | {plain.removeprefix('יום ')}" if len(plain) > 1 else name)


def _add_gregorian(lexicon: Lexicon, number: int, name: str) -> None:
    plain = name.removesuffix(".")
    _add(lexicon, "month", ("gregorian", number), f"{name} | {plain} | {plain.rstrip('׳')}")
    if "א" <= name[0] <= "ת":
        for prefix in _HEBREW_PREFIXES:
            _add(lexicon, "month", ("gregorian", number), f"{prefix}{plain} | {prefix}{plain.rstrip('׳')}")


def _add_months(lexicon: Lexicon) -> None:
    for number, phrases in enumerate(datewords.GREGORIAN_MONTHS, start=1):
        _add(lexicon, "month", ("gregorian", number), phrases)
    for number, phrases in enumerate(datewords.JALALI_MONTHS, start=1):
        _add(lexicon, "month", ("jalali", number), phrases)
        with_word = (f"{phrase}\u200cماه" for phrase in phrases.split(" | "))
        _add(lexicon, "month", ("jalali", number), " | ".join(with_word))
    for number, phrases in enumerate(datewords.HIJRI_MONTHS, start=1):
        _add(lexicon, "month", ("hijri", number), phrases)
        _add(lexicon, "month", ("hijri", number), " | ".join(_joined(phrases.split(" | "))))
    for number, phrases in datewords.HEBREW_MONTHS.items():
        for phrase in phrases.split(" | "):
            for prefix in ("", *_HEBREW_PREFIXES):
                _add(lexicon, "month", ("hebrew", number), prefix + phrase)


def _joined(phrases: Iterable[str]) -> list[str]:
    """ذوالقعدة and جمادی‌الثانی: the parts written as one word."""
    return [phrase.replace(" ", "") for phrase in phrases]


def _add_compound_ordinals(lexicon: Lexicon) -> None:
    for one in range(1, 10):
        arabic = datewords.COMPOUND_ONES[one - 1]
        persian, english = datewords.COMPOUND_ONES_FA[one - 1], datewords.COMPOUND_ONES_EN[one - 1]
        _add(lexicon, "ordinal", 20 + one, f"{arabic} والعشرون | {arabic} والعشرين | {arabic} و العشرين")
        _add(lexicon, "ordinal", 20 + one, f"بیست و {persian} | twenty-{english} | twenty {english}")
    _add(lexicon, "ordinal", 31, "الحادي والثلاثون | الحادي والثلاثين | سی و یکم | thirty-first | thirty first")
