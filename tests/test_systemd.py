"""The unit of deploy/: what systemd thinks of it, what the service tells systemd, and the whole of it under systemd."""

from __future__ import annotations

import contextlib
import glob
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import service_process
import systemd_process
from conftest import Maker
from newsroom import ROOT, article
from systemd_process import Systemd

needs_systemd = pytest.mark.skipif(bool(systemd_process.MISSING), reason=systemd_process.MISSING)


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with paths that are there."""
    text = systemd_process.UNIT.read_text("utf-8")
    old = "/opt/nashra/.venv/bin/python /opt/nashra/app.py"
    assert old in text
    path = tmp_path / "nashra.service"
    path.write_text(text.replace(old, f"{sys.executable} {ROOT / 'app.py'}"), "utf-8")
    return path


def _analyze(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60, check=False)


@needs_systemd
def test_systemd_finds_no_fault_with_the_unit(unit: Path) -> None:
    found = _analyze("verify", str(unit))
    assert (found.returncode, found.stdout + found.stderr) == (0, "")
    unit.write_text(unit.read_text("utf-8").replace("DynamicUser=yes", "DynamicUser=perhaps"), "utf-8")
    assert "perhaps" in _analyze("verify", str(unit)).stderr


@needs_systemd
def test_the_sandbox_leaves_little_exposed(unit: Path, record_property: Callable[[str, object], None]) -> None:
    found = _analyze("security", "--offline=true", "--threshold=15", "--no-pager", str(unit))
    overall = re.search(r"Overall exposure level for nashra.service: ([\d.]+)", found.stdout)
    assert overall and found.returncode == 0, found.stdout
    record_property("score", f"systemd-analyze security: exposure {overall[1]} of 10")


# --- what the service says --------------------------------------------------------------------------


class Manager:
    """A socket in the manager's place; what came there, with the time."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)

    def told(self, seconds: float, until: str = "") -> list[dict[str, str]]:
        """Messages of the next seconds, or of less, up to the one that has the line."""
        found, end = [], time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                text = self._socket.recv(65536).decode()
            except TimeoutError:
                break
            found.append(dict(line.split("=", 1) for line in text.splitlines()))
            if until and until in text.splitlines():
                break
        return found

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(tmp_path)
    yield made
    made.close()


def test_ready_is_told_once_when_everything_is_read_and_answered(newsroom: Maker, manager: Manager) -> None:
    room = newsroom({f"{n}.md": article(f"خبر {n}") for n in range(420)})
    with service_process.running(room, env={"NOTIFY_SOCKET": manager.address}, ready=False) as service:
        before = manager.told(60, until="READY=1")
        status, found = service.ask("/healthz")  # at once: if it was told too early, this fails
        assert (status, found["articles"], found["status"]) == (200, 420, "ok")
        assert service.ask("/feeds/rss.xml")[0] == service.ask("/sitemap.xml")[0] == 200
        assert [message for message in before if "READY" in message] == before[-1:]
        assert before[-1]["STATUS"].startswith("serving, 420 articles, 0 problems, refreshed 20")
        assert all(int(message["EXTEND_TIMEOUT_USEC"]) > 0 for message in before[:-1])  # a first read that moves
        service.process.terminate()
        after = manager.told(20, until="STOPPING=1")
        assert after[-1]["STOPPING"] == "1" and not [message for message in after if "READY" in message]
        assert service.process.wait(20) == 0


def test_the_watchdog_is_told_while_all_answer_and_the_publisher_moves(newsroom: Maker, manager: Manager) -> None:
    room = newsroom({"a.md": article()})
    env = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "2000000"}
    with service_process.running(room, "--workers", "2", env=env) as service:
        manager.told(20, until="READY=1")
        assert sum("WATCHDOG" in message for message in manager.told(2)) >= 2
        with _locked(room.folder / "var"):  # the publisher waits for it, the feeds are answered
            room.write("b.md", article("ثان"))
            manager.told(2.2)  # of the four seconds that it waits
            assert service.ask("/feeds/rss.xml")[0] == 200
            assert not [message for message in manager.told(1.2) if "WATCHDOG" in message]
        service.eventually(lambda: service.health()["articles"] == 2)
        assert [message for message in manager.told(8, until="WATCHDOG=1") if "WATCHDOG" in message]


@contextlib.contextmanager
def _locked(state: Path) -> Iterator[None]:
    """The catalogue is being written by somebody else."""
    (path,) = glob.glob(str(state / "catalogue-*.sqlite"))
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("ROLLBACK")


# --- the whole of it ----------------------------------------------------------------------------------


def test_the_service_does_all_its_work_in_the_sandbox_of_the_unit(
    newsroom: Maker, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400"><rect width="300" height="99"/></svg>'
    files: dict[str, Any] = {f"{n}.md": article(f"خبر {n}") for n in range(300)}  # enough for processes that read
    room = newsroom({**files, "p.svg": svg, "a.md": article("رسم", image="p.svg", date="2025-05-01")})
    with room.config_path.open("a") as file:
        file.write("state: /var/lib/nashra\n")
    with systemd_process.booted(room, tmp_path) as systemd:
        if not isinstance(systemd, Systemd):
            record_property("score", f"unit under systemd: not run here ({systemd})")
            return
        record_property("score", "unit under systemd: run")
        started = systemd.run("systemctl", "start", "nashra")
        assert started.returncode == 0, systemd.run("systemctl", "status", "nashra").stdout + systemd.log
        assert (systemd.show("ActiveState"), systemd.show("NRestarts")) == ("active", "0")
        assert systemd.show("StatusText").startswith("serving, 301 articles, ")
        assert "خبر" in systemd.get("/feeds/rss.xml")
        for path in ("/s/a/card.png", "/s/a/picture.jpg"):  # drawn, the second by a child with limits
            size = systemd.run("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{size_download}",
                               f"http://127.0.0.1:8000{path}").stdout.split()  # fmt: skip
            assert size[0] == "200" and int(size[1]) > 1000, path
        owner = systemd.run("stat", "-c", "%U %a", "/var/lib/private/nashra").stdout.split()
        assert owner == ["nashra", "700"] and "cannot be written" not in systemd.log
        systemd.write("/srv/nashra/content/new.md", article("جديد"))
        systemd.eventually("+content/new.md")
        systemd.write("/srv/nashra/config.yaml", room.config_path.read_text("utf-8") + "sit: x\n")
        assert systemd.run("systemctl", "reload", "nashra").returncode == 0
        systemd.eventually("config.yaml is faulty, the last good one stays")
        assert systemd.run("systemctl", "stop", "nashra").returncode == 0
        assert (systemd.show("Result"), systemd.show("ActiveState")) == ("success", "inactive")
        for word in ("Traceback", "Errno", "not permitted", "Permission denied"):
            assert word not in systemd.log
