"""The production server: granian over the WSGI application."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server import Server

from feeds.feed import FORMAT_NAMES
from feeds.permalink import feed_path
from feeds.progressbar import bar

_CONFIG, _AT, _WATCH = "FEEDS_CONFIG", "FEEDS_AT", "FEEDS_WATCH"


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
    Server(
        "feeds.server:make_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # browsers want TLS for HTTP/2, and what ends TLS speaks HTTP/1.1 here
        workers=workers,
        blocking_threads=16,
        log_enabled=False,
    ).serve()


def make_app() -> Callable[..., Any]:
    """The application of one worker process."""
    from feeds.web import create_app

    at = os.environ.get(_AT)
    return create_app(
        os.environ[_CONFIG], at=datetime.fromisoformat(at) if at else None, watch=bool(os.environ.get(_WATCH, "1")),
        progress=bar("read"),
    )  # fmt: skip


def _own_port(host: str, port: int) -> int:
    """The port, or a free one for 0. Workers share a port (SO_REUSEPORT), so one that another program
    listens on would silently give us half of its requests; better to end here."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        print(f"nashra: cannot listen on {host}, port {port}: {error.strerror}", file=sys.stderr)
        sys.exit(1)
