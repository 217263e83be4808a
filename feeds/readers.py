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

from feeds import content, glance, queries
from feeds.config import Config
from feeds.content import ArticleFile, Found
from feeds.media import MediaFile

Progress = Callable[[int, int], None]  # (done, total)

_FEW = 256  # below this, starting children costs more than they save
_BATCH, _AHEAD = 32, 4  # jobs of one message, messages on their way for each child
_NICENESS = 5  # what answers goes before what reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An article file to be read. `known` is the digest of bytes that need no reading again."""

    found: Found
    shared: bool
    known: str = ""


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
            job.found, config=self.config, find_media=self.find, shared=job.shared, known=job.known
        )

    def glance(self, job: Job) -> float:
        return glance.newest(self.config, job.found.path)


def read(jobs: Sequence[Job], media: Media, progress: Progress | None = None) -> Iterator[ArticleFile]:
    """What each job gave, in order, read while it is asked for."""
    yield from _each("read", jobs, media, progress)


def order(jobs: Sequence[Job], media: Media) -> list[tuple[float, Job]]:
    """Jobs with an instant that their article cannot be newer than (`glance.newest`), newest first, then by path."""
    found = zip(_each("glance", jobs, media, None), jobs, strict=True)
    return sorted(found, key=lambda each: (-each[0], each[1].found.path))


def _each(task: str, jobs: Sequence[Job], media: Media, progress: Progress | None) -> Iterator[Any]:
    answers = _alone(task, jobs, media) if len(jobs) < _FEW else _shared(task, jobs, media)
    for done, answer in enumerate(answers, 1):
        if progress:
            progress(done, len(jobs))
        yield answer


def _alone(task: str, jobs: Iterable[Job], media: Media) -> Iterator[Any]:
    work: Callable[[Job], Any] = getattr(media, task)
    return map(work, jobs)


def _shared(task: str, jobs: Sequence[Job], media: Media) -> Iterator[Any]:
    count = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 8)
    idle: SimpleQueue[_Child] = SimpleQueue()
    with ExitStack() as stack:
        for _ in range(count):
            idle.put(stack.enter_context(closing(_Child(media))))
        pool = stack.enter_context(ThreadPoolExecutor(count))
        waiting: deque[Future[list[Any]]] = deque()

        def ask(batch: Sequence[Job]) -> list[Any]:
            child = idle.get()
            try:
                return child.ask(task, batch)
            finally:
                idle.put(child)

        for start in range(0, len(jobs), _BATCH):
            waiting.append(pool.submit(ask, jobs[start : start + _BATCH]))
            if len(waiting) >= count * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


class _Child:
    """One reading process; where it cannot be had or ends early, its work is done here."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._process: subprocess.Popen[bytes] | None = None
        package = Path(__file__).resolve().parent.parent
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from feeds.readers import work; work()"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=package, start_new_session=False,
            )  # fmt: skip
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
    except (EOFError, OSError, KeyboardInterrupt):
        return


def _connect(path: Path | None) -> sqlite3.Connection | None:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False) if path else None
