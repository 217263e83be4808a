"""Opens files of the content folder, which may have become something else since the folder was looked at."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a FIFO must not hold us


def open_inside(root: Path, path: str) -> BinaryIO:
    """The regular file at a path below the folder, or that a link there leads to, below the folder too. Raises
    OSError for anything else."""
    try:
        descriptor = os.open(root / path, _FLAGS)
    except OSError as error:
        if error.errno != errno.ELOOP:  # what O_NOFOLLOW says of a link (POSIX)
            raise
        descriptor = os.open(_target(root, path), _FLAGS)
    stream = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        stream.close()
        raise OSError(errno.EINVAL, "is no regular file", path)
    return stream


def _target(root: Path, path: str) -> str:
    target = os.path.realpath(root / path)
    if not target.startswith(os.path.realpath(root) + os.sep):
        raise OSError(errno.ELOOP, "leads outside the content folder", path)
    return target
