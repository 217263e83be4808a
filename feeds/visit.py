"""One connection of a client at the front door: where each request ends, who answers it, and when it is over."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import sys
import termios
from contextlib import suppress
from typing import cast

from feeds.bodyfiles import BodyFiles
from feeds.lane import FastLane
from feeds.rawrequest import Asked, cleaned, frame, may_go_on, parse
from feeds.relay import Owed, Relay, State

ANSWER_SECONDS = 5  # how long the first byte of an answer may take for a client that has closed its half
PARTING_SECONDS = 2  # for a client to read the last answer, and to end the connection itself
_LOOKS_SILENT, _LOOKS_UNFINISHED = 5, 2  # how often nothing may have moved, or a head not have come to its end
_KNOWN, _LONGEST_BYTES = 1024, 1024  # requests that are remembered, and the length of the longest
_LONGEST_HEAD_BYTES = 65536
_JOINED_BYTES = 65536  # up to here a copy behind the headers is cheaper than two pieces
_END = b"\r\n\r\n"  # of a head
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_UNSENT_BYTES = 1 << 20  # a client that reads nothing is not read from beyond this


class Hall:
    """What all visits have in common. `inner` is the path of the local socket on which the server behind listens."""

    def __init__(self, lane: FastLane, loop: asyncio.AbstractEventLoop, inner: str) -> None:
        self.lane = lane
        self.loop = loop
        self.inner = inner
        self.known: dict[bytes, Asked] = {}
        self.visits: set[Visit] = set()
        self.files = BodyFiles()
        self.ending = asyncio.Event()

    def look(self, data: bytes) -> Asked | None:
        """The request, parsed when it is seen for the first time."""
        asked = parse(data)
        if asked and len(data) <= _LONGEST_BYTES:
            if len(self.known) >= _KNOWN:
                self.known.clear()
            self.known[data] = asked
        return asked

    def leave(self, visit: Visit) -> None:
        self.visits.discard(visit)
        if not self.visits:
            self.files.clear()


class Visit(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._known = hall.known
        self._lane = hall.lane
        self._relay: Relay | None = None
        self._task: asyncio.Task[None] | None = None
        self._moved, self._said_all = True, False
        self._later = b""  # what has come and waits for the answer before it, or for the rest of a head
        self._unfinished = False  # it is the beginning of a head
        self._body_bytes = 0  # of the request that is being answered, that have not come yet
        self._last = False  # nothing is answered after it
        self._parting = False
        self._silent = self._looks = 0
        self._untaken_bytes = self._relayed_bytes = 0
        self._socket: socket.socket | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._client = cast("asyncio.Transport", transport)
        self._client.set_write_buffer_limits(_UNSENT_BYTES)
        self._hall.visits.add(self)
        if self._hall.ending.is_set():  # it came in the moment of the end
            self._client.close()

    def data_received(self, data: bytes) -> None:
        if self._parting:
            return None
        self._moved = True
        if self._relay is None and not self._later and (asked := self._known.get(data)):
            return self._take(data, asked)
        if self._relay is not None:
            if not self._relay.owes or self._last:
                return self._relay.send(data)
            if self._body_bytes:
                body, data = data[: self._body_bytes], data[self._body_bytes :]
                self._body_bytes -= len(body)
                self._relay.send(body)
        self._later += data
        if self._relay is None:
            self._go_on()
        elif self._later:
            self._client.pause_reading()

    def _go_on(self) -> None:
        """Answers what has come, one request after the other. The server behind never has two at once, nor the beginning
        of one: granian 2.8 forgets the second now and then."""
        data, self._later, at = self._later, b"", 0
        self._unfinished = False
        while self._relay is None and self._takes_more() and not self._hall.ending.is_set():
            while data.startswith(b"\r\n", at):  # RFC 9112 section 2.2: to be overlooked before a request
                at += 2
            if at == len(data):
                break
            end = data.find(_END, at) + len(_END)
            if end < len(_END):
                self._unfinished = may_go_on(data, at)
                if self._unfinished and len(data) - at > _LONGEST_HEAD_BYTES:
                    self._client.write(_TOO_LONG)
                    return self._part()
                if not self._unfinished:
                    self._pass_on(cleaned(data[at:]), None)
                    at = len(data)
                break
            head = data[at:end]
            asked = self._known.get(head) or self._hall.look(head)
            at = end
            if asked:
                self._take(head, asked)
            else:
                at += self._take_other(head, data[end:])
        self._later = data[at:]
        if self._relay is not None:
            return
        if self._hall.ending.is_set() or (self._said_all and (self._unfinished or not self._later)):
            self._client.close()
        elif (self._later and not self._unfinished) or not self._takes_more():
            self._client.pause_reading()
        else:
            self._client.resume_reading()

    def _take(self, data: bytes, asked: Asked) -> None:
        self._looks = 0
        answer = self._lane.find(asked.path, asked.accepted, asked.condition) if asked.plain else None
        if answer is None:
            return self._pass_on(cleaned(data), Owed(asked.method))
        head = answer.wire + self._lane.date
        if not answer.body:
            self._client.write(head)
        elif (file := self._hall.files.find(answer.body[0])) is not None and not self.unsent_bytes():
            self._send(head, answer.body[0], file)
        else:
            self._write(head, answer.body[0])

    def _take_other(self, head: bytes, rest: bytes) -> int:
        """How many bytes of what has come behind the head belong to the same request."""
        self._looks, framed = 0, frame(head)
        body = rest if framed is None or framed.last else rest[: framed.body_bytes]
        self._last = framed is not None and framed.last
        self._body_bytes = framed.body_bytes - len(body) if framed and not framed.last else 0
        self._pass_on(cleaned(head) + body, Owed(framed.method, is_last=framed.last) if framed else None)
        return len(body)

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
        self._task = self._hall.loop.create_task(self._relay.connect(self._hall.inner))

    def _relayed(self, state: State) -> None:
        if state == "whole":
            self._relay, self._moved = None, True
            if self._last or self._body_bytes:
                self._part()
            else:
                self._go_on()
        elif state == "ended":
            answered = self._relay is not None and self._relay.received_bytes > 0
            self._relay, self._moved = None, True
            if answered:
                self._part()
            else:
                self._client.close()
        else:
            later, self._later = (self._later, b"") if state == "unclear" else (b"", self._later)
            if not self._later:
                self._client.resume_reading()
            if later and self._relay is not None:
                self._relay.send(later)  # which may have to pause
            if state == "unclear" and self._relay is not None and self._said_all:
                self._await_end(self._relay)

    def _part(self) -> None:
        """Closes our half; what the client still sends is of no interest, but must be read, or it loses the answer (RFC
        9112 section 9.6)."""
        self._parting, self._later = True, b""
        if self._said_all:
            return self._client.close()
        self._client.write_eof()
        self._client.resume_reading()
        self._hall.loop.call_later(PARTING_SECONDS, self._leave)

    def _leave(self) -> None:
        """As soon as the last answer is out: who reads no more loses it to a client that still sends."""
        if self.unsent_bytes() and not self._client.is_closing():
            self._hall.loop.call_later(PARTING_SECONDS, self._leave)
        else:
            self._client.close()

    def _takes_more(self) -> bool:
        return self.unsent_bytes() <= _UNSENT_BYTES

    def unsent_bytes(self) -> int:
        """What waits for the system to take it."""
        return self._client.get_write_buffer_size()

    def look_after(self) -> None:
        """Called five times in the longest silence that is allowed, half of which a head may take."""
        untaken_bytes = self.unsent_bytes() + _held_bytes(self._client)
        relayed_bytes = self._relay.received_bytes if self._relay is not None else 0
        moved = self._moved or (untaken_bytes, relayed_bytes) != (self._untaken_bytes, self._relayed_bytes)
        self._silent = 0 if moved else self._silent + 1
        self._moved, self._untaken_bytes, self._relayed_bytes = False, untaken_bytes, relayed_bytes
        self._looks = self._looks + 1 if self._unfinished else 0
        if self._silent >= _LOOKS_SILENT or self._looks > _LOOKS_UNFINISHED:
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
        return self._relay is not None or (bool(self._later) and not self._unfinished)

    def _await_end(self, relay: Relay) -> None:
        """Nobody can say how much is still to come: the server behind hears of the end when an answer has come and
        nothing for a second after it, or when none has come for long."""
        before = relay.received_bytes

        def look(last: tuple[int, int], left_seconds: int) -> None:
            now = relay.received_bytes, self.unsent_bytes()  # while the client has to take some no more can come
            if now == last and not now[1] and (now[0] > before or left_seconds <= 0):
                relay.said_all()
            elif self._relay is relay and not self._client.is_closing():
                self._hall.loop.call_later(1, look, now, left_seconds - 1)

        look((before, self.unsent_bytes()), ANSWER_SECONDS if relay.asks else 0)

    def connection_lost(self, exc: Exception | None) -> None:
        self._hall.leave(self)
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
        elif not self._parting:
            self._go_on()


def _held_bytes(transport: asyncio.Transport) -> int:
    """What the system holds until the client has it: it becomes less while that reads, however slowly, and for long
    takes nothing more of ours meanwhile."""
    try:
        answer = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
    except (OSError, ValueError):
        return 0
    return int.from_bytes(answer, sys.byteorder)
