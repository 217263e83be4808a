"""A wire between a client and the service: a proxy on loopback that writes down what was asked and answered."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from conftest import Maker
from newsroom import Newsroom

PER_CONNECTION = {"connection", "keep-alive", "te", "transfer-encoding", "upgrade"}  # RFC 9110 section 7.6.1


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and the status of its answer; header names in lower case, `size` the bytes of the body."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int
    size: int


class Wire:
    """Listens at `url`, which is the site's own address; hands everything on to the service at `port`."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.port = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def note(self, exchange: Exchange) -> None:
        with self._lock:
            self.exchanges.append(exchange)

    def taken(self) -> list[Exchange]:
        """What went over the wire since this was last asked."""
        with self._lock:
            seen, self.exchanges = self.exchanges, []
        return seen

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@contextmanager
def wired(newsroom: Maker, files: Mapping[str, str | bytes], **site: str) -> Iterator[tuple[Newsroom, Wire]]:
    """A running service whose every absolute URL leads over a wire of its own."""
    wire = Wire()
    try:
        room = newsroom(files, serve=True, site={"url": wire.url, **site})
        wire.port = room.port
        yield room, wire
    finally:
        wire.close()


def _handler(wire: Wire) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in PER_CONNECTION}
            upstream = http.client.HTTPConnection("127.0.0.1", wire.port, timeout=10)
            try:
                upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in headers.items():
                    upstream.putheader(name, value)
                upstream.endheaders()
                answer = upstream.getresponse()
                body = answer.read()
            finally:
                upstream.close()
            asked = {name.lower(): value for name, value in headers.items()}
            wire.note(
                Exchange(method=self.command, path=self.path, headers=asked, status=answer.status, size=len(body))
            )
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in PER_CONNECTION:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_: Any) -> None:
            """The wire keeps its own record."""

    return Handler
