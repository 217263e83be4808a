"""The production server: the front door, and granian over the WSGI application behind it."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.server import Server

from feeds.door import Door
from feeds.feed import FORMAT_NAMES
from feeds.permalink import feed_path
from feeds.progressbar import bar

_CONFIG, _AT, _WATCH = "FEEDS_CONFIG", "FEEDS_AT", "FEEDS_WATCH"
_HOST, _PORT, _INNER = "FEEDS_HOST", "FEEDS_PORT", "FEEDS_INNER"  # the door's address, and that of granian behind it
_THREADS = 32  # half of them may wait: for clients who read slowly, and for pictures that are drawn


def run(
    config_path: Path, *, host: str, port: int, workers: int, at: datetime | None, watch: bool, site_url: str
) -> None:
    """Serves until it is stopped. Workers learn their settings through the environment."""
    os.environ[_CONFIG] = str(config_path)
    os.environ[_AT] = at.isoformat() if at else ""
    os.environ[_WATCH] = "1" if watch else ""
    port = _own_port(host, port)
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    print(f"nashra: serving {site_url} on {base}", file=sys.stderr, flush=True)
    for name, label in FORMAT_NAMES.items():
        print(f"{label}: {site_url}{feed_path('')}/{name}", flush=True)
    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]  # every connection is one
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
    with tempfile.TemporaryDirectory(prefix="nashra-") as folder:
        inner = Path(folder) / "wsgi"
        os.environ.update({_HOST: host, _PORT: str(port), _INNER: str(inner)})
        Server(
            "feeds.server:make_app",
            factory=True,
            uds=inner,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=_THREADS,
            log_enabled=False,
        ).serve()


def make_app() -> Callable[..., Any]:
    """The application of one worker process."""
    from feeds.web import create_app

    for number in (signal.SIGINT, signal.SIGTERM):  # until granian's own handlers stand, the process that forked us
        signal.signal(number, signal.SIG_DFL)  # has left us its own, which do nothing here
    at = os.environ.get(_AT)
    app = create_app(
        os.environ[_CONFIG], at=datetime.fromisoformat(at) if at else None, watch=bool(os.environ.get(_WATCH, "1")),
        progress=bar("read"),
    )  # fmt: skip
    listener = socket.create_server(
        (os.environ[_HOST], int(os.environ[_PORT])), family=_family(os.environ[_HOST]), backlog=1024, reuse_port=True
    )
    door = Door(app.extensions["nashra.lane"], listener, os.environ[_INNER])
    door.open()
    Finalize(None, door.close, exitpriority=1)  # runs when granian has ended in this process
    return app


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _own_port(host: str, port: int) -> int:
    """The port, or a free one for 0. Workers share a port (SO_REUSEPORT), so one that another program
    listens on would silently give us half of its requests; better to end here."""
    try:
        with socket.create_server((host, port), family=_family(host)) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        print(f"nashra: cannot listen on {host}, port {port}: {error.strerror}", file=sys.stderr)
        sys.exit(1)
