"""HTTP/1.1 over a plain socket, strictly: what a server sends must be well formed to the letter (RFC 9110, RFC 9112)."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

PATIENCE = 30.0  # seconds until an answer counts as missing
_STATUS = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) [\x20-\x7e]*")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?|)[ \t]*")


class IllFormed(Exception):
    """Not what the protocol allows."""


class Gone(Exception):
    """The connection ended before the answer began."""


@dataclass(slots=True, kw_only=True)
class Answer:
    """`asked` are the headers that were sent; `body` is as it came over the wire; names of headers are lower case."""

    method: str
    path: str
    asked: Mapping[str, str]
    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    seconds: float = 0.0
    version: str = "1.1"
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = dict(self.headers)

    def get(self, name: str) -> str:
        return self.names.get(name, "")


class Wire:
    """One connection. `room` is the receive buffer in bytes, small for a slow reader."""

    def __init__(self, port: int, *, room: int = 0) -> None:
        self._port = port
        self._room = room
        self.used = 0
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def open(self) -> Wire:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if self._room:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._room)
            made.setblocking(False)
            loop = asyncio.get_running_loop()
            await asyncio.wait_for(loop.sock_connect(made, ("127.0.0.1", self._port)), PATIENCE)
        except BaseException:
            made.close()
            raise
        self.reader, self.writer = await asyncio.open_connection(sock=made, limit=self._room or 65536)
        return self

    async def ask(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        """Raises Gone, IllFormed or TimeoutError."""
        self.send(method, path, headers)
        return await self.answer(method, path, headers)

    def send(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.writer.write(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n".encode())

    async def answer(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(PATIENCE):
            status, fields = await self._head()
            found = Answer(method=method, path=path, asked=headers, status=status, headers=fields)
            if method != "HEAD" and status not in (204, 304):
                found.body = await self._body(found)
        found.seconds = loop.time() - began
        self.used += 1
        return found

    async def _head(self) -> tuple[int, list[tuple[str, str]]]:
        try:
            block = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            if isinstance(error, asyncio.IncompleteReadError) and error.partial:
                raise IllFormed(f"half a head: {error.partial[:80]!r}") from error
            raise Gone from error
        first, *rest = block[:-4].split(b"\r\n")
        line = _STATUS.fullmatch(first)
        if line is None:
            raise IllFormed(f"status line {first[:80]!r}")
        fields = []
        for each in rest:
            found = _FIELD.fullmatch(each)
            if found is None:
                raise IllFormed(f"header line {each[:80]!r}")
            fields.append((found[1].decode().lower(), found[2].decode()))
        return int(line[1]), fields

    async def _body(self, answer: Answer) -> bytes:
        try:
            if answer.get("transfer-encoding") == "chunked":
                return await self._chunks()
            if not answer.get("content-length").isdecimal():
                raise IllFormed("neither Content-Length nor chunks")
            return await self.reader.readexactly(int(answer.get("content-length")))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise IllFormed(f"half a body of {answer.path}") from error

    async def _chunks(self) -> bytes:
        parts = []
        while True:
            size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
            part = await self.reader.readexactly(size + 2)
            if part[-2:] != b"\r\n":
                raise IllFormed("a chunk without end")
            if not size:
                return b"".join(parts)
            parts.append(part[:-2])

    def reset(self) -> None:
        """Breaks the pipe: the other side gets RST instead of an end."""
        sock = self.writer.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def close(self) -> None:
        self.writer.transport.abort() if self.writer.is_closing() else self.writer.close()


async def once(port: int, method: str, path: str, headers: Mapping[str, str]) -> Answer:
    """Over a connection of its own."""
    wire = await Wire(port).open()
    try:
        return await wire.ask(method, path, {**headers, "Connection": "close"})
    finally:
        wire.close()
