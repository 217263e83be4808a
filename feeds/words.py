"""Words and numbers as a language writes them: interface texts, dates, names of languages (CLDR)."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from feeds.nodes import Mapping, Scalar, parse_yaml

_CATALOGUE = Path(__file__).parent / "templates" / "words.yaml"
_FALLBACK = "en"
# The zero of each numbering system that CLDR has as some language's default (CLDR numberingSystems.xml).
_ZEROS = {
    "arab": 0x0660, "arabext": 0x06F0, "adlm": 0x1E950, "beng": 0x09E6, "cakm": 0x11136, "deva": 0x0966,
    "hmnp": 0x1E140, "mymr": 0x1040, "nkoo": 0x07C0, "olck": 0x1C50, "rohg": 0x10D30, "tibt": 0x0F20,
}  # fmt: skip


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    tree = parse_yaml(_CATALOGUE.read_text("utf-8"))
    return {
        language: {name: node.text for name, _, node in words.entries if isinstance(node, Scalar)}
        for language, _, words in tree.entries
        if isinstance(words, Mapping)
    }


@cache
def word(name: str, language: str) -> str:
    """An interface text in a language; English where there is no translation. Raises KeyError for
    a name that no language has."""
    words = _catalogue()
    return words.get(_primary(language), words[_FALLBACK]).get(name) or words[_FALLBACK][name]


def languages() -> tuple[str, ...]:
    """The languages that have texts, by primary tag."""
    return tuple(_catalogue())


def has_word(name: str, language: str) -> bool:
    """Whether `word` answers in the language itself."""
    return name in _catalogue().get(_primary(language), {})


@cache
def locale_of(language: str) -> Locale:
    """The CLDR locale nearest to a BCP 47 tag."""
    parts = language.split("-")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("_".join(parts[:length]))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(_FALLBACK)


def language_name(language: str) -> str:
    """A language's own name for itself, the tag where CLDR has none."""
    return locale_of(language).get_display_name() or language


def long_date(instant: datetime, language: str) -> str:
    """Day, month in words, year, of the instant's own zone; with the digits that the language writes
    (CLDR default numbering system)."""
    locale = locale_of(language)
    return _own_digits(format_date(instant.date(), "long", locale=locale), locale)


def number(value: int, language: str) -> str:
    """A whole number, grouped and with the digits that the language writes."""
    locale = locale_of(language)
    return _own_digits(format_decimal(value, locale=locale, numbering_system="default"), locale)


def _own_digits(text: str, locale: Locale) -> str:
    """The text with its Latin digits as the locale's own, which Babel does not write."""
    zero = _ZEROS.get(locale.default_numbering_system, 0x30)
    return text.translate({0x30 + digit: zero + digit for digit in range(10)})


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
