"""Long files on their way. Each holds a thread for as long as its client reads, so few are sent at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from feeds.seats import Seats

MOST = 8  # long files at a time
SHORT_BYTES = 1_000_000  # up to here a file is handed over whole, and its client may be as slow as it likes
_TOGETHER = 8  # of the blocks of 8 kB that Werkzeug reads


class Downloads:
    """The seats of one process."""

    def __init__(self) -> None:
        self._seats = Seats(MOST)

    def begin(self, blocks: Any) -> Download:
        """`blocks` (an iterable with `close`) with a seat until it is closed. Raises BusyError."""
        made = Download(self._seats, blocks)
        self._seats.take(made)
        return made


class Download:
    """A WSGI body; whoever sends it closes it, also where its client has gone (PEP 3333)."""

    def __init__(self, seats: Seats, blocks: Any) -> None:
        self._seats: Seats | None = seats
        self._blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        blocks = iter(self._blocks)
        while block := b"".join(islice(blocks, _TOGETHER)):
            yield block

    def close(self) -> None:
        seats, self._seats = self._seats, None
        if seats is not None:
            seats.leave(self)
            self._blocks.close()
