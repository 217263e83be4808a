"""HTTP: one Flask view over the site, and the fast lane in front of it. Werkzeug decides what is conditional."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler

from feeds import asked, logs, mediareply, replies, searchplan
from feeds.downloads import Downloads
from feeds.headers import IMMUTABLE, cache_control, document_headers, guards
from feeds.keeper import Clock
from feeds.lane import FastLane
from feeds.publisher import Publisher
from feeds.readers import Progress
from feeds.representation import Absent, CardAnswer, DerivedAnswer, InlineAnswer, MediaAnswer, Moved, Representation
from feeds.seats import BusyError
from feeds.walking import Ahead

CARD_AGE_SECONDS = 86400
_MENDED_SECONDS = 5  # by then a catalogue of usual size is made anew
_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE"]
_PROXY_SUFFIX = re.compile(r"-(?:gzip|br|deflate|zstd)(?=\")")


def create_app(
    config_path: str | Path, *, at: datetime | None = None, watch: bool = True, progress: Progress | None = None,
    ahead: Ahead | None = None,
) -> Flask:  # fmt: skip
    """The service as an ordinary Flask application. `at` stops the clock there; `progress` hears how far the
    first read is; `ahead` is a walk through the content that has been begun. Raises ConfigError and StateError."""
    clock: Clock = partial(at.timestamp) if at else time.time
    publisher = Publisher(
        Path(config_path), clock, watching=watch, stopped=at is not None, progress=progress, ahead=ahead
    )
    publisher.start()
    return application(publisher, clock)


def application(publisher: Publisher, clock: Clock) -> Flask:
    """The service over a publisher that is kept up to date by others."""
    downloads = Downloads()
    app = Flask("feeds", static_folder=None)
    app.extensions["nashra"] = publisher

    @app.route("/", defaults={"path": ""}, methods=_METHODS)
    @app.route("/<path:path>", methods=_METHODS)
    def answer(path: str) -> Response:
        # RFC 9110 section 13.1.1: true of all that is there.
        if request.environ.get("HTTP_IF_MATCH", "").strip() == "*":
            del request.environ["HTTP_IF_MATCH"]
        response = _answer(publisher, downloads, clock)
        return replies.page(publisher.site.config, 412) if response.status_code == 412 else response

    @app.errorhandler(BusyError)
    def busy(error: BusyError) -> Response:
        return replies.page(publisher.site.config, 503, shown=500)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        config = publisher.site.config
        return replies.refused(config) if error.code == 405 else replies.page(config, error.code or 500)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        if publisher.met(error):
            response = replies.page(publisher.site.config, 503, shown=500)
            response.headers["Retry-After"] = str(_MENDED_SECONDS)
            return response
        logs.failure("answer", f"an answer failed: {request.method} {_path()}", error)
        return replies.page(publisher.site.config, 500)

    app.url_map.merge_slashes = False
    # `flask run` would tell the versions of Werkzeug and Python; no application can take that line back.
    WSGIRequestHandler.version_string = lambda self: "Werkzeug"  # type: ignore[method-assign]
    lane = app.extensions["nashra.lane"] = _lane(app.wsgi_app, publisher, clock)
    app.wsgi_app = lane  # type: ignore[method-assign]
    return app


def _lane(flask: Callable[..., Any], publisher: Publisher, clock: Clock) -> FastLane:
    """Counted where the config wants metrics, whose library is loaded for nobody else."""
    if not publisher.site.config.metrics:
        return FastLane(flask, publisher, clock)
    from feeds.metrics import Meter
    from feeds.tally import Tally

    meter = Meter(publisher, Tally(lambda: publisher.state.file("metrics.sqlite")), os.getpid(), time.time)
    meter.start()
    lane = FastLane(meter.slow(flask), publisher, clock)
    lane.find = meter.fast(lane.find)  # type: ignore[method-assign, assignment]
    return lane


def _answer(publisher: Publisher, downloads: Downloads, clock: Clock) -> Response:
    config, now = publisher.site.config, clock()
    path, method = _path(), request.environ["REQUEST_METHOD"]  # whose case matters (RFC 9110 section 9.1)
    if not asked.is_fit(request.environ):
        return replies.page(config, 400)
    if method == "OPTIONS":
        return replies.options()
    if method not in ("GET", "HEAD"):
        return replies.refused(config)
    base = unquote(config.base_path)
    if path in ("/healthz", base + "/healthz"):
        return replies.health(publisher.health())
    if base:
        if path == base:
            return replies.moved(Moved(location=config.absolute("/"), status=308))
        if not path.startswith(base + "/"):
            return replies.page(config, 404)
        path = path[len(base) :]
    if path == "/oembed":
        found = publisher.site.oembed(request.args.get("url", ""), int(now))
    elif path == "/search" and config.feeds.search and request.args.get("q", "").strip():
        found = searchplan.asked(config, request.args["q"])
    else:
        found = publisher.site.answer(path, int(now))
    if isinstance(found, Moved):
        return replies.moved(found)
    if isinstance(found, Absent):
        return replies.page(config, found.status, found)
    if isinstance(found, MediaAnswer):
        return mediareply.answer(config, downloads, found, request.environ, request.args.get("v", ""), time.time())
    if isinstance(found, CardAnswer | DerivedAnswer | InlineAnswer):
        return _picture(publisher, found)
    return _delta(publisher, path, now) or _document(publisher, found, now)


def _delta(publisher: Publisher, path: str, now: float) -> Response | None:
    """RFC 3229 section 10.5: 226 with what is new since the one ETag that the client has, where we know it."""
    # Programs built on feedparser send A-IM unasked, and rss2email takes a 226 for an error and mails nothing.
    if request.headers.get("User-Agent", "").startswith("feedparser/"):
        return None
    manipulations = [name.strip().partition(";")[0].lower() for name in request.headers.get("A-IM", "").split(",")]
    known = re.fullmatch(r'\s*(?:W/)?"([0-9a-f]{32})(?:-\w+)?"\s*', request.headers.get("If-None-Match", ""))
    if "feed" not in manipulations or known is None:
        return None
    found = publisher.site.delta(path, known.group(1), int(now))
    if found is None:
        return None
    response = _document(publisher, found, now, conditional=False)
    response.status_code = 226
    response.headers["IM"] = "feed"
    response.headers["Delta-Base"] = f'W/"{known.group(1)}"'
    response.headers["Cache-Control"] = "no-store, im"
    response.headers["Vary"] = "Accept-Encoding, A-IM, If-None-Match"
    return response


def _path() -> str:
    """The path, decoded once; the part of an absolute-form request that names a host is not ours to read."""
    raw = request.environ.get("PATH_INFO", "/")
    return raw.encode("latin-1").decode("utf-8", "replace") or "/"


def _document(publisher: Publisher, found: Representation, now: float, *, conditional: bool = True) -> Response:
    encoding = request.accept_encodings.best_match(["br", "gzip", "identity"], default="identity")
    if request.accept_encodings.quality("br") == request.accept_encodings.quality("gzip") != 0:
        encoding = "br" if len(found.body) > 256 else "identity"
    body = {"br": lambda: found.br, "gzip": lambda: found.gzip}.get(encoding or "", lambda: found.body)()
    response = Response(body, status=200)
    del response.headers["Content-Type"]
    response.headers.extend(document_headers(found, encoding or "identity"))
    if "Cache-Control" not in response.headers:
        site = publisher.site
        response.headers["Cache-Control"] = cache_control(now, site.next_change, site.config.feeds.ttl_minutes)
    response.set_etag(found.etag, weak=True)
    if 0 < found.modified <= now:
        response.last_modified = datetime.fromtimestamp(found.modified, UTC)
    return _conditional(response) if conditional else response


def _conditional(response: Response) -> Response:
    # A proxy that compressed our bytes may have marked the tag (Apache's "-gzip"); it is the same entity.
    tags = request.environ.get("HTTP_IF_NONE_MATCH")
    if tags and _PROXY_SUFFIX.search(tags):
        request.environ["HTTP_IF_NONE_MATCH"] = _PROXY_SUFFIX.sub("", tags)
    response.make_conditional(request.environ)
    return response


def _picture(publisher: Publisher, found: CardAnswer | DerivedAnswer | InlineAnswer) -> Response:
    """Drawn outside every lock of the site's, and not at all for a client that has it."""
    config, age = publisher.site.config, f"public, max-age={CARD_AGE_SECONDS}"
    response = Response()
    draw: Callable[[], bytes]
    if isinstance(found, CardAnswer):
        kind, etag, draw = "image/png", found.card.etag, partial(publisher.cards.picture, config, found.card)
    elif isinstance(found, DerivedAnswer):
        made = found.derivative
        kind, etag, draw = "image/jpeg", made.etag, partial(publisher.derivatives.picture, config, made)
        age = IMMUTABLE if request.args.get("v") == made.file.fingerprint else age
    else:
        kind, etag, draw, age = found.content_type, found.etag, lambda: found.data, IMMUTABLE
    response.headers["Content-Type"] = kind
    response.headers["Cache-Control"] = age
    response.headers.extend(guards(kind))
    response.set_etag(etag, weak=True)
    if _conditional(response).status_code != 304:
        response.data = draw()
    return response
