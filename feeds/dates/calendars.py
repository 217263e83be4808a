"""Days of the Hijri, solar Hijri (Jalali) and Hebrew calendars as Gregorian days, and back."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal

Calendar = Literal["gregorian", "hijri", "jalali", "hebrew"]

FIRST_YEAR, LAST_YEAR = 1900, 2200  # Gregorian; what an article can honestly be dated
_YEARS: dict[Calendar, tuple[int, int]] = {
    "gregorian": (FIRST_YEAR, LAST_YEAR),
    "hijri": (1343, 1500),  # the printed Umm al-Qura tables
    "jalali": (1300, 1500),
    "hebrew": (5660, 5960),
}
_HEBREW_DIGITS: dict[str, int] = dict(
    zip("אבגדהוזחטיכלמנסעפצקרשת", (*range(1, 10), *range(10, 100, 10), *range(100, 500, 100)), strict=True)
)
ADAR_UNSAID = 14  # `אדר` without א or ב
ADAR_FIRST = 15  # `אדר א׳`, which only a leap year has


class NoSuchDay(ValueError):
    """The day does not exist; the text says why."""


class TwoSuchDays(ValueError):
    """The day exists twice; the text says how to choose."""


def to_gregorian(calendar: Calendar, year: int, month: int, day: int) -> date:
    """The Gregorian day of a day of another calendar.

    Hijri after Umm al-Qura; Hebrew months count from Nisan (1) to Adar II (13), the day is the one on whose
    evening it ends. Raises NoSuchDay, and TwoSuchDays for a bare Adar in a leap year.
    """
    first, last = _YEARS[calendar]
    if not first <= year <= last:
        raise NoSuchDay(f"has a year outside of {first} to {last}")
    try:
        return _convert(calendar, year, month, day)
    except (ValueError, OverflowError) as error:
        if isinstance(error, NoSuchDay | TwoSuchDays):
            raise
        raise NoSuchDay(
            "has no such day" if 1 <= month <= 12 or calendar == "hebrew" else "has no such month"
        ) from None


def from_gregorian(calendar: Calendar, day: date) -> tuple[int, int, int]:
    """Year, month and day of a Gregorian day in another calendar (Umm al-Qura for Hijri)."""
    if calendar == "hijri":
        from hijridate import Gregorian

        return Gregorian.fromdate(day).to_hijri().datetuple()
    if calendar == "jalali":
        import jdatetime

        there = jdatetime.date.fromgregorian(date=day)
        return there.year, there.month, there.day
    if calendar == "hebrew":
        from pyluach.dates import HebrewDate

        hebrew = HebrewDate.from_pydate(day)
        return hebrew.year, hebrew.month, hebrew.day
    return day.year, day.month, day.day


def holds_year(calendar: Calendar, year: int) -> bool:
    """True when the calendar can have that year here."""
    first, last = _YEARS[calendar]
    return first <= year <= last


def _convert(calendar: Calendar, year: int, month: int, day: int) -> date:
    if calendar == "hijri":
        from hijridate import Hijri

        return date.fromordinal(Hijri(year, month, day).to_gregorian().toordinal())
    if calendar == "jalali":
        import jdatetime

        return date.fromordinal(jdatetime.date(year, month, day).togregorian().toordinal())
    if calendar == "hebrew":
        return _hebrew(year, month, day)
    return date(year, month, day)


def _hebrew(year: int, month: int, day: int) -> date:
    from pyluach.dates import HebrewDate

    leap = (7 * year + 1) % 19 < 7
    if month == ADAR_UNSAID:
        if leap:
            raise TwoSuchDays("falls in a leap year: write אדר א׳ or אדר ב׳")
        month = 12
    elif month == ADAR_FIRST:
        if not leap:
            raise NoSuchDay("names אדר א׳ in a year that has one Adar")
        month = 12
    elif month == 13 and not leap:
        raise NoSuchDay("names אדר ב׳ in a year that has one Adar")
    return date.fromordinal(HebrewDate(year, month, day).to_pydate().toordinal())


@lru_cache(maxsize=4096)
def hebrew_number(word: str) -> int | None:
    """The number that Hebrew letters write (`כ"ג` is 23, `תשפ"ה` 785, `ה'תשפ"ה` and `התשפ"ה` 5785); None for words.

    The letters may stand in any order that spells the number with the usual letters.
    """
    thousands = 0
    if word.startswith("ה'") and len(word) > 3:
        thousands, word = 5000, word[2:]
    letters = word.replace("'", "").replace('"', "")
    if len(letters) > 3 and letters.startswith("הת"):
        thousands, letters = 5000, letters[1:]
    if not letters or any(letter not in _HEBREW_DIGITS for letter in letters):
        return None
    total: int = sum(_HEBREW_DIGITS[letter] for letter in letters)
    if total > 999 or sorted(letters) != sorted(_hebrew_letters(total)):
        return None
    return thousands + total


def _hebrew_letters(number: int) -> str:
    letters = "ת" * (number // 400)
    rest = number % 400
    if rest % 100 in (15, 16):
        tail, rest = ("טו" if rest % 100 == 15 else "טז"), rest - rest % 100
    else:
        tail = ""
    for letter in "שרקצפעסנמלכיטחזוהדגבא":
        if rest >= _HEBREW_DIGITS[letter]:
            letters += letter
            rest -= _HEBREW_DIGITS[letter]
    return letters + tail
