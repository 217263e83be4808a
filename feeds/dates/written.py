"""The day that one written date names, in the language it is written in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale, UnknownLocaleError

from feeds.dates.calendars import Calendar, NoSuchDay, TwoSuchDays, from_gregorian, holds_year, to_gregorian
from feeds.dates.grammar import Written
from feeds.dates.parts import NamedDay, NumericDay
from feeds.language import direction_of
from feeds.problems import DateError, FieldError

_SOLAR_LANGUAGES = frozenset(("fa", "prs", "ps", "ckb", "uz", "haz", "glk", "mzn", "lrc"))
_LUNAR_WITH_PERSIAN_DIGITS = frozenset(("ur", "sd", "pa", "ks", "ug"))
_LAST_LIKELY_SOLAR_YEAR = 1429  # 2050; from 1430 (2009) on a year without a name is as likely a Hijri one
# RFC 822 section 5 as RFC 2822 section 4.3 reads it; the only shape whose short years have a rule.
_RFC_822 = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun) ?, ?)?[0-9]{1,2} [a-z]{3} [0-9]{2,3} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
    r" (?:[+-][0-9]{4}|[a-z]{1,3})(?: \([^()]*\))?"
)
COUNTED = "is counted from another day: write the day itself, e.g. 2025-04-30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What decides between readings: the raw text (for messages), its folded form, language, digits, reference."""

    text: str
    folded: str
    language: str
    persian_digits: bool
    reference: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A day; `other` is what it would be with day and month exchanged."""

    day: date
    calendar: Calendar
    other: date | None = None
    warnings: tuple[str, ...] = ()


def found_day(part: Written, context: Context, *, twinned: bool) -> Found:
    """The day that one written part names. Raises DateError."""
    try:
        if isinstance(part, NumericDay):
            return _numeric(part, context)
        if twinned and part.day == 30 and part.months[0][0] == "hijri":
            # Where the moon is sighted, a month of 29 days in the tables may have had 30.
            before = _named(replace(part, day=29), context)
            return replace(before, day=before.day + timedelta(days=1))
        return _named(part, context)
    except NoSuchDay as error:
        raise DateError(context.text, str(error), "impossible") from None
    except TwoSuchDays as error:
        raise DateError(context.text, str(error), "ambiguous") from None


def _named(part: NamedDay, context: Context) -> Found:
    if len(set(part.months)) > 1:
        raise DateError(context.text, "names two different months", "ambiguous")
    calendar, month = part.months[0]
    allowed = {
        "gregorian": ("", "gregorian"),
        "hijri": ("", "hijri", "hijri lunar"),
        "jalali": ("", "jalali", "hijri"),  # هجری alone is said of both in Persian; the month decides
        "hebrew": ("",),
    }
    if part.era not in allowed[calendar]:
        raise NoSuchDay("mixes two calendars: its month and its era do not go together")
    if part.relation:
        return Found(day=_related(part, calendar, month, context), calendar=calendar)
    return Found(day=to_gregorian(calendar, _full_year(part, context), month, part.day), calendar=calendar)


def _full_year(part: NamedDay, context: Context) -> int:
    if part.year is None:
        raise TwoSuchDays("has no year: write it like 2025-04-30")
    if part.year_digits == 4:
        return part.year
    if _RFC_822.fullmatch(context.folded) and part.months[0][0] == "gregorian":
        return part.year + (2000 if part.year_digits == 2 and part.year < 50 else 1900)
    raise TwoSuchDays("has a year of fewer than four digits: write it like 2025-04-30")


def _related(part: NamedDay, calendar: Calendar, month: int, context: Context) -> date:
    today = reference_day(context)
    year = from_gregorian(calendar, today)[0]
    if part.relation == "this":
        return to_gregorian(calendar, year, month, part.day)
    if part.relation in ("last year", "next year"):
        return to_gregorian(calendar, year + (1 if part.relation == "next year" else -1), month, part.day)
    step = 1 if part.relation == "next" else -1
    day = to_gregorian(calendar, year, month, part.day)
    return day if (day - today).days * step > 0 else to_gregorian(calendar, year + step, month, part.day)


def _numeric(part: NumericDay, context: Context) -> Found:
    if part.year_digits != 4:
        raise TwoSuchDays("has a year of fewer than four digits: write it like 2025-04-30")
    calendar = _numeric_calendar(part, context)
    first, second = part.first, part.second
    if part.year_first:
        return Found(day=to_gregorian(calendar, part.year, first, second), calendar=calendar)
    if first > 12 or first == second:
        return Found(day=to_gregorian(calendar, part.year, second, first), calendar=calendar)
    month_first = not writes_day_first(context.language)
    if second > 12:
        day = to_gregorian(calendar, part.year, first, second)
        warning = f"has the month before the day: read as {day}; write {day}"
        return Found(day=day, calendar=calendar, warnings=() if month_first else (warning,))
    if first < 1:
        raise NoSuchDay("has no such day")
    day, other = (to_gregorian(calendar, part.year, *pair) for pair in ((second, first), (first, second)))
    return Found(day=day, calendar=calendar, other=other)


def _numeric_calendar(part: NumericDay, context: Context) -> Calendar:
    solar = context.language.split("-")[0] in _SOLAR_LANGUAGES
    language = context.language.split("-")[0]
    solar_text = solar or (context.persian_digits and language not in _LUNAR_WITH_PERSIAN_DIGITS)
    if part.era == "hijri" and solar and part.year < 1500:
        raise TwoSuchDays("may be in the solar or the lunar calendar: write ه.ش or ه.ق behind it, or 2025-04-30")
    if part.era in ("hijri", "hijri lunar"):
        return "hijri"
    if part.era == "jalali":
        return "jalali"
    if part.era == "gregorian" or not holds_year("jalali", part.year):
        return "gregorian"
    if solar_text and part.year <= _LAST_LIKELY_SOLAR_YEAR:
        return "jalali"
    raise TwoSuchDays("may be in the solar or the lunar calendar: write هـ behind a Hijri date, or 2025-04-30")


def reference_day(context: Context) -> date:
    """The day of the reference. Raises DateError when there is none."""
    if context.reference is None:
        raise DateError(context.text, COUNTED, "ambiguous")
    return context.reference.date()


@cache
def writes_day_first(language: str) -> bool:
    """True when numeric dates of the language have the day before the month (CLDR short and medium patterns).

    Right-to-left languages always do in this order with the year last; an unknown tag does not.
    """
    try:
        if direction_of(language) == "rtl":
            return True
        locale = Locale.parse(language, sep="-")
    except (FieldError, ValueError, UnknownLocaleError):
        return False
    patterns = [locale.date_formats[width].pattern.casefold() for width in ("short", "medium")]
    return all("d" in p and "m" in p and p.index("d") < p.index("m") for p in patterns)
