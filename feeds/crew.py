"""Several processes that make documents at the same time."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from feeds.catalogue import Catalogue
from feeds.config import Config
from feeds.manifest import Entry
from feeds.survey import Document
from feeds.workshop import SPARE, Outcome, Workshop

Task = Sequence[tuple[Document, Entry | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """All that a process needs to open a workshop of its own."""

    config: Config
    catalogue: Path
    state: Path
    validators: Path
    folder: Path
    now: int
    moved: Mapping[str, str]

    def open(self) -> Workshop:
        db = Catalogue(self.catalogue, writable=False).connection
        return Workshop(self.config, db, self.state, self.validators, self.folder, self.now, self.moved)


def outcomes(job: Job, tasks: Iterable[Task], hands: int) -> Iterator[list[Outcome]]:
    """Of each task, in the order in which they end. One process does it here for one. Raises the first OSError that any
    of them met, and RuntimeError for one that ended without a word."""
    if hands < 2:
        workshop = job.open()
        yield from ([workshop.put(*each) for each in task] for task in tasks)
        return
    context = multiprocessing.get_context("spawn")  # nothing of this process is left open in them
    waiting, idle = iter(tasks), []
    for _ in range(hands):
        ours, theirs = context.Pipe()
        context.Process(target=_work, args=(job, theirs, os.getpid()), daemon=True).start()
        theirs.close()
        idle.append(ours)
    busy: list[Connection] = []
    while True:
        for connection in tuple(idle):
            task = next(waiting, None)
            if task is None:
                break
            connection.send(task)
            idle.remove(connection)
            busy.append(connection)
        if not busy:
            break
        for ready in wait(busy):
            assert isinstance(ready, Connection)
            busy.remove(ready)
            idle.append(ready)
            yield _received(ready)
    for connection in idle:
        connection.close()


def _received(connection: Connection) -> list[Outcome]:
    try:
        found = connection.recv()
    except EOFError as error:
        raise RuntimeError("a helper process has ended before its work was done") from error
    if isinstance(found, Exception):
        raise found
    made: list[Outcome] = found
    return made


def _work(job: Job, connection: Connection, parent: int) -> None:
    """Until the pipe is closed. It shares the lock of the folder, so that no other export begins while one of its
    files may still be on the way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it decides
    lock = os.open(job.folder / SPARE, os.O_RDONLY)
    with suppress(OSError):  # a file system without locks
        fcntl.flock(lock, fcntl.LOCK_SH)
    try:
        workshop = job.open()
        while True:
            found = []
            for document, before in connection.recv():
                if os.getppid() != parent:
                    return
                found.append(workshop.put(document, before))
            connection.send(found)
    except EOFError:
        return
    except Exception as error:  # told to the one who waits, who raises it
        connection.send(error)
