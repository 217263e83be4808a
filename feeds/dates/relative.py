"""Readers of the parts that name a day by another day, and of weekdays.

Every reader takes the line and a position and gives the part with the position after it, or None.
"""

from __future__ import annotations

from typing import cast

from feeds.dates.days import day_of_month
from feeds.dates.lexicon import Line
from feeds.dates.parts import Ago, LoneYear, ReferenceMonthDay, RelativeDay, Weekday


def reference_month_day(line: Line, at: int) -> tuple[ReferenceMonthDay, int] | None:
    """`14 من الشهر الجاري`."""
    found = day_of_month(line, at)
    if not found:
        return None
    month = line.role(line.skip(found[1], "of"), "month by reference")
    return (ReferenceMonthDay(day=found[0], months=cast(int, month[0])), month[1]) if month else None


def relative_day(line: Line, at: int) -> tuple[RelativeDay, int] | None:
    """أمس, today, فردا."""
    found = line.role(at, "relative day")
    return (RelativeDay(days=cast(int, found[0])), found[1]) if found else None


def ago(line: Line, at: int) -> tuple[Ago, int] | None:
    """`قبل ساعتين`, `منذ 3 أيام`, `3 days ago`, `۳ روز پیش`."""
    before = line.role(at, "ago before")
    start = before[1] if before else at
    count, after = 1, start
    number = line.number(start, 3)
    worded = line.role(start, "count")
    if number is not None:
        count, after = number, start + 1
    elif worded:
        count, after = cast(int, worded[0]), worded[1]
    unit = line.role(after, "unit")
    if not unit or (after == start and not before):
        return None
    if before:
        return Ago(minutes=count * cast(int, unit[0])), unit[1]
    behind = line.role(unit[1], "ago after")
    return (Ago(minutes=count * cast(int, unit[0])), behind[1]) if behind else None


def weekday(line: Line, at: int) -> tuple[Weekday, int] | None:
    """A weekday, with or without the word for day before it and the last or the next after it."""
    relation = ""
    found = line.role(line.skip(at, "weekday intro"), "weekday")
    if not found:
        before = {"last": "last", "next": "next"}.get(line.text(at))
        found = line.role(at + 1, "weekday") if before else None
        if not found or not before:
            return None
        relation = before
    end = found[1] + (line.text(found[1]) == ".")
    end = line.skip(end, "weekday suffix")
    behind = line.role(end, "relation")
    if behind and behind[0] in ("last", "next"):
        relation, end = str(behind[0]), behind[1]
    return Weekday(number=cast(int, found[0]), relation=relation), end


def lone_year(line: Line, at: int) -> tuple[LoneYear, int] | None:
    """A four-digit number at the end of the line."""
    year = line.number(at)
    last = at + 1 == len(line) and len(line.text(at)) == 4
    return (LoneYear(year=year), at + 1) if year is not None and last else None
