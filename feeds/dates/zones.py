"""The zone that a date line names: an offset, an abbreviation, an IANA name, a city or a country."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from feeds.dates import zonewords
from feeds.dates.lexicon import Line, Phrase
from feeds.dates.places import concluding_words, conclusions, greenwich, introductions, places

_LONGEST_PLACE = 5  # words
_REGIONS = frozenset(
    (
        "africa",
        "america",
        "antarctica",
        "arctic",
        "asia",
        "atlantic",
        "australia",
        "brazil",
        "canada",
        "etc",
        "europe",
        "indian",
        "pacific",
        "us",
    )
)
AMBIGUOUS = "?"  # a place name that two zones share (عمان is Amman and Oman)


def zone(line: Line, at: int, *, after_time: bool) -> tuple[tzinfo | str, int] | None:
    """The zone named there: tzinfo, "local" for the site's own, or AMBIGUOUS; and where its name ends.

    A bare offset counts only after a time, where a sign is no dash.
    """
    if after_time:
        found = _offset(line, at, bare=True)
        if found:
            return found
        if (line.text(at),) in greenwich() and not line.text(at).isascii() and len(line.text(at)) > 1:
            return UTC, at + 1
    return _named_offset(line, at) or _place(line, at) or _iana(line, at)


def _offset(line: Line, at: int, *, bare: bool) -> tuple[tzinfo, int] | None:
    sign, digits = line.text(at), line.text(at + 1)
    if sign not in ("+", "-") or not digits.isdecimal() or len(digits) not in (1, 2, 4):
        return None
    if bare and not _is_bare_offset(line, at):
        return None
    hours, minutes, end = int(digits[:2]), int(digits[2:] or 0), at + 2
    if len(digits) < 3 and line.text(end) == ":" and len(line.text(end + 1)) == 2 and line.text(end + 1).isdecimal():
        minutes, end = int(line.text(end + 1)), end + 2
    if hours > 14 or minutes > 59:
        return None
    east = timedelta(hours=hours, minutes=minutes)
    return timezone(east if sign == "+" else -east), _trailing_greenwich(line, end)


def _is_bare_offset(line: Line, at: int) -> bool:
    """True for `+0300`, `+03:00`, `+03` and a glued `-03`; `13:30 - 30` and `13:30 -3` go on with a dash."""
    digits = line.text(at + 1)
    if not line.glued(at + 1) or len(digits) == 1:
        return False
    return len(digits) == 4 or line.text(at) == "+" or line.glued(at) or line.text(at + 2) == ":"


def _trailing_greenwich(line: Line, at: int) -> int:
    """`‎+۳:۳۰ گرینویچ`, as CLDR writes it in Persian."""
    return at + 1 if (line.text(at),) in greenwich() else at


def _named_offset(line: Line, at: int) -> tuple[tzinfo, int] | None:
    name = line.text(at)
    if name not in zonewords.OFFSET_HOURS or (name == "z" and not line.glued(at)):
        return None
    if name in ("gmt", "utc", "ut"):
        # `GMT+3` is three hours east (ISO 8601), not west as in a POSIX TZ string.
        offset = _offset(line, at + 1, bare=False)
        if offset:
            return offset
        after = line.text(at + 1)
        if after in ("+", "-") and line.glued(at + 1) and line.text(at + 2).isdecimal():
            return None
        return _concluded(line, UTC, at + 1)
    return timezone(timedelta(hours=zonewords.OFFSET_HOURS[name])) if name != "z" else UTC, at + 1


def _place(line: Line, at: int) -> tuple[tzinfo | str, int] | None:
    start = _introduced(line, at)
    if start == at and not any(token.text in concluding_words() for token in line.tokens[at + 1 :]):
        return None  # the table of places is built only for lines that need it
    for begin in dict.fromkeys((start, at)):
        for length in range(min(_LONGEST_PLACE, len(line) - begin), 0, -1):
            names = places().get(tuple(token.text for token in line.tokens[begin : begin + length]))
            if not names:
                continue
            end = _phrase(line, begin + length, conclusions())
            if begin == at and end == begin + length:
                continue
            zone = _one(names)
            if zone is UTC:
                offset = _offset(line, end, bare=False)
                return offset or (zone, end)
            return zone, end
    return None


def _one(names: frozenset[str]) -> tzinfo | str:
    if len(names) > 1:
        return AMBIGUOUS
    name = next(iter(names))
    if name == "local":
        return name
    return UTC if name == "UTC" else ZoneInfo(name)


def _concluded(line: Line, zone: tzinfo, at: int) -> tuple[tzinfo, int]:
    return zone, _phrase(line, at, conclusions())


def _iana(line: Line, at: int) -> tuple[tzinfo, int] | None:
    if line.text(at) not in _REGIONS:
        return None
    for end in (at + 7, at + 5, at + 3):
        if end <= len(line):
            name = "".join(token.text for token in line.tokens[at:end])
            if name in _iana_names():
                return ZoneInfo(_iana_names()[name]), end
    return None


def _introduced(line: Line, at: int) -> int:
    return _phrase(line, at, introductions())


def _phrase(line: Line, at: int, phrases: frozenset[Phrase]) -> int:
    for length in range(5, 0, -1):
        if tuple(token.text for token in line.tokens[at : at + length]) in phrases:
            return at + length
    return at


@cache
def _iana_names() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}
