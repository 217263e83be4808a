"""The fast lane: a plain WSGI callable that answers what pollers send from representations that are ready.

It takes a GET of a path that is made and still true, with no condition or with our own ETag alone.
Everything else goes to Flask; both give the same bytes and headers. Headers and bodies are made once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from feeds import asked
from feeds.headers import cache_control, document_headers
from feeds.publisher import Clock, Publisher
from feeds.representation import Representation

_SLOW = ("HTTP_IF_MODIFIED_SINCE", "HTTP_A_IM", "HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
_NOT_IN_304 = frozenset(("content-type", "content-encoding", "content-length", "last-modified"))
_QUERY = "%!$&'()*+,;=:@/?"  # RFC 3986 section 3.4, and what is encoded already
_EMPTY: tuple[bytes, ...] = ()

Headers = list[tuple[str, str]]


class FastLane:
    """In front of `flask`, which it asks whenever a request is not one of its two plain kinds."""

    def __init__(self, flask: Callable[..., Iterable[bytes]], publisher: Publisher, clock: Clock) -> None:
        self._flask = flask
        self._publisher = publisher
        self._clock = clock

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("PATH_INFO"):  # the same as `/` (RFC 9110 section 4.2.3); Flask would redirect to the Host
            environ["PATH_INFO"] = "/"
        if not environ.get("QUERY_STRING", "").isascii():  # bytes that RFC 3986 wants percent-encoded
            environ["QUERY_STRING"] = quote(environ["QUERY_STRING"], safe=_QUERY, encoding="latin-1")
        if environ["REQUEST_METHOD"] != "GET" or not asked.is_fit(environ):
            return self._flask(environ, start_response)
        for name in _SLOW:
            if name in environ:
                return self._flask(environ, start_response)
        now = self._clock()
        site = self._publisher.site
        path = environ.get("PATH_INFO", "")
        base = site.config.base_path
        if base:
            if not path.startswith(base + "/"):
                return self._flask(environ, start_response)
            path = path[len(base) :]
        found = site.ready(path, now) if path.isascii() else None
        encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if found is None or not encoding or found.modified > now:
            return self._flask(environ, start_response)
        fresh = cache_control(now, site.next_change, site.config.feeds.ttl_minutes)
        ready = found.lanes.get((encoding, fresh)) or _prepare(found, encoding, fresh)
        condition = environ.get("HTTP_IF_NONE_MATCH")
        if condition is None:
            start_response("200 OK", ready[0])
            return ready[1]
        if condition != ready[3]:
            return self._flask(environ, start_response)
        start_response("304 NOT MODIFIED", ready[2])
        return _EMPTY


@lru_cache(512)
def _encoding(accepted: str) -> str:
    """What the plainest headers ask for; `""` where Werkzeug should weigh them."""
    if not accepted or accepted == "identity":
        return "identity"
    names = accepted.replace(" ", "").lower().split(",")
    if any(";" in name or name == "*" for name in names):
        return ""
    return "br" if "br" in names else "gzip" if "gzip" in names else "identity"


def _prepare(found: Representation, encoding: str, fresh: str) -> tuple[Headers, tuple[bytes, ...], Headers, str]:
    """(headers of a 200, its body, headers of a 304, the tag), kept with the representation."""
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
    ready = (headers, (body,) if body else _EMPTY, not_modified, tag)
    if len(found.lanes) < 16:  # near a change Cache-Control differs every second
        found.lanes[encoding, fresh] = ready
    return ready
