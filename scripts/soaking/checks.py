"""What must be true of an answer, whoever asked. Each fault is one line; none means that all promises were kept."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import brotli
import html5lib
from lxml import etree

from soaking.wire import Answer

KINDS = {
    "xml": ("application/rss+xml", "application/atom+xml", "application/xml", "text/xml", "text/x-opml"),
    "json": ("application/feed+json", "application/json"),
    "html": ("text/html",),
}
FEEDS = {"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}
_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e]*"')
_ATOM = "{http://www.w3.org/2005/Atom}"
_UNZIP: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}
_AHEAD_SECONDS = 1.0  # a header in whole seconds, written and read at different instants


def faults(answer: Answer, expected: frozenset[int] | set[int]) -> Iterator[str]:
    """What costs little and is looked at in every answer."""
    if answer.status >= 500:
        yield f"a {answer.status}"
        return
    if answer.status not in expected:
        yield f"status {answer.status}, not one of {sorted(expected)}"
    yield from _headers(answer)
    if answer.method != "HEAD" and answer.status in (200, 226):
        yield from _entity(answer)


def _headers(answer: Answer) -> Iterator[str]:
    names = [name for name, _ in answer.headers]
    for name in ("content-length", "content-type", "etag", "last-modified", "location", "cache-control"):
        if names.count(name) > 1:
            yield f"{names.count(name)} {name} headers"
    if answer.get("content-length") and answer.get("transfer-encoding"):
        yield "Content-Length beside Transfer-Encoding (RFC 9112 section 6.2)"
    if "set-cookie" in names:
        yield "a cookie"
    if "etag" in names and not _TAG.fullmatch(answer.get("etag")):
        yield f"ETag {answer.get('etag')}"
    if "last-modified" in names and _instant(answer.get("last-modified")) > time.time() + _AHEAD_SECONDS:
        yield f"Last-Modified {answer.get('last-modified')} is in the future"
    if answer.status == 304 and "etag" not in names:
        yield "a 304 without ETag (RFC 9110 section 15.4.5)"
    if 300 < answer.status < 304 or answer.status in (307, 308):
        if not answer.get("location").startswith("https://news.example/"):
            yield f"Location {answer.get('location')}"
    elif answer.status == 226:
        if (answer.get("im"), answer.get("cache-control")) != ("feed", "no-store, im"):
            yield f"a 226 with IM {answer.get('im')!r}, Cache-Control {answer.get('cache-control')!r}"
        if answer.get("delta-base") != answer.asked.get("If-None-Match"):
            yield f"Delta-Base {answer.get('delta-base')}"
    elif answer.status != 304 and answer.status < 400 and "cache-control" not in names:
        yield "no Cache-Control"


def _entity(answer: Answer) -> Iterator[str]:
    encoding = answer.get("content-encoding")
    if encoding and encoding not in answer.asked.get("Accept-Encoding", ""):
        yield f"Content-Encoding {encoding}, which was not asked for"
    try:
        plain = plainly(answer)
    except (OSError, EOFError, KeyError, brotli.error) as error:
        yield f"cannot be decompressed, {encoding}: {error}"
        return
    path = urlsplit(answer.path).path
    name = path.rsplit("/", 1)[-1]
    kind = answer.get("content-type").partition(";")[0]
    if name in FEEDS and kind != FEEDS[name]:
        yield f"Content-Type {kind}"
    document = kind in sum(KINDS.values(), ()) and path not in ("/healthz", "/oembed")
    if document and answer.status == 200:
        if answer.get("etag") != f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"':
            yield f"ETag {answer.get('etag')} is not the hash of {len(plain)} bytes"
        if "accept-encoding" not in answer.get("vary").lower():
            yield f"Vary {answer.get('vary')!r}"


def whole(answer: Answer) -> Iterator[str]:
    """What costs more and is looked at in some: the strict parse of the body by what it says it is."""
    kind, plain = answer.get("content-type").partition(";")[0], plainly(answer)
    try:
        if kind in KINDS["xml"]:
            yield from _xml(answer, etree.fromstring(plain, etree.XMLParser(no_network=True, resolve_entities=False)))
        elif kind in KINDS["json"]:
            yield from _json(answer, json.loads(plain.decode()))
        elif kind in KINDS["html"]:
            html5lib.HTMLParser(strict=True).parse(plain.decode())
        elif kind == "image/png" and not (plain[:8] == b"\x89PNG\r\n\x1a\n" and plain.endswith(b"IEND\xaeB`\x82")):
            yield "half a PNG"
        elif kind == "image/jpeg" and not (plain[:2] == b"\xff\xd8" and plain.endswith(b"\xff\xd9")):
            yield "half a JPEG"
    except (etree.XMLSyntaxError, ValueError, html5lib.html5parser.ParseError) as error:
        yield f"ill-formed {kind}: {error!r}"


def plainly(answer: Answer) -> bytes:
    """The body without its encoding."""
    return _UNZIP[answer.get("content-encoding")](answer.body)


def ids(answer: Answer) -> list[str]:
    """Of the entries of a feed, in order."""
    plain = plainly(answer)
    if answer.path.endswith(".json"):
        return [item["id"] for item in json.loads(plain)["items"]]
    root = etree.fromstring(plain)
    return [found.text or "" for found in root.iterfind("channel/item/guid")] + [
        found.text or "" for found in root.iterfind(f"{_ATOM}entry/{_ATOM}id")
    ]


def _xml(answer: Answer, root: etree._Element) -> Iterator[str]:
    if answer.path.endswith(("rss.xml", "atom.xml")) and "/feeds/" in answer.path:
        wanted = "rss" if answer.path.endswith("rss.xml") else f"{_ATOM}feed"
        if root.tag != wanted:
            yield f"the root is {root.tag}"
        yield from _unique(ids(answer))


def _json(answer: Answer, document: dict[str, object]) -> Iterator[str]:
    if answer.path.endswith("feed.json"):
        if document.get("version") != "https://jsonfeed.org/version/1.1":
            yield "no JSON Feed 1.1"
        yield from _unique(ids(answer))


def _unique(found: list[str]) -> Iterator[str]:
    if len(set(found)) < len(found):
        yield f"an id twice among {len(found)}"
    if not all(each.startswith("tag:news.example,2025:") for each in found):
        yield "an id of another form"


def _instant(text: str) -> float:
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return float("inf")
