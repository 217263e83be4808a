"""The parts of a date line that name a day, as written; whether such a day exists is asked later."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.dates.calendars import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """`30 أبريل 2025`. `months` has more than one when the month is named twice (نيسان/أبريل)."""

    day: int
    months: tuple[tuple[Calendar, int], ...]
    year: int | None
    year_digits: int = 4
    relation: str = ""
    era: str = ""
    meem_ends: int = -1  # where a spaced م that may mean PM as well ends


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericDay:
    """`30/04/2025` or `2025-04-30`: first and second as written, year apart."""

    first: int
    second: int
    year: int
    year_digits: int
    year_first: bool
    era: str = ""
    meem_ends: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceMonthDay:
    """`14 من الشهر الجاري`: a day in the reference's month, or `months` after it."""

    day: int
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeDay:
    """أمس, today, فردا: so many days after the reference."""

    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ago:
    """`قبل ساعتين`, `3 days ago`."""

    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekday:
    """Monday is 0. With a relation (`الماضي`) it can name a day by itself."""

    number: int
    relation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneYear:
    """The year of `Wed Apr 30 13:30:00 2025`, which stands after the time."""

    year: int
