"""A state that begins with what another one knows."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path

from feeds import database, queries
from feeds.problems import Damage

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
    """Puts what a database holds into one that was written to earlier, or that is not there. False where that cannot be
    done now, and all is left as it is; a source that is broken has nothing."""
    if _written(source) <= _written(target):
        return True
    part = target.with_name(target.name + ".part")
    try:
        database.remove(part)
        if not _copied(source, part):
            return True
        if not (target.exists() and _poured(part, target)):
            database.remove(target)
            os.replace(part, target)
        database.remove(part)
        return True
    except (OSError, *database.FAULTS):
        with suppress(OSError):
            database.remove(part)
        return False


def _copied(source: Path, part: Path) -> bool:
    """False where it is broken."""
    try:
        _copy(source, part)
    except database.FAULTS as error:
        if database.is_locked(error):
            raise
        database.remove(part)  # a folder in which nobody may write, so that nobody does
        try:
            database.copy_files(source, part)
        except Damage:
            return False
    return True


def _poured(part: Path, target: Path) -> bool:
    """All in one step, while others may have it open. False where the target is broken."""
    try:
        _copy(part, target)
    except database.FAULTS as error:
        if database.fault(error) and not database.is_locked(error):
            return False
        raise
    return True


def _copy(source: Path, target: Path) -> None:
    with closing(database.look(source, patience_seconds=_PATIENCE_SECONDS)) as db:
        database.copy(db, target)


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
