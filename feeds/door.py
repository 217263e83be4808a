"""The front door of `serve`: reads requests off the socket and answers the fast lane's two kinds by itself.

Pollers send the same bytes again and again, so a request is parsed once and then known by its bytes. Whatever
is not one whole plain request that the fast lane can answer goes, byte for byte, to the WSGI server behind.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import sys
import termios
import threading
from contextlib import suppress
from typing import cast

import uvloop

from feeds.bodyfiles import BodyFiles
from feeds.lane import FastLane
from feeds.rawrequest import Asked, parse
from feeds.relay import Owed, Relay, State

IDLE_SECONDS = 75  # a connection on which nothing moves for so long is closed
ANSWER_SECONDS = 5  # how long the first byte of an answer may take for a client that has closed its half
LINGER_SECONDS = 25  # how long answers that are being sent may take after the end
_KNOWN, _LONGEST_BYTES = 1024, 1024  # requests that are remembered, and the length of the longest
_JOINED_BYTES = 65536  # up to here a copy behind the headers is cheaper than two pieces
_END = b"\r\n\r\n"  # of a head
_UNSENT_BYTES = 1 << 20  # a client that reads nothing is not read from beyond this


class Door:
    """Listens on a socket in a thread of its own, from `open` to `close`."""

    def __init__(self, lane: FastLane, listener: socket.socket, inner: str, idle_seconds: float = IDLE_SECONDS) -> None:
        """`inner` is the path of the local socket on which the server behind listens."""
        self.lane = lane
        self.inner = inner
        self.known: dict[bytes, Asked] = {}
        self.visits: set[Visit] = set()
        self.files = BodyFiles()
        self.loop = uvloop.new_event_loop()
        self.ending = asyncio.Event()
        self.port = int(listener.getsockname()[1])
        self._listener = listener
        self._idle_seconds = idle_seconds
        self._thread = threading.Thread(target=lambda: self.loop.run_until_complete(self._serve()), daemon=True)

    def open(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Takes no more connections and ends the idle ones, at once."""
        self.loop.call_soon_threadsafe(self.ending.set)

    def close(self) -> None:
        """Ends, and waits for answers that are being sent."""
        self.end()
        self._thread.join(LINGER_SECONDS + 1)

    def look(self, data: bytes) -> Asked | None:
        """The request, parsed when it is seen for the first time."""
        asked = parse(data)
        if asked and len(data) <= _LONGEST_BYTES:
            if len(self.known) >= _KNOWN:
                self.known.clear()
            self.known[data] = asked
        return asked

    async def _serve(self) -> None:
        server = await self.loop.create_server(lambda: Visit(self), sock=self._listener, backlog=1024)
        while not self.ending.is_set():
            try:
                await asyncio.wait_for(self.ending.wait(), self._idle_seconds / 5)
            except TimeoutError:
                self.files.tidy()
                for visit in list(self.visits):
                    visit.look_after()
        server.close()
        for visit in list(self.visits):
            visit.finish()
        end = self.loop.time() + LINGER_SECONDS
        while self.visits and self.loop.time() < end:
            await asyncio.sleep(0.02)
        for visit in list(self.visits):
            visit.abort()  # else the server behind waits for those clients
        await asyncio.sleep(0.02)
        self.files.clear()

    def leave(self, visit: Visit) -> None:
        self.visits.discard(visit)
        if not self.visits:
            self.files.clear()


class Visit(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._known = door.known
        self._lane = door.lane
        self._relay: Relay | None = None
        self._task: asyncio.Task[None] | None = None
        self._moved, self._said_all = True, False
        self._later = b""  # what has come and waits for the answer before it
        self._silent = 0
        self._untaken_bytes = self._relayed_bytes = 0
        self._socket: socket.socket | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._client = cast("asyncio.Transport", transport)
        self._client.set_write_buffer_limits(_UNSENT_BYTES)
        self._door.visits.add(self)
        if self._door.ending.is_set():  # it came in the moment of the end
            self._client.close()

    def data_received(self, data: bytes) -> None:
        self._moved = True
        if self._relay is None and not self._later and (asked := self._known.get(data)):
            return self._take(data, asked)
        if self._relay is not None and not self._relay.owes:
            return self._relay.send(data)
        self._later += data
        if self._relay is None:
            self._go_on()
        else:
            self._client.pause_reading()

    def _go_on(self) -> None:
        """Answers what has come, one request after the other. The server behind never has two plain ones at once:
        granian 2.8 forgets the second now and then."""
        data, self._later, at = self._later, b"", 0
        while at < len(data) and self._relay is None and self._takes_more() and not self._door.ending.is_set():
            end = data.find(_END, at) + len(_END)
            one = data[at:end] if end >= len(_END) else data[at:]
            asked = self._known.get(one) or self._door.look(one)
            one = one if asked else data[at:]  # only the server behind knows what is in it
            at += len(one)
            self._take(one, asked)
        self._later = data[at:]
        if self._relay is not None:
            return
        if self._door.ending.is_set() or (self._said_all and not self._later):
            self._client.close()
        elif self._later or not self._takes_more():
            self._client.pause_reading()
        else:
            self._client.resume_reading()

    def _take(self, data: bytes, asked: Asked | None) -> None:
        answer = self._lane.find(asked.path, asked.accepted, asked.condition) if asked and asked.plain else None
        if answer is None:
            return self._pass_on(data, Owed(asked.method) if asked else None)
        head = answer.wire + self._lane.date
        if not answer.body:
            self._client.write(head)
        elif (file := self._door.files.find(answer.body[0])) is not None and not self.unsent_bytes():
            self._send(head, answer.body[0], file)
        else:
            self._write(head, answer.body[0])

    def _write(self, head: bytes, body: bytes | memoryview) -> None:
        if len(body) <= _JOINED_BYTES:
            self._client.write(head + body)
        else:
            self._client.writelines((head, body))

    def _send(self, head: bytes, body: bytes, file: int) -> None:
        """Past the transport, which holds nothing back; what the socket does not take at once is left to it, as is
        every error, which it meets, too, if it is the connection's."""
        if self._socket is None:
            self._socket = socket.socket(fileno=self._client.get_extra_info("socket").fileno())
        sent = taken = 0
        with suppress(OSError):
            sent = self._socket.send(head, socket.MSG_MORE)
            if sent == len(head):
                taken = os.sendfile(self._socket.fileno(), file, 0, len(body))
        if taken < len(body):
            self._write(head[sent:], memoryview(body)[taken:])

    def _pass_on(self, data: bytes, owed: Owed | None) -> None:
        self._relay = Relay(self._client, self._relayed, owed)
        self._relay.send(data)
        self._task = self._door.loop.create_task(self._relay.connect(self._door.inner))

    def _relayed(self, state: State) -> None:
        if state == "whole":
            self._relay, self._moved = None, True
            self._go_on()
        elif state == "ended":
            self._relay, self._moved = None, True
            self._client.close()
        else:
            if state == "unclear" and self._relay is not None and self._later:
                self._relay.send(self._later)
                self._later = b""
            if state == "unclear" and self._relay is not None and self._said_all:
                self._await_end(self._relay)
            if not self._later:
                self._client.resume_reading()

    def _takes_more(self) -> bool:
        return self.unsent_bytes() <= _UNSENT_BYTES

    def unsent_bytes(self) -> int:
        """What waits for the system to take it."""
        return self._client.get_write_buffer_size()

    def look_after(self) -> None:
        """Called five times in the longest silence that is allowed."""
        untaken_bytes = self.unsent_bytes() + _held_bytes(self._client)
        relayed_bytes = self._relay.received_bytes if self._relay is not None else 0
        moved = self._moved or (untaken_bytes, relayed_bytes) != (self._untaken_bytes, self._relayed_bytes)
        self._silent = 0 if moved else self._silent + 1
        self._moved, self._untaken_bytes, self._relayed_bytes = False, untaken_bytes, relayed_bytes
        if self._silent >= 5:
            self._client.abort()

    def abort(self) -> None:
        self._client.abort()

    def finish(self) -> None:
        if self._relay is None:
            self._client.close()  # sends what is left first

    def eof_received(self) -> bool:
        """A client may close its half and still read the answer (RFC 9112 section 9.6)."""
        self._said_all = True
        if self._relay is not None and not self._relay.owes:
            self._await_end(self._relay)
        return self._relay is not None or bool(self._later)

    def _await_end(self, relay: Relay) -> None:
        """Nobody can say how much is still to come: the server behind hears of the end when an answer has come and
        nothing for a second after it, or when none has come for long."""
        before = relay.received_bytes

        def look(last: int, left_seconds: int) -> None:
            now = relay.received_bytes
            if now == last and (now > before or left_seconds <= 0):
                relay.said_all()
            elif self._relay is relay and not self._client.is_closing():
                self._door.loop.call_later(1, look, now, left_seconds - 1)

        look(before, ANSWER_SECONDS if relay.asks else 0)

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.leave(self)
        if self._socket is not None:
            self._socket.detach()  # the transport's own
        if self._relay is not None:
            self._relay.end()

    def pause_writing(self) -> None:
        if self._relay is not None:
            self._relay.pause()
        else:
            self._client.pause_reading()

    def resume_writing(self) -> None:
        if self._relay is not None:
            self._relay.resume()
        else:
            self._go_on()


def _held_bytes(transport: asyncio.Transport) -> int:
    """What the system holds until the client has it: it becomes less while that reads, however slowly, and for long
    takes nothing more of ours meanwhile."""
    try:
        answer = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
    except (OSError, ValueError):
        return 0
    return int.from_bytes(answer, sys.byteorder)
