"""A date line taken apart: every token must have a part to play, else the line is no date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TypeVar

from feeds.dates import clock as dateclock
from feeds.dates import days as datedays
from feeds.dates import relative as daterelative
from feeds.dates import zones as datezones
from feeds.dates.clock import Clock, Period
from feeds.dates.lexicon import Line
from feeds.dates.parts import Ago, LoneYear, NamedDay, NumericDay, ReferenceMonthDay, RelativeDay, Weekday

T = TypeVar("T")
Written = NamedDay | NumericDay
Part = Written | ReferenceMonthDay | RelativeDay | Ago | Weekday | LoneYear | Clock | Period

_PUNCTUATION = frozenset(",-()[]|/•·.:'\"=~*_<>«»\\@")
_FILLERS = ("twin", "join", "article", "weekday intro")
_READERS: tuple[Callable[[Line, int], tuple[Part, int] | None], ...] = (
    datedays.named_day,
    datedays.numeric_day,
    daterelative.reference_month_day,
    daterelative.weekday,
    daterelative.relative_day,
    daterelative.ago,
    dateclock.clock,
    dateclock.period,
    daterelative.lone_year,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The parts of one line, in order. `zones` holds tzinfo, "local", or datezones.AMBIGUOUS."""

    parts: tuple[Part, ...]
    zones: tuple[tzinfo | str, ...]

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """The parts of one kind."""
        return tuple(part for part in self.parts if isinstance(part, kind))


def read(line: Line) -> Reading | None:
    """The parts of a line that is a date and nothing else; None when a token has no part to play."""
    parts: list[Part] = []
    zones: list[tzinfo | str] = []
    at = _after_label(line)
    meem_ends = -1
    after_time = False
    while at < len(line):
        zone = datezones.zone(line, at, after_time=after_time)
        if zone:
            zones.append(zone[0])
            at = _after_comment(line, zone[1])
            after_time = False
            continue
        found = _part(line, at)
        if found:
            part, end = found
            if isinstance(part, Clock) and at == meem_ends:
                part = replace(part, unclear=True)
            if isinstance(part, NamedDay | NumericDay):
                meem_ends = part.meem_ends
            after_time = isinstance(part, Clock)
            parts.append(part)
            at = end
            continue
        end = line.skip(at, *_FILLERS, *(("of",) if parts else ()))
        if end == at and (line.text(at) in _PUNCTUATION or _is_iso_t(line, at)):
            end = at + 1
        if end == at:
            return None
        at = end
    return Reading(parts=tuple(parts), zones=tuple(zones))


def _part(line: Line, at: int) -> tuple[Part, int] | None:
    for reader in _READERS:
        found = reader(line, at)
        if found:
            return found
    return None


def _is_iso_t(line: Line, at: int) -> bool:
    """The T between date and time of ISO 8601."""
    return line.text(at) == "t" and line.glued(at) and line.glued(at + 1) and line.number(at + 1, 2) is not None


def _after_label(line: Line) -> int:
    """`تاريخ النشر:`, `Published on`: words that say what the date is."""
    at = 0
    while label := line.role(at, "label"):
        at = label[1]
        while line.text(at) in (":", "-"):
            at += 1
    return at


def _after_comment(line: Line, at: int) -> int:
    """RFC 5322 section 3.2.2 allows a comment after the zone: `+0300 (EEST)`, `(Eastern European Summer Time)`."""
    if line.text(at) != "(":
        return at
    end = at + 1
    while line.text(end).isascii() and line.text(end).isalpha():
        end += 1
    return end + 1 if line.text(end) == ")" and end > at + 1 else at
