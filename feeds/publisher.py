"""Keeps the catalogue true to the content folder, and the site true to the catalogue.

Any number of processes may run one: the one with the role refreshes and watches, the others follow and
take its place when it ends. A faulty config or file keeps what was good and is logged once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from feeds import heap, logs, queries
from feeds.cards import Cards
from feeds.catalogue import Catalogue
from feeds.configfile import ConfigFile
from feeds.database import FAULTS
from feeds.derived import Derivatives
from feeds.firstread import FirstRead
from feeds.keeper import Clock, Keeper, explain
from feeds.problems import StateError
from feeds.pulse import Pulse
from feeds.readers import MANY, Children, Progress
from feeds.reading import prefix
from feeds.refresh import refresh
from feeds.reports import Reports
from feeds.site import Site
from feeds.state import State
from feeds.taken import Taken
from feeds.walking import Ahead
from feeds.watching import changes
from feeds.websub import Announcer

_FOLLOW_SECONDS = 0.2
# Whoever waits for the start goes first: a watch of many files begins slowly.
_GRACE_SECONDS, _FIRST_LOOK_SECONDS = 0.2, 1
_RESCAN_SECONDS = 300  # in case the system lost an event


class Publisher:
    """Owner of the current `Site`. `start` returns when the site can answer with the newest there is; a first read of
    many articles goes on behind it. `alone` reads all content itself where another process has the role, too;
    with a clock that is `stopped` nothing is remembered but for others of that kind, and no hub is told of anything.
    Raises ConfigError and StateError."""

    def __init__(
        self,
        config_path: Path,
        clock: Clock,
        *,
        watching: bool = True,
        alone: bool = False,
        stopped: bool = False,
        progress: Progress | None = None,
        ahead: Ahead | None = None,
    ) -> None:
        self._ahead = ahead
        self._clock = clock
        self._watching, self._stopped = watching, stopped
        self._progress = progress
        self._reports = Reports(lambda: self.pulse.leads, of_refreshes=not alone)
        self._asked = threading.Event()
        self._stop = self.ended = threading.Event()
        self._announcing: threading.Event | None = None  # set when the role is lost
        self._first = FirstRead()
        self._children = Children()
        self._followed = False
        self._file = ConfigFile(config_path)
        self.config = self._file.config
        logs.set_up("plain" if alone else self.config.log, self.config.zone)
        self.pulse = Pulse(lambda: self.state.file("pulse"), time.monotonic, time.time)
        self._keeper = Keeper(
            State(self.config.state_path, stopped=stopped), clock, time.monotonic, self._fill, self.pulse.follow, alone=alone
        )  # fmt: skip
        self.site = self._open_site()
        if ahead:
            ahead.close()
        if alone:
            self._first.finish()
            self._keeper.sweep()

    @property
    def cards(self) -> Cards:
        return self._keeper.cards

    @property
    def derivatives(self) -> Derivatives:
        return self._keeper.derivatives

    @property
    def state(self) -> State:
        """Where everything is kept."""
        return self._keeper.state

    @property
    def catalogue(self) -> Path:
        """The file of the catalogue that the site answers from."""
        return self._keeper.catalogue

    def start(self) -> None:
        self._reports.problems("config", self.config.warnings)
        self._notice()
        threading.Thread(target=self._run, name="publisher", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()
        if self._announcing is not None:
            self._announcing.set()

    def reread(self) -> None:
        """The config is read again, and all content looked at, within a second."""
        self._asked.set()

    def health(self) -> dict[str, object]:
        """Figures for /healthz. `status` is `ok`, `reading` while a first read goes on, `failing` or `stuck`."""
        found, state = self.site.health(int(self._clock()), prefix(self.config)), self.pulse.state()
        unread = found.pop("unread")
        status = "reading" if state == "ok" and unread else state
        role = "publisher" if self.pulse.leads else "follower"
        return {**found, "status": status, "role": role, "idle_seconds": round(self.pulse.idle_seconds(), 1)}

    def met(self, error: Exception) -> bool:
        """What an answer raised. True where the state is to blame: it is mended, and the client may come again."""
        return self._keeper.met(error)

    # --- the catalogue and the site -------------------------------------------------------------------

    def _open_site(self) -> Site:
        """Of the present config, and of the catalogue as it is now."""
        self._keeper.open(self.config, self._stop)
        return Site(self.config, self._keeper.reader.connection, self._keeper.validators)

    def _renew(self) -> None:
        site = self._open_site()
        self._first = self._first if self._keeper.writer else FirstRead()  # it is for the one with the role
        if self.site.config is not self.config:  # until all is there the last good site answers
            self._first.finish()
            self._keeper.await_whole(self._stop)
        if self.site.config is self.config or self._keeper.is_whole:  # else who read it has gone
            self.site = site
        self._notice()

    def _fill(self, catalogue: Catalogue) -> None:
        """Takes in everything, or of very many articles the newest, and the rest later."""
        began = time.monotonic()
        if self._followed:
            self._log_problems(catalogue)  # which the process before has told
        self.pulse.lead()
        self._first.begin(
            self.config, catalogue, self._keeper.memory, now=int(self._clock()), began_ns=time.time_ns(),
            progress=self._moved, ahead=self._ahead,
        )  # fmt: skip
        self._told(catalogue, began)
        self._log_problems(catalogue)

    def _announce(self) -> None:
        """For as long as this process has the role; a config without hubs gives the announcer nothing to do."""
        if self._keeper.writer is None or self._stopped:
            if self._announcing is not None:
                self._announcing.set()
            self._announcing = None
        elif self._announcing is None:
            self._announcing = threading.Event()
            Announcer(
                lambda: self.site, lambda: self._keeper.writer, self._keeper.validators, self._clock, time.monotonic,
                self._announcing,
            ).start()  # fmt: skip

    # --- the thread -------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._stop.wait(_GRACE_SECONDS)
        while not self._stop.is_set():
            self._children.close()  # which a burst that came to nothing has left
            try:
                self._announce()
                if self.site.config is self.config:  # else others answer from the one before
                    self._keeper.sweep()
                if self._keeper.is_outdated() or self.site.config is not self.config:
                    self._renew()
                elif self._keeper.writer is None:
                    self._follow()
                elif self._first.is_left:
                    self._watch_and_read(self._keeper.writer)
                else:
                    self._watch(self._keeper.writer)
            except Exception as error:  # whatever it was, the next change is to be taken in
                self._keeper.failed(error)
                if self.pulse.failed(repr(error)):
                    usual = isinstance(error, (OSError, RuntimeError, StateError, *FAULTS))
                    self._reports.failed(error, explain(error), usual=usual)
                self._stop.wait(2)
        self._children.close()
        self._keeper.close()

    def _follow(self) -> None:
        self._followed = True
        while not self._stop.wait(_FOLLOW_SECONDS):
            self._reload_config(self._was_asked())
            self._notice()
            self.pulse.succeeded()
            if self._keeper.writer is not None or self._keeper.is_outdated():
                return

    def _watch(self, writer: Catalogue) -> None:
        """Until the config or the state changes: every change of the folder is taken in, all of one burst at once."""
        first, rescanned = True, time.monotonic()
        for below in self._changes(hurried=False):
            asked = self._was_asked()
            if self._reload_config(asked) or self._keeper.is_outdated():
                return
            due = time.monotonic() - rescanned > (_FIRST_LOOK_SECONDS if first else _RESCAN_SECONDS)
            routine = not (asked or below)
            if asked or (self._watching and due):  # at first for what changed before the watch began
                below, first, rescanned = [""], False, time.monotonic()
            if below:
                self._take_in(writer, below, routine=routine)
            if below == [""]:
                heap.give_back()
            self._notice()
            self.pulse.succeeded()

    def _watch_and_read(self, writer: Catalogue) -> None:
        """A first read goes on, part by part; what changes meanwhile is taken in between them."""
        first, began = True, time.monotonic()
        for below in self._changes(hurried=True):
            if self._reload_config(self._was_asked()) or self._keeper.is_outdated():
                return
            if first and self._watching:  # what came before the watch began
                below, first = sorted({*below, *self._first.late(self.config, writer)}), False
            self._first.overtake(below)
            if below:
                self._take_in(writer, below, routine=False)
            whole = not self._first.go_on()
            if whole and (again := self._first.again()):
                self._take_in(writer, again, routine=True)
            self._notice()
            self.pulse.succeeded()
            if whole:
                self._told(writer, began)
                self._log_problems(writer)
                return

    def _changes(self, *, hurried: bool) -> Iterator[list[str]]:
        return changes(
            self.config.content_path, self.config.state_path, self._stop, watching=self._watching, hurried=hurried,
            elapsed=time.monotonic, many=MANY, foresee=self._children.begin,
        )  # fmt: skip

    def _take_in(self, writer: Catalogue, below: Sequence[str], *, routine: bool) -> None:
        began, now = time.monotonic(), int(self._clock())
        with closing(self._children):
            visible = refresh(
                self.config, writer, self._keeper.memory, now=now, below=below, progress=lambda *_: self.pulse.beat(),
                children=self._children, is_patient=True,
            )  # fmt: skip
        self._notice()  # before anybody reads of it
        self._told(writer, began, routine=routine)
        if visible:
            self._log_problems(writer)

    def _notice(self) -> None:
        try:
            self.site.notice(int(self._clock()))
        except FAULTS as error:
            self._keeper.met(error)

    # --- config and messages ------------------------------------------------------------------------------

    def _was_asked(self) -> bool:
        asked = self._asked.is_set()
        if asked:  # one that comes between the two is for the next look
            self._asked.clear()
        return asked

    def _reload_config(self, asked: bool) -> bool:
        """Takes a changed config in; a faulty one is logged and the last good one stays."""
        config = self._file.reread(self._reports, asked=asked) if asked or self._watching else None
        if config is None:
            return False
        self.config = config
        self._renew()
        return True

    def _told(self, catalogue: Catalogue, began: float, *, routine: bool = False) -> None:
        """Of what was taken in since the last time; of a look that nobody asked for only where it found something."""
        taken, catalogue.taken = catalogue.taken, Taken()
        if taken.count or not routine:
            self.pulse.refreshed(taken, time.monotonic() - began)
            self._reports.refreshed(taken, prefix(self.config), time.monotonic() - began)

    def _log_problems(self, catalogue: Catalogue) -> None:
        self._reports.problems("content", queries.problems(catalogue.connection, prefix(self.config)))

    def _moved(self, done: int, total: int) -> None:
        self.pulse.beat()
        if self._progress:
            self._progress(done, total)
