"""Counts that all processes of a service share, so that whichever is asked tells those of all.

Kept in the state folder: they grow on over a restart, and losing them is harmless. Each process adds to them once a
second, and says what is true of itself alone; what it said counts for as long as it goes on saying it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from feeds import database

Key = tuple[str, ...]  # the name, then the values of its labels
PRESENT_SECONDS = 15
_SCHEMA = """
CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS present (
  process INTEGER NOT NULL, key TEXT NOT NULL, value REAL NOT NULL, told REAL NOT NULL, PRIMARY KEY (process, key)) WITHOUT ROWID;
"""


class Tally:
    """Where the file cannot be written it lives in memory, and each process tells of itself alone. Instants are
    seconds since 1970 UTC."""

    def __init__(self, path: Path) -> None:
        self._db = _open(path)

    def add(self, process: int, counts: Mapping[Key, float], present: Mapping[Key, float], now: float) -> bool:
        """All of it or, where another process writes for longer than two seconds, nothing. Whether it was done."""
        rows = [(json.dumps(key), value) for key, value in counts.items()]
        states = [(process, json.dumps(key), value, now) for key, value in present.items()]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT INTO counts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = value + excluded.value", rows
            )
            self._db.executemany("INSERT OR REPLACE INTO present VALUES (?, ?, ?, ?)", states)
            self._db.execute("DELETE FROM present WHERE told < ?", (now - PRESENT_SECONDS,))
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            return False
        return True

    def counts(self) -> dict[Key, float]:
        return {tuple(json.loads(key)): value for key, value in self._db.execute("SELECT key, value FROM counts")}

    def present(self, now: float) -> dict[Key, float]:
        """Sums over the processes that there are."""
        question = "SELECT key, sum(value) FROM present WHERE told >= ? GROUP BY key"
        return {tuple(json.loads(key)): value for key, value in self._db.execute(question, (now - PRESENT_SECONDS,))}


def _open(path: Path) -> sqlite3.Connection:
    for target in (path, path, None):
        try:
            db = database.connect(target, _SCHEMA, patience_seconds=2)
            db.execute("PRAGMA synchronous = OFF")
            return db
        except database.FAULTS as error:
            if target and database.fault(error):
                _remove(target)
    raise AssertionError("SQLite has no memory database")


def _remove(path: Path) -> None:
    try:
        database.remove(path)
    except OSError:
        return
