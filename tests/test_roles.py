"""Who publishes among several processes: it alone tells of refreshes and problems, whoever had the role before. What
they know of each other stands in the state folder that is really used."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
from collections import Counter
from pathlib import Path

import service_process
from conftest import Maker
from newsroom import Newsroom, article
from prometheus_client.parser import text_string_to_metric_families as families
from service_process import Service

from feeds.pulse import LIMIT_SECONDS

ON = {"server": {"metrics": True}}


def _publishers(service: Service, lock: Path) -> list[int]:
    return [pid for pid in service.workers if _holds(pid, lock)]


def _holds(pid: int, path: Path) -> bool:
    """Whether a process has a file open; one that has ended has none."""
    try:
        return any(os.path.realpath(each) == str(path.resolve()) for each in Path(f"/proc/{pid}/fd").iterdir())
    except FileNotFoundError:
        return False


def _from_who_answers(service: Service) -> set[tuple[int, str]]:
    """Status and what /healthz says, of the processes that still answer."""
    found = set()
    for _ in range(12):
        with service.connect() as connection:
            connection.settimeout(0.5)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b""
            with contextlib.suppress(TimeoutError):
                while part := connection.recv(65536):
                    answer += part
                head, _, body = answer.partition(b"\r\n\r\n")
                found.add((int(head[9:12]), str(json.loads(body)["status"])))
    return found


def _told(service: Service, name: str, label: str) -> dict[str, float]:
    """Sums of the samples of a name by one of their labels, as one process tells them."""
    found: Counter[str] = Counter()
    for family in families(service.ask("/metrics")[1]):
        for sample in family.samples:
            if sample.name == name:
                found[sample.labels[label]] += sample.value  # type: ignore[assignment]
    return dict(found)


def _roles(service: Service) -> dict[str, float]:
    return _told(service, "nashra_processes", "role")


def _lose_the_role(room: Newsroom, service: Service) -> tuple[int, int]:
    """(who had it, who has it now): the state goes away while the first stands still."""
    lock = room.folder / "var" / "publisher.lock"
    (old,) = _publishers(service, lock)
    os.kill(old, signal.SIGSTOP)
    shutil.rmtree(room.folder / "var")
    (new,) = [pid for pid in service.workers if pid != old]
    service.eventually(
        lambda: lock.exists() and _publishers(service, lock) == [new] and service.text.count("+content/a.md") == 2
    )
    os.kill(old, signal.SIGCONT)
    return old, new


def test_a_process_that_loses_the_role_is_silent_until_it_has_it_again(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}, **ON)
    with service_process.running(room, "--workers", "2") as service:
        service.eventually(lambda: len(service.workers) == 2 and _roles(service) == {"publisher": 1, "follower": 1})
        old, new = _lose_the_role(room, service)
        service.eventually(lambda: {service.health()["role"] for _ in range(16)} == {"publisher", "follower"})
        service.eventually(lambda: _roles(service) == {"publisher": 1, "follower": 1}, within=30)

        room.config_path.write_text(room.config_path.read_text("utf-8").replace("صحيفة", "جريدة"), "utf-8")
        service.eventually(lambda: all("جريدة" in service.ask("/feeds/rss.xml")[1] for _ in range(16)))
        room.write("bad.md", article("بلا تاريخ", date=None))
        service.eventually(lambda: "bad.md:1: date" in service.text)
        service.eventually(lambda: {service.health()["problems"] for _ in range(16)} == {1})
        os.kill(service.process.pid, signal.SIGSTOP)  # else it starts a process that may be first
        try:
            os.kill(new, signal.SIGKILL)
            service.eventually(lambda: _publishers(service, room.folder / "var" / "publisher.lock") == [old])
            room.write("worse.md", article("بلا تاريخ", date=None))
            service.eventually(lambda: "worse.md:1: date" in service.text)
        finally:
            os.kill(service.process.pid, signal.SIGCONT)
        for once in ("config.yaml has changed", "bad.md:1: date", "worse.md:1: date"):
            assert service.text.count(once) == 1, service.text


def test_processes_that_keep_their_state_elsewhere_count_together_and_see_each_other_stand_still(
    newsroom: Maker,
) -> None:
    room = newsroom({"a.md": article("أول")}, state="taken", **ON)
    (room.folder / "taken").write_text("a file of somebody else's", "utf-8")
    (room.folder / "tmp").mkdir()
    env = {"TMPDIR": str(room.folder / "tmp")}
    with service_process.running(room, "--workers", "2", env=env) as service:
        service.eventually(lambda: all(_roles(service) == {"publisher": 1, "follower": 1} for _ in range(8)))
        for _ in range(60):
            assert service.ask("/feeds/rss.xml")[0] == 200
        time.sleep(1.5)  # each process adds what it has counted once a second
        counts = {_told(service, "nashra_requests_total", "kind").get("rss", 0) for _ in range(8)}
        assert counts == {60}
        (spare,) = (room.folder / "tmp").glob(f"nashra-{os.geteuid()}-*")
        assert {path.name for path in spare.iterdir()} >= {"pulse", "metrics.sqlite"}
        (publisher,) = _publishers(service, spare / "publisher.lock")
        os.kill(publisher, signal.SIGSTOP)

        def is_stuck() -> bool:  # all of its threads stand still a moment after the signal
            past = time.time() - LIMIT_SECONDS - 1
            os.utime(spare / "pulse", (past, past))
            return _from_who_answers(service) == {(503, "stuck")}

        service.eventually(is_stuck)
        os.kill(publisher, signal.SIGCONT)
        service.eventually(lambda: {service.ask("/healthz")[0] for _ in range(8)} == {200})
        assert service.text.count("state cannot be written") == 1 and len(service.log) < 8, service.text
    assert (room.folder / "taken").read_text("utf-8") == "a file of somebody else's"


def test_counts_are_kept_together_when_the_state_goes_away_or_breaks_while_it_runs(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")}, **ON)
    file = room.folder / "var" / "metrics.sqlite"
    with service_process.running(room, "--workers", "2") as service:
        service.eventually(lambda: all(_roles(service) == {"publisher": 1, "follower": 1} for _ in range(8)))
        shutil.rmtree(room.folder / "var")
        service.eventually(file.exists)
        service.eventually(lambda: all(_roles(service) == {"publisher": 1, "follower": 1} for _ in range(8)))
        with open(file, "r+b") as opened:
            opened.write(os.urandom(file.stat().st_size))
        service.eventually(lambda: all(_roles(service) == {"publisher": 1, "follower": 1} for _ in range(8)), within=30)
        before = _told(service, "nashra_requests_total", "kind").get("rss", 0)
        for _ in range(20):
            assert service.ask("/feeds/rss.xml")[0] == 200
        service.eventually(
            lambda: {_told(service, "nashra_requests_total", "kind").get("rss", 0) - before for _ in range(8)} == {20}
        )
        assert "Traceback" not in service.text
