"""Bytes over a socket, and all the answers that come back: what no HTTP library would send, and what it would hide."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n"
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer as it came; `lines` are its header lines, names in lower case."""

    status: int
    lines: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Its value, `""` without one; more than one line is a fault."""
        values = [value for key, value in self.lines if key == name.lower()]
        assert len(values) <= 1, (name, values)
        return values[0] if values else ""


@dataclass(frozen=True, kw_only=True)
class Talk:
    """All answers of one connection, interim ones left out, and whether the other side ended it."""

    replies: tuple[Reply, ...]
    closed: bool
    rest: bytes = b""  # what is no whole answer


def exchange(port: int, data: bytes, answers: int = 1, patience: float = _PATIENCE_SECONDS) -> Talk:
    """Sends the bytes and reads until there are so many answers, or the other side closes, or patience ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        return _finish(connection, data, answers)


def exchange_and_look(port: int, data: bytes, answers: int = 1) -> tuple[Talk, Talk]:
    """The same, then a request for /healthz where the connection is still open: what comes back must be its
    answer and nothing more, or somebody took the bytes for other requests than were sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS) as connection:
        first = _finish(connection, data, answers)
        after = Talk(replies=(), closed=True) if first.closed else _finish(connection, HEALTH, 99)
        return first, after


def get(port: int, target: bytes, *lines: bytes, method: bytes = b"GET") -> Reply:
    """The answer to one request, asked twice: on a connection that stays open, which the front door may answer by
    itself, and on one that ends, which it leaves to the server behind. Both must say the same."""
    kept, ended = (
        ask(port, target, *lines, method=method),
        ask(port, target, *lines, b"Connection: close", method=method),
    )
    assert _told(kept) == _told(ended), (target, lines)
    return kept


def ask(port: int, target: bytes, *lines: bytes, method: bytes = b"GET") -> Reply:
    """The one answer to one request."""
    head = b"\r\n".join([method + b" " + target + b" HTTP/1.1", b"Host: news.example", *lines])
    talk = exchange(port, head + b"\r\n\r\n", 99 if b"Connection: close" in lines else 1)
    assert len(talk.replies) == 1 and not talk.rest, (target, lines, talk)
    return talk.replies[0]


def _told(reply: Reply) -> tuple[int, list[tuple[str, str]], bytes]:
    return reply.status, sorted(line for line in reply.lines if line[0] not in ("date", "connection")), reply.body


def _finish(connection: socket.socket, data: bytes, answers: int) -> Talk:
    closed, received = False, b""
    try:
        connection.sendall(data)
    except OSError:  # refused before all of it was sent
        closed = True
    replies, rest = _parse(received, closed)
    while len(replies) < answers:
        try:
            block = connection.recv(1 << 16)
        except TimeoutError:
            break
        except OSError:
            block = b""
        received += block
        closed = not block
        replies, rest = _parse(received, closed)
        if closed:
            break
    return Talk(replies=tuple(replies), closed=closed, rest=rest)


def _parse(data: bytes, closed: bool) -> tuple[list[Reply], bytes]:
    replies: list[Reply] = []
    while found := re.match(rb"HTTP/1\.[01] (\d{3})[^\r\n]*\r\n(.*?)\r\n\r\n", data, re.DOTALL):
        status = int(found[1])
        lines = tuple(_line(each) for each in found[2].split(b"\r\n"))
        length = dict(lines).get("content-length")
        empty = status < 200 or status in (204, 304)
        end = found.end() + (0 if empty else int(length) if length is not None else len(data) - found.end())
        if len(data) < end or (not empty and length is None and not closed):
            break
        if status >= 200:
            replies.append(Reply(status=status, lines=lines, body=data[found.end() : end]))
        data = data[end:]
    return replies, data


def _line(line: bytes) -> tuple[str, str]:
    name, colon, value = line.decode("latin-1").partition(":")
    assert colon and name == name.strip(), line
    return name.lower(), value.strip()
