"""Room for work that holds a thread for long: so much of it at a time and no more, so that feeds always find a thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock


class BusyError(Exception):
    """All seats are taken; in a moment there may be one."""


class Seats:
    """For at most `most` different pieces of work; all who wait for the same piece share its seat."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[Hashable] = Counter()
        self._lock = Lock()

    def take(self, work: Hashable) -> None:
        """Never waits. Raises BusyError; else `leave` is due."""
        with self._lock:
            if work not in self._taken and len(self._taken) >= self._most:
                raise BusyError
            self._taken[work] += 1

    def leave(self, work: Hashable) -> None:
        with self._lock:
            self._taken[work] -= 1
            if not self._taken[work]:
                del self._taken[work]

    @contextmanager
    def taken(self, work: Hashable) -> Iterator[None]:
        """A seat while the block lasts. Raises BusyError."""
        self.take(work)
        try:
            yield
        finally:
            self.leave(work)
