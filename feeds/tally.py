"""Counts that all processes of a service share, so that whichever is asked tells those of all.

Kept in the state folder: they grow on over a restart, and losing them is harmless. Each process adds to them once a
second, and says what is true of itself alone; what it said counts for as long as it goes on saying it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from feeds import database

Key = tuple[str, ...]  # the name, then the values of its labels
PRESENT_SECONDS = 15
_NOTHING: database.Identity | None = (-1, -1)  # no file's identity
_SCHEMA = """
CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS present (
  process INTEGER NOT NULL, key TEXT NOT NULL, value REAL NOT NULL, told REAL NOT NULL, PRIMARY KEY (process, key)) WITHOUT ROWID;
"""


class Tally:
    """`path` gives the file, which may come to stand elsewhere, and is made anew where it is gone or broken. Where it
    cannot be written the counts live in memory, and each process tells of itself alone. Instants are seconds since
    1970 UTC."""

    def __init__(self, path: Callable[[], Path]) -> None:
        self._path = path
        self._opened, self._identity = Path(), _NOTHING
        self._db = database.connect(None, _SCHEMA, patience_seconds=0)

    def add(self, process: int, counts: Mapping[Key, float], present: Mapping[Key, float], now: float) -> bool:
        """All of it or, where another process writes for longer than two seconds, nothing. Whether it was done."""
        rows = [(json.dumps(key), value) for key, value in counts.items()]
        states = [(process, json.dumps(key), value, now) for key, value in present.items()]
        db = self._present()
        try:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                "INSERT INTO counts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = value + excluded.value", rows
            )
            db.executemany("INSERT OR REPLACE INTO present VALUES (?, ?, ?, ?)", states)
            db.execute("DELETE FROM present WHERE told < ?", (now - PRESENT_SECONDS,))
            db.execute("COMMIT")
        except database.FAULTS as error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            self._met(error)
            return False
        return True

    def counts(self) -> dict[Key, float]:
        return self._asked("SELECT key, value FROM counts", ())

    def present(self, now: float) -> dict[Key, float]:
        """Sums over the processes that there are."""
        return self._asked("SELECT key, sum(value) FROM present WHERE told >= ? GROUP BY key", (now - PRESENT_SECONDS,))

    def _asked(self, question: str, values: tuple[float, ...]) -> dict[Key, float]:
        """Nothing from a broken file, as from the new one in its place."""
        try:
            return {tuple(json.loads(key)): value for key, value in self._present().execute(question, values)}
        except (*database.FAULTS, ValueError, TypeError) as error:
            self._met(error)
            return {}

    def _present(self) -> sqlite3.Connection:
        """Of the file that is there now; as long as none can be opened, of what was open before."""
        path = self._path()
        if path != self._opened or database.identity(path) != self._identity:
            opened = _open(path)
            if opened is not None:
                self._db, self._opened, self._identity = opened, path, database.identity(path)
        return self._db

    def _met(self, error: Exception) -> None:
        if database.fault(error) and not database.is_locked(error):
            _remove(self._opened)


def _open(path: Path) -> sqlite3.Connection | None:
    for _ in range(2):
        try:
            db = database.connect(path, _SCHEMA, patience_seconds=2)
            db.execute("PRAGMA synchronous = OFF")
            return db
        except database.FAULTS as error:
            if database.fault(error):
                _remove(path)
    return None


def _remove(path: Path) -> None:
    try:
        database.remove(path)
    except OSError:
        return
