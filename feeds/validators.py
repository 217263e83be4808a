"""Last-Modified of each URL, moving forward on every change of its bytes; kept in the state folder.

Losing it is harmless: with a fresh state it is the newest instant in the document.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path


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

    def close(self) -> None:
        self._db.close()


def _open(path: Path | None) -> sqlite3.Connection:
    for target in (path, None):
        try:
            db = sqlite3.connect(target or ":memory:", timeout=2, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = OFF")
            db.execute(
                "CREATE TABLE IF NOT EXISTS validators "
                "(url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified INTEGER NOT NULL) WITHOUT ROWID"
            )
            return db
        except sqlite3.OperationalError:
            continue
        except sqlite3.DatabaseError:
            if target is not None:
                target.unlink(missing_ok=True)
                return _open(target)
    raise AssertionError("SQLite has no memory database")
