"""The parts of a date line that name a time of day, and what a part of the day does to a 12-hour clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, cast

from feeds.dates.lexicon import Line

_MORNING = {12: 0, **{hour: hour for hour in range(12)}}
_AFTERNOON = {12: 12, **{hour: hour + 12 for hour in range(1, 12)}, **{hour: hour for hour in range(13, 24)}}
_NOON = {12: 12, 10: 10, 11: 11, **{hour: hour + 12 for hour in range(1, 4)}, **{hour: hour for hour in range(13, 16)}}
_LATE_AFTERNOON = {12: 12, **{h: h + 12 for h in range(1, 8)}, **{h: h for h in range(13, 20)}}
_EVENING = {**{h: h + 12 for h in range(3, 12)}, **{h: h for h in range(15, 24)}}
# CLDR ends the evening at 24:00 and begins the day's first night hours at 00:00; 5 and 6 are neither.
_NIGHT = {12: 0, **{h: h for h in range(5)}, **{h: h + 12 for h in range(7, 12)}, **{h: h for h in range(18, 24)}}
_HOURS = {
    "am": _MORNING,
    "dawn": {12: 0, **{h: h for h in range(8)}},
    "pm": _AFTERNOON,
    "arabic evening": _AFTERNOON,  # CLDR's wide name of p.m. in Arabic
    "noon": _NOON,
    "afternoon": _LATE_AFTERNOON,
    "daytime": {12: 12, **{h: h + 12 for h in range(1, 6)}, **{h: h for h in (*range(6, 12), *range(13, 18))}},
    "evening": _EVENING,
    "night": _NIGHT,
    "midnight": {12: 0, 0: 0},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time as written. `periods` are the words beside it; `unclear` when a م before it may be PM or the era."""

    hour: int
    minute: int
    second: int = 0
    periods: tuple[str, ...] = ()
    twelve_hour: bool = False  # `الساعة 3`, `الساعة الثالثة`: without a word for the part of the day it is two times
    unclear: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A part of the day that stands apart from the time (`مساء الأربعاء …`)."""

    name: str


class _Time(NamedTuple):
    hour: int
    minute: int
    second: int
    end: int
    bare: bool = False  # only a word beside it makes it a time
    twelve_hour: bool = False


def clock(line: Line, at: int) -> tuple[Clock, int] | None:
    """`13:30`, `1:30 م`, `PM 01:30`, `الساعة 3 مساء`, `13h30`, `الساعة الثالثة والنصف عصرا`; `13.30` after a space."""
    basic = _basic(line, at)
    if basic:
        return basic
    start, said = _introduced(line, at)
    before = line.role(start, "period")
    if before:
        start, again = _introduced(line, before[1])
        said = said or again
    time = _digits(line, start) or (_words(line, start) if said else None)
    if not time:
        return None
    suffixed = _suffix(line, time.end)
    comma = line.text(suffixed) == "," and line.role(suffixed + 1, "period") is not None
    behind = line.role(suffixed + comma, "period") or line.role(line.skip(suffixed, "article"), "period")
    end = _suffix(line, behind[1]) if behind else suffixed
    # `30.04.2025 13.30`: two digits, a dot and two digits, with something before them.
    dotted = not time.twelve_hour and at > 0 and not line.glued(at) and len(line.text(at)) == 2
    if time.bare and not (said or before or behind or suffixed > time.end or dotted):
        return None
    periods = tuple(str(period[0]) for period in (before, behind) if period)
    return Clock(
        hour=time.hour, minute=time.minute, second=time.second, periods=periods, twelve_hour=time.twelve_hour
    ), end  # fmt: skip


def period(line: Line, at: int) -> tuple[Period, int] | None:
    """A part of the day by itself; single letters never stand by themselves."""
    found = line.role(at, "period")
    return (Period(name=str(found[0])), found[1]) if found and len(line.text(at)) > 2 else None


def hour_of_day(hour: int, period: str) -> int | None:
    """The hour 0 to 23 that an hour means with a part of the day; None when the two contradict."""
    return _HOURS[period].get(hour)


def _basic(line: Line, at: int) -> tuple[Clock, int] | None:
    """`T133000` behind eight digits (ISO 8601 basic format)."""
    digits = line.text(at + 1)
    if line.text(at) != "t" or len(line.text(at - 1)) != 8 or not (line.glued(at) and line.glued(at + 1)):
        return None
    if not digits.isdecimal() or len(digits) not in (4, 6):
        return None
    end = at + 2
    if line.text(end) in (".", ",") and line.glued(end + 1) and line.text(end + 1).isdecimal():
        end += 2
    return Clock(hour=int(digits[:2]), minute=int(digits[2:4]), second=int(digits[4:] or 0)), end


def _introduced(line: Line, at: int) -> tuple[int, bool]:
    after = line.skip(at, "clock")
    said = after > at
    return after + (said and line.text(after) == ":"), said


def _suffix(line: Line, at: int) -> int:
    """Where بجے, `h` or `o'clock` ends; Latin letters only when glued or long."""
    if line.glued(at) or len(line.text(at)) > 2:
        return line.skip(at, "clock suffix")
    return at


def _digits(line: Line, at: int) -> _Time | None:
    hour = line.number(at, 2)
    if hour is None:
        return None
    sign, minute = line.text(at + 1), line.number(at + 2, 2)
    two = minute is not None and len(line.text(at + 2)) == 2
    if sign == ":" and minute is not None and two:
        return _with_seconds(line, at, hour, minute)
    if sign == "." and minute is not None and two and line.glued(at + 2):
        more = line.text(at + 3) == "." and line.glued(at + 3) and line.number(at + 4) is not None
        return None if more else _Time(hour, minute, 0, at + 3, bare=True)
    if sign == "h":
        if minute is not None and two:
            return _Time(hour, minute, 0, at + 3)
        return _Time(hour, 0, 0, at + 2)
    joined = line.role(at + 1, "and")
    minute = line.number(joined[1], 2) if joined else None
    unit = line.role(joined[1] + 1, "minute") if joined and minute is not None else None
    if unit and minute is not None:
        return _Time(hour, minute, 0, unit[1], bare=True)
    return _with_part(line, hour, at + 1)


def _with_seconds(line: Line, at: int, hour: int, minute: int) -> _Time:
    end, second = at + 3, 0
    if line.text(end) == ":" and line.number(end + 1, 2) is not None:
        second, end = int(line.text(end + 1)), end + 2
        if line.text(end) in (".", ",") and line.glued(end) and line.glued(end + 1) and line.text(end + 1).isdecimal():
            end += 2  # a fraction of a second is dropped
    return _Time(hour, minute, second, end)


def _words(line: Line, at: int) -> _Time | None:
    found = line.role(at, "hour")
    return _with_part(line, cast(int, found[0]), found[1]) if found else None


def _with_part(line: Line, hour: int, at: int) -> _Time:
    part = line.role(at, "hour part")
    if not part:
        return _Time(hour, 0, 0, at, bare=True, twelve_hour=True)
    minutes = cast(int, part[0])
    if minutes < 0:
        hour, minutes = (12 if hour == 1 else hour - 1), 60 + minutes
    return _Time(hour, minutes, 0, part[1], bare=True, twelve_hour=True)
