"""What clients have been told: Last-Modified of each URL, moving forward on every change of its bytes, and
which entries each ETag stood for. Kept in the state folder.

Losing it is harmless: with a fresh state it is the newest instant in the document.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

REMEMBERED = 64
_SCHEMA = """
CREATE TABLE IF NOT EXISTS validators (url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shown (n INTEGER PRIMARY KEY, url TEXT NOT NULL, etag TEXT NOT NULL, digests TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS announced (url TEXT PRIMARY KEY, etag TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS shown_url ON shown (url, etag);
"""


class Validators:
    """Shared by all workers. Where the state folder cannot be written it lives in memory."""

    def __init__(self, path: Path | None) -> None:
        self._db = _open(path)

    def modified(self, url: str, etag: str, newest: int) -> int:
        """Seconds since 1970 UTC. `newest` is the newest instant in the document. A change within the
        second of the last one gives a second that is still to come: leave the header out until then."""
        try:
            row = self._db.execute("SELECT etag, modified FROM validators WHERE url = ?", (url,)).fetchone()
            if row and row[0] == etag:
                return int(row[1])
            modified = max(newest, row[1] + 1) if row else newest
            self._db.execute("INSERT OR REPLACE INTO validators VALUES (?, ?, ?)", (url, etag, modified))
            return modified
        except sqlite3.OperationalError:  # locked or read-only for once: the document's own instant is true too
            return newest

    def remember_shown(self, url: str, etag: str, digests: dict[str, str]) -> None:
        """Which entries, in which state, the bytes of an ETag held; the last `REMEMBERED` of each URL."""
        try:
            if self._db.execute("SELECT 1 FROM shown WHERE url = ? AND etag = ?", (url, etag)).fetchone():
                return
            self._db.execute(
                "INSERT INTO shown (url, etag, digests) VALUES (?, ?, ?)", (url, etag, json.dumps(digests))
            )
            self._db.execute(
                "DELETE FROM shown WHERE url = ? AND n <= (SELECT n FROM shown WHERE url = ? ORDER BY n DESC LIMIT 1 OFFSET ?)",
                (url, url, REMEMBERED),
            )
        except sqlite3.OperationalError:
            return  # a delta that cannot be made later is a full answer then

    def shown(self, url: str, etag: str) -> dict[str, str] | None:
        """Digests by token of the entries that the bytes of an ETag held, None when that is not known."""
        try:
            row = self._db.execute("SELECT digests FROM shown WHERE url = ? AND etag = ?", (url, etag)).fetchone()
        except sqlite3.OperationalError:
            return None
        found: dict[str, str] | None = json.loads(row[0]) if row else None
        return found

    def announced(self) -> dict[str, str]:
        """ETag by URL of what hubs were told last."""
        return dict(self._db.execute("SELECT url, etag FROM announced"))

    def announce(self, url: str, etag: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO announced VALUES (?, ?)", (url, etag))

    def close(self) -> None:
        self._db.close()


def _open(path: Path | None) -> sqlite3.Connection:
    for target in (path, None):
        try:
            db = sqlite3.connect(target or ":memory:", timeout=2, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = OFF")
            db.executescript(_SCHEMA)
            return db
        except sqlite3.OperationalError:
            continue
        except sqlite3.DatabaseError:
            if target is not None:
                target.unlink(missing_ok=True)
                return _open(target)
    raise AssertionError("SQLite has no memory database")
