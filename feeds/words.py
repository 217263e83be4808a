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
    return format_date(instant.date(), "long", locale=locale).translate(_digits(locale))


def number(value: int, language: str) -> str:
    """A whole number, grouped and with the digits that the language writes."""
    return format_decimal(value, locale=locale_of(language), numbering_system="default")


@cache
def _digits(locale: Locale) -> dict[int, str]:
    """Latin digits to those of the locale: Babel writes dates with Latin ones only."""
    return {
        ord(digit): format_decimal(int(digit), locale=locale, numbering_system="default") for digit in "0123456789"
    }


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
