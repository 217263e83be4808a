"""Media files as answers: whole, in part, or not at all for a client that has them."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, BinaryIO

from flask import Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import is_resource_modified, quote_etag
from werkzeug.utils import send_file

from feeds import asked, replies, walking
from feeds.config import Config
from feeds.downloads import SHORT_BYTES, Downloads
from feeds.headers import IMMUTABLE, guards
from feeds.inside import open_inside
from feeds.media import MediaFile
from feeds.representation import MediaAnswer


def answer(
    config: Config, downloads: Downloads, found: MediaAnswer, environ: dict[str, Any], version: str, now: float
) -> Response:
    """`version` is what the query says of the bytes, `now` the real time. Raises BusyError."""
    file = found.file
    try:
        stream = open_inside(config.content_path, file.path)
    except OSError:  # it went, or became something else
        return replies.page(config, 404)
    status = os.fstat(stream.fileno())
    response = _sent(stream, file, environ)
    response.content_length = status.st_size
    response.headers.extend(guards(file.media_type))
    if walking.stamp(status) != found.stamp:  # other bytes, of which nothing is known yet
        response.headers["Cache-Control"] = "no-store"
        response.status_code = 412 if "HTTP_IF_MATCH" in environ else 200
    else:
        fresh = f"public, max-age={config.feeds.ttl_minutes * 60}"
        response.headers["Cache-Control"] = IMMUTABLE if version == file.fingerprint else fresh
        try:
            _condition(response, file, status, environ, now)
        except RequestedRangeNotSatisfiable:
            response.close()
            response = replies.page(config, 416)
            response.headers["Content-Range"] = f"bytes */{status.st_size}"  # RFC 9110 section 15.5.17
            return response
    return _begun(response, downloads, environ)


def _sent(stream: BinaryIO, file: MediaFile, environ: dict[str, Any]) -> Any:
    response = send_file(
        stream, environ, mimetype=file.media_type, download_name=os.path.basename(file.path), conditional=False,
        etag=False, max_age=None, response_class=Response,
    )  # fmt: skip
    del response.headers["Cache-Control"]
    return response


def _condition(
    response: Response, file: MediaFile, status: os.stat_result, environ: dict[str, Any], now: float
) -> None:
    """Makes it what the request's conditions and range ask for. Raises RequestedRangeNotSatisfiable."""
    changed = None  # by the system's own time: `rsync -t` puts the other back
    if int(status.st_ctime) < int(now):  # else it may change again within that second (RFC 9110 section 8.8.2.2)
        changed = datetime.fromtimestamp(int(status.st_ctime), UTC)
    # Section 14.2: for GET alone; Werkzeug answers 416 to much that it tells us to ignore.
    wanted = asked.one_range(environ.pop("HTTP_RANGE", ""), status.st_size)
    # Section 13.2.2: preconditions come first, of which Werkzeug forgets all once it has found a range.
    meets = is_resource_modified(environ, etag=quote_etag(file.fingerprint), last_modified=changed)
    if wanted and environ["REQUEST_METHOD"] == "GET" and meets:
        environ["HTTP_RANGE"] = wanted
    response.set_etag(file.fingerprint)
    if changed is not None:  # Werkzeug takes None for now
        response.last_modified = changed
    response.make_conditional(environ, accept_ranges=True, complete_length=status.st_size)


def _begun(response: Response, downloads: Downloads, environ: dict[str, Any]) -> Response:
    if response.status_code not in (200, 206) or environ["REQUEST_METHOD"] != "GET":
        response.close()  # the file
    elif (response.content_length or 0) > SHORT_BYTES:
        response.response = downloads.begin(response.response)
    else:
        response.direct_passthrough = False
        blocks: Any = response.response
        with closing(blocks):
            response.data = b"".join(blocks)
    return response
