"""Walks the content folder: everything in it that is not hidden, with what changes whenever a file does.

Needs nothing but the standard library, so that a process that does nothing else starts at once.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

Seen = tuple[str, str]  # path relative to the folder, and its stamp: `""` where a closer look is needed


def is_hidden(path: str) -> bool:
    """Hidden files, `_drafts/` and every name that begins with `_`; editors' leftovers."""
    return any(map(is_hidden_name, path.split("/")))


def is_hidden_name(part: str) -> bool:
    """The same of one segment of a path."""
    return part.startswith((".", "_")) or part.endswith(("~", ".swp", ".swo", ".bak", ".tmp"))


def stamp(status: os.stat_result) -> str:
    return f"{status.st_mtime_ns} {status.st_size} {status.st_ctime_ns} {status.st_ino}"


def walk(root: str, start: str) -> Iterator[Seen]:
    """Everything at and below `start` that is not hidden and no folder. Links are not entered. Order never matters."""
    if start != root and not (os.path.isdir(start) and not os.path.islink(start)):
        if os.path.lexists(start):
            yield start[len(root) + 1 :], ""
        return
    pending = [start]
    while pending:
        folder = pending.pop()
        before = folder[len(root) + 1 :] + "/" if folder != root else ""
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = entry.name
                    if is_hidden_name(name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    else:
                        yield before + name, _stamp_of(entry)
        except OSError:
            if os.path.lexists(folder):
                yield os.path.relpath(folder, root), ""


def _stamp_of(entry: os.DirEntry[str]) -> str:
    """The stamp of a regular file, `""` for everything else and where it cannot be told."""
    try:
        return stamp(entry.stat(follow_symlinks=False)) if entry.is_file(follow_symlinks=False) else ""
    except OSError:
        return ""


class Ahead:
    """A walk through the whole folder that another process has begun, while this one is still being loaded."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-S", "-c", "from feeds.walking import work; work()", self._root],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                cwd=Path(__file__).resolve().parent.parent,
            )  # fmt: skip
        except OSError:
            return

    def of(self, root: str) -> Iterable[Seen] | None:
        """What it saw, once; None where it was a walk through another folder, or did not come to its end."""
        process, self._process = self._process, None
        if process is None:
            return None
        try:
            with process:
                if root != self._root or process.stdout is None:
                    process.kill()
                    return None
                seen: list[Seen] = pickle.load(process.stdout)
                return seen
        except (EOFError, pickle.UnpicklingError, OSError):
            return None

    def close(self) -> None:
        self.of("")


def work() -> None:
    """What the other process does."""
    root = sys.argv[1]
    with open(1, "wb", closefd=False) as answer:
        pickle.dump(list(walk(root, root)), answer)
