"""The state folder taken away, broken, full or unwritable under a real server, and nobody to read what it says."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path

import pictures
import pytest
from answers import Answer
from conftest import Maker
from disks import Disk, Limited, Tmpfs, read_only, small
from fleet import children
from folders import listing
from newsroom import REFRESH, Newsroom, article

FEEDS = ("/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", "/feeds/tag/س/rss.xml", "/", "/s/3", "/sitemap.xml")
LONG = "نص طويل للتجربة " * 400
FILES: dict[str, str | bytes] = {
    f"{n}.md": article(f"خبر {n}", LONG, date=f"2025-03-0{n}", tags="[س]") for n in range(1, 9)
}
# A program that may not write files of any use.
LIMIT = """import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))
os.execvp(sys.argv[1], sys.argv[1:])"""
# What becomes of stdout and stderr.
STREAMS = {
    "on a full disk": "full = os.open('/dev/full', os.O_WRONLY); os.dup2(full, 1); os.dup2(full, 2)",
    "a pipe that nobody reads": "ends = os.pipe(); os.close(ends[0]); os.dup2(ends[1], 1); os.dup2(ends[1], 2)",
    "closed": "os.close(1); os.close(2)",
}


def _said(room: Newsroom) -> list[str]:
    """Messages of the service's own, without their times; starts, refreshes and problems of content are not among them."""
    assert "Traceback" not in room.log(), room.log()
    lines = re.findall(r"^nashra: \S+ (.*)$", room.log(), re.MULTILINE)
    return [f"nashra: {line}" for line in lines if not re.match("serving |ended$", line) and not REFRESH.search(line)]


def _answers(room: Newsroom) -> dict[str, Answer]:
    return {path: room.ok(path) for path in FEEDS}


def _serves(room: Newsroom, title: str) -> bool:
    """Whether all feeds have the article; none may fail meanwhile."""
    return all(title in room.ok(path).text for path in FEEDS[:4])


def _noise_over(path: Path) -> None:
    """Over the very file that is open, but for its first page."""
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(os.urandom(max(0, path.stat().st_size - 4096)))


# --- under a running server ---------------------------------------------------------------------------


def test_what_is_broken_or_taken_away_while_it_runs_is_made_anew(newsroom: Maker) -> None:
    room = newsroom(FILES, serve=True)
    var = room.folder / "var"
    before = _answers(room)
    for path in var.glob("catalogue-*"):
        if not path.name.endswith("-shm"):
            _noise_over(path)
    room.write("9.md", article("خبر 9", date="2025-03-09", tags="[س]"))
    room.eventually(lambda: room.get("/s/9").status == 200 and _whole(room, "خبر 9"), within=20)
    (said,) = _said(room)
    assert re.fullmatch(
        r"nashra: the catalogue is broken \(.*\); it is made anew from the content: '.*/var/catalogue-\w+\.sqlite'",
        said,
    )

    shutil.rmtree(var)
    room.eventually(lambda: (var / "publisher.lock").exists() and bool(list(var.glob("catalogue-*"))), within=10)
    room.write("10.md", article("خبر 10", date="2025-03-10", tags="[س]"))
    room.eventually(lambda: _serves(room, "خبر 10"), within=10)

    _noise_over(var / "validators.sqlite")
    room.write("11.md", article("خبر 11", date="2025-03-11", tags="[س]"))
    room.eventually(lambda: _serves(room, "خبر 11"), within=10)
    for path, answer in _answers(room).items():
        stamp = answer.headers.get("Last-Modified")
        assert not stamp or parsedate_to_datetime(stamp) > parsedate_to_datetime(before[path].headers["Last-Modified"])
    assert room.exit_code is None


def _whole(room: Newsroom, title: str) -> bool:
    """While the catalogue is made anew some answers may be put off, and none may be wrong."""
    answers = [room.get(path) for path in FEEDS]
    assert {answer.status for answer in answers} <= {200, 503}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status == 503)
    return all(answer.status == 200 and title in answer.text for answer in answers[:4])


# --- full, read-only, no folder -------------------------------------------------------------------------


@contextmanager
def _tight(room: Newsroom, kilobytes: int) -> Iterator[bool]:
    """The state on a small disk; temporary files elsewhere."""
    temporary = room.folder / "tmp"
    temporary.mkdir()
    room.env["TMPDIR"] = str(temporary)
    with small(room.folder / "var", kilobytes) as done:
        yield done
        room.stop()


def test_a_disk_that_fills_during_a_refresh_costs_no_answer_and_no_article(newsroom: Maker) -> None:
    room = newsroom(FILES)
    with _tight(room, 4000) as done:
        room.serve()
        before = {path: answer.body for path, answer in _answers(room).items()}
        disk: Disk = Tmpfs(room.folder / "var") if done else Limited(*children(room.pid))
        disk.fill()
        for n in range(60):
            room.write(f"more/{n}.md", article(f"زيادة {n}", LONG, date=f"2025-04-{1 + n % 28:02}", tags="[س]"))
        room.eventually(lambda: bool(_said(room)), within=15)
        assert {path: answer.body for path, answer in _answers(room).items()} == before
        (said,) = _said(room)
        assert said.startswith("nashra: changes cannot be taken in and are tried again, what is there is served: ")
        disk.free()
        room.eventually(lambda: _serves(room, "زيادة 27"), within=15)
        assert len(_said(room)) == 1


def test_a_first_read_on_a_full_disk_keeps_the_state_elsewhere(newsroom: Maker) -> None:
    room = newsroom(FILES)
    with _tight(room, 200) as done:
        if not done:
            pytest.skip("needs leave to mount a small disk")
        room.serve()
        assert _serves(room, "خبر 8")
        (said,) = _said(room)
        assert said.startswith("nashra: state cannot be written, no space left") and f"'{room.folder}/var'" in said
        assert not list((room.folder / "var").glob("catalogue-*")), "half a catalogue keeps the disk full"


def test_where_no_state_can_be_kept_nothing_runs_and_the_last_line_says_what_to_do(newsroom: Maker) -> None:
    room = newsroom(FILES)
    room.before = (sys.executable, "-c", LIMIT)
    room.start()
    room.eventually(lambda: room.exit_code is not None, within=30)
    assert room.exit_code != 0
    assert any("make one of them writable or set state in config.yaml" in line for line in _said(room)[-3:]), room.log()
    report = room.run("export", str(room.folder / "tree"), before=room.before)
    assert report.code == 2 and "set state in config.yaml" in report.stderr and "Traceback" not in report.stderr


def test_two_workers_without_a_state_folder_share_another_that_the_next_start_finds_again(newsroom: Maker) -> None:
    room = newsroom(FILES, state="taken")
    (room.folder / "taken").write_text("a file of somebody else's", "utf-8")
    temporary = room.folder / "tmp"
    temporary.mkdir()
    room.env["TMPDIR"] = str(temporary)
    for _ in range(2):
        room.serve("--workers", "2")
        assert _serves(room, "خبر 8")
        (said,) = _said(room)
        (spare,) = temporary.glob(f"nashra-{os.geteuid()}-*")
        assert said == (
            "nashra: state cannot be written, a file stands where a folder is needed: "
            f"'{room.folder}/taken'; this run keeps it in '{spare}'"
        )
        assert spare.stat().st_mode & 0o077 == 0
        room.stop()
    assert (room.folder / "taken").read_text("utf-8") == "a file of somebody else's"


# --- nobody reads what it says ------------------------------------------------------------------------


@pytest.mark.parametrize("name", STREAMS)
def test_output_that_nobody_can_take_stops_nothing(newsroom: Maker, name: str) -> None:
    room = newsroom(FILES)
    room.before = (sys.executable, "-c", f"import os, sys\n{STREAMS[name]}\nos.execvp(sys.argv[1], sys.argv[1:])")
    room.serve()
    room.write("bad.md", article("بلا تاريخ", date=None, tags="[س]"))
    room.eventually(lambda: room.health()["problems"] == 1)
    room.write("9.md", article("خبر 9", date="2025-03-09", tags="[س]"))
    room.eventually(lambda: _serves(room, "خبر 9"))


# --- content ------------------------------------------------------------------------------------------


def test_nothing_ever_writes_into_content(newsroom: Maker) -> None:
    room = newsroom(FILES | {"p.png": pictures.png(9, 9), "i.md": article(image="p.png"), "bad.md": article(date=None)})
    before = listing(room.content)
    with read_only(room.content):
        assert room.check().code == 1
        assert room.run("export", str(room.folder / "tree")).code == 0
        room.serve()
        assert _serves(room, "خبر 8")
        assert room.get("/s/3/card.png").status == room.get("/media/p.png").status == 200
        time.sleep(0.6)  # longer than one round of the watcher
        assert _said(room) == []
        room.stop()
    assert listing(room.content) == before
    assert {path.name for path in room.folder.iterdir()} == {
        "config.yaml", "content", "tree", "var", "stderr.log", "stdout.log",
    }  # fmt: skip
