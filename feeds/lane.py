"""The fast lane: answers what pollers send, out of representations that are ready. Headers and bodies are made once.

It takes a GET of a path that is made and still true, with no condition or with our own ETag alone. Everything
else goes to Flask; both give the same bytes and headers. The front door (`door.py`) asks it without WSGI.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from feeds import asked
from feeds.headers import Headers, cache_control, document_headers, wire
from feeds.keeper import Clock
from feeds.publisher import Publisher
from feeds.representation import Representation
from feeds.site import Site

# Not A-IM: there can be a delta only for a tag that is not ours of now, and with that Flask is asked anyway.
_SLOW = ("HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
_NOT_IN_304 = frozenset(("content-type", "content-encoding", "content-length", "last-modified"))
_LONGEST_ACCEPTED = 256  # what is longer is not kept
_QUERY = "%!$&'()*+,;=:@/?"  # RFC 3986 section 3.4, and what is encoded already


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent. `body` is a list because granian sends lists at once and streams everything else; `wire` is
    the status line and headers as HTTP/1.1 wants them, up to the value of Date."""

    status: str
    headers: Headers
    body: list[bytes]
    wire: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One encoding of a representation: the answer, and the one for who has it, whose tag is `tag`."""

    full: Answer
    unchanged: Answer
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What is known to be true until `end` (seconds since 1970 UTC) while the site stays at its epoch."""

    start: int
    end: int
    date: bytes
    site: Site
    epoch: int
    ready: dict[tuple[str, str], Ready] = field(default_factory=dict)


class FastLane:
    """In front of `flask`, which it asks whenever a request is not one of its two plain kinds. Thread-safe."""

    def __init__(self, flask: Callable[..., Iterable[bytes]], publisher: Publisher, clock: Clock) -> None:
        self._flask = flask
        self._publisher = publisher
        self._clock = clock
        self._second = self._next(clock())

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["PATH_INFO"] = asked.path(environ)  # Flask would redirect an empty one to the Host
        if not environ.get("QUERY_STRING", "").isascii():  # bytes that RFC 3986 wants percent-encoded
            environ["QUERY_STRING"] = quote(environ["QUERY_STRING"], safe=_QUERY, encoding="latin-1")
        if environ["REQUEST_METHOD"] != "GET" or not asked.is_fit(environ):
            return self._flask(environ, start_response)
        for name in _SLOW:
            if name in environ:
                return self._flask(environ, start_response)
        condition = environ.get("HTTP_IF_NONE_MATCH")
        if condition is None and "HTTP_IF_MODIFIED_SINCE" in environ:  # beside a tag it counts nothing (section 13.1.3)
            return self._flask(environ, start_response)
        answer = self.find(environ["PATH_INFO"], environ.get("HTTP_ACCEPT_ENCODING", ""), condition)
        if answer is None:
            return self._flask(environ, start_response)
        start_response(answer.status, answer.headers)
        return answer.body

    def find(self, path: str, accepted: str, condition: str | None) -> Answer | None:
        """The answer to a GET where it is a plain one. `path` is decoded as WSGI does it (latin-1), `accepted` the
        Accept-Encoding, `condition` the If-None-Match."""
        second = self._present()
        ready = second.ready.get((path, accepted)) or self._look(second, path, accepted)
        if ready is None:
            return None
        if condition is None:
            return ready.full
        return ready.unchanged if condition == ready.tag else None

    @property
    def date(self) -> bytes:
        """The value of Date at the last `find`, and the end of a head."""
        return self._second.date

    def _present(self) -> Second:
        second, now, site = self._second, self._clock(), self._publisher.site
        if not (second.start <= now < second.end and second.site is site and second.epoch == site.epoch):
            second = self._second = self._next(now)
        return second

    def _next(self, now: float) -> Second:
        site = self._publisher.site
        date = f"{formatdate(now, usegmt=True)}\r\n\r\n".encode()
        return Second(start=int(now), end=int(now) + 1, date=date, site=site, epoch=site.epoch)

    def _look(self, second: Second, path: str, accepted: str) -> Ready | None:
        site, now = second.site, second.start
        encoding = _encoding(accepted) if len(accepted) <= _LONGEST_ACCEPTED else ""
        decoded = _decoded(path, site.config.base_path)
        found = site.ready(decoded, now) if decoded and encoding else None
        if found is None or found.modified > now:
            return None
        fresh = cache_control(now, site.next_change, site.config.feeds.ttl_minutes)
        found.use.recent = True
        ready: Ready = found.lanes.get((encoding, fresh)) or _prepare(found, encoding, fresh)
        second.ready[path, accepted] = ready
        return ready


def _decoded(path: str, base: str) -> str:
    """A path below site.url, whose own path is `base`; `""` for what is not below it or is no UTF-8."""
    try:
        decoded = path if path.isascii() else path.encode("latin-1").decode()
    except UnicodeDecodeError:
        return ""
    if not base:
        return decoded
    base = unquote(base)
    return decoded[len(base) :] if decoded.startswith(base + "/") else ""


@lru_cache(512)
def _encoding(accepted: str) -> str:
    """What the plainest headers ask for; `""` where Werkzeug should weigh them."""
    if not accepted or accepted == "identity":
        return "identity"
    names = accepted.replace(" ", "").lower().split(",")
    if any(";" in name or name == "*" for name in names):
        return ""
    return "br" if "br" in names else "gzip" if "gzip" in names else "identity"


def _prepare(found: Representation, encoding: str, fresh: str) -> Ready:
    """Kept with the representation."""
    tag = f'W/"{found.etag}"'
    body = found.br if encoding == "br" else found.gzip if encoding == "gzip" else found.body
    headers = [*document_headers(found, encoding), ("Content-Length", str(len(body)))]
    if not any(name == "Cache-Control" for name, _ in headers):
        headers.append(("Cache-Control", fresh))
    headers.append(("ETag", tag))
    if found.modified:
        headers.append(("Last-Modified", formatdate(found.modified, usegmt=True)))
    # RFC 9110 section 15.4.5: of the validators, the ETag is enough for a 304.
    not_modified = [header for header in headers if header[0].lower() not in _NOT_IN_304]
    ready = Ready(
        full=_answer("200 OK", headers, [body] if body else []),
        unchanged=_answer("304 NOT MODIFIED", not_modified, []),
        tag=tag,
    )
    if len(found.lanes) < 16:  # near a change Cache-Control differs every second
        found.lanes[encoding, fresh] = ready
    return ready


def _answer(status: str, headers: Headers, body: list[bytes]) -> Answer:
    return Answer(status=status, headers=headers, body=body, wire=wire(status, headers))
