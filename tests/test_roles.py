"""Who publishes among several processes: it alone tells of refreshes and problems, whoever had the role before."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import service_process
from conftest import Maker
from newsroom import Newsroom, article
from prometheus_client.parser import text_string_to_metric_families as families
from service_process import Service

ON = {"server": {"metrics": True}}


def _publishers(service: Service, lock: Path) -> list[int]:
    return [pid for pid in service.workers if _holds(pid, lock)]


def _holds(pid: int, path: Path) -> bool:
    folder = Path(f"/proc/{pid}/fd")
    return any(os.path.realpath(each) == str(path.resolve()) for each in folder.iterdir())


def _roles(service: Service) -> dict[str, float]:
    """As /metrics counts them."""
    return {
        sample.labels["role"]: sample.value
        for family in families(service.ask("/metrics")[1])
        for sample in family.samples
        if sample.name == "nashra_processes"
    }


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
        os.kill(new, signal.SIGKILL)
        service.eventually(lambda: _publishers(service, room.folder / "var" / "publisher.lock") == [old])
        room.write("worse.md", article("بلا تاريخ", date=None))
        service.eventually(lambda: "worse.md:1: date" in service.text)
        for once in ("config.yaml has changed", "bad.md:1: date", "worse.md:1: date"):
            assert service.text.count(once) == 1, service.text
