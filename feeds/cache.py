"""Representations that are made on first use and kept while their inputs are equal."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from feeds.representation import Representation, etag_of
from feeds.validators import Validators

CAPACITY_BYTES = 16 * 1024 * 1024
Make = Callable[[], tuple[bytes, int]]  # the body and the newest instant in it, seconds since 1970 UTC


class Cache:
    """Bounded by bytes; what was used longest ago goes first, and what the fast lane has sent since the last time
    is passed over once. Without validators nothing has a Last-Modified. Not thread-safe."""

    def __init__(self, validators: Validators | None, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self._validators = validators
        self._capacity_bytes = capacity_bytes
        self._kept: OrderedDict[str, tuple[str, int, Representation]] = OrderedDict()
        self._bytes = 0
        self.hits = self.misses = self.evictions = 0

    @property
    def used_bytes(self) -> int:
        return self._bytes

    def keep(
        self, path: str, inputs: object, make: Make, content_type: str, headers: tuple[tuple[str, str], ...] = ()
    ) -> Representation:
        """The representation of a path. `inputs` is everything that goes into its bytes: equal inputs,
        equal bytes; that is the whole invalidation."""
        key = hashlib.sha256(repr(inputs).encode("utf-8", "surrogatepass")).hexdigest()
        kept = self._kept.get(path)
        if kept and kept[0] == key:
            self._kept.move_to_end(path)
            self.hits += 1
            _, newest, made = kept
            # These bytes may have been away and come back while only another worker was asked.
            modified = self._modified(path, made.etag, made.modified or newest)
            if made.modified == modified:
                return made
            made = replace(made, modified=modified)
        else:
            self.misses += 1
            body, newest = make()
            etag = etag_of(body)
            modified = self._modified(path, etag, newest)
            made = Representation(body=body, content_type=content_type, etag=etag, modified=modified, headers=headers)
        self._put(path, key, newest, made)
        return made

    def _modified(self, path: str, etag: str, newest: int) -> int:
        return self._validators.modified(path, etag, newest) if self._validators else 0

    def _put(self, path: str, key: str, newest: int, made: Representation) -> None:
        if path in self._kept:
            self._bytes -= _cost(self._kept.pop(path)[2])
        self._kept[path] = (key, newest, made)
        self._bytes += _cost(made)
        while self._bytes > self._capacity_bytes and len(self._kept) > 1:
            oldest, (_, _, standing) = next(iter(self._kept.items()))
            if standing.use.recent and standing is not made:
                standing.use.recent = False
                self._kept.move_to_end(oldest)
            else:
                self._bytes -= _cost(self._kept.pop(oldest)[2])
                self.evictions += 1


class Shelf:
    """Deltas of documents, by what they were made of. Bounded by bytes: it is emptied before it holds more, because
    what is still asked for is soon made again. Not thread-safe."""

    def __init__(self, capacity_bytes: int) -> None:
        self._capacity_bytes = capacity_bytes
        self.clear()

    def clear(self) -> None:
        self._held: dict[str, Representation] = {}
        self._bytes = 0

    def get(self, key: str) -> Representation | None:
        return self._held.get(key)

    def put(self, key: str, made: Representation) -> None:
        self._bytes += _cost(made)
        if self._bytes > self._capacity_bytes:
            self.clear()
            self._bytes = _cost(made)
        self._held[key] = made


def _cost(made: Representation) -> int:
    """An upper bound of what it can come to hold: the body, its compressed variants, which are less than as much
    again for any text, and the prepared headers and tables around them."""
    return 2 * len(made.body) + 8192
