"""Folders, ports and copies."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """(mtime, size) of everything below a folder."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in folder.rglob("*")
    }


def moved(source: Path, target: Path) -> Path:
    """A copy of a whole newsroom folder elsewhere, without its catalogue."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("var", "*.log"))
    return target
