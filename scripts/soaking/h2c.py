"""HTTP/2 with prior knowledge (RFC 9113 section 3.3), several requests at once on one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from h2 import events
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.exceptions import StreamClosedError

from soaking.wire import PATIENCE, Answer, Gone, IllFormed, Wire


@dataclass(slots=True)
class _Stream:
    method: str
    path: str
    asked: Mapping[str, str]
    began: float
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    seconds: float = 0.0
    ended: bool = False
    cancelled: bool = False


class Http2:
    """Raises Gone, IllFormed or TimeoutError as `Wire` does. What h2 refuses is ill-formed."""

    def __init__(self, port: int) -> None:
        self.wire = Wire(port)
        self._h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))

    async def open(self) -> Http2:
        await self.wire.open()
        self._h2.initiate_connection()
        self._flush()
        return self

    async def ask(self, requests: Sequence[tuple[str, str, Mapping[str, str]]], *, cancel: int = -1) -> list[Answer]:
        """All of them at once. The stream with the index `cancel` is reset as soon as its head is there."""
        streams: dict[int, _Stream] = {}
        for method, path, headers in requests:
            number = self._h2.get_next_available_stream_id()
            fields = [(":method", method), (":path", path), (":scheme", "http"), (":authority", "127.0.0.1")]
            fields += [(name.lower(), value) for name, value in headers.items()]
            self._h2.send_headers(number, fields, end_stream=True)
            streams[number] = _Stream(method, path, headers, asyncio.get_running_loop().time())
        victim = list(streams)[cancel] if cancel >= 0 else 0
        self._flush()
        async with asyncio.timeout(PATIENCE):
            while not all(stream.ended for stream in streams.values()):
                data = await self.wire.reader.read(65536)
                if not data:
                    raise Gone
                try:
                    self._take(self._h2.receive_data(data), streams, victim)
                except Exception as error:  # h2 has a class for each rule of RFC 9113
                    raise IllFormed(f"HTTP/2: {error!r}") from error
                self._flush()
        return [_answer(stream) for stream in streams.values() if not stream.cancelled]

    def _take(self, found: Sequence[events.Event], streams: dict[int, _Stream], victim: int) -> None:
        for event in found:
            stream = streams.get(getattr(event, "stream_id", None) or 0)
            if isinstance(event, events.DataReceived):  # also of a cancelled stream: the connection has a window, too
                self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            if isinstance(event, events.ConnectionTerminated):
                raise IllFormed(f"GOAWAY {event.error_code}")
            if stream is None or stream.cancelled:
                continue
            if isinstance(event, events.ResponseReceived):
                stream.headers = [(str(name), str(value)) for name, value in event.headers]
                if event.stream_id == victim:
                    with suppress(StreamClosedError):  # it is whole already
                        self._h2.reset_stream(victim, ErrorCodes.CANCEL)
                        stream.cancelled = stream.ended = True
            elif isinstance(event, events.DataReceived):
                stream.body += event.data
            elif isinstance(event, events.StreamEnded):
                stream.ended = True
                stream.seconds = asyncio.get_running_loop().time() - stream.began
            elif isinstance(event, events.StreamReset):
                raise IllFormed(f"stream reset, {event.error_code}, of {stream.path}")

    def _flush(self) -> None:
        self.wire.writer.write(self._h2.data_to_send())


def _answer(stream: _Stream) -> Answer:
    fields = [(name, value) for name, value in stream.headers if not name.startswith(":")]
    status = int(dict(stream.headers)[":status"])
    return Answer(
        method=stream.method, path=stream.path, asked=stream.asked, status=status, headers=fields,
        body=bytes(stream.body), seconds=stream.seconds, version="2",
    )  # fmt: skip
