"""Answers that are no documents: redirects, error pages, refusals, the state of health."""

from __future__ import annotations

import json

from flask import Response

from feeds import pages
from feeds.config import Config
from feeds.headers import ERROR_CACHE, MOVED_CACHE, guards
from feeds.representation import Absent, Moved

RETRY_SECONDS = 10
ALLOW = "GET, HEAD, OPTIONS"


def moved(found: Moved) -> Response:
    kind = "text/plain; charset=utf-8"
    response = Response(status=found.status, content_type=kind)
    response.headers["Location"] = found.location
    response.headers["Cache-Control"] = MOVED_CACHE if found.status != 307 else ERROR_CACHE
    response.headers.extend(guards(kind))
    return response


def page(config: Config, status: int, found: Absent | None = None, *, shown: int = 0) -> Response:
    """`shown` is the status whose words the page has, where it is another one."""
    kind = "text/html; charset=utf-8"
    response = Response(
        pages.error_page(config, shown or status, found.gone if found else None), status=status, content_type=kind
    )
    # What the address alone does not decide, no cache may give to others: one's bad Host, Range or method.
    response.headers["Cache-Control"] = ERROR_CACHE if status in (404, 410) else "no-store"
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers.extend(guards(kind))
    response.headers["Access-Control-Allow-Origin"] = "*"  # a script that asked for a feed may read what it got
    return response


def refused(config: Config) -> Response:
    response = page(config, 405)
    response.headers["Allow"] = ALLOW
    return response


def options() -> Response:
    response = Response(status=204)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Allow"] = ALLOW
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = ALLOW
    response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since, A-IM"
    return response


def health(found: dict[str, object]) -> Response:
    """`Publisher.health` for whoever looks after the service: 200 while it serves what there is."""
    body = json.dumps(found, ensure_ascii=False)
    status = 200 if found["status"] in ("ok", "reading") else 503
    response = Response(body + "\n", status=status, content_type="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"  # for the machine's own eyes
    return response
