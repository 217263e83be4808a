"""The same bytes that `serve` answers, as a static tree: writes only what differs, removes what is gone.

What an export has written stands in a list in its folder (`manifest`), each document with a key of all that goes into
it. A document whose key is the same and whose files are as they were left is not made again. Names: `layout`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from feeds import crew, layout, redirects, survey
from feeds.config import Config
from feeds.crew import Job, Task
from feeds.edition import edition
from feeds.manifest import Manifest
from feeds.problems import NashraError, quote
from feeds.readers import Progress
from feeds.survey import Document, key_of
from feeds.workshop import SPARE, Outcome

_TASK = 16  # documents given to a process at a time
_WORTH_HELP = 400  # documents; a process needs a second before it begins
_MOST_HANDS = 8
_PATIENCE_SECONDS = 5.0  # for the last files of an export that was interrupted


@dataclass(slots=True)
class Report:
    """Paths relative to the folder. Files that there was no need to make again are unchanged."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # names that the file system cannot hold
    unchanged: int = 0


class ExportError(NashraError):
    """Why nothing can be written into a folder."""


def export(
    config: Config, db: sqlite3.Connection, catalogue: Path, state: Path, validators: Path, folder: Path, now: int, *,
    full: bool = False, progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Writes the whole site as it stands at `now` (seconds since 1970 UTC). Each file is replaced in one step. `full`
    makes and compares every document. `catalogue` is the file that `db` reads. Raises OSError when the folder cannot be
    written, and ExportError before anything is."""
    _refuse(config, folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder, folder):
        _clear(folder)
        manifest, report = Manifest(folder), Report()
        documents = [*survey.documents(config, db, now), *_maps(config, db, now)]
        moved = layout.settle(name for document in documents for name in document.names)
        salt = key_of(edition(config))
        stale: list[Document] = []
        for document in documents:
            places = [moved[name] for name in document.names if name in moved] if moved else []
            key = key_of(salt, document.key, places)
            entry = manifest.entries.get(document.path)
            if not full and entry and entry.key == key and entry.files and all(f.stands(folder) for f in entry.files):
                report.unchanged += len(entry.files)
            else:
                stale.append(replace(document, key=key))
        job = Job(
            config=config, catalogue=catalogue, state=state, validators=validators, folder=folder, now=now, moved=moved
        )
        paths = {document.path for document in documents}
        blocked = _write(job, manifest, stale, len(documents), report, progress)
        _remove(folder, manifest, paths, report)
        if blocked:  # what is gone has made room
            _write_last(job, manifest, blocked, report)
            _remove(folder, manifest, paths, report)
        manifest.close()
        _clear(folder)
    report.written.sort()
    return report


def _refuse(config: Config, folder: Path) -> None:
    """What lies in the content would be read as content; what holds it would publish drafts."""
    there = folder.resolve()
    for name, kept in (("content", config.content_path.resolve()), ("state", config.state_path.resolve())):
        if kept.is_relative_to(there):
            raise ExportError(
                f"the {name} folder {quote(str(kept))} lies in it and would be published: {quote(str(folder))}"
            )
    if there.is_relative_to(config.content_path.resolve()):
        raise ExportError(f"it lies in the content folder, pages would be read as articles: {quote(str(folder))}")


@contextmanager
def _locked(path: Path, folder: Path) -> Iterator[None]:
    """Holds a folder's lock; a file system without locks has none to hold."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    end = time.monotonic() + _PATIENCE_SECONDS
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > end:
                    raise ExportError(f"another export is writing into it: {quote(str(folder))}") from error
                time.sleep(0.05)
                continue
            except OSError:
                pass
            break
        yield
    finally:
        os.close(descriptor)


def _clear(folder: Path) -> None:
    """Removes what an interrupted export left half done, as soon as no process of its writes any more."""
    spare = folder / SPARE
    with suppress(FileNotFoundError), _locked(spare, folder):
        shutil.rmtree(spare)


def _maps(config: Config, db: sqlite3.Connection, now: int) -> Iterator[Document]:
    """What a web server is told that is no document of the site."""
    moves = redirects.redirect_map(redirects.moved(config, db, now))
    for name, text in (("_redirects.map", moves), ("_site.conf", redirects.site_conf(config))):
        yield Document(kind="text", path=f"/{name}", name=name, key=key_of(text), text=text)


def _write(
    job: Job, manifest: Manifest, stale: Sequence[Document], total: int, report: Report, progress: Progress | None
) -> list[Document]:
    """The documents that something else stands in the way of."""
    done = total - len(stale)
    blocked = set()
    if stale:
        (job.folder / SPARE).mkdir(exist_ok=True)
    for found in crew.outcomes(job, _tasks(manifest, stale), _hands(len(stale))):
        _take(found, manifest, report)
        blocked |= {outcome.path for outcome in found if outcome.blocked}
        done += len(found)
        if progress:
            progress(done, total)
    return [document for document in stale if document.path in blocked]


def _write_last(job: Job, manifest: Manifest, blocked: Sequence[Document], report: Report) -> None:
    """Once more. Raises OSError where somebody else's file or folder is in the way."""
    workshop = job.open()
    for document in blocked:
        _take([workshop.put(document, None, last_try=True)], manifest, report)


def _take(found: Sequence[Outcome], manifest: Manifest, report: Report) -> None:
    manifest.record((each.path, each.entry) for each in found if not each.blocked)
    for outcome in found:
        report.written += outcome.written
        report.refused += outcome.refused
        report.unchanged += outcome.unchanged


def _tasks(manifest: Manifest, stale: Sequence[Document]) -> Iterator[Task]:
    for start in range(0, len(stale), _TASK):
        part = stale[start : start + _TASK]
        manifest.announce(name for document in part for name in document.names)
        yield [(document, manifest.entries.get(document.path)) for document in part]


def _hands(stale: int) -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_HANDS, 1 + stale // _WORTH_HELP)


def _remove(folder: Path, manifest: Manifest, paths: set[str], report: Report) -> None:
    """What an export has written and this one has not."""
    kept = {file.name for path, entry in manifest.entries.items() if path in paths for file in entry.files}
    gone = manifest.owned - kept
    for name in sorted(gone):
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            (folder / name).unlink()
            report.removed.append(name)
    _prune(folder, gone)
    manifest.forget(gone, manifest.entries.keys() - paths)


def _prune(folder: Path, names: Iterable[str]) -> None:
    """Removes the folders of names that have become empty, never the export's own."""
    for inner in sorted({each for name in names for each in layout.folders(name)}, key=len, reverse=True):
        with suppress(OSError):
            (folder / inner).rmdir()
