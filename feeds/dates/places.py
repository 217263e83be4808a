"""Names of places as they stand in the name of a time zone, from CLDR and `zonewords.py`."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.core import get_global

from feeds.dates import zonewords
from feeds.dates.lexicon import Phrase
from feeds.dates.text import fold, tokens

_LOCALES = ("ar", "fa", "he", "ur", "ps", "en", "fr", "tr")


@cache
def introductions() -> frozenset[Phrase]:
    """Words before a place: بتوقيت, به وقت, שעון."""
    return frozenset(_phrases(zonewords.INTRODUCTIONS))


@cache
def conclusions() -> frozenset[Phrase]:
    """Words after a place: time, کے وقت."""
    return frozenset(_phrases(zonewords.CONCLUSIONS))


@cache
def concluding_words() -> frozenset[str]:
    """The first words of those."""
    return frozenset(phrase[0] for phrase in conclusions())


@cache
def greenwich() -> frozenset[Phrase]:
    """Names of Greenwich and UTC."""
    return frozenset(_phrases(zonewords.PLACES["UTC"]))


@cache
def places() -> dict[Phrase, frozenset[str]]:
    """Folded place names and the IANA zones they may mean."""
    places: dict[Phrase, set[str]] = {}
    alone = {territory: zones[0] for territory, zones in get_global("territory_zones").items() if len(zones) == 1}
    for locale in map(Locale.parse, _LOCALES):
        for name in locale.time_zones:
            city = locale.time_zones[name].get("city")
            if city and not str(name).startswith("Etc/"):
                _add_place(places, city, str(name))
        for territory, name in alone.items():
            if territory in locale.territories:
                _add_place(places, locale.territories[territory], name)
    for name, phrases in zonewords.PLACES.items():
        for phrase in _phrases(phrases):
            places[phrase] = {name}
    return {phrase: frozenset(names) for phrase, names in places.items()}


def _add_place(places: dict[Phrase, set[str]], place: str, zone: str) -> None:
    for phrase in _phrases(place):
        places.setdefault(phrase, set()).add(zone)


def _phrases(phrases: str) -> list[Phrase]:
    spellings = [s for phrase in phrases.split(" | ") for s in (phrase, phrase.replace("\u200c", " "))]
    return [tuple(token.text for token in tokens(fold(spelling))) for spelling in spellings]
