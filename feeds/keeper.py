"""What the site stands on: the catalogue and the record of what clients were told, in the state folder. Opened,
watched, and made anew when they are broken, locked by a stranger or gone.

Only the process with the role of publisher makes and removes them. The others leave it a note, and open
what it has made.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from feeds import database, logs, queries, soundness
from feeds.cards import Cards
from feeds.catalogue import Catalogue
from feeds.config import Config
from feeds.database import FAULTS
from feeds.derived import Derivatives
from feeds.headstart import copy_ready
from feeds.memory import Memory
from feeds.problems import Damage, StateError
from feeds.state import State
from feeds.validators import Validators

Clock = Callable[[], float]  # seconds since 1970 UTC
Fill = Callable[[Catalogue], None]
_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.05, 600  # for another process that reads the content
_LATE_SECONDS = 1  # how long questions to a catalogue may outlive it
_PAUSE_SECONDS = 30  # before a catalogue that was just made is made again, or examined again


class Keeper:
    """`fill` makes a catalogue true to the content. With `alone` the content is read where another process has the
    role, too. Raises StateError where no state can be kept."""

    def __init__(
        self, state: State, clock: Clock, elapsed: Clock, fill: Fill, follow: Callable[[], None], *, alone: bool
    ) -> None:
        """`follow` is called when another process has the role, and all the while it is waited for."""
        self._clock, self._elapsed, self._fill, self._follow = clock, elapsed, fill, follow
        self.state, self._alone = state, alone
        self._path = Path()
        self._doubt: Exception | None = None
        self._forgot = False  # what is in the memory of ids; said until all is opened again
        self._remade = self._examined = -float(_PAUSE_SECONDS)
        self._opened = 0.0
        self.validators = Validators()
        self.memory = Memory()
        self.writer: Catalogue | None = None  # with the role alone
        self.reader: Catalogue

    @property
    def catalogue(self) -> Path:
        return self._path

    def open(self, config: Config, stop: threading.Event) -> None:
        """Fills the catalogue of a config where the role is free, else waits for the process that does."""
        while True:
            folder = self.state.folder
            try:
                self._open(config, stop)
                return
            except StateError as error:
                if self.state.folder == folder:
                    self.state.move(str(error))

    def _open(self, config: Config, stop: threading.Event) -> None:
        if self._alone and not self.state.take_role():
            shared = self.state.catalogue(config)
            self.memory.look(self.state.memory)
            self.state.alone()
            copy_ready(shared, self.state.catalogue(config))
        self._path = self.state.catalogue(config)
        before = database.identity(self._path)
        self.writer = self._filled() if self._wait(stop) else None
        self.reader = Catalogue(self._path, writable=False)
        self.cards = Cards(self.state.folder)
        self.derivatives = Derivatives(self.state.folder, self.cards)
        self._renew_validators()
        self._doubt, self._forgot, self._opened = None, False, self._elapsed()
        if self.writer is not None and self.writer.identity == before:
            self.examine()

    def _wait(self, stop: threading.Event) -> bool:
        """True as soon as the role is ours, False as soon as another process has made the catalogue ready."""
        for _ in range(round(_LONGEST_WAIT_SECONDS / _WAIT_SECONDS)):
            if self.state.take_role():
                return True
            self._follow()
            if _meta(self._path, "ready"):
                return False
            stop.wait(_WAIT_SECONDS)
        raise TimeoutError(
            f"no catalogue after {_LONGEST_WAIT_SECONDS} s, another process holds the role: '{self._path}'"
        )

    @property
    def is_whole(self) -> bool:
        """Whether all of the content is in the catalogue."""
        return queries.horizon(self.reader.connection) is None

    def await_whole(self, stop: threading.Event) -> None:
        """Until the process that reads the content has all of it, or has gone."""
        while self.writer is None and not self.is_whole and not self.is_outdated():
            self._follow()
            if stop.wait(_WAIT_SECONDS):
                return

    def sweep(self) -> None:
        """Takes catalogues of other configs away; until then a site may answer from the one before."""
        if self.writer is not None:
            self.state.sweep(self._path)

    def close(self) -> None:
        """Another process may have the role."""
        self.writer = None
        self.state.leave_role()

    # --- filling ------------------------------------------------------------------------------------

    def _filled(self) -> Catalogue:
        self.memory.renew(self.state.memory)
        while self.memory.is_locked:  # until it is free, or made anew
            self.memory.renew(self.state.memory)
        self.state.begin(self._path)
        existed, last = self._path.exists(), self._last_generation()
        try:
            writer = self._fresh(last)
        except Exception as error:
            self._remove(self._blamed(error, existed), existed)
            existed = False
            try:
                writer = self._fresh(last)
            except FAULTS as again:
                database.remove(self._path)
                raise StateError(explain(again)) from again
        return writer

    def _fresh(self, last: int) -> Catalogue:
        writer = Catalogue(self._path)
        writer.start_from(last)
        self._fill(writer)
        return writer

    def _blamed(self, error: Exception, existed: bool) -> Exception:
        """The error, or the damage that it comes from: a value that has changed by itself may raise anything."""
        if isinstance(error, FAULTS):
            return error
        found = soundness.damage(self._path) if existed else ""
        if not found:
            raise error
        return Damage(found)

    def _last_generation(self) -> int:
        """The highest that anybody has been told; where it cannot be read, one that is higher in any case."""
        paths = [path for path in (self._path, *self.state.others(self._path)) if path.exists()]
        found = [_meta(path, "generation") for path in paths]
        return max((int(each) if each.isdecimal() else int(self._clock()) for each in found), default=0)

    def _remove(self, error: Exception, existed: bool) -> None:
        """For a new one in its place. Raises StateError where that would be no help."""
        fault = database.fault(error)
        try:
            if fault or not existed:
                database.remove(self._path)
        except OSError as refused:
            raise StateError(f"{refused.strerror}, '{self._path}'") from refused
        if not fault:
            raise StateError(explain(error)) from error
        logs.event("state", f"the catalogue {fault}; it is made anew from the content: '{self._path}'", logging.WARNING)

    # --- watching over it ---------------------------------------------------------------------------

    def met(self, error: Exception) -> bool:
        """What a question to the catalogue raised. True where the state is to blame, and is being seen to. Just after
        it was opened, the question may have been asked of the one before."""
        if isinstance(error, (Damage, sqlite3.Error)) and database.fault(error):
            if self._elapsed() - self._opened >= _LATE_SECONDS:
                self._doubt = error
            return True
        self.examine()  # a value that has changed by itself may raise anything
        return isinstance(error, sqlite3.Error)

    def failed(self, error: Exception) -> None:
        """What a refresh raised. Where nobody may write in the state folder any more, another takes its place."""
        self.met(error)
        if self.writer is not None and self.state.is_refused:
            self._settle()

    def _settle(self) -> None:
        self.writer = None
        with suppress(StateError):  # which `open` meets again
            self.state.settle()

    def is_outdated(self) -> bool:
        """Whether what is open must be opened again: looked at several times a second. Sees to what was met."""
        self._renew_validators()
        if self.state.is_lost():
            self._settle()
            return True
        if self.writer is not None:
            try:
                self._mend(self.writer)
            except StateError:
                self._settle()
                return True
            self._forgot = self.memory.renew(self.state.memory) or self._forgot
            return self._forgot or database.identity(self._path) != self.writer.identity
        if self._doubt is not None:
            database.note(self._path, self.reader.identity)
            self._doubt = None
        try:
            if self.state.take_role():
                return True
        except StateError:
            return True  # `open` moves
        present = database.identity(self._path)
        return present not in (None, self.reader.identity) and bool(_meta(self._path, "ready"))

    def _mend(self, writer: Catalogue) -> None:
        """Removes what is broken, so that it is made anew."""
        if self._doubt is None and database.noted(self._path, writer.identity):
            self._doubt = Damage("is broken")
        if self._doubt is not None and self._elapsed() - self._remade >= _PAUSE_SECONDS:
            self._remade, error, self._doubt = self._elapsed(), self._doubt, None
            self._remove(error, existed=True)

    def examine(self) -> None:
        """Looks at everything in the databases, in a thread of its own, for what nobody has met yet."""
        if self._elapsed() - self._examined >= _PAUSE_SECONDS:
            self._examined = self._elapsed()
            threading.Thread(target=self._examine, name="examiner", daemon=True).start()

    def _examine(self) -> None:
        for path, damage, doubt in (
            (self._path, soundness.damage, self._suspect),
            (self.state.validators, database.damage, self.validators.doubt),
            (self.state.memory, database.damage, self.memory.doubt),
        ):
            examined, found = database.identity(path), damage(path)
            if found and examined is not None and examined == database.identity(path):
                doubt(Damage(found))

    def _suspect(self, error: Exception) -> None:
        self._doubt = error

    def _renew_validators(self) -> None:
        self.validators.renew(self.state.validators, int(self._clock()), mend=self.writer is not None)


def _meta(path: Path, key: str) -> str:
    """Of a catalogue; `""` where it cannot be read."""
    try:
        with closing(database.look(path, patience_seconds=0.1)) as db:
            return queries.meta(db, key)
    except FAULTS:
        return ""


def explain(error: Exception) -> str:
    """What keeps the state from being written, and what to do about it."""
    full = getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"
    return "no space left for the state, free some" if full else str(error)
