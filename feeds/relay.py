"""The way from the front door to the server behind it: bytes through a local socket, and where an answer ends."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, cast

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_UNCLEAR = re.compile(rb"\r\n(?:transfer-encoding|upgrade):", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection:", re.IGNORECASE)
_LONGEST_HEAD_BYTES = _BLOCK_BYTES = 65536
_PATIENCE_SECONDS, _PAUSE_SECONDS = 5, 0.01


class Owed:
    """The answer to one whole request, as far as it has come (RFC 9112 section 6.3)."""

    def __init__(self, method: bytes, *, is_last: bool = False) -> None:
        """`is_last` where no other is expected behind it."""
        self._bodyless, self._is_last = method == b"HEAD", is_last
        self._start = b""
        self._left_bytes: int | None = None

    def take(self, data: bytes) -> Literal["more", "whole", "unclear"]:
        """`unclear` where its end is not told by a length, so that nobody can say whose the next bytes are."""
        if self._left_bytes is None:
            self._start += data
            end = self._start.find(b"\r\n\r\n")
            if end < 0:
                return "more" if len(self._start) < _LONGEST_HEAD_BYTES else "unclear"
            length = self._length(self._start[: end + 2])
            if length is None:
                return "unclear"
            self._left_bytes = length - (len(self._start) - end - 4)
        else:
            self._left_bytes -= len(data)
        return "more" if self._left_bytes > 0 else "whole" if self._left_bytes == 0 else "unclear"

    def _length(self, head: bytes) -> int | None:
        status, length = head[9:12], _LENGTH.search(head)
        if status.startswith(b"1") or _UNCLEAR.search(head) or (_CLOSES.search(head) and not self._is_last):
            return None
        if self._bodyless or status in (b"204", b"304"):
            return 0
        return int(length[1]) if length else None


State = Literal["open", "whole", "unclear", "ended"]


class Relay(asyncio.Protocol):
    """One connection to the server behind, on behalf of one `client`. With an `owed` answer it ends when that is
    whole; without, or once its end has become unclear, it lasts until either side ends it. `told` hears of both, and
    whenever more can be sent (`open`). While an answer is owed nothing more may be sent."""

    def __init__(self, client: asyncio.Transport, told: Callable[[State], None], owed: Owed | None) -> None:
        self._client = client
        self._told = told
        self._owed = owed
        self._waiting: list[bytes] = []
        self._inner: asyncio.Transport | None = None
        self._ended = False
        self.received_bytes = 0
        self.asks = False  # whether a head has been sent to its end

    async def connect(self, path: str) -> None:
        """To the server behind, which may be about to begin, or have too many waiting, for `_PATIENCE_SECONDS`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + _PATIENCE_SECONDS
        while not self._ended:
            try:
                await loop.create_unix_connection(lambda: self, path)
            except OSError:
                if loop.time() > end:
                    return self.connection_lost(None)
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return

    def send(self, data: bytes) -> None:
        self.asks = self.asks or b"\n\r\n" in data or b"\n\n" in data
        if self._inner is None:
            self._waiting.append(data)
            self._client.pause_reading()
        else:
            self._inner.write(data)

    def said_all(self) -> None:
        """The client has closed its half, and nothing more is to be expected from the server behind: granian drops
        whatever it has not answered when it hears of it."""
        if self._inner is not None and not self._ended:
            self._inner.write_eof()

    @property
    def owes(self) -> bool:
        """Whether the answer to one whole request is still coming."""
        return self._owed is not None

    def end(self) -> None:
        self._ended = True
        if self._inner is not None:
            self._inner.abort()

    def pause(self) -> None:
        """The client takes no more for now."""
        if self._inner is not None:
            self._inner.pause_reading()

    def resume(self) -> None:
        if self._inner is not None:
            self._inner.resume_reading()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._inner = cast("asyncio.Transport", transport)
        if self._ended:
            return self._inner.abort()
        self._told("open")
        self._inner.writelines(self._waiting)  # which may have to pause
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return
        self.received_bytes += len(data)
        self._client.write(data)
        if self._owed is not None:
            state = self._owed.take(data)
            if state == "unclear":
                self._owed = None
                self._told("unclear")
            elif state == "whole":
                self.end()
                self._told("whole")

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and self._inner is not None:  # we wrote to one that has answered and gone
            self._take_the_rest(self._inner)
        if not self._ended:
            self._ended = True
            self._told("ended")

    def _take_the_rest(self, inner: asyncio.Transport) -> None:
        """What the system still holds of its answer."""
        with suppress(OSError, ValueError):
            descriptor = inner.get_extra_info("socket").fileno()
            while not self._ended and (data := os.read(descriptor, _BLOCK_BYTES)):
                self.data_received(data)

    def pause_writing(self) -> None:
        if not self._ended:
            self._client.pause_reading()

    def resume_writing(self) -> None:
        if not self._ended:
            self._told("open")
