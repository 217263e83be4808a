"""/healthz: how the service is, and that one which no longer takes changes in does not pass for healthy."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import service_process
from conftest import Maker
from newsroom import article

from feeds.pulse import LIMIT_SECONDS, Pulse


def test_it_tells_what_is_served_when_it_was_refreshed_and_by_whom(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(), "b.md": "---\ntitle: خبر\n---\nنص\n"}).inside()
    answer, found = room.get("/healthz"), room.health()
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert (found["articles"], found["problems"], found["generation"]) == (1, 1, 1)
    assert found["refreshed"].endswith("+00:00")
    assert (found["status"], found["role"]) == ("ok", "publisher") and 0 <= found["idle_seconds"] < 10


def test_a_thread_that_has_ended_shows(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()}).inside()
    publisher = room._app.extensions["nashra"]
    publisher.pulse.limit_seconds = 1.5
    time.sleep(2)
    assert room.get("/healthz").status == 200
    publisher.stop()
    room.eventually(lambda: room.get("/healthz").status == 503, within=20)
    assert room.health()["status"] == "stuck" and room.ok("/feeds/rss.xml").status == 200


def test_a_publisher_that_stands_still_shows_in_every_process(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()})
    with service_process.running(room, "--workers", "2") as service:
        service.eventually(lambda: {service.health()["role"] for _ in range(16)} == {"publisher", "follower"})
        assert {service.ask("/healthz")[0] for _ in range(16)} == {200}
        (publisher,) = [pid for pid in service.workers if _holds(pid, room.folder / "var" / "publisher.lock")]
        os.kill(publisher, signal.SIGSTOP)
        pulse = room.folder / "var" / "pulse"
        past = time.time() - LIMIT_SECONDS - 1
        os.utime(pulse, (past, past))
        found = [answer for answer in _answers(service) if answer[1]["role"] == "follower"]
        assert found and {(status, body["status"]) for status, body in found} == {(503, "stuck")}
        os.kill(publisher, signal.SIGCONT)
        service.eventually(lambda: {service.ask("/healthz")[0] for _ in range(16)} == {200})


def test_while_a_stranger_holds_the_catalogue_nothing_waits_and_it_is_seen(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(tags="[س]")}).inside()
    publisher = room._app.extensions["nashra"]
    publisher.pulse.limit_seconds = 1.0
    room.write("b.md", article("ثان"))
    with _locked(room.folder / "var"):
        publisher.reread()
        room.eventually(lambda: room.health()["status"] == "stuck", within=3.5)  # it waits for four seconds
        for path in ("/healthz", *PATHS):
            began = time.monotonic()
            assert room.get(path).status == (503 if path == "/healthz" else 200)
            assert time.monotonic() - began < 0.5, path
    room.eventually(lambda: room.health()["status"] == "ok" and room.get("/s/b").status == 200, within=20)


def test_a_publisher_that_stands_still_in_the_middle_of_a_change_keeps_nobody_waiting(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(tags="[س]")})
    with service_process.running(room, "--workers", "2") as service:
        service.eventually(lambda: {service.health()["role"] for _ in range(16)} == {"publisher", "follower"})
        (publisher,) = [pid for pid in service.workers if _holds(pid, room.folder / "var" / "publisher.lock")]
        for n in range(1500):
            room.write(f"more/{n}.md", article(f"خبر {n}", "نص طويل للتجربة " * 50))
        _stop_while_it_writes(publisher, room.folder / "var")
        past = time.time() - LIMIT_SECONDS - 1
        os.utime(room.folder / "var" / "pulse", (past, past))
        for path in ("/healthz", *PATHS):
            (found,) = {(status, seconds < 0.4) for status, _, seconds in _asked(service, path)}
            assert found == (503 if path == "/healthz" else 200, True), path
        assert {json.loads(body)["status"] for _, body, _ in _asked(service, "/healthz")} == {"stuck"}
        os.kill(publisher, signal.SIGCONT)
        service.eventually(lambda: {service.health()["articles"] for _ in range(8)} == {1501}, within=40)


PATHS = (
    "/feeds/rss.xml",
    "/feeds/tag/%D8%B3/atom.xml",
    "/",
    "/s/a",
    "/feeds.opml",
    "/sitemap.xml",
    "/search/%D9%86%D8%B5",
)


@contextlib.contextmanager
def _locked(var: Path) -> Iterator[None]:
    """The catalogue, as another program that writes in it would."""
    (path,) = var.glob("catalogue-*.sqlite")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("ROLLBACK")


def _stop_while_it_writes(pid: int, var: Path) -> None:
    (path,) = var.glob("catalogue-*.sqlite")
    end = time.monotonic() + 30
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as db:
        while time.monotonic() < end:
            if _is_locked(db):
                os.kill(pid, signal.SIGSTOP)
                time.sleep(0.05)
                if _is_locked(db):
                    return
                os.kill(pid, signal.SIGCONT)
    raise AssertionError("it never wrote")


def _is_locked(db: sqlite3.Connection) -> bool:
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    db.execute("ROLLBACK")
    return False


def _holds(pid: int, path: Path) -> bool:
    """Whether a process has a file open; one that has ended has none."""
    try:
        return any(os.path.realpath(each) == str(path.resolve()) for each in Path(f"/proc/{pid}/fd").iterdir())
    except FileNotFoundError:
        return False


def _answers(service: service_process.Service) -> Iterator[tuple[int, dict[str, object]]]:
    """Of the process that still answers."""
    for status, body, _ in _asked(service, "/healthz"):
        yield status, json.loads(body)


def _asked(service: service_process.Service, path: str) -> Iterator[tuple[int, bytes, float]]:
    """Status, body and seconds, of the process that still answers."""
    for _ in range(12):
        with service.connect() as connection:
            began = time.monotonic()
            connection.settimeout(0.5)
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            try:
                while part := connection.recv(65536):
                    answer += part
            except TimeoutError:
                continue
            head, _, body = answer.partition(b"\r\n\r\n")
            yield int(head[9:12]), body, time.monotonic() - began


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_refreshes_that_fail_for_a_minute_show_until_one_succeeds(clock: Clock, tmp_path: Path) -> None:
    pulse = Pulse(lambda: tmp_path / "pulse", clock, clock)
    assert pulse.failed("disk full") and not pulse.failed("disk full") and pulse.failed("another")
    assert pulse.state() == "ok"  # once is nothing
    for _ in range(35):
        clock.now += 2
        pulse.failed("another")
    assert pulse.state() == "failing" and pulse.idle_seconds() < 1
    pulse.succeeded()
    assert pulse.state() == "ok" and pulse.failed("another")


def test_a_read_that_takes_minutes_is_no_standstill_while_it_moves(clock: Clock, tmp_path: Path) -> None:
    pulse = Pulse(lambda: tmp_path / "pulse", clock, clock)
    for _ in range(600):
        clock.now += 1
        pulse.beat()
        assert pulse.state() == "ok"
    clock.now += LIMIT_SECONDS + 1
    assert pulse.state() == "stuck" and pulse.idle_seconds() == LIMIT_SECONDS + 1
