"""A state that begins with what another one knows."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from feeds import database, queries

_PATIENCE_SECONDS = 4


def copy_ready(source: Path, target: Path) -> None:
    """Copies a catalogue as it is at one moment, while it is in use; nothing where there is none that is whole."""
    if not source.exists():
        return
    try:
        with closing(database.look(source, patience_seconds=_PATIENCE_SECONDS)) as db:
            if queries.meta(db, "ready") and queries.horizon(db) is None:
                database.copy(db, target)
    except database.FAULTS:
        database.remove(target)  # then it is read from the files


def take_over(source: Path, target: Path) -> bool:
    """Puts a copy of a database in the place of one that was written to earlier, or that is not there. False where it
    cannot be read or written, and all is left as it is."""
    if _written(source) <= _written(target):
        return True
    part = target.with_name(target.name + ".part")
    try:
        database.remove(part)
        try:
            with closing(database.look(source, patience_seconds=_PATIENCE_SECONDS)) as db:
                database.copy(db, part)
        except database.FAULTS:  # a folder in which nobody may write, so that nobody does
            database.copy_files(source, part)
        database.remove(target)
        os.replace(part, target)
        return True
    except (OSError, *database.FAULTS):
        _remove(part)
        return False


def newest(paths: tuple[Path, ...]) -> Path:
    """The database that was written to last."""
    return max(paths, key=_written)


def _written(path: Path) -> int:
    """When, in nanoseconds since 1970 UTC; 0 where it is not there."""
    times = []
    for each in (path, path.with_name(path.name + "-wal")):
        try:
            times.append(each.stat().st_mtime_ns)
        except OSError:
            times.append(0)
    return max(times) if times[0] else 0


def _remove(path: Path) -> None:
    try:
        database.remove(path)
    except OSError:
        return
