"""Bounds and promises that hold for a newsroom with hostile files in it."""

from __future__ import annotations

import re
import sys

import reading
from answers import Report
from fuzz_promises import feed_faults
from newsroom import Newsroom

NOW = "2026-01-10T09:00:00+03:00"
FEEDS = ("/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json")
# Runs a command and writes what it took at the most: kilobytes of memory and seconds of CPU.
MEASURE = """import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"used {used.ru_maxrss} {used.ru_utime + used.ru_stime}", file=sys.stderr)
sys.exit(code)"""
MOST_KILOBYTES = 300_000


def holds(room: Newsroom) -> list[str]:
    """The tokens in the feeds, after everything that feeds promise has been looked at."""
    bodies = [room.ok(url).body for url in FEEDS]
    assert [fault for fault in feed_faults(*bodies) if fault] == []
    tokens = reading.json_feed(bodies[2]).tokens
    assert "ok" in tokens
    return tokens


def measured(room: Newsroom, *args: str) -> tuple[Report, int, float]:
    """What a command said, and the kilobytes and CPU seconds that it took."""
    report = room.run(*args, before=(sys.executable, "-c", MEASURE), timeout=300)
    found = re.search(r"^used (\d+) ([\d.]+)$", report.stderr, re.MULTILINE)
    assert found, report.stderr
    assert "Traceback" not in report.stderr
    return report, int(found[1]), float(found[2])


def read_all(room: Newsroom, seconds: float = 20.0) -> Report:
    """`check` within bounds."""
    report, kilobytes, took = measured(room, "check")
    assert kilobytes < MOST_KILOBYTES and took < seconds, (kilobytes, took)
    assert all(fault.line >= 1 and fault.field.strip() for fault in report.faults)
    return report
