"""Reads many article files at once: in this process when they are few, else in one child process for each
processor. A child gets jobs on its standard input and answers on its standard output, so it needs nothing
of the server that it works for, and ends with it.
"""

from __future__ import annotations

import os
import pickle
import sqlite3
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from feeds import content, database, glance, queries
from feeds.config import Config
from feeds.content import ArticleFile, Found
from feeds.media import MediaFile

Progress = Callable[[int, int], None]  # (done, total)

MANY = 256  # files to be read; for fewer, starting children costs more than they save
_FEW = {"read": MANY, "glance": 2048}
_MOST_CHILDREN = 8
_BATCH, _AHEAD = 32, 4  # jobs of one message, messages on their way for each child
_PATIENCE_SECONDS = 10
_NICENESS = 5  # what answers goes before what reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An article file to be read. `known` is the digest of bytes that need no reading again, `remembered` the
    id of a file that has none, where not its name gives it."""

    found: Found
    shared: bool
    known: str = ""
    remembered: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Where articles find the media that they name: what this refresh brings and takes away, then the catalogue."""

    config: Config
    catalogue: Path | None
    db: sqlite3.Connection | None = field(compare=False)
    overlay: Mapping[str, MediaFile] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def find(self, path: str) -> MediaFile | None:
        found = self.overlay.get(path)
        if found or path in self.gone or self.db is None:
            return found
        return queries.find_media(self.db, path)

    def read(self, job: Job) -> ArticleFile:
        return content.read_article(
            job.found, config=self.config, find_media=self.find, shared=job.shared, known=job.known,
            remembered=job.remembered,
        )  # fmt: skip

    def glance(self, job: Job) -> float:
        return glance.newest(self.config, job.found.path)


class Children:
    """Reading processes, which can be begun before it is known what they will read."""

    def __init__(self) -> None:
        self._all: list[_Child] = []

    def begin(self) -> Sequence[_Child]:
        """One for each processor, if there are none yet."""
        if not self._all:
            processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
            self._all = [_Child() for _ in range(min(processors, _MOST_CHILDREN))]
        return self._all

    def close(self) -> None:
        """Ends them; others can be begun."""
        while self._all:
            self._all.pop().close()


class Readers:
    """Reads article files for one refresh. To be closed, which ends the children."""

    def __init__(self, media: Media, children: Children | None = None) -> None:
        self._media = media
        self._children = children or Children()
        self._stack = ExitStack()
        self._idle: SimpleQueue[_Child] = SimpleQueue()
        self._count = 0
        self._pool: ThreadPoolExecutor | None = None

    def close(self) -> None:
        self._stack.close()

    def read(self, jobs: Sequence[Job], progress: Progress | None = None) -> Iterator[ArticleFile]:
        """What each job gave, in order, read while it is asked for."""
        for done, answer in enumerate(self._each("read", jobs), 1):
            if progress:
                progress(done, len(jobs))
            yield answer

    def order(self, jobs: Sequence[Job]) -> list[tuple[float, Job]]:
        """Jobs with an instant that their article cannot be newer than (`glance.newest`), newest first, then by path."""
        found = zip(self._each("glance", jobs), jobs, strict=True)
        return sorted(found, key=lambda each: (-each[0], each[1].found.path))

    def _each(self, task: str, jobs: Sequence[Job]) -> Iterator[Any]:
        if len(jobs) < _FEW[task]:
            yield from _alone(task, jobs, self._media)
            return
        pool = self._pool or self._start()
        waiting: deque[Future[list[Any]]] = deque()
        for start in range(0, len(jobs), _BATCH):
            waiting.append(pool.submit(self._ask, task, jobs[start : start + _BATCH]))
            if len(waiting) >= self._count * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()

    def _start(self) -> ThreadPoolExecutor:
        children = self._stack.enter_context(closing(self._children)).begin()
        self._count = len(children)
        for child in children:
            child.take(self._media)
            self._idle.put(child)
        self._pool = self._stack.enter_context(ThreadPoolExecutor(self._count))
        return self._pool

    def _ask(self, task: str, batch: Sequence[Job]) -> list[Any]:
        child = self._idle.get()
        try:
            return child.ask(task, batch)
        finally:
            self._idle.put(child)


def _alone(task: str, jobs: Iterable[Job], media: Media) -> Iterator[Any]:
    work: Callable[[Job], Any] = getattr(media, task)
    return map(work, jobs)


class _Child:
    """One reading process; where it cannot be had or ends early, its work is done here."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        package = Path(__file__).resolve().parent.parent
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from feeds.readers import work; work()"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=package, start_new_session=False,
            )  # fmt: skip
        except OSError:
            self.close()

    def take(self, media: Media) -> None:
        """What it has to know before it is asked."""
        self._media = media
        if self._process is not None:
            try:
                pickle.dump(replace(media, db=None), self._stream("stdin"))
            except OSError:
                self.close()

    def ask(self, task: str, batch: Sequence[Job]) -> list[Any]:
        if self._process is not None:
            try:
                pickle.dump((task, batch), self._stream("stdin"))
                self._stream("stdin").flush()
                answer: list[Any] = pickle.load(self._stream("stdout"))
                return answer
            except (OSError, EOFError, pickle.UnpicklingError):
                self.close()
        return list(_alone(task, batch, replace(self._media, db=_connect(self._media.catalogue))))

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _stream(self, name: str) -> IO[bytes]:
        assert self._process is not None
        stream: IO[bytes] = getattr(self._process, name)
        return stream


def work() -> None:
    """What a child does until its parent hangs up."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but answers goes that way
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    jobs = sys.stdin.buffer
    try:
        media: Media = pickle.load(jobs)
        media = replace(media, db=_connect(media.catalogue))
        while True:
            task, batch = pickle.load(jobs)
            pickle.dump(list(_alone(task, batch, media)), answers)
            answers.flush()
    except (EOFError, OSError, KeyboardInterrupt, *database.FAULTS):  # whoever asked does it, and meets what it was
        return


def _connect(path: Path | None) -> sqlite3.Connection | None:
    return database.look(path, patience_seconds=_PATIENCE_SECONDS) if path else None
