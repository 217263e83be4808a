"""The production server: the front door, and granian over the WSGI application behind it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from feeds import heap, logs, notify, signals
from feeds.config import Config
from feeds.door import Door
from feeds.feed import FORMAT_NAMES
from feeds.lane import FastLane
from feeds.permalink import feed_path
from feeds.problems import ConfigError, StateError
from feeds.progressbar import bar
from feeds.walking import Ahead

ENDING_SECONDS = 30  # for answers that are on their way when the service ends
_CONFIG, _AT, _WATCH, _LOG = "FEEDS_CONFIG", "FEEDS_AT", "FEEDS_WATCH", "FEEDS_LOG"
_CONTENT = "FEEDS_CONTENT"  # the folder that a worker looks at while it is loaded
_HOST, _PORT, _INNER = "FEEDS_HOST", "FEEDS_PORT", "FEEDS_INNER"  # the door's address, and that of granian behind it
_THREADS = 32  # half of them may wait: for clients who read slowly, and for pictures that are drawn


def run(
    config_path: Path, config: Config, *, host: str, port: int, workers: int, at: datetime | None, watch: bool
) -> None:
    """Serves until it is stopped. Workers learn their settings through the environment."""
    _fill_closed_streams()
    signals.hold()
    logs.take_over(config.log, config.zone)
    os.environ[_CONFIG] = str(config_path)
    os.environ[_AT] = at.isoformat() if at else ""
    os.environ[_WATCH] = "1" if watch else ""
    os.environ[_LOG] = config.log
    os.environ[_CONTENT] = str(config.content_path)
    port = _own_port(host, port)
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    logs.event("start", f"serving {config.url} on {base}", url=config.url, address=base, workers=workers)
    for name, label in FORMAT_NAMES.items():
        logs.tell(f"{label}: {config.url}{feed_path('')}/{name}")
    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]  # every connection is one
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
    with tempfile.TemporaryDirectory(prefix="nashra-") as folder:
        inner = Path(folder) / "wsgi"
        os.environ.update({_HOST: host, _PORT: str(port), _INNER: str(inner)})
        server = Server(
            "feeds.server:make_app",
            factory=True,
            uds=inner,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=_THREADS,
            respawn_failed_workers=True,
            workers_kill_timeout=ENDING_SECONDS,
            log_level=LogLevels.error,
            log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {"_granian": {"propagate": True}}},
        )
        ending = signals.take(_hangup())
        _notifier(host, port, workers, ending)
        try:
            server.serve()
        except SystemExit:
            if not ending.is_set():  # a process that heard the signal before the parent ends unexpectedly for granian
                raise
    logs.event("end", "ended")


def make_app() -> Callable[..., Any]:
    """The application of one worker process."""
    ahead = Ahead(Path(os.environ[_CONTENT]))
    from feeds.web import create_app

    heap.share(2)
    threading.Thread(target=_end_with, args=(os.getppid(),), name="parent", daemon=True).start()
    made: list[Any] = []

    def reread() -> None:
        if made:  # else the config has not been read yet
            made[0].extensions["nashra"].reread()

    ending = signals.take(
        reread, ends=(signal.SIGTERM,)
    )  # a terminal sends SIGINT to the parent as well, which ends us
    at = os.environ.get(_AT)
    try:
        app = create_app(
            os.environ[_CONFIG], at=datetime.fromisoformat(at) if at else None, watch=bool(os.environ.get(_WATCH, "1")),
            progress=bar("read") if os.environ.get(_LOG) == "plain" else None, ahead=ahead,
        )  # fmt: skip
    except ConfigError as error:
        for problem in error.problems:
            logs.problem(problem)
        sys.exit(1)
    except (StateError, TimeoutError) as error:
        logs.event("state", str(error), logging.ERROR)
        sys.exit(1)
    made.append(app)
    _open_door(app.extensions["nashra.lane"], ending)
    return app


def _open_door(lane: FastLane, ending: threading.Event) -> None:
    """In front of this process, until `ending`; what has been asked by then is answered."""
    host = os.environ[_HOST]
    listener = socket.create_server((host, int(os.environ[_PORT])), family=_family(host), backlog=1024, reuse_port=True)
    door = Door(lane, listener, os.environ[_INNER])
    door.open()

    def end() -> None:
        ending.wait()
        door.end()

    threading.Thread(target=end, name="ending", daemon=True).start()
    Finalize(None, door.close, exitpriority=1)  # runs when granian has ended in this process


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _hangup() -> Callable[[], None]:
    """What SIGHUP does: the workers read the config again. Where it says that the terminal is gone, the service ends."""
    wanted = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN  # nohup
    terminals = [stream for stream in range(3) if wanted and os.isatty(stream)]

    def heard() -> None:
        if not all(map(os.isatty, terminals)):
            os.kill(os.getpid(), signal.SIGTERM)
            return
        for worker in multiprocessing.active_children():
            if worker.pid:
                os.kill(worker.pid, signal.SIGHUP)

    return heard


def _notifier(host: str, port: int, workers: int, ending: threading.Event) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    ours = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    watchdog_seconds = int(os.environ.get("WATCHDOG_USEC", "0")) / 1e6 if ours else 0.0
    if address:
        notify.Notifier(
            address, host=host, port=port, workers=workers, watchdog_seconds=watchdog_seconds
        ).start(ending)  # fmt: skip


def _fill_closed_streams() -> None:
    """A file that is opened later must not get the number of a stream that is closed, and with it what is written there."""
    for stream in range(3):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _end_with(parent: int) -> None:
    """Ends this worker when the process that started it was killed: left alone it would keep the port."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _own_port(host: str, port: int) -> int:
    """The port, or a free one for 0. Workers share a port (SO_REUSEPORT), so one that another program
    listens on would silently give us half of its requests; better to end here."""
    try:
        with socket.create_server((host, port), family=_family(host)) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        logs.event("start", f"cannot listen on {host}, port {port}: {error.strerror}", logging.ERROR)
        sys.exit(1)
