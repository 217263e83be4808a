"""`app.py serve` as a process whose streams, environment and end a test decides."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from folders import free_port
from newsroom import ROOT, Newsroom

Streams = int | Any


class Service:
    """One running service over a newsroom's folder."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log

    @property
    def text(self) -> str:
        """What stands on stderr so far, where it is a file."""
        return self._log.read_bytes().decode()

    @property
    def log(self) -> list[str]:
        return self.text.splitlines()

    @property
    def workers(self) -> list[int]:
        return children(self.process.pid)

    def health(self) -> dict[str, Any]:
        return self.ask("/healthz")[1]

    def ask(self, path: str) -> tuple[int, Any]:
        """Status and body, read as JSON where it is, over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            is_json = answer.headers["Content-Type"].startswith("application/json")
            return answer.status, json.loads(body) if is_json else body.decode()
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def eventually(self, promise: Callable[[], bool], within: float = 20) -> None:
        end = time.monotonic() + within
        while not promise():
            assert time.monotonic() < end, f"not within {within} s:\n{self._log.read_text('utf-8', 'replace')}"
            time.sleep(0.05)

    def answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            return self.ask("/healthz")[0] == 200
        return False


def children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(after_name[1]) == pid:
                found.append(int(folder.name))
    return sorted(found)


@contextlib.contextmanager
def running(
    room: Newsroom,
    *args: str,
    command: Sequence[str] | None = None,
    stdout: Streams = subprocess.DEVNULL,
    stderr: Streams = None,
    env: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
    ready: bool = True,
) -> Iterator[Service]:
    """`command` with `{port}` in it stands in for `serve`; `before` are the words of a program that runs it."""
    port, log = free_port(), room.folder / "service.log"
    words = command or [str(ROOT / "app.py"), "--config", str(room.config_path), "serve", "--port", "{port}", *args]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*before, sys.executable, *(word.replace("{port}", str(port)) for word in words)],
            cwd=ROOT, env={**room.env, **(env or {})}, stdin=subprocess.DEVNULL, stdout=stdout,
            stderr=file if stderr is None else stderr, start_new_session=True,
        )  # fmt: skip
    service = Service(process, port, log)
    try:
        if ready:
            service.eventually(service.answers, 30)
        yield service
    finally:
        if process.poll() is None:  # else its number may be somebody else's by now
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
