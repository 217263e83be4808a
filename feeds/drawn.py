"""Pictures that the service makes, kept on disk: made on demand, one at a time, while few wait for them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from feeds.seats import Seats

KEPT = 2000  # pictures of one kind; the oldest go first
WAITING = 12  # different pictures that are waited for at a time; each who waits holds a thread


class Drawn:
    """One folder of the state; where that cannot be written, each picture is made again."""

    def __init__(self, folder: Path, suffix: str) -> None:
        self._folder = folder
        self._suffix = suffix
        self._making = Lock()
        self._waiting = Seats(WAITING)

    def keep(self, name: str, make: Callable[[], bytes], *, kept: bool = True) -> bytes:
        """The bytes of that name, made when they are not there. A name stands for all that goes into them. Not `kept`
        is what nobody will ask for again here. Raises BusyError where too many other pictures are waited for."""
        path = self._folder / f"{name}{self._suffix}"
        try:
            return path.read_bytes()
        except OSError:
            if not kept:
                return make()
            with self._waiting.taken(name), self._making:
                return self._make(path, make)

    def _make(self, path: Path, make: Callable[[], bytes]) -> bytes:
        try:
            return path.read_bytes()  # made while this one waited
        except OSError:
            made = make()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            spare = path.with_suffix(f".{os.getpid()}")
            spare.write_bytes(made)
            spare.replace(path)
            self._prune()
        except OSError:
            return made
        return made

    def _prune(self) -> None:
        kept = sorted(self._folder.glob(f"*{self._suffix}"), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[: max(0, len(kept) - KEPT)]:
            path.unlink(missing_ok=True)
