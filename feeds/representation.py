"""What a path answers: bytes ready to be sent, a move, a file, or nothing. Nothing here knows of requests."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import brotli

from feeds.cards import Card
from feeds.derived import Derivative
from feeds.media import MediaFile
from feeds.queries import Gone


@dataclass(slots=True)
class Use:
    """Whether a representation was asked for since somebody looked."""

    recent: bool = False


@dataclass(frozen=True, kw_only=True)
class Representation:
    """A document. `etag` is our own hash of the uncompressed bytes, the same on every machine;
    `modified` is in seconds since 1970 UTC; `headers` are those that do not change with the request."""

    body: bytes
    content_type: str
    etag: str
    modified: int
    headers: tuple[tuple[str, str], ...] = field(default=())
    use: Use = field(default_factory=Use, compare=False, repr=False)

    @cached_property
    def gzip(self) -> bytes:
        return gzip.compress(self.body, 6, mtime=0)

    @cached_property
    def lanes(self) -> dict[tuple[str, str], Any]:
        """What the fast lane has made ready of it, by encoding and Cache-Control."""
        return {}

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
    """A file below content/, sent from disk; `stamp` is what it had when it was looked at."""

    file: MediaFile
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAnswer:
    """A share picture, which is drawn by whoever sends it; `modified` in seconds since 1970 UTC."""

    card: Card
    modified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedAnswer:
    """An article's own picture made light, which is done by whoever sends it."""

    derivative: Derivative


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineAnswer:
    """A picture that stood inside an article; its address changes with its bytes."""

    data: bytes
    content_type: str
    etag: str


Answer = Representation | Moved | Absent | MediaAnswer | CardAnswer | DerivedAnswer | InlineAnswer


def etag_of(body: bytes) -> str:
    """The opaque part of the entity tag."""
    return hashlib.sha256(body).hexdigest()[:32]
