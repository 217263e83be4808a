"""Bodies that many ask for, as files in memory: the system sends their pages as they are, and copies nothing.

Where there is no such thing (it is Linux's), or no room, bodies are sent as bytes.
"""

from __future__ import annotations

import os
from collections import Counter, OrderedDict

MOST_FILES, MOST_BYTES = 32, 8 << 20
_LEAST_BYTES = 8192  # a copy of less costs less than the second call
_OFTEN = 3  # asked for so many times, a body is worth a file
_MOST_COUNTED = 1024


class BodyFiles:
    """For one thread. To be cleared at the end."""

    def __init__(self, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES) -> None:
        self._most_files, self._most_bytes = most_files, most_bytes
        # By `id()` of bodies that are kept here, so that nothing else can get it; what was asked for last is last.
        self._files: OrderedDict[int, tuple[int, bytes]] = OrderedDict()
        self._asked: Counter[int] = Counter()
        self._recent: set[int] = set()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._files)

    def find(self, body: bytes) -> int | None:
        """A descriptor for `os.sendfile` whose bytes are those of the body; it is open until the next call."""
        key = id(body)
        found = self._files.get(key)
        if found is None:
            self._asked[key] += 1
            if self._asked[key] < _OFTEN or not self._make(key, body):
                self._asked = Counter() if len(self._asked) > _MOST_COUNTED else self._asked
                return None
            found = self._files[key]
        else:
            self._files.move_to_end(key)
        self._recent.add(key)
        return found[0]

    def tidy(self) -> None:
        """Closes the files that nobody has asked for since the last time."""
        for key in self._files.keys() - self._recent:
            self._drop(key)
        self._recent.clear()
        self._asked.clear()

    def clear(self) -> None:
        """Closes all of them."""
        self._recent.clear()
        self.tidy()

    def _make(self, key: int, body: bytes) -> bool:
        if not _LEAST_BYTES <= len(body) <= self._most_bytes or not hasattr(os, "memfd_create"):
            return False
        while self._files and (len(self._files) >= self._most_files or self._bytes + len(body) > self._most_bytes):
            self._drop(next(iter(self._files)))
        try:
            file = os.memfd_create("body", os.MFD_CLOEXEC)
        except OSError:
            return False
        self._files[key] = (file, body)
        self._bytes += len(body)
        try:
            whole = os.write(file, body) == len(body)
        except OSError:
            whole = False
        if not whole:
            self._drop(key)
        return whole

    def _drop(self, key: int) -> None:
        """What is being sent of it goes on: the system holds the pages."""
        file, body = self._files.pop(key)
        self._bytes -= len(body)
        os.close(file)
