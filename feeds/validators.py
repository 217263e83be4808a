"""What clients have been told: Last-Modified of each URL, moving forward on every change of its bytes, and
which entries each ETag stood for. Kept in the state folder.

Losing it is harmless: with a fresh state Last-Modified is the newest instant in the document, and after a loss
that was noticed none is older than that. What cannot be looked up or written down is left out of the answer.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from pathlib import Path

from feeds import database, logs
from feeds.problems import Damage

REMEMBERED = 64
_PATIENCE_SECONDS = 0.5
_LOCKED_LOOKS = 5  # renewals in a row that find it locked before it is made anew
_SCHEMA = """
CREATE TABLE IF NOT EXISTS validators (url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS validators_twice ON validators (modified, etag);
CREATE TABLE IF NOT EXISTS shown (n INTEGER PRIMARY KEY, url TEXT NOT NULL, etag TEXT NOT NULL, digests TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS announced (url TEXT PRIMARY KEY, etag TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS shown_url ON shown (url, etag);
"""
# In one step: two processes never give one instant to different bytes.
_NEW = """
INSERT INTO validators VALUES (?1, ?2, ?3) ON CONFLICT (url) DO UPDATE SET
  modified = CASE etag WHEN ?2 THEN modified ELSE max(?3, modified + 1) END, etag = ?2
RETURNING modified"""
_ALL = ""  # stands for every URL that has no row: none is older


class Validators:
    """Shared by all workers. `renew` opens it; until then, and while it cannot be used, nothing is known."""

    def __init__(self) -> None:
        self._path = Path()
        self._db: sqlite3.Connection | None = None
        self._identity: database.Identity | None = None
        self._failed: Exception | None = None
        self._locked = 0

    # --- keeping it usable ------------------------------------------------------------------------

    def renew(self, path: Path, now: int, *, mend: bool) -> None:
        """Opens the file, again where it was taken away or cannot be used; cheap where all is well. With `mend` a
        broken one is made anew, which is said; without, it is noted. `now` is in seconds since 1970 UTC."""
        present, known = database.identity(path), self._path == path
        if not known:
            self._failed = None  # that was said of another
        if mend and self._failed is None and database.noted(path, present):
            self._failed = Damage("is broken")
        if self._db is not None and known and self._failed is None and self._identity == present:
            return
        try:
            if self._failed is not None and not database.is_locked(self._failed) and database.fault(self._failed):
                raise self._failed
            self._open(path)
            if known and self._identity != present:  # it was there, and somebody took it away
                self._none_older_than(now + 1)
        except database.FAULTS as error:
            self._path, self._db = path, None
            self._cure(path, error, now, mend)

    def doubt(self, error: Exception) -> None:
        """What a look at the file has met; `renew` sees to it."""
        self._failed = error

    def _cure(self, path: Path, error: Exception, now: int, mend: bool) -> None:
        fault, self._failed = database.fault(error), None
        self._locked = self._locked + 1 if database.is_locked(error) else 0
        if not fault or 0 < self._locked < _LOCKED_LOOKS:
            return
        if not mend:
            database.note(path, database.identity(path))
            return
        try:
            database.remove(path)
            self._open(path)
        except (OSError, *database.FAULTS):
            return
        logs.event("state", f"the record of what clients were told {fault}; it is made anew: '{path}'", logging.WARNING)
        self._none_older_than(now + 1)

    def _open(self, path: Path) -> None:
        before = database.identity(path)  # of the file that is opened, or of one that is gone by now
        db = database.connect(path, _SCHEMA, patience_seconds=_PATIENCE_SECONDS)
        db.execute("PRAGMA synchronous = OFF")
        if self._failed is not None:  # it was locked
            db.executescript("BEGIN IMMEDIATE; COMMIT;")
        self._path, self._db, self._identity = path, db, before or database.identity(path)
        self._failed, self._locked = None, 0

    def _none_older_than(self, instant: int) -> None:
        self._ask("INSERT OR REPLACE INTO validators VALUES (?, '', ?)", _ALL, instant)

    def _ask(self, sql: str, *values: object) -> list[tuple[str, ...]] | None:
        """None where nothing can be known or written now."""
        db = self._db  # which another thread may take away
        if db is None or self._failed is not None:
            return None
        try:
            return db.execute(sql, values).fetchall()
        except database.FAULTS as error:
            self._failed = error
            return None

    # --- what is in it ------------------------------------------------------------------------------

    def modified(self, url: str, etag: str, newest: int) -> int:
        """Seconds since 1970 UTC, 0 where it cannot be known. `newest` is the newest instant in the document. A change
        within the second of the last one gives a second that is still to come: leave the header out until then."""
        rows = self._ask("SELECT url, etag, modified FROM validators WHERE url IN (?, ?) ORDER BY url DESC", url, _ALL)
        if rows is None:
            return 0
        if rows and rows[0][:2] == (url, etag):
            return int(rows[0][2])
        floor = max([newest, *(int(told) for name, _, told in rows if name == _ALL)])
        written = self._ask(_NEW, url, etag, floor)
        return int(written[0][0]) if written else 0

    def remember_shown(self, url: str, etag: str, digests: dict[str, str]) -> None:
        """Which entries, in which state, the bytes of an ETag held; the last `REMEMBERED` of each URL. A delta that
        cannot be made later is a full answer then."""
        if self._ask("SELECT 1 FROM shown WHERE url = ? AND etag = ?", url, etag) == []:
            self._ask("INSERT INTO shown (url, etag, digests) VALUES (?, ?, ?)", url, etag, json.dumps(digests))
            self._ask(
                "DELETE FROM shown WHERE url = ? AND n <= (SELECT n FROM shown WHERE url = ? ORDER BY n DESC LIMIT 1 OFFSET ?)",
                url, url, REMEMBERED,
            )  # fmt: skip

    def shown(self, url: str, etag: str) -> dict[str, str] | None:
        """Digests by token of the entries that the bytes of an ETag held, None when that is not known."""
        rows = self._ask("SELECT digests FROM shown WHERE url = ? AND etag = ?", url, etag)
        try:
            found = json.loads(rows[0][0]) if rows else None
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def has_announced(self) -> bool | None:
        """Whether hubs were ever told anything, None where that cannot be known now."""
        rows = self._ask("SELECT 1 FROM announced LIMIT 1")
        return None if rows is None else bool(rows)

    def announced(self, url: str) -> str | None:
        """ETag of what hubs were told last, `""` where they were told nothing, None where that cannot be known now."""
        rows = self._ask("SELECT etag FROM announced WHERE url = ?", url)
        return None if rows is None else rows[0][0] if rows else ""

    def announce(self, url: str, etag: str) -> None:
        self._ask("INSERT OR REPLACE INTO announced VALUES (?, ?)", url, etag)
