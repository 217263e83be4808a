"""Text in any of our languages to an aware instant, and instants to the text of the feed formats. Never the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from feeds.dates import zones as datezones
from feeds.dates.clock import Clock, Period, hour_of_day
from feeds.dates.grammar import Reading, read
from feeds.dates.lexicon import Line
from feeds.dates.parts import Ago, NamedDay, NumericDay
from feeds.dates.resolve import resolve
from feeds.dates.text import LONGEST, fold, has_persian_digits
from feeds.dates.written import COUNTED, Context
from feeds.problems import DateError

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# RFC 3339 section 5.6, with or without time and offset, in years that only the Gregorian calendar can mean.
_PLAIN = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)?)?", re.ASCII)
_UNREADABLE = "is no date: write it like 2025-04-30 or 2025-04-30 13:30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as it was written.

    `instant` is aware, in whole seconds, in the zone that the text names, else in the one given; without a time
    (`has_time` false) it is the beginning of that day there. `warnings` tell an editor what to look at.
    """

    instant: datetime
    has_time: bool
    warnings: tuple[str, ...]


def parse(text: str, *, zone: tzinfo, language: str = "ar", reference: datetime | None = None) -> Moment:
    """The moment that a text names, when the whole text is a date and can be read in one way.

    Reads Arabic, Persian, Dari, Pashto, Urdu, Hebrew, English, French and Turkish words (and other names that CLDR
    has), the Gregorian, Hijri (Umm al-Qura), solar Hijri and Hebrew calendars, ISO 8601, RFC 3339 and RFC 822.
    `language` (BCP 47) decides whether 03/04/2025 is day first; `reference`, the day from which words such as
    `أمس` and `الماضي` count, is the date of the article itself.

    Raises DateError: "absent" when the text is no date, "impossible" when there is no such day or time,
    "ambiguous" when it could be two.
    """
    return _plain(text, zone) or _read(text, zone, language, reference)


def _plain(text: str, zone: tzinfo) -> Moment | None:
    """What most files have, at once; it means the same as by all the rules."""
    try:
        wall = datetime.fromisoformat(text) if _PLAIN.fullmatch(text) else None
    except ValueError:
        return None  # no such day or time: the rules know how to say it
    if wall is None:
        return None
    if len(text) == len("2025-04-30"):
        return Moment(instant=wall.replace(tzinfo=zone), has_time=False, warnings=())
    place, wall = wall.tzinfo or zone, wall.replace(tzinfo=None)
    instant, warnings = _existing(wall, place, text)
    return Moment(instant=instant, has_time=True, warnings=warnings)


def _read(text: str, zone: tzinfo, language: str, reference: datetime | None) -> Moment:
    try:
        folded = fold(text) if len(text) <= LONGEST else ""
    except ValueError:
        folded = ""
    if not folded:
        raise DateError(text, _UNREADABLE if text.strip() else "is empty", "absent")
    reading = read(Line(folded))
    if reading is None:
        raise DateError(text, _UNREADABLE, "absent")
    context = Context(
        text=text,
        folded=folded,
        language=language.replace("_", "-").lower(),
        persian_digits=has_persian_digits(text),
        reference=reference,
    )
    day, warnings = resolve(reading, context)
    hours_ago = [part.minutes for part in reading.of(Ago) if part.minutes % 1440]
    if hours_ago and any(isinstance(part, NamedDay | NumericDay | Clock) for part in reading.parts):
        raise DateError(text, "names two times: write one", "ambiguous")
    if hours_ago:
        return _ago(hours_ago, context, zone)
    return _moment(day, reading, zone, warnings, text)


def rfc3339(instant: datetime) -> str:
    """`2025-04-30T13:30:00+03:00` (RFC 3339 section 5.6), whole seconds, a numeric offset always."""
    return _whole_minutes(instant).isoformat(timespec="seconds")


def rfc822(instant: datetime) -> str:
    """`Wed, 30 Apr 2025 13:30:00 +0300` (RFC 822 section 5, four-digit years), English in every locale."""
    there = _whole_minutes(instant)
    offset = there.strftime("%z")
    return (
        f"{_WEEKDAYS[there.weekday()]}, {there.day:02} {_MONTHS[there.month - 1]} {there.year:04}"
        f" {there.hour:02}:{there.minute:02}:{there.second:02} {offset}"
    )


def _whole_minutes(instant: datetime) -> datetime:
    """The instant at an offset of whole minutes: both RFCs have no room for seconds (local mean times have them)."""
    offset = instant.utcoffset()
    if offset is None:
        raise ValueError("the instant has no time zone")
    minutes = timezone(timedelta(minutes=offset // timedelta(minutes=1)))
    return instant.replace(microsecond=0).astimezone(minutes)


def _zone(reading: Reading, default: tzinfo, wall: datetime, text: str) -> tzinfo:
    zones = [default if zone == "local" else zone for zone in reading.zones]
    if datezones.AMBIGUOUS in zones:
        raise DateError(text, "names a place with two time zones: write the offset, e.g. +03:00", "ambiguous")
    named = [zone for zone in zones if isinstance(zone, tzinfo)] or [default]
    # RFC 9557 section 3.4: an offset and a zone beside it must agree.
    if len({wall.replace(tzinfo=zone).utcoffset() for zone in named}) > 1:
        raise DateError(text, "names two time zones: write one, e.g. +03:00", "ambiguous")
    return named[-1]


def _ago(minutes: list[int], context: Context, place: tzinfo) -> Moment:
    if context.reference is None:
        raise DateError(context.text, COUNTED, "ambiguous")
    reference = context.reference
    if reference.tzinfo is None:
        reference = reference.replace(tzinfo=place)
    instant = reference.astimezone(UTC) - timedelta(minutes=sum(minutes))
    return Moment(instant=instant.astimezone(place).replace(microsecond=0), has_time=True, warnings=())


def _moment(day: date, reading: Reading, zone: tzinfo, warnings: tuple[str, ...], text: str) -> Moment:
    clocks = set(reading.of(Clock))
    if not clocks:
        start = datetime(day.year, day.month, day.day)
        place = _zone(reading, zone, start, text)
        return Moment(instant=start.replace(tzinfo=place), has_time=False, warnings=warnings)
    if len(clocks) > 1:
        raise DateError(text, "names two times: write one", "ambiguous")
    clock = clocks.pop()
    periods = (*clock.periods, *(period.name for period in reading.of(Period)))
    hour, doubt = _hour(clock, periods, text)
    if hour > 23 or clock.minute > 59 or clock.second > 59:
        hint = "; write 00:00 of the next day" if (hour, clock.minute) == (24, 0) else ""
        raise DateError(text, f"has no such time{hint}", "impossible")
    wall = datetime(day.year, day.month, day.day, hour, clock.minute, clock.second)
    instant, fold_warning = _existing(wall, _zone(reading, zone, wall, text), text)
    return Moment(instant=instant, has_time=True, warnings=(*warnings, *doubt, *fold_warning))


def _hour(clock: Clock, periods: tuple[str, ...], text: str) -> tuple[int, tuple[str, ...]]:
    if not periods:
        if clock.hour in range(1, 13) and (clock.twelve_hour or clock.unclear):
            raise DateError(text, "does not say whether morning or evening: write it like 13:30", "ambiguous")
        return clock.hour, ()
    hours = {hour_of_day(clock.hour, period) for period in periods}
    if len(hours) > 1 or None in hours:
        raise DateError(text, "has a time that contradicts its part of the day: write it like 13:30", "impossible")
    hour = hours.pop()
    assert hour is not None
    if clock.hour == 12 and set(periods) <= {"arabic evening", "night", "midnight"}:
        return hour, (f"has an unusual twelve o'clock: read as {hour:02}:{clock.minute:02}",)
    return hour, ()


def _existing(wall: datetime, place: tzinfo, text: str) -> tuple[datetime, tuple[str, ...]]:
    """The first instant at which clocks there show that time."""
    first, second = wall.replace(tzinfo=place), wall.replace(tzinfo=place, fold=1)
    back = first.astimezone(UTC).astimezone(place).replace(tzinfo=None)
    if back.replace(fold=0) != wall:
        raise DateError(text, "has a time that the clocks skipped that day: write another", "impossible")
    if first.utcoffset() != second.utcoffset():
        return first, ("names a time that the clocks showed twice that day: read as the first",)
    return first, ()
