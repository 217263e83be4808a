"""The databases of the state folder, whatever they hold: opened, known to be broken, taken away.

All that is in them can be made again, so what a new file would cure is cured by a new file. Only the
process that publishes makes and removes them; the others leave a note beside what they found broken.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from feeds.problems import Damage, one_line

# What questions to a broken file raise; SQLite's own message may quote bytes that are no UTF-8.
FAULTS = (Damage, sqlite3.Error, UnicodeDecodeError)
Identity = tuple[int, int]  # device and inode: another file of the same name is another
_NOTE = ".broken"
_SUFFIXES = ("", "-wal", "-shm", "-journal", _NOTE)
_BROKEN = {"CORRUPT", "NOTADB", "FORMAT", "EMPTY", "CANTOPEN", "READONLY", "IOERR_READ", "IOERR_SHORT_READ"}
_LOCKED = {"BUSY", "LOCKED"}


def connect(path: Path | None, schema: str, *, patience_seconds: float) -> sqlite3.Connection:
    """For writing; an empty or missing file gets the tables of `schema`. None is a database in memory. Raises
    one of `FAULTS`, Damage for a database of another kind."""
    db = sqlite3.connect(
        path or ":memory:", timeout=patience_seconds, isolation_level=None, check_same_thread=False,
        cached_statements=256,
    )  # fmt: skip
    try:
        db.execute("PRAGMA journal_mode = WAL")
        if not _tables(db):
            db.executescript(f"BEGIN IMMEDIATE; {schema} COMMIT;")
        if _tables(db) != _wanted(schema):
            raise Damage("is of another kind")
    except BaseException:
        db.close()
        raise
    return db


def look(path: Path, *, patience_seconds: float) -> sqlite3.Connection:
    """For reading alone; never makes a file. Raises one of `FAULTS`."""
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=patience_seconds, isolation_level=None,
        check_same_thread=False, cached_statements=256,
    )  # fmt: skip
    db.execute("PRAGMA query_only = ON")
    return db


def file_of(db: sqlite3.Connection) -> Path:
    """The file that a connection reads."""
    return Path(db.execute("PRAGMA database_list").fetchone()[2])


def copy(db: sqlite3.Connection, target: Path) -> None:
    """What the database holds at this moment, as a file of its own. Raises sqlite3.Error, also where either of them is
    locked for seconds."""
    with closing(sqlite3.connect(target)) as made:
        db.backup(made, progress=_impatient)


def _impatient(status: int, _remaining: int, _total: int) -> None:
    """By itself a backup waits for ever."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorname = "SQLITE_BUSY"
        raise error


def copy_files(source: Path, target: Path) -> None:
    """The same of a database that nobody writes to, where SQLite may not make the files that it reads with. Raises
    one of `FAULTS`, OSError."""
    for suffix in ("", "-wal"):
        if (file := source.with_name(source.name + suffix)).exists():
            shutil.copyfile(file, target.with_name(target.name + suffix))
    with closing(sqlite3.connect(target)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if found := damage(target):
        raise Damage(found)


def _tables(db: sqlite3.Connection) -> frozenset[tuple[str, ...]]:
    return frozenset(db.execute("SELECT type, name, sql FROM sqlite_master"))


@cache
def _wanted(schema: str) -> frozenset[tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(schema)
        return _tables(db)


def identity(path: Path) -> Identity | None:
    """None where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def remove(path: Path) -> None:
    """Deletes a database; who has it open keeps what they see. Raises OSError."""
    for suffix in _SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def fault(error: Exception) -> str:
    """What is wrong with a file that a new one would cure, as the end of a sentence; `""` where it would not."""
    if isinstance(error, Damage):
        return str(error)
    if is_locked(error):
        return "is locked by another program"
    name = _name(error)
    undecodable = isinstance(error, UnicodeDecodeError) or str(error).startswith("Could not decode")
    if name in _BROKEN or name.split("_")[0] in _BROKEN or undecodable:
        return f"is broken ({one_line(str(error))})"
    return ""


def is_locked(error: Exception) -> bool:
    return _name(error).split("_")[0] in _LOCKED


def _name(error: Exception) -> str:
    """SQLite's own name of what went wrong (sqlite.org/rescode.html)."""
    return str(getattr(error, "sqlite_errorname", "")).removeprefix("SQLITE_")


def damage(path: Path) -> str:
    """What a look at every page and every index finds wrong, `""` for nothing. Reads the whole file."""
    try:
        with closing(look(path, patience_seconds=1)) as db:
            (found,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    except FAULTS as error:
        return "" if is_locked(error) else fault(error)
    return "" if found == "ok" else f"is broken ({' '.join(str(found).split())})"


def note(path: Path, broken: Identity | None) -> None:
    """Tells the publishing process that the file of this identity is to be made anew."""
    try:
        path.with_name(path.name + _NOTE).write_text(repr(broken), "utf-8")
    except OSError:
        return  # it meets the same pages sooner or later


def noted(path: Path, mine: Identity | None) -> bool:
    """Whether another process has found this very file broken."""
    try:
        return path.with_name(path.name + _NOTE).read_text("utf-8") == repr(mine)
    except (OSError, ValueError):
        return False
