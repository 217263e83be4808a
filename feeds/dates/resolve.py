"""The one day that all the parts of a date line name together."""

from __future__ import annotations

from datetime import date, timedelta

from feeds.dates.calendars import Calendar, NoSuchDay, to_gregorian
from feeds.dates.grammar import Reading, Written
from feeds.dates.parts import Ago, LoneYear, NamedDay, NumericDay, ReferenceMonthDay, RelativeDay, Weekday
from feeds.dates.written import Context, Found, found_day, reference_day, writes_day_first
from feeds.problems import DateError

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def resolve(reading: Reading, context: Context) -> tuple[date, tuple[str, ...]]:
    """The day that the parts name together, with warnings. Raises DateError."""
    weekdays = {part.number for part in reading.of(Weekday)}
    written = [part for part in reading.parts if isinstance(part, NamedDay | NumericDay)]
    lone_years = reading.of(LoneYear)
    if written:
        if lone_years:
            written = _with_lone_year(written, lone_years[0].year, context)
        found = _agreed([found_day(part, context, twinned=len(written) > 1) for part in written], weekdays, context)
    elif lone_years:
        raise DateError(context.text, "names no day: write it like 2025-04-30", "absent")
    else:
        found = _relative(reading, context)
    warnings = list(found.warnings)
    for number in sorted(weekdays - {found.day.weekday()}):
        warnings.append(f"says {_WEEKDAYS[number]}, but {found.day} is a {_WEEKDAYS[found.day.weekday()]}")
    return found.day, tuple(warnings)


def _with_lone_year(written: list[Written], year: int, context: Context) -> list[Written]:
    part = written[0]
    if len(written) > 1 or not isinstance(part, NamedDay) or part.year is not None or part.relation:
        raise DateError(context.text, "has a number too many: write it like 2025-04-30", "absent")
    return [NamedDay(day=part.day, months=part.months, year=year)]


def _agreed(found: list[Found], weekdays: set[int], context: Context) -> Found:
    """One day out of all that the line names: the Gregorian where there is one."""
    sure = {one.day for one in found if one.other is None}
    found = [_ordered(one, weekdays, sure, context) for one in found]
    order: tuple[Calendar, ...] = ("gregorian", "jalali", "hijri", "hebrew")
    found.sort(key=lambda one: order.index(one.calendar))
    chosen = found[0]
    warnings = list(chosen.warnings)
    for twin in found[1:]:
        days = abs((twin.day - chosen.day).days)
        if days and (twin.calendar == chosen.calendar or twin.calendar == "jalali"):
            raise DateError(context.text, f"names two different days, {chosen.day} and {twin.day}", "ambiguous")
        if days > 1:  # the sighting of the moon and the evening begin of the day explain one
            warnings.append(f"names two different days: {chosen.day} and, in the other calendar, {twin.day}")
    return Found(day=chosen.day, calendar=chosen.calendar, warnings=tuple(warnings))


def _ordered(one: Found, weekdays: set[int], sure: set[date], context: Context) -> Found:
    """The date with its day and month told apart, by a weekday or another date beside it, else by the language."""
    if one.other is None:
        return one
    fits = [day for day in (one.day, one.other) if day in sure or (not sure and day.weekday() in weekdays)]
    if len(fits) == 1 and (fits[0] == one.day or not writes_day_first(context.language)):
        return Found(day=fits[0], calendar=one.calendar)
    how = f"{one.day} or {one.other}: write the one you mean"
    if fits == [one.other] or not writes_day_first(context.language):
        raise DateError(context.text, f"may be {how}", "ambiguous")
    warning = f"is ambiguous: read as {one.day} (day before month); write {one.day}, or {one.other} if you meant that"
    return Found(day=one.day, calendar=one.calendar, warnings=(warning,))


def _relative(reading: Reading, context: Context) -> Found:
    days = {
        _counted(part, context) for part in reading.parts if isinstance(part, RelativeDay | Ago | ReferenceMonthDay)
    }
    if not days:
        days = {_nearest(part, context) for part in reading.of(Weekday) if part.relation}
    if not days:
        raise DateError(context.text, "names no day: write it like 2025-04-30", "absent")
    if len(days) > 1:
        raise DateError(context.text, "names two different days", "ambiguous")
    return Found(day=days.pop(), calendar="gregorian")


def _counted(part: RelativeDay | Ago | ReferenceMonthDay, context: Context) -> date:
    today = reference_day(context)
    if isinstance(part, RelativeDay):
        return today + timedelta(days=part.days)
    if isinstance(part, Ago):
        return today - timedelta(days=part.minutes // 1440)
    month = today.year * 12 + today.month - 1 + part.months
    try:
        return to_gregorian("gregorian", month // 12, month % 12 + 1, part.day)
    except NoSuchDay as error:
        raise DateError(context.text, str(error), "impossible") from None


def _nearest(part: Weekday, context: Context) -> date:
    today = reference_day(context)
    if part.relation == "next":
        return today + timedelta(days=(part.number - today.weekday() - 1) % 7 + 1)
    return today - timedelta(days=(today.weekday() - part.number - 1) % 7 + 1)
