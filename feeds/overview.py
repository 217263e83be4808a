"""Lists of everything: OPML and site maps, whose making takes time that grows with the archive.

They are made out of a view of their own of the catalogue, one at a time, so that nothing else has to wait for them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Lock, get_ident

from feeds import database, discovery, inventory, queries
from feeds.cache import Cache
from feeds.catalogue import snapshot
from feeds.config import Config
from feeds.queries import Selection
from feeds.representation import Representation
from feeds.seats import BusyError, Seats
from feeds.validators import Validators

_WAITING = 8  # threads at most: whoever comes then is told to come again
_PATIENCE_SECONDS = 4


class Overview:
    """Of the catalogue that `db` reads. Thread-safe, and never in need of a lock of anybody else's. Documents of about
    twice `kept_bytes` are kept, and one larger one."""

    def __init__(self, config: Config, db: sqlite3.Connection, validators: Validators, kept_bytes: int) -> None:
        self.config = config
        self.cache = Cache(validators, kept_bytes)
        self._path = database.file_of(db)
        self._identity = database.identity(self._path)
        self._seats = Seats(_WAITING)
        self._lock = Lock()

    def document(self, name: str, now: int) -> Representation | None:
        """A list by its name; None where there is none now. Raises BusyError."""
        with self._seats.taken(get_ident()), self._lock, self._view() as db:
            made = discovery.document(self.config, db, name, now)
            if made is None or isinstance(made, str):
                return None
            inputs, kind, body = made
            return self.cache.keep("/" + name, inputs, body, kind)

    def selections(self, now: int) -> list[Selection]:
        """Every feed that there is: the main one, and those of languages, tags and authors; none while a
        first read goes on."""
        with self._view() as db:
            return list(inventory.selections(db, now)) if queries.horizon(db) is None else []

    def crossed(self, since: int, now: int) -> list[Selection]:
        """Those in which something has appeared, changed or ended by itself after `since` and until `now`."""
        with self._view() as db:
            return inventory.crossed(db, since, now)

    @contextmanager
    def _view(self) -> Iterator[sqlite3.Connection]:
        try:
            db = database.look(self._path, patience_seconds=_PATIENCE_SECONDS)
        except database.FAULTS as error:
            if database.identity(self._path) != self._identity:  # a site has come in the place of this one
                raise BusyError from error
            raise
        with closing(db), snapshot(db):
            yield db
