"""Several processes of the service over one folder, under any of the three servers, and who of them publishes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from folders import free_port
from newsroom import ROOT, Newsroom

SERVERS = ("granian", "gunicorn", "flask")
PROCESSES = 3  # of gunicorn and Flask; granian has two


@dataclass(kw_only=True)
class Fleet:
    """`ports` are where somebody listens: one that processes share, or one for each."""

    room: Newsroom
    server: str
    ports: list[int] = field(default_factory=list)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def launch(self) -> None:
        """One more: a whole server, or one process of Flask's."""
        port = free_port()
        words = {
            "granian": ["app.py", "serve", "--workers", "2", "--port", str(port)],
            "gunicorn": ["-m", "gunicorn", "--workers", str(PROCESSES), "--bind", f"127.0.0.1:{port}", "app:app"],
            "flask": ["-m", "flask", "--app", "app", "run", "--port", str(port)],
        }[self.server]
        with open(self.room.folder / "stderr.log", "ab") as log:
            self.started.append(
                subprocess.Popen(
                    [sys.executable, *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True,
                    env=self.room.env | {"FEEDS_CONFIG": str(self.room.config_path)},
                )
            )  # fmt: skip
        self.ports.append(port)

    def processes(self) -> set[int]:
        """Ids of those that answer requests."""
        if self.server == "flask":
            return {each.pid for each in self.started if each.poll() is None}
        return {pid for each in self.started for pid in children(each.pid)}

    def publishers(self) -> set[int]:
        """Ids of those that hold the lock, as the system knows them."""
        try:
            status = (self.room.folder / "var" / "publisher.lock").stat()
        except OSError:
            return set()
        file = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
        locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        return {int(words[4]) for words in locks if words[1] == "FLOCK" and words[5] == file}

    def serves(self, title: str) -> bool:
        """Whether every process gives the main feed with this title; one that has just ended gives nothing."""
        return all(title in text for port in self.ports for text in (feed(port) for _ in range(6)) if text is not None)

    def eventually(self, promise: Callable[[], bool], within: float = 20) -> float:
        return self.room.eventually(promise, within)

    def kill_publisher(self) -> int:
        (pid,) = self.publishers()
        os.kill(pid, signal.SIGKILL)
        for place, each in enumerate(self.started):
            if each.pid == pid:
                each.wait(5)
                self.started.remove(each)
                del self.ports[place]
        return pid


@contextmanager
def fleet(room: Newsroom, server: str) -> Iterator[Fleet]:
    """Answering, and stopped at the end."""
    made = Fleet(room=room, server=server)
    try:
        for _ in range(PROCESSES if server == "flask" else 1):
            made.launch()
        made.eventually(lambda: all(feed(port) is not None for port in made.ports), 60)
        yield made
    finally:
        for each in made.started:
            os.killpg(each.pid, signal.SIGKILL)
            each.wait(5)


def hand_over(made: Fleet, number: int, article: str, title: str) -> tuple[float, float]:
    """Kills the publisher while a file changes. Seconds until another process has the role, and until every
    process serves the change."""
    killed = made.kill_publisher()
    began = time.monotonic()
    made.room.write(f"after{number}.md", article)
    made.eventually(lambda: bool(made.publishers() - {killed}))
    role = time.monotonic() - began
    made.eventually(lambda: made.serves(title))
    return role, time.monotonic() - began


def children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def feed(port: int) -> str | None:
    """Over a connection of its own, so that any process may answer."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/feeds/rss.xml", timeout=10, trust_env=False)
    except httpx.TransportError:
        return None
    assert answer.status_code == 200, answer.status_code
    return answer.text
