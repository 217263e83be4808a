"""Disks that are small, full or read-only: mounted where we may, else by the limits of processes and modes of files."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

_HARD = resource.getrlimit(resource.RLIMIT_FSIZE)[1]


class Disk(Protocol):
    def fill(self) -> None: ...

    def free(self) -> None: ...


class Tmpfs:
    """A disk of its own, filled with a file."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self) -> None:
        with open(self._filler, "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 4096)
            except OSError:
                return

    def free(self) -> None:
        self._filler.unlink()


class Limited:
    """Processes whose files may not grow any more."""

    def __init__(self, *pids: int) -> None:
        self._pids = pids

    def fill(self) -> None:
        self._limit(4096)

    def free(self) -> None:
        self._limit(_HARD)

    def _limit(self, size_bytes: int) -> None:
        for pid in self._pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size_bytes, _HARD))


@contextmanager
def small(folder: Path, kilobytes: int) -> Iterator[bool]:
    """A disk of that size at the folder; false where we may not mount."""
    folder.mkdir(exist_ok=True)
    with _mounted(folder, "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs") as done:
        yield done


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody can write there, we least of all."""
    if os.geteuid() != 0:
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(0o755)
        return
    with _mounted(folder, "--bind", str(folder)) as done:
        assert done, "root may not mount here, and has leave to write everywhere"
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield


@contextmanager
def _mounted(folder: Path, *words: str) -> Iterator[bool]:
    try:
        done = subprocess.run(["mount", *words, str(folder)], check=False, capture_output=True).returncode == 0
    except OSError:
        done = False
    try:
        yield done
    finally:
        if done:
            subprocess.run(["umount", "-l", str(folder)], check=True)
