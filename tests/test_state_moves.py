"""What is known goes along when the state is kept elsewhere, and a clock that is stopped gives nothing back."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from conftest import Maker
from disks import Tmpfs, read_only, small
from fleet import children
from hub import Hub
from newsroom import Newsroom, article

from feeds import headstart, state
from feeds.config import load
from feeds.keeper import Keeper
from feeds.memory import Memory
from feeds.problems import Damage, StateError
from feeds.refresh import refresh
from feeds.state import State
from feeds.validators import Validators

FEED = "/feeds/rss.xml"
FILES: dict[str, str | bytes] = {
    "a.md": article("أول"),
    "b.md": article("ثان"),
    "later.md": article("مجدول", date="2100-01-01"),
}


def _holds(pid: int, path: Path) -> bool:
    """Whether a process has the lock of a file, as the system tells it."""
    status = path.stat()
    wanted = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    return any(
        fields[1] == "FLOCK" and (fields[4], fields[5]) == (str(pid), wanted)
        for fields in map(str.split, Path("/proc/locks").read_text().splitlines())
    )


def _temporary(room: Newsroom) -> None:
    """A place of its own for the folder that stands in."""
    folder = room.folder / "tmp"
    folder.mkdir()
    room.env["TMPDIR"] = str(folder)


def _spare(room: Newsroom) -> Path:
    (found,) = Path(room.env["TMPDIR"]).glob(f"nashra-{os.geteuid()}-*")
    return found


@contextmanager
def _on_a_disk(room: Newsroom, kilobytes: int) -> Iterator[Tmpfs]:
    """The state on a small disk of its own."""
    with small(room.folder / "var", kilobytes) as done:
        if not done:
            pytest.skip("needs leave to mount a small disk")
        yield Tmpfs(room.folder / "var")
        room.stop()


def _told(room: Newsroom) -> float:
    """Last-Modified of the main feed."""
    return parsedate_to_datetime(room.ok(FEED).headers["Last-Modified"]).timestamp()


def _begun(newsroom: Maker) -> Newsroom:
    """a.md was published and is z.md now, b.md was and is gone, and the main feed has changed by that; stopped."""
    room = newsroom(FILES)
    _temporary(room)
    room.serve()
    room.rename("a.md", "z.md")
    room.settle()
    assert room.share("a").status == 200
    room.delete("b.md")
    room.settle()
    room.eventually(lambda: "Last-Modified" in room.ok(FEED).headers)
    return room


# --- a clock that is stopped ------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["serve", "export"])
def test_a_look_into_the_future_changes_nothing_of_now(newsroom: Maker, command: str) -> None:
    room = _begun(newsroom)
    room.ok(FEED)
    room.stop()
    if command == "export":
        assert room.run("export", str(room.folder / "tree"), "--at", "2101-01-01T00:00Z").code == 0
        assert "مجدول" in (room.folder / "tree" / "feeds" / "rss.xml").read_text("utf-8")
    else:
        room.at = "2101-01-01T00:00Z"
        room.serve()
        assert "مجدول" in room.ok(FEED).text and room.share("a").status == 200, "ids that are known are known here"
        room.stop()
        room.at = None
    room.write("c.md", article("ثان"))
    room.serve()
    assert _told(room) <= time.time()
    assert {item.token for item in room.rss().items} == {"a", "b"}, "what was gone comes back under its id"


def test_a_stopped_clock_remembers_for_the_next_one(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول"), "b.md": article("ثان")}, at="2025-06-01T00:00Z", serve=True)
    room.stop()
    room.rename("a.md", "z.md")
    room.serve()
    room.stop()
    assert any("id" in line for line in room.check().stdout.splitlines()), "which check tells how to make last"
    room.serve("--workers", "2")
    assert {item.token for item in room.rss().items} == {"a", "b"}


def test_a_stopped_clock_beside_a_running_service_is_a_service_of_its_own(newsroom: Maker) -> None:
    room = newsroom(FILES, serve=True)
    stopped = Newsroom(room.folder, at="2101-01-01T00:00Z", config=room.config_path.read_text("utf-8"))
    stopped.serve()
    try:
        assert "مجدول" in stopped.ok(FEED).text
        assert "added" not in stopped.log(), "it begins with what the service has read"
        assert "مجدول" not in room.ok(FEED).text
        assert room.health()["role"] == stopped.health()["role"] == "publisher"
    finally:
        stopped.stop()


def test_no_hub_is_told_of_what_a_stopped_clock_shows(newsroom: Maker, hub: Hub) -> None:
    room = newsroom(FILES, websub={"hubs": [hub.url]}, at="2025-06-01T00:00Z", serve=True)
    time.sleep(1.5)
    room.write("c.md", article("ثالث"))
    room.settle()
    time.sleep(2)
    assert hub.pings == []


# --- a folder that cannot be written --------------------------------------------------------------------


@contextmanager
def _unwritable(room: Newsroom) -> Iterator[None]:
    with read_only(room.folder / "var"):
        yield
        room.stop()


def _kept_elsewhere(newsroom: Maker) -> Newsroom:
    """What `_begun` made, in the folder that stands in, where it is the newer one; stopped, and home can be written."""
    room = _begun(newsroom)
    room.stop()
    with _unwritable(room):
        room.serve()
    return room


@pytest.mark.parametrize("end", ["ended", "killed"])
def test_a_folder_that_is_read_only_is_read(newsroom: Maker, end: str) -> None:
    room = _begun(newsroom)
    told = _told(room)
    if end == "ended":
        room.stop()
    else:
        room.kill()
    with _unwritable(room):
        room.serve()
        assert room.log().count("state cannot be written") == 1
        assert _told(room) >= told
        assert {item.token for item in room.rss().items} == {"a"}, "the memory of ids is what it was"
        room.write("c.md", article("ثان"))
        room.eventually(lambda: "b" in room.json().tokens)
        room.rename("c.md", "d.md")
        room.settle()
        told = _told(room) if "Last-Modified" in room.ok(FEED).headers else told
    room.delete("d.md")
    room.write("e.md", article("ثان"))
    room.serve()
    assert room.log().count("state cannot be written") == 0
    assert {item.token for item in room.rss().items} == {"a", "b"}, "and what was learnt elsewhere is known at home"
    room.eventually(lambda: "Last-Modified" in room.ok(FEED).headers)
    assert _told(room) >= told
    spare = _spare(room)
    assert not (spare / "names.sqlite").exists() and not (spare / "validators.sqlite").exists()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_disk_that_is_full_when_the_config_changes_costs_no_id_and_no_date(newsroom: Maker, workers: str) -> None:
    files = {f"{n}.md": article(f"خبر {n}", "نص طويل للتجربة " * 400, date=f"2025-03-0{n}") for n in range(1, 9)}
    room = newsroom(files)
    _temporary(room)
    with _on_a_disk(room, 2000) as disk:
        room.serve("--workers", workers)
        room.rename("1.md", "z.md")
        room.settle()
        room.delete("2.md")
        room.settle()
        room.eventually(lambda: "Last-Modified" in room.ok(FEED).headers)
        told = _told(room)
        disk.fill()
        room.config_path.write_text(room.config_path.read_text("utf-8").replace("صحيفة", "جريدة"), "utf-8")
        room.eventually(lambda: "جريدة" in room.ok(FEED).text, within=20)
        assert {item.token for item in room.rss().items} == {"1", "3", "4", "5", "6", "7", "8"}
        room.eventually(lambda: "Last-Modified" in room.ok(FEED).headers)
        assert _told(room) > told
        time.sleep(3)  # for those who would find the role of home free
        room.rename("3.md", "y.md")
        room.eventually(lambda: all("3" in room.rss().tokens and "y" not in room.rss().tokens for _ in range(4)))
        assert {item.token for item in room.rss().items} == {"1", "3", "4", "5", "6", "7", "8"}


def test_where_there_is_no_room_to_bring_it_home_it_stays(newsroom: Maker, tmp_path: Path) -> None:
    files = {f"{n}.md": article(f"خبر {n}", "نص") for n in range(200)}
    room = newsroom(files)
    _temporary(room)
    with _on_a_disk(room, 3000) as disk:
        disk.fill()
        room.serve()
        room.rename("1.md", "z.md")
        room.eventually(lambda: room.share("1").status == 200 and "z" not in room.json().tokens)
        room.stop()
        assert room.log().count("state cannot be written") == 1
        os.truncate(room.folder / "var" / "filler", (room.folder / "var" / "filler").stat().st_size - 3 * 4096)
        room.serve()
        assert room.share("1").status == 200 and room.share("z").status == 404
        assert room.log().count("state cannot be written, what is known in ") == 1
        room.stop()
        disk.free()
        room.serve()
        assert room.share("1").status == 200 and room.share("z").status == 404
        assert room.log().count("state cannot be written") == 0


def test_an_export_beside_the_service_takes_nothing_from_the_folder_that_stands_in(newsroom: Maker) -> None:
    room = _kept_elsewhere(newsroom)
    spare = _spare(room)
    with open(room.folder / "var" / "publisher.lock", "rb+") as lock:  # a service that has not looked there
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert room.run("export", str(room.folder / "tree")).code == 0
    assert (spare / "names.sqlite").exists() and (spare / "validators.sqlite").exists()


def test_a_folder_that_becomes_read_only_while_it_runs_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    room = Newsroom(tmp_path / "room", {"a.md": article("أول")})
    (room.folder / "var").mkdir()
    config = load(room.config_path)
    keeper = Keeper(
        State(room.folder / "var"), lambda: 1_750_000_000, lambda: 100.0,
        lambda catalogue: bool(refresh(config, catalogue, now=1_750_000_000)), lambda: None, alone=False,
    )  # fmt: skip
    stop = threading.Event()
    keeper.open(config, stop)
    keeper.failed(OSError("whatever it was"))
    assert not keeper.is_outdated(), "there it can still be written"
    with read_only(room.folder / "var"):
        keeper.failed(OSError("whatever it was"))
        assert keeper.is_outdated()
        keeper.open(config, stop)
        assert keeper.writer is not None and keeper.state.folder != room.folder / "var"
        keeper.close()


def test_what_was_said_of_another_memory_does_not_cost_this_one(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with closing(sqlite3.connect(tmp_path / name)):
            pass
    memory = Memory()
    memory.renew(tmp_path / "one")
    before = (tmp_path / "two").stat().st_ino
    memory.doubt(Damage("is broken"))
    memory.renew(tmp_path / "two")
    assert (tmp_path / "two").stat().st_ino == before
    validators = Validators()
    validators.renew(tmp_path / "three", 5, mend=True)
    assert validators.modified("/x", "x", 1) == 1
    validators.doubt(Damage("is broken"))
    validators.renew(tmp_path / "four", 5, mend=True)
    assert validators.modified("/x", "x", 1) == 1, "nothing was made anew"


def test_a_folder_of_somebody_elses_in_the_place_of_the_one_that_stands_in_is_not_used(newsroom: Maker) -> None:
    room = newsroom(FILES)
    _temporary(room)
    (room.folder / "var").mkdir()
    with _unwritable(room):
        room.serve()
    spare = _spare(room)
    spare.chmod(0o777)
    (spare / "names.sqlite").write_bytes(b"SQLite format 3\0 of a stranger's")
    room.serve()
    assert {item.token for item in room.rss().items} == {"a", "b"}
    assert "made anew" not in room.log()


def test_of_two_processes_that_start_at_once_one_brings_it_home_and_one_publishes(newsroom: Maker) -> None:
    """Not each in a folder of its own."""
    room = _kept_elsewhere(newsroom)
    for _ in range(3):
        room.serve("--workers", "4")
        lock = room.folder / "var" / "publisher.lock"
        assert [_holds(pid, lock) for pid in children(room.pid)].count(True) == 1
        spare = _spare(room) / "publisher.lock"
        assert not any(_holds(pid, spare) for pid in children(room.pid))
        room.stop()


def test_whoever_looks_does_not_keep_the_state_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for folder in (tmp_path / "var", state._spare(tmp_path / "var")):
        folder.mkdir(mode=0o700)
    spare = state._spare(tmp_path / "var")
    with closing(sqlite3.connect(spare / "names.sqlite")) as db:
        db.execute("CREATE TABLE names (path)")
    with open(spare / "publisher.lock", "w") as looker:
        fcntl.flock(looker, fcntl.LOCK_SH)
        one = State(tmp_path / "var")
        assert one.take_role() and one.folder == tmp_path / "var"
        assert (tmp_path / "var" / "names.sqlite").exists() and not (spare / "names.sqlite").exists()
        other = State(tmp_path / "var")
        assert not other.take_role() and other.folder == tmp_path / "var"
    one.leave_role()
    with open(spare / "publisher.lock", "w") as publisher:
        fcntl.flock(publisher, fcntl.LOCK_EX)
        with pytest.raises(StateError):
            other.take_role()
        assert other.folder == spare, "it is joined there"
        assert not other.take_role()
    assert other.take_role()
    other.leave_role()


def test_a_database_that_a_stranger_holds_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    for name in ("old", "new"):
        with closing(sqlite3.connect(tmp_path / name)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("CREATE TABLE names (path)")
        time.sleep(0.01)
    with closing(sqlite3.connect(tmp_path / "old", isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        os.utime(tmp_path / "new", (later := time.time() + 60, later))
        began = time.monotonic()
        assert headstart.take_over(tmp_path / "new", tmp_path / "old") is False
        assert time.monotonic() - began < 12
    assert not (tmp_path / "old.part").exists() and (tmp_path / "new").exists()
