"""Pictures that the service makes, kept on disk: made on demand, one at a time, while few wait for them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from feeds.seats import Seats

KEPT = 2000  # pictures of one kind; the oldest go first
WAITING = 12  # different pictures that are waited for at a time; each who waits holds a thread
_ABANDONED_SECONDS = 60  # a process that was writing this long ago has ended
_CHECKSUM_BYTES = 32  # SHA-256, before the picture


class Drawn:
    """One folder of the state; where that cannot be written, each picture is made again, and so is one that has
    changed by itself."""

    def __init__(self, folder: Path, suffix: str) -> None:
        self._folder = folder
        self._suffix = suffix
        self._making = Lock()
        self._waiting = Seats(WAITING)

    def keep(self, name: str, make: Callable[[], bytes], *, kept: bool = True) -> bytes:
        """The bytes of that name, made when they are not there. A name stands for all that goes into them. Not `kept`
        is what nobody will ask for again here. Raises BusyError where too many other pictures are waited for."""
        path = self._folder / f"{name}{self._suffix}"
        found = _read(path)
        if found is not None:
            return found
        if not kept:
            return make()
        with self._waiting.taken(name), self._making:
            found = _read(path)  # made while this one waited
            return self._make(path, make) if found is None else found

    def _make(self, path: Path, make: Callable[[], bytes]) -> bytes:
        made = make()
        spare = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            spare.write_bytes(hashlib.sha256(made).digest() + made)
            spare.replace(path)
            self._prune(path.stat().st_mtime)
        except OSError:
            _remove(spare)
        return made

    def _prune(self, now: float) -> None:
        """Removes the oldest, and what processes that were killed left half written."""
        kept = []
        for path in self._folder.iterdir():
            written = path.stat().st_mtime
            if path.suffix == self._suffix:
                kept.append((written, path))
            elif written < now - _ABANDONED_SECONDS:
                _remove(path)
        for _, path in sorted(kept)[: max(0, len(kept) - KEPT)]:
            _remove(path)


def _read(path: Path) -> bytes | None:
    """None for what is not there or is not what was written."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    made = data[_CHECKSUM_BYTES:]
    return made if data[:_CHECKSUM_BYTES] == hashlib.sha256(made).digest() else None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
