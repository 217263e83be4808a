"""Readers of the parts that name a day by month name or by numbers.

Every reader takes the line and a position and gives the part with the position after it, or None.
"""

from __future__ import annotations

from typing import cast

from feeds.dates.calendars import FIRST_YEAR, LAST_YEAR, Calendar, hebrew_number
from feeds.dates.lexicon import Line
from feeds.dates.parts import NamedDay, NumericDay

_SEPARATORS = ("/", "-", ".")
_EPOCH_YEARS = range(FIRST_YEAR, LAST_YEAR + 1)  # an eight-digit number is a date only in these years


def named_day(line: Line, at: int) -> tuple[NamedDay, int] | None:
    """Day month year, month day year, or year month day, the month by name."""
    return _day_month_year(line, at) or _month_day_year(line, at) or _year_month_day(line, at)


def numeric_day(line: Line, at: int) -> tuple[NumericDay, int] | None:
    """Three numbers with the same sign between them, or eight digits (ISO 8601 basic)."""
    eight = line.text(at)
    if eight.isdecimal() and len(eight) == 8 and int(eight[:4]) in _EPOCH_YEARS and 1 <= int(eight[4:6]) <= 12:
        return NumericDay(
            first=int(eight[4:6]), second=int(eight[6:]), year=int(eight[:4]), year_digits=4, year_first=True
        ), at + 1
    sign = line.text(at + 1)
    if sign not in _SEPARATORS or line.text(at + 3) != sign:
        return None
    texts = (line.text(at), line.text(at + 2), line.text(at + 4))
    lengths = tuple(map(len, texts))
    if not all(text.isdecimal() for text in texts) or lengths[0] > 4 or lengths[2] > 4:
        return None
    if lengths[1] > 2 or 3 in lengths or lengths[0] == 4 == lengths[2] or (lengths[2] == 1 and lengths[0] != 4):
        return None
    if line.text(at + 5) == sign and line.glued(at + 6) and line.text(at + 6).isdecimal() and sign != "-":
        return None  # a version or an address of four numbers
    year_first = len(texts[0]) == 4
    first, second, year = (1, 2, 0) if year_first else (0, 1, 2)
    end = at + 5
    if sign == "." and line.text(end) == ".":
        end += 1
    era, after, meem = _era(line, end)
    numbers = [int(text) for text in texts]
    return NumericDay(
        first=numbers[first], second=numbers[second], year=numbers[year], year_digits=len(texts[year]),
        year_first=year_first, era=era, meem_ends=meem,
    ), after  # fmt: skip


def day_of_month(line: Line, at: int) -> tuple[int, int] | None:
    """The day of the month there, in digits, words or Hebrew letters."""
    start = line.skip(at, "article")
    if line.text(start) == "-" and start > 0 and line.text(start - 1) in ("ב", "ה", "ל"):
        start += 1
    return _bare_day(line, start) or (_bare_day(line, at) if start > at else None)


def _day_month_year(line: Line, at: int) -> tuple[NamedDay, int] | None:
    found = day_of_month(line, at)
    if not found:
        return None
    day, after = found
    after = _sign(line, after)
    months = _months(line, line.skip(after, "of"))
    if not months:
        return None
    year = _year(line, months[1], months[0][0][0])
    return _named(line, day, months[0], year, months[1])


def _month_day_year(line: Line, at: int) -> tuple[NamedDay, int] | None:
    months = _months(line, at)
    found = day_of_month(line, _sign(line, months[1])) if months else None
    if not months or not found or months[0][0][0] == "hebrew":
        return None
    if line.text(found[1]) == ":":  # `April 30 13:30` has a day, `April 13:30` has none
        return None
    if line.role(_sign(line, found[1]), "month"):  # `mar. 4 nov.` begins with a French Tuesday
        return None
    return _named(line, found[0], months[0], _year(line, found[1], months[0][0][0]), found[1])


def _year_month_day(line: Line, at: int) -> tuple[NamedDay, int] | None:
    at = line.skip(at, "of", "year", "article")
    year = line.number(at)
    if year is None or len(line.text(at)) != 4:
        return None
    after = line.skip(at + 1, "of", "year")
    after = _sign(line, after + (line.text(after) == ","))
    months = _months(line, line.skip(after, "of"))
    if months:
        found = day_of_month(line, _sign(line, months[1]))
        if found and line.text(found[1]) != ":":
            return _named(line, found[0], months[0], (year, 4, found[1]), found[1])
        return None
    found = day_of_month(line, after)  # CLDR has `y d-MMMM` in ug and `y نچی ییل d نچی MMMM` in uz-Arab
    months = _months(line, line.skip(_sign(line, found[1]), "of")) if found else None
    return _named(line, found[0], months[0], (year, 4, months[1]), months[1]) if found and months else None


def _named(
    line: Line, day: int, months: tuple[tuple[Calendar, int], ...], year: tuple[int, int, int] | None, end: int
) -> tuple[NamedDay, int]:
    if year is None:
        relation = line.role(line.skip(end, "of"), "relation")
        if relation:
            return NamedDay(day=day, months=months, year=None, relation=str(relation[0])), relation[1]
        return NamedDay(day=day, months=months, year=None), end
    era, after, meem = _era(line, year[2])
    return NamedDay(day=day, months=months, year=year[0], year_digits=year[1], era=era, meem_ends=meem), after


def _bare_day(line: Line, at: int) -> tuple[int, int] | None:
    number = line.number(at, 2)
    if number is not None:
        after = at + 1
        suffix = line.role(after, "day suffix") if line.glued(after) else None
        suffix = suffix or line.role(after, "day suffix apart")
        return number, suffix[1] if suffix else after
    ordinal = line.role(at, "ordinal")
    if ordinal:
        return cast(int, ordinal[0]), ordinal[1]
    letters = hebrew_number(line.text(at))
    return (letters, at + 1) if letters is not None and letters <= 30 else None


def _months(line: Line, at: int) -> tuple[tuple[tuple[Calendar, int], ...], int] | None:
    months: list[tuple[Calendar, int]] = []
    end = at
    while len(months) < 4:
        bracket = line.text(at) in ("(", "[")
        found = line.role(at + bracket, "month")
        if not found:
            break
        months.append(cast(tuple[Calendar, int], found[0]))
        end = line.skip(found[1] + (line.text(found[1]) == "." and line.glued(found[1])), "month suffix")
        end += bracket and line.text(end) in (")", "]")
        at = end + (line.text(end) in ("/", "-", "\\"))
    return (tuple(months), end) if months else None


def _year(line: Line, at: int, calendar: Calendar) -> tuple[int, int, int] | None:
    after = line.skip(at, "of", "year")
    after = _sign(line, after + (line.text(after) == ","))
    after = line.skip(after, "of", "year")
    quoted = line.text(after) == "'"
    after += quoted
    number = line.number(after)
    if number is not None and line.text(after + 1) != ":" and (len(line.text(after)) != 1):
        return number, len(line.text(after)), after + 1
    letters = hebrew_number(line.text(after)) if calendar == "hebrew" else None
    if letters is not None and letters > 99:
        return (letters if letters > 5000 else letters + 5000), 4, after + 1
    return None


def _sign(line: Line, at: int) -> int:
    return at + (line.text(at) in ("-", "/", ".", ",") and (line.glued(at) or line.text(at) == "-"))


def _era(line: Line, at: int) -> tuple[str, int, int]:
    """The era, where it ends, and the same once more when it is a spaced م before something else."""
    start = line.skip(at, "of")
    start += line.text(start) == "(" and line.text(start + 2) == ")"
    found = line.role(start, "era")
    if not found:
        return "", at, -1
    end = found[1] + (start != at and line.text(found[1]) == ")")
    loose = line.text(start) == "م" and not line.glued(start)
    return str(found[0]), end, end if loose else -1
