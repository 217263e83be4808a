"""/healthz: how the service is, and that one which no longer takes changes in does not pass for healthy."""

from __future__ import annotations

import os
import signal
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


def _holds(pid: int, path: Path) -> bool:
    folder = Path(f"/proc/{pid}/fd")
    return any(os.path.realpath(each) == str(path.resolve()) for each in folder.iterdir())


def _answers(service: service_process.Service) -> Iterator[tuple[int, dict[str, object]]]:
    """Of the process that still answers."""
    for _ in range(12):
        with service.connect() as connection:
            connection.settimeout(0.5)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b""
            try:
                while part := connection.recv(65536):
                    answer += part
            except TimeoutError:
                continue
            head, _, body = answer.partition(b"\r\n\r\n")
            yield int(head[9:12]), service_process.json.loads(body)


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
