"""The fast lane: a plain WSGI callable that answers what pollers send from representations that are ready.

It takes a GET of a path that is made and still true, with no condition or with our own ETag alone.
Everything else goes to Flask; both give the same bytes and headers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from email.utils import formatdate
from typing import Any

from feeds.headers import cache_control, document_headers
from feeds.publisher import Clock, Publisher
from feeds.representation import Representation

_SLOW = ("HTTP_IF_MODIFIED_SINCE", "HTTP_A_IM", "HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
_NOT_IN_304 = frozenset(("content-type", "content-encoding", "content-length"))


class FastLane:
    def __init__(self, flask: Callable[..., Iterable[bytes]], publisher: Publisher, clock: Clock) -> None:
        self._flask = flask
        self._publisher = publisher
        self._clock = clock

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in _SLOW):
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
        condition = environ.get("HTTP_IF_NONE_MATCH")
        tag = f'W/"{found.etag}"'
        if condition is not None and condition != tag:
            return self._flask(environ, start_response)
        body = b"" if condition else _body(found, encoding)
        freshness = cache_control(now, site.next_change, site.config.feeds.ttl_minutes)
        headers = _headers(found, encoding, freshness, tag, None if condition else len(body))
        start_response("304 NOT MODIFIED" if condition else "200 OK", headers)
        return [body] if body else []


def _encoding(accepted: str) -> str:
    """What the plainest headers ask for; `""` where Werkzeug should weigh them."""
    if not accepted or accepted == "identity":
        return "identity"
    names = accepted.replace(" ", "").lower().split(",")
    if any(";" in name or name == "*" for name in names):
        return ""
    return "br" if "br" in names else "gzip" if "gzip" in names else "identity"


def _body(found: Representation, encoding: str) -> bytes:
    return found.br if encoding == "br" else found.gzip if encoding == "gzip" else found.body


def _headers(
    found: Representation, encoding: str, freshness: str, tag: str, length: int | None
) -> list[tuple[str, str]]:
    headers = document_headers(found, encoding)
    if length is None:
        headers = [header for header in headers if header[0].lower() not in _NOT_IN_304]
    else:
        headers.append(("Content-Length", str(length)))
    if not any(name == "Cache-Control" for name, _ in headers):
        headers.append(("Cache-Control", freshness))
    headers.append(("ETag", tag))
    if found.modified and length is not None:  # RFC 9110 section 15.4.5: the ETag is enough for a 304
        headers.append(("Last-Modified", formatdate(found.modified, usegmt=True)))
    return headers
