"""What a path answers: bytes ready to be sent, a move, a file, or nothing. Nothing here knows of requests."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import brotli

from feeds.cards import Card
from feeds.media import MediaFile
from feeds.queries import Gone


@dataclass(frozen=True, kw_only=True)
class Representation:
    """A document. `etag` is our own hash of the uncompressed bytes, the same on every machine;
    `modified` is in seconds since 1970 UTC; `headers` are those that do not change with the request."""

    body: bytes
    content_type: str
    etag: str
    modified: int
    headers: tuple[tuple[str, str], ...] = field(default=())

    @cached_property
    def gzip(self) -> bytes:
        return gzip.compress(self.body, 6, mtime=0)

    @cached_property
    def br(self) -> bytes:
        compressed: bytes = brotli.compress(self.body, mode=brotli.MODE_TEXT, quality=6)
        return compressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One hop to an absolute URL."""

    location: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """404, or 410 with what happened."""

    status: int = 404
    gone: Gone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaAnswer:
    """A file below content/, sent from disk."""

    file: MediaFile


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAnswer:
    """A share picture, which is drawn by whoever sends it; `modified` in seconds since 1970 UTC."""

    card: Card
    modified: int


Answer = Representation | Moved | Absent | MediaAnswer | CardAnswer


def etag_of(body: bytes) -> str:
    """The opaque part of the entity tag."""
    return hashlib.sha256(body).hexdigest()[:32]
