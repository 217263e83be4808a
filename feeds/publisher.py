"""Keeps the catalogue true to the content folder, and the site true to the catalogue.

Any number of processes may run one: the holder of a lock refreshes and watches, the others follow and
take its place when it ends. A faulty config or file keeps what was good and is logged once.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from feeds import logs, queries
from feeds.cards import Cards
from feeds.catalogue import Catalogue, remove_files
from feeds.config import Config, load
from feeds.derived import Derivatives
from feeds.firstread import first_read
from feeds.headstart import copy_ready
from feeds.problems import ConfigError
from feeds.pulse import Pulse
from feeds.readers import Progress
from feeds.reading import prefix
from feeds.refresh import refresh
from feeds.reports import Reports
from feeds.site import Site
from feeds.taken import Taken
from feeds.validators import Validators
from feeds.watching import changes, stamp_of
from feeds.websub import Announcer

Clock = Callable[[], float]  # seconds since 1970 UTC
_FOLLOW_SECONDS = 0.2
_RESCAN_SECONDS = 300  # in case the system lost an event


class Publisher:
    """Owner of the current `Site`. `start` returns when the site can answer with everything there is.
    `alone` reads the content itself where another process has the role, in a state of its own, which begins with
    what that process knows."""

    def __init__(
        self,
        config_path: Path,
        clock: Clock,
        *,
        watching: bool = True,
        alone: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._config_path = config_path
        self._clock = clock
        self._watching = watching
        self._progress = progress
        self._reports = Reports(of_refreshes=not alone)
        self._asked = threading.Event()
        self._lock_file: int | None = None
        self._stop = threading.Event()
        self._writer: Catalogue | None = None
        self._config_stamp = stamp_of(config_path)
        self.config = load(config_path)
        logs.set_up("plain" if alone else self.config.log, self.config.zone)
        self.pulse = Pulse(self.config.state_path / "pulse", time.monotonic, time.time)
        self.state = _state_folder(self.config)
        if alone and not self._take_lock():
            self._spare = tempfile.TemporaryDirectory(prefix="nashra-")  # removed when this process ends
            shared, self.state = self.state, Path(self._spare.name)
            copy_ready(catalogue_path(shared, self.config), catalogue_path(self.state, self.config))
        self._unread: Iterator[None] = iter(())
        self._validators = Validators(self.state / "validators.sqlite")
        self.cards = Cards(self.state)
        self.derivatives = Derivatives(self.state, self.cards)
        self.site = self._open_site()
        if alone:
            self.finish()

    def start(self) -> None:
        self._reports.problems("config", self.config.warnings)
        self.site.notice(int(self._clock()))
        threading.Thread(target=self._run, name="publisher", daemon=True).start()
        if self._writer is not None:
            self._announcer()

    def _announcer(self) -> None:
        """Started with the first config and with the role; a config without hubs gives it nothing to do."""
        Announcer(lambda: self.site, self._validators, self._clock, self._stop).start()

    def stop(self) -> None:
        self._stop.set()

    def reread(self) -> None:
        """The config is read again, and all content looked at, within a second."""
        self._asked.set()

    def health(self) -> dict[str, object]:
        """Figures for /healthz. `status` is `ok`, `reading` while a first read goes on, `failing` or `stuck`."""
        found, state = self.site.health(int(self._clock()), prefix(self.config)), self.pulse.state()
        unread = found.pop("unread")
        status = "reading" if state == "ok" and unread else state
        role = "follower" if self._writer is None else "publisher"
        return {**found, "status": status, "role": role, "idle_seconds": round(self.pulse.idle_seconds(), 1)}

    def _open_site(self) -> Site:
        """Refreshes the catalogue of the present config, or waits for the process that does."""
        path = catalogue_path(self.state, self.config)
        if self._take_lock():
            began, self._writer = time.monotonic(), Catalogue(path)
            self._lead()
            others = [other for other in self.state.glob("catalogue-*.sqlite") if other != path]
            self._writer.start_from(max((_generation(other) for other in others), default=0))
            self._unread = first_read(self.config, self._writer, now=int(self._clock()), progress=self._moved)
            next(self._unread)
            self._told(began)
            self._log_problems()
            for other in others:
                remove_files(other)
        else:
            self._writer = None
            _wait_until_ready(path, self.pulse.beat)
        return Site(self.config, Catalogue(path, writable=False).connection, self._validators)

    def _lead(self) -> None:
        self.pulse.lead()
        self._reports.speaking = True

    def _take_lock(self) -> bool:
        if self._lock_file is not None:
            return True
        descriptor = os.open(self.state / "publisher.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._lock_file = descriptor
        return True

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self._writer is None:
                    self._follow()
                else:
                    self._watch()
            except (OSError, RuntimeError, sqlite3.Error) as error:
                if self.pulse.failed(repr(error)):
                    self._reports.failed(error)
                self._stop.wait(2)

    def _follow(self) -> None:
        while not self._stop.wait(_FOLLOW_SECONDS):
            self._reload_config(self._was_asked())
            self.site.notice(int(self._clock()))
            self.pulse.succeeded()
            if self._take_lock():
                self._writer = Catalogue(catalogue_path(self.state, self.config))
                self._log_problems()  # which the process before has told
                self._lead()
                self._announcer()
                return

    def finish(self) -> None:
        """Reads what a first read of many articles has left for later."""
        if self._writer is None:
            return
        began = time.monotonic()
        for _ in self._unread:
            self.site.notice(int(self._clock()))
        self._told(began, routine=True)
        self._log_problems()

    def _watch(self) -> None:
        """Until the config changes: every change of the folder is taken in, all of one burst at once."""
        assert self._writer is not None
        self.finish()
        root = self.config.content_path
        first, rescanned = True, time.monotonic()
        for below in changes(root, self.state, self._stop, watching=self._watching, elapsed=time.monotonic):
            asked = self._was_asked()
            if self._reload_config(asked):
                return
            late = first or time.monotonic() - rescanned > _RESCAN_SECONDS
            routine = not (asked or below)
            if asked or (self._watching and late):  # the first time round: what changed before the watch began
                below, first, rescanned = [""], False, time.monotonic()
            if below:
                self._take_in(below, routine=routine)
            self.site.notice(int(self._clock()))
            self.pulse.succeeded()

    def _take_in(self, below: Sequence[str], *, routine: bool) -> None:
        assert self._writer is not None
        began, now = time.monotonic(), int(self._clock())
        visible = refresh(self.config, self._writer, now=now, below=below, progress=lambda *_: self.pulse.beat())
        self._told(began, routine=routine)
        if visible:
            self._log_problems()

    def _told(self, began: float, *, routine: bool = False) -> None:
        """Of what was taken in since the last time; of a look that nobody asked for only where it found something."""
        assert self._writer is not None
        taken, self._writer.taken = self._writer.taken, Taken()
        self.pulse.refreshed(taken, time.monotonic() - began)
        if taken.count or not routine:
            self._reports.refreshed(taken, prefix(self.config), time.monotonic() - began)

    def _moved(self, done: int, total: int) -> None:
        self.pulse.beat()
        if self._progress:
            self._progress(done, total)

    def _was_asked(self) -> bool:
        asked = self._asked.is_set()
        self._asked.clear()
        return asked

    def _reload_config(self, asked: bool) -> bool:
        """Takes a changed config in; a faulty one is logged and the last good one stays."""
        stamp, name = stamp_of(self._config_path), self._config_path.name
        if not asked and (stamp == self._config_stamp or not self._watching):
            return False
        self._config_stamp = stamp
        try:
            config = load(self._config_path)
        except ConfigError as error:
            self._reports.config_is_faulty(name, error.problems, asked=asked)
            return False
        if config == self.config:
            self._reports.config_is_equal(name, config, asked=asked)
            return False
        self._reports.config_is_new(name, self.config, config)
        self.config = config
        site = self._open_site()
        self.finish()
        self.site = site
        self.site.notice(int(self._clock()))
        return True

    def _log_problems(self) -> None:
        assert self._writer is not None
        self._reports.problems("content", queries.problems(self._writer.connection, prefix(self.config)))


def catalogue_path(state: Path, config: Config) -> Path:
    """One file for each set of settings and each version of this package, so none is ever half converted."""
    settings = replace(config, host="", port=0, workers=1, metrics=False, log="", warnings=())
    sources = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("**/*.py")))
    key = hashlib.sha256(repr(settings).encode() + sources).hexdigest()[:16]
    return state / f"catalogue-{key}.sqlite"


def _state_folder(config: Config) -> Path:
    """The state folder, or one that lasts as long as the machine where that cannot be written."""
    try:
        config.state_path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=config.state_path):
            return config.state_path
    except OSError as error:
        spare = Path(tempfile.mkdtemp(prefix="nashra-"))
        message = f"state cannot be written, {error.strerror}: '{config.state_path}'; this run keeps it in '{spare}'"
        logs.event("state", message, logging.WARNING)
        return spare


def _generation(path: Path) -> int:
    """Of another catalogue; 0 where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return int(queries.meta(db, "generation") or 0)
    except (sqlite3.Error, ValueError):
        return 0


def _wait_until_ready(path: Path, beat: Callable[[], None], seconds: float = 600) -> None:
    """Another process is filling the catalogue; its readiness shows in the file."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
                if queries.meta(db, "ready"):
                    return
        except sqlite3.Error:
            pass
        beat()
        time.sleep(0.05)
    raise TimeoutError(f"no catalogue after {seconds:.0f} s: '{path}'")
