"""Conversions between calendars, against days whose equivalents are well known."""

from __future__ import annotations

from datetime import date

import pytest
from pyluach.dates import HebrewDate

from feeds.dates.calendars import (
    ADAR_FIRST,
    ADAR_UNSAID,
    Calendar,
    NoSuchDay,
    TwoSuchDays,
    from_gregorian,
    hebrew_number,
    to_gregorian,
)

KNOWN: list[tuple[Calendar, tuple[int, int, int], date]] = [
    ("hijri", (1445, 9, 1), date(2024, 3, 11)),  # first of Ramadan, Umm al-Qura
    ("hijri", (1446, 11, 2), date(2025, 4, 30)),
    ("jalali", (1403, 1, 1), date(2024, 3, 20)),  # Nowruz
    ("jalali", (1403, 12, 30), date(2025, 3, 20)),  # leap day
    ("hebrew", (5785, 7, 1), date(2024, 10, 3)),  # Rosh Hashanah
    ("hebrew", (5785, 1, 15), date(2025, 4, 13)),  # Pesach
    ("hebrew", (5784, 13, 14), date(2024, 3, 24)),  # Purim of a leap year
    ("gregorian", (2024, 2, 29), date(2024, 2, 29)),
]


@pytest.mark.parametrize(("calendar", "there", "here"), KNOWN)
def test_known_days_convert_both_ways(calendar: Calendar, there: tuple[int, int, int], here: date) -> None:
    assert to_gregorian(calendar, *there) == here
    assert from_gregorian(calendar, here) == there


@pytest.mark.parametrize(
    ("calendar", "there"),
    [
        ("gregorian", (2025, 2, 29)), ("gregorian", (1899, 1, 1)), ("gregorian", (2025, 13, 1)), ("hijri", (1446, 9, 30)),
        ("hijri", (1342, 1, 1)), ("hijri", (1446, 0, 1)), ("jalali", (1404, 12, 30)), ("jalali", (1404, 7, 31)),
        ("hebrew", (5785, 2, 30)), ("hebrew", (5785, 13, 1)), ("hebrew", (5785, ADAR_FIRST, 1)), ("hebrew", (5785, 1, 0)),
    ],
)  # fmt: skip
def test_days_that_do_not_exist_are_refused(calendar: Calendar, there: tuple[int, int, int]) -> None:
    with pytest.raises(NoSuchDay):
        to_gregorian(calendar, *there)


def test_a_bare_adar_is_one_month_in_a_common_year_and_two_in_a_leap_year() -> None:
    assert to_gregorian("hebrew", 5785, ADAR_UNSAID, 14) == date(2025, 3, 14)
    with pytest.raises(TwoSuchDays):
        to_gregorian("hebrew", 5784, ADAR_UNSAID, 14)


def test_every_hebrew_year_and_day_in_letters_is_understood() -> None:
    final = str.maketrans("ךםןףץ׳״", "כמנפצ'\"")
    for year in range(5660, 5961):
        assert hebrew_number(HebrewDate(year, 7, 1).hebrew_year().translate(final)) == year % 1000
    for day in range(1, 31):
        assert hebrew_number(HebrewDate(5785, 7, day).hebrew_day().translate(final)) == day


@pytest.mark.parametrize("word", ["שלום", "יה", "בב", "", "abc", "'"])
def test_words_are_no_hebrew_numbers(word: str) -> None:
    assert hebrew_number(word) is None
