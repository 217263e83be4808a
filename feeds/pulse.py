"""Whether the thread that keeps the site true to the content still moves, and what it has done so far.

A sign of life is every look round, and every article of a long read. The process with the role of publisher leaves its
signs in a file, too, so that the others can tell when it has stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from feeds.taken import Taken

State = Literal["ok", "failing", "stuck"]
LIMIT_SECONDS = 60.0
_SHARE_SECONDS = 2.0


class Pulse:
    """`shared` gives the file, which goes where the state goes; `elapsed` gives seconds that only grow, `clock` seconds since 1970 as the system's files have them."""

    def __init__(self, shared: Callable[[], Path], elapsed: Callable[[], float], clock: Callable[[], float]) -> None:
        self._shared = shared
        self._elapsed = elapsed
        self._clock = clock
        self._last = elapsed()
        self._told = self._last - _SHARE_SECONDS
        self._failing: tuple[str, float] | None = None  # what fails, and since when anything does
        self.limit_seconds = LIMIT_SECONDS
        self.leads = False
        self.counts: Counter[tuple[str, str]] = Counter()  # (what, kind), for metrics
        self.refresh_seconds = 0.0

    def lead(self) -> None:
        """This process has the role from now on."""
        self.leads = True
        self.beat()

    def follow(self) -> None:
        """Another process has it, whose signs count as well from now on."""
        self.leads = False
        self.beat()

    def beat(self) -> None:
        self._last = self._elapsed()
        if self.leads and self._last - self._told >= _SHARE_SECONDS:
            self._told = self._last
            try:
                self._shared().touch()
            except OSError:
                return  # the state folder cannot be written; this process still tells of itself

    def refreshed(self, taken: Taken, seconds: float) -> None:
        self.counts["refreshes", "changed" if taken.count else "unchanged"] += 1
        for kind, names in (("added", taken.added), ("changed", taken.changed), ("removed", taken.removed)):
            self.counts["files", kind] += names.count
        self.refresh_seconds += seconds

    def succeeded(self) -> None:
        """A look round has come to its end."""
        self._failing = None
        self.beat()

    def failed(self, what: str) -> bool:
        """A look round has not. True when it is another fault than the last time."""
        before = self._failing
        self._failing = what, before[1] if before else self._elapsed()
        self.counts["refreshes", "failed"] += 1
        self.beat()
        return before is None or before[0] != what

    def idle_seconds(self) -> float:
        """Since the last sign of life of this process and, where it follows another, of that one."""
        own = self._elapsed() - self._last
        if self.leads:
            return own
        try:
            return max(own, self._clock() - self._shared().stat().st_mtime)
        except OSError:
            return own

    def state(self) -> State:
        if self.idle_seconds() > self.limit_seconds:
            return "stuck"
        since = self._failing
        return "failing" if since and self._elapsed() - since[1] > self.limit_seconds else "ok"
