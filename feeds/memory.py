"""Under which id each file was published, across renames, restarts, changed settings and newer versions of this
package. Kept in the state folder, beside the catalogues, which come and go.

Losing it is harmless but for files that were renamed: those without an id of their own are then named anew. What
cannot be looked up is not known, and what cannot be written down is not remembered: that never stops a refresh.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Literal

from feeds import database, logs

KEPT_DAYS = 90  # of a file that is gone
_PATIENCE_SECONDS = 0.5
_LOCKED_LOOKS = 24  # renewals in a row that find it locked before it is made anew
_MOST_ALIKE = 100  # files of one text that are considered
_SCHEMA = """
CREATE TABLE names (
  path TEXT PRIMARY KEY, stamp TEXT NOT NULL, digest TEXT NOT NULL, id TEXT NOT NULL, token TEXT NOT NULL,
  origin TEXT NOT NULL, title TEXT NOT NULL, published INTEGER NOT NULL, since INTEGER NOT NULL, arrived INTEGER NOT NULL,
  gone INTEGER) WITHOUT ROWID;
CREATE INDEX names_digest ON names (digest);
CREATE INDEX names_token ON names (token);
CREATE INDEX names_memory ON names (path) WHERE origin = 'memory';
CREATE INDEX names_gone ON names (gone) WHERE gone IS NOT NULL;
"""
_COLUMNS = ("path", "stamp", "digest", "id", "token", "origin", "title", "published", "since", "arrived", "gone")
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM names WHERE"
Origin = Literal["name", "file", "memory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A file and what it was when it was last published. `origin` says where its id comes from: its name, its front
    matter, or this memory alone; `published` is the article's date, `since` the instant from which the public knew
    the id, `arrived` and `gone` those at which the file, under whatever name, was first seen and first missed.
    Seconds since 1970 UTC."""

    path: str
    stamp: str
    digest: str
    id: str
    token: str
    origin: Origin
    title: str
    published: int
    since: int
    arrived: int
    gone: int | None = None


_values = attrgetter(*_COLUMNS)


class Memory:
    """Written by the process that publishes, after `renew`; with `look` it is read and takes nothing in. Before
    either, and while it cannot be used, it is empty."""

    def __init__(self) -> None:
        self._path = Path()
        self._db: sqlite3.Connection | None = None
        self._identity: database.Identity | None = None
        self._failed: Exception | None = None
        self._locked = 0
        self._is_guest = False

    # --- keeping it usable ------------------------------------------------------------------------

    def look(self, path: Path) -> None:
        """Opens the memory of another process, if there is one; leaves no file behind."""
        self._is_guest = True
        try:
            self._db = database.look(path, patience_seconds=_PATIENCE_SECONDS)
            self._db.execute(f"{_SELECT} path = ''").fetchone()
        except database.FAULTS:
            self.close()

    def renew(self, path: Path) -> bool:
        """Opens the file, again where it was taken away or cannot be used, anew where it is broken, which is said;
        cheap where all is well. True where nothing is known any more of what was known."""
        known = self._path == path
        if self._is_guest or (
            self._db is not None and known and self._failed is None and self._identity == database.identity(path)
        ):
            return False
        error, self._failed = self._failed if known else None, None
        self._path = path
        self.close()
        try:
            if error is not None and not database.is_locked(error) and database.fault(error):
                raise error
            self._open(path)
        except database.FAULTS as found:
            self._cure(path, found)
        return known and self.is_lost

    def doubt(self, error: Exception) -> None:
        """What a look at the file has met; `renew` sees to it."""
        if not self._is_guest:
            self._failed = error

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
        self._db = None

    def _open(self, path: Path) -> None:
        before = database.identity(path)  # of the file that is opened, or of one that is gone by now
        db = database.connect(path, _SCHEMA, patience_seconds=_PATIENCE_SECONDS)
        db.execute("PRAGMA synchronous = NORMAL")
        db.executescript("BEGIN IMMEDIATE; COMMIT;")  # or somebody else has it
        self._db, self._identity, self._locked = db, before or database.identity(path), 0

    def _cure(self, path: Path, error: Exception) -> None:
        fault = database.fault(error)
        self._locked = self._locked + 1 if database.is_locked(error) else 0
        if not fault or 0 < self._locked < _LOCKED_LOOKS:
            self._failed = error
            return
        try:
            database.remove(path)
            self._open(path)
        except (OSError, *database.FAULTS):
            return
        logs.event("state", f"the memory of ids {fault}; it is made anew: '{path}'", logging.WARNING)

    def _ask(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Nothing where it cannot be known now."""
        db = self._db  # which another thread may take away
        if db is None or self._failed is not None:
            return []
        try:
            return db.execute(sql, values).fetchall()
        except database.FAULTS as error:
            self._failed = error
            return []

    # --- what is in it ------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        return not self._ask("SELECT 1 FROM names LIMIT 1")

    @property
    def is_lost(self) -> bool:
        """Whether it could be used, and has nothing."""
        return not self._is_guest and self.is_empty and self._db is not None and self._failed is None

    @property
    def is_locked(self) -> bool:
        """Whether a look at it has just met somebody else's lock, so that nobody can say what is known."""
        return self._failed is not None and database.is_locked(self._failed)

    @property
    def names_any(self) -> bool:
        """Whether any file has its id from nowhere else."""
        return bool(self._ask("SELECT 1 FROM names WHERE origin = 'memory' LIMIT 1"))

    def get(self, path: str) -> Remembered | None:
        return next(self._found("path = ?", path), None)

    def with_digest(self, digest: str) -> list[Remembered]:
        """Those that are there come first, then those that went last."""
        return list(self._found(f"digest = ? ORDER BY gone IS NOT NULL, gone DESC, path LIMIT {_MOST_ALIKE}", digest))

    def with_token(self, token: str) -> list[Remembered]:
        return list(self._found("token = ? ORDER BY path", token))

    def holder(self, token: str, now: int) -> str:
        """The first of the files that are there and were published under an id, `""` where there is none."""
        sql = "SELECT path FROM names WHERE token = ? AND gone IS NULL AND since <= ? ORDER BY path LIMIT 1"
        return str(next(iter(self._ask(sql, token, now)), ("",))[0])

    def below(self, paths: Sequence[str]) -> Iterator[str]:
        """Paths of files that are not known to be gone, at and below the given paths; `""` is the whole folder."""
        for path in paths:
            # "0" follows "/" in ASCII, so this range is the folder and nothing else.
            where = "AND (path = ? OR (path >= ? AND path < ?))" if path else ""
            values = (path, path + "/", path + "0") if path else ()
            yield from (str(row[0]) for row in self._ask(f"SELECT path FROM names WHERE gone IS NULL {where}", *values))

    def _found(self, where: str, *values: str) -> Iterator[Remembered]:
        for row in self._ask(f"{_SELECT} {where}", *values):
            yield Remembered(**dict(zip(_COLUMNS, row, strict=True)))  # type: ignore[arg-type]

    # --- taking in ----------------------------------------------------------------------------------

    @property
    def is_writable(self) -> bool:
        return self._db is not None and not self._is_guest

    def begin(self) -> None:
        """All until `commit` is remembered together, or nothing of it."""
        if self.is_writable:
            self._ask("BEGIN IMMEDIATE")

    def put(self, known: Iterable[Remembered]) -> None:
        if self._db is None or self._is_guest or self._failed is not None:
            return
        try:
            self._db.executemany(f"INSERT OR REPLACE INTO names VALUES ({', '.join('?' * 11)})", map(_values, known))
        except database.FAULTS as error:
            self._failed = error

    def drop(self, paths: Iterable[str]) -> None:
        for path in paths if self.is_writable else ():
            self._ask("DELETE FROM names WHERE path = ?", path)

    def commit(self, now: int) -> None:
        """Forgets what has been gone for long."""
        if self.is_writable:
            self._ask("DELETE FROM names WHERE gone < ?", now - KEPT_DAYS * 86400)
            self._ask("COMMIT")

    def rollback(self) -> None:
        """What was begun and not committed is undone; nothing where there is no such thing."""
        if self._db is not None and self._db.in_transaction:
            try:
                self._db.execute("ROLLBACK")
            except database.FAULTS as error:
                self._failed = error
