"""Keeps the catalogue true to the content folder, and the site true to the catalogue.

Any number of processes may run one: the holder of a lock refreshes and watches, the others follow and
take its place when it ends. A faulty config or file keeps what was good and is logged once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from watchfiles import Change, watch

from feeds import names, queries
from feeds.cards import Cards
from feeds.catalogue import Catalogue, remove_files
from feeds.config import Config, load
from feeds.derived import Derivatives
from feeds.firstread import first_read
from feeds.headstart import copy_ready
from feeds.media import media_type
from feeds.problems import ConfigError, Problem
from feeds.readers import Progress
from feeds.refresh import refresh
from feeds.site import Site
from feeds.validators import Validators
from feeds.websub import Announcer

Clock = Callable[[], float]  # seconds since 1970 UTC
_STEP_MS, _DEBOUNCE_MS, _IDLE_MS = 10, 200, 100
_FEW, _BURST_SECONDS = 2, 2  # more files than that at once are a burst: waited for until it is quiet, but not longer
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
        self._logged: set[Problem] = set()
        self._lock_file: int | None = None
        self._stop = threading.Event()
        self._writer: Catalogue | None = None
        self._config_stamp = _stamp(config_path)
        self.config = load(config_path)
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
        self._log(self.config.warnings)
        self.site.notice(int(self._clock()))
        threading.Thread(target=self._run, name="publisher", daemon=True).start()
        if self._writer is not None:
            self._announcer()

    def _announcer(self) -> None:
        """Started with the first config and with the role; a config without hubs gives it nothing to do."""
        Announcer(lambda: self.site, self._validators, self._clock, self._stop).start()

    def stop(self) -> None:
        self._stop.set()

    def health(self) -> dict[str, object]:
        """Figures for /healthz."""
        now = int(self._clock())
        return self.site.health(now, prefix(self.config))

    def _open_site(self) -> Site:
        """Refreshes the catalogue of the present config, or waits for the process that does."""
        path = catalogue_path(self.state, self.config)
        if self._take_lock():
            self._writer = Catalogue(path)
            others = [other for other in self.state.glob("catalogue-*.sqlite") if other != path]
            self._writer.start_from(max((_generation(other) for other in others), default=0))
            self._unread = first_read(self.config, self._writer, now=int(self._clock()), progress=self._progress)
            next(self._unread)
            self._log_problems()
            for other in others:
                remove_files(other)
        else:
            self._writer = None
            _wait_until_ready(path)
        return Site(self.config, Catalogue(path, writable=False).connection, self._validators)

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
                print(f"nashra: watching failed and begins again: {error}", file=sys.stderr, flush=True)
                self._stop.wait(2)

    def _follow(self) -> None:
        while not self._stop.wait(_FOLLOW_SECONDS):
            self._reload_config()
            self.site.notice(int(self._clock()))
            if self._take_lock():
                self._writer = Catalogue(catalogue_path(self.state, self.config))
                self._announcer()
                return

    def finish(self) -> None:
        """Reads what a first read of many articles has left for later."""
        for _ in self._unread:
            self.site.notice(int(self._clock()))
        self._log_problems()

    def _watch(self) -> None:
        """Until the config changes: every change of the folder is taken in, all of one burst at once."""
        assert self._writer is not None
        self.finish()
        root = self.config.content_path
        first, rescanned = True, time.monotonic()
        burst, begun = set[str](), 0.0
        events = (
            watch(
                root, step=_STEP_MS, debounce=_DEBOUNCE_MS, rust_timeout=_IDLE_MS, yield_on_timeout=True,
                stop_event=self._stop, watch_filter=None, ignore_permission_denied=True,
            )
            if self._watching
            else self._ticks()
        )  # fmt: skip
        for changes in events:
            if self._reload_config():
                return
            begun = begun if burst else time.monotonic()
            burst |= {path for _, full in changes if (path := _relevant(root, self.state, full))}
            if changes and len(burst) > _FEW and time.monotonic() < begun + _BURST_SECONDS:
                continue
            below, burst = sorted(burst), set()
            due = self._watching and (first or time.monotonic() - rescanned > _RESCAN_SECONDS)
            if due:  # the first time round: what changed before the watch began
                below, first, rescanned = [""], False, time.monotonic()
            if below and refresh(self.config, self._writer, now=int(self._clock()), below=below):
                self._log_problems()
            self.site.notice(int(self._clock()))

    def _ticks(self) -> Iterator[set[tuple[Change, str]]]:
        while not self._stop.wait(_IDLE_MS / 1000):
            yield set()

    def _reload_config(self) -> bool:
        """Takes a changed config in; a faulty one is logged and the last good one stays."""
        stamp = _stamp(self._config_path)
        if stamp == self._config_stamp or not self._watching:
            return False
        self._config_stamp = stamp
        try:
            config = load(self._config_path)
        except ConfigError as error:
            self._log(error.problems)
            return False
        if config == self.config:
            return False
        self._log(config.warnings)
        self.config = config
        site = self._open_site()
        self.finish()
        self.site = site
        self.site.notice(int(self._clock()))
        return True

    def _log_problems(self) -> None:
        assert self._writer is not None
        found = queries.problems(self._writer.connection, prefix(self.config))
        self._logged &= {*found, *self.config.warnings}
        self._log(found)

    def _log(self, problems: Iterable[Problem]) -> None:
        """Each problem once, one line on stderr, again only after it was mended."""
        for problem in problems:
            if problem not in self._logged:
                self._logged.add(problem)
                print(problem, file=sys.stderr, flush=True)


def catalogue_path(state: Path, config: Config) -> Path:
    """One file for each set of settings and each version of this package, so none is ever half converted."""
    settings = replace(config, host="", port=0, workers=1, warnings=())
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
        print(
            f"nashra: state cannot be written, {error.strerror}: '{config.state_path}'; this run keeps it in '{spare}'",
            file=sys.stderr,
            flush=True,
        )
        return spare


def prefix(config: Config) -> str:
    """What stands before a path below content/ when problems name it."""
    if config.content_path.is_relative_to(config.root):
        relative = config.content_path.relative_to(config.root).as_posix()
        return "" if relative == "." else relative + "/"
    return config.content_path.as_posix() + "/"


def _relevant(root: Path, state: Path, full: str) -> str:
    """A changed path relative to the content folder, `""` when it is nobody's business."""
    path = Path(full)
    if not path.is_relative_to(root) or path == root or path.is_relative_to(state):
        return ""
    relative = path.relative_to(root).as_posix()
    if names.is_hidden(relative):
        return ""
    known = names.FORMS.get(path.suffix.lower()) or media_type(relative)
    return relative if known or path.is_dir() or not path.exists() else ""


def _generation(path: Path) -> int:
    """Of another catalogue; 0 where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return int(queries.meta(db, "generation") or 0)
    except (sqlite3.Error, ValueError):
        return 0


def _wait_until_ready(path: Path, seconds: float = 600) -> None:
    """Another process is filling the catalogue; its readiness shows in the file."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
                if queries.meta(db, "ready"):
                    return
        except sqlite3.Error:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"no catalogue after {seconds:.0f} s: '{path}'")


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
