"""A quick look at an article file that says how new it can be at most, for the order of a first read."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from feeds import content, dates
from feeds.config import Config
from feeds.problems import DateError

UNKNOWN = float("inf")
_LOOKED_AT_BYTES = 4096
_SLACK_SECONDS = 2 * 86400.0  # whatever the zone, and whether the day or its end is meant
_FRONT = re.compile(rb"\A---[ \t]*\r?\n(.*?)^---", re.DOTALL | re.MULTILINE)
# A Gregorian day as the value of the key that goes before all others (keys.rank).
_DATE = re.compile(rb"^date:[ \t]*[\"']?((?:19|20)\d\d)-(\d\d)-(\d\d)(?![\d-])", re.MULTILINE)
_LINES = 3


def newest(config: Config, path: str) -> float:
    """An instant (seconds since 1970 UTC) that the article of this file is not newer than; infinity where a
    quick look does not tell."""
    try:
        data = content.read_bytes(config.content_path, path, _LOOKED_AT_BYTES)
    except OSError:
        return UNKNOWN
    front = _FRONT.match(data)
    if front:
        return _of_front_matter(front.group(1))
    return _of_lines(data, config) if path.lower().endswith(".txt") and not data.startswith(b"---") else UNKNOWN


def _of_front_matter(front: bytes) -> float:
    found = _DATE.findall(front)
    if len(found) != 1:
        return UNKNOWN
    year, month, day = map(int, found[0])
    try:
        return datetime(year, month, day, tzinfo=UTC).timestamp() + _SLACK_SECONDS
    except ValueError:
        return UNKNOWN


def _of_lines(data: bytes, config: Config) -> float:
    """The newest date among the first lines of raw text, the first of which has to be one."""
    lines = [line for line in data.decode("utf-8-sig", "replace").split("\n") if line.strip()][:_LINES]
    found = [_instant(line, config) for line in lines]
    if not found or found[0] is None:
        return UNKNOWN
    return max(instant for instant in found if instant is not None) + _SLACK_SECONDS


def _instant(line: str, config: Config) -> float | None:
    try:
        return dates.parse(line.strip(), zone=config.zone, language=config.language).instant.timestamp()
    except DateError:
        return None
