"""The state folder, and the role of publisher, which one process of all that share the folder has.

All that is in it can be made again. Where it cannot be written its place is taken by a folder for temporary files
that the same processes find again; where that fails too, nothing runs and the message says what to do. What clients
were told and under which ids goes along. A clock that is stopped has files of its own in it, which begin with the ids
that are known and give nothing back.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from feeds import database, headstart, logs
from feeds.config import Config
from feeds.edition import reading_edition
from feeds.problems import StateError

_MEMORY = "names.sqlite"
_STOPPED = "at-"  # files of clocks that are stopped begin with it
_LOCK = "publisher.lock"
_ELSEWHERE = "another process keeps it elsewhere"


class State:
    """Raises StateError where no folder can be written."""

    def __init__(self, wanted: Path, *, stopped: bool = False) -> None:
        self._wanted = wanted
        self._prefix = _STOPPED if stopped else ""
        self._why = ""  # the wanted folder is not the one
        self._lock: int | None = None
        self._private: tempfile.TemporaryDirectory[str] | None = None
        self.folder = wanted
        self.settle()

    def settle(self) -> None:
        """Chooses the folder, anew after a loss. Processes that had to move are joined there. Who has the role gives
        it up only when the one elsewhere is theirs, or somebody's."""
        old, self._lock = self._lock, None
        try:
            self.folder, self._why = self._wanted, ""
            why = _why_not(self._wanted)
            if why or _is_held(_spare(self._wanted) / self.file(_LOCK).name):
                self.move(why or _ELSEWHERE)
                if old is not None:
                    self.take_role()
        finally:
            if old is not None:
                os.close(old)

    def move(self, why: str) -> None:
        """To the folder that stands in, once."""
        spare = _spare(self._wanted)
        other = why if self._why else _why_not(spare, mode=0o700)
        if other:
            raise StateError(
                f"state can be kept neither in '{self._wanted}' ({self._why or why}) nor in '{spare}' ({other}); "
                "make one of them writable or set state in config.yaml to a folder that is"
            )
        self.leave_role()
        self.folder, self._why = spare, why

    def alone(self) -> None:
        """A folder that nobody shares and that goes when this process ends."""
        self._private = tempfile.TemporaryDirectory(prefix="nashra-")
        self.folder = Path(self._private.name)

    # --- the role -----------------------------------------------------------------------------------

    def take_role(self) -> bool:
        """Whether the role is ours, now or already. It is given up by the end of this process, however it ends. Raises
        StateError where it cannot be had in this folder; the folder may be another one then."""
        if self._lock is not None:
            return True
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.file(_LOCK))
            if self._lock is not None:
                self._inherit()
        except OSError as error:
            self.leave_role()
            raise StateError(error.strerror or str(error)) from error
        except StateError as error:
            self._retreat(str(error))
            raise
        if self._lock is not None and self._why:
            logs.event(
                "state",
                f"state cannot be written, {self._why}: '{self._wanted}'; this run keeps it in '{self.folder}'",
                logging.WARNING,
            )
        return self._lock is not None

    def _inherit(self) -> None:
        """What is known in the other folder that may stand in, and newer, is known here. Raises StateError where it
        cannot be brought home; nothing is given up then."""
        if self._private is not None:
            return
        for folder in (self._wanted, self.folder) if self._prefix else ():
            headstart.take_over(folder / _MEMORY, self.memory)
        if self._why:
            for mine in (self.memory, self.validators):
                headstart.take_over(self._wanted / mine.name, mine)
            return
        other = _spare(self._wanted)
        if not _is_ours(other):
            return
        try:
            lock = _locked(other / self.file(_LOCK).name, fcntl.LOCK_SH)  # as who looks does: a publisher has it alone
        except OSError:
            return
        if lock is None:
            raise StateError(_ELSEWHERE)
        try:
            for mine in (self.memory, self.validators):
                if not headstart.take_over(other / mine.name, mine):
                    raise StateError(f"what is known in '{other}' cannot be brought there")
                with suppress(OSError):  # else it would be known again when all of the state has been taken away
                    database.remove(other / mine.name)
        finally:
            os.close(lock)

    def _retreat(self, why: str) -> None:
        """To the folder that stands in, with the role, before anybody else can have it here."""
        old, self._lock = self._lock, None
        try:
            self.move(why)
            self.take_role()
        finally:
            if old is not None:
                os.close(old)

    def leave_role(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def is_refused(self) -> bool:
        """Whether nobody may write in the folder any more."""
        try:
            with tempfile.TemporaryFile(dir=self.folder):
                return False
        except OSError as error:
            return error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENOENT)

    def is_lost(self) -> bool:
        """Whether somebody took the folder away, so that others would not find the role taken."""
        if self._lock is None:
            return not self.folder.is_dir()
        status = os.fstat(self._lock)
        return database.identity(self.file(_LOCK)) != (status.st_dev, status.st_ino)

    # --- what is in it --------------------------------------------------------------------------------

    def file(self, name: str) -> Path:
        return self.folder / (self._prefix + name)

    @property
    def validators(self) -> Path:
        return self.file("validators.sqlite")

    @property
    def memory(self) -> Path:
        return self.file(_MEMORY)

    def catalogue(self, config: Config) -> Path:
        """One file for each set of settings and each version of this package and of its libraries, so none is ever
        half converted."""
        return self.file(f"catalogue-{reading_edition(config)}.sqlite")

    def begin(self, mine: Path) -> None:
        """A catalogue that is not there yet, of a clock that is stopped, begins with what the service has read."""
        if self._prefix and not mine.exists():
            headstart.copy_ready(mine.with_name(mine.name.removeprefix(self._prefix)), mine)

    def others(self, mine: Path) -> Iterator[Path]:
        """Catalogues of other settings."""
        yield from sorted(path for path in self.folder.glob(f"{self._prefix}catalogue-*.sqlite") if path != mine)

    def sweep(self, mine: Path) -> None:
        """Removes what belongs to no catalogue but this."""
        for path in self.folder.glob(f"{self._prefix}catalogue-*"):
            if not path.name.startswith(mine.name):
                with suppress(OSError):
                    path.unlink(missing_ok=True)


def memory(folder: Path, *, stopped: bool) -> Path:
    """The memory of ids to be looked at, of a clock that goes or is stopped, by who takes no role."""
    shared = folder / _MEMORY
    return headstart.newest((folder / (_STOPPED + _MEMORY), shared)) if stopped else shared


def _spare(wanted: Path) -> Path:
    """Of one user and one state folder, as long as the machine runs."""
    name = hashlib.sha256(os.fsencode(wanted.absolute())).hexdigest()[:12]
    try:
        return Path(tempfile.gettempdir()) / f"nashra-{os.geteuid()}-{name}"
    except OSError as error:
        raise StateError(f"state cannot be kept, {error.strerror}; free some space or set TMPDIR") from error


def _why_not(folder: Path, mode: int = 0o777) -> str:
    """Why a folder cannot be written, `""` where it can. With a narrow mode it must be ours and nobody else's."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        if mode == 0o700 and not _is_ours(folder):
            return "belongs to somebody else"
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except (FileExistsError, NotADirectoryError):
        return "a file stands where a folder is needed"
    except OSError as error:
        return error.strerror or str(error)


def _is_ours(folder: Path) -> bool:
    """Whether it is there, and nobody else can have put anything into it."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not stat.S_IMODE(status.st_mode) & 0o077


def _locked(path: Path, kind: int = fcntl.LOCK_EX) -> int | None:
    """The descriptor that holds the lock; None where another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_held(lock: Path) -> bool:
    """Whether a living process has the role in a folder of ours."""
    try:
        if not _is_ours(lock.parent) or not lock.exists():
            return False
        descriptor = _locked(lock, fcntl.LOCK_SH)  # those who only look do not hinder each other
    except OSError:
        return False
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is None
