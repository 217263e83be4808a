"""Where an export writes: what it leaves alone, what it refuses, and what it says when it cannot go on."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pictures
import pytest
from conftest import Maker
from newsroom import ROOT, Newsroom, article

AT = "2025-06-01T00:00:00+00:00"
UNPRIVILEGED = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom({"a.md": article("أول"), "site.png": pictures.png(1200, 630)}, site={"image": "site.png"})


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_others_have_put_there_stays(newsroom: Maker, tmp_path: Path) -> None:
    room = newsroom({"a.md": article("أول", tags="[x]"), "b.md": article("ثان")})
    theirs = {
        "index.php": "x",
        "s/theirs.html": "x",
        "tag/x/notes.txt": "x",
        "feeds/.htaccess": "x",
        ".well-known/a": "x",
    }
    for name, text in theirs.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert room.run("export", str(tmp_path), "--at", AT).code == 0
    room.delete("a.md")
    told = room.run("export", str(tmp_path), "--at", AT)
    assert "removed tag/x.html" in told.stdout and not (tmp_path / "feeds" / "tag").exists()
    assert {name: (tmp_path / name).read_text() for name in theirs} == theirs


@pytest.mark.parametrize(
    ("name", "is_folder"), [("feeds", False), ("s", False), ("robots.txt", True), ("s/a.html.gz", True)]
)
def test_a_file_or_folder_of_others_in_the_way_is_named_and_stays(
    room: Newsroom, tmp_path: Path, name: str, is_folder: bool
) -> None:
    theirs = tmp_path / name / "inside" if is_folder else tmp_path / name
    theirs.parent.mkdir(parents=True, exist_ok=True)
    theirs.write_text("theirs")
    told = room.run("export", str(tmp_path), "--at", AT)
    assert (told.code, told.stdout) == (2, "") and re.search(rf"cannot write, [^:]+: '{tmp_path}/{name}", told.stderr)
    assert theirs.read_text() == "theirs" and (tmp_path / "index.html").exists()  # all else is there
    theirs.unlink()
    if is_folder:
        theirs.parent.rmdir()
    assert room.run("export", str(tmp_path), "--at", AT).code == 0


@pytest.mark.parametrize("place", ["content", "content/public", "content/_public", ".", "..", "link"])
def test_a_folder_in_the_content_or_round_it_is_refused(room: Newsroom, place: str) -> None:
    (room.folder / "link").unlink(missing_ok=True)
    (room.folder / "link").symlink_to(room.content)
    before = _files(room.folder) - {"stderr.log"}
    told = room.run("export", str(room.folder / place), "--at", AT)
    assert (told.code, told.stdout) == (2, "") and "nashra: cannot export, " in told.stderr, told
    after = {name for name in _files(room.folder) if not name.startswith("var/")}
    assert after == {name for name in before if not name.startswith("var/")}


def test_a_file_is_no_folder(room: Newsroom, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("theirs")
    for place in (file, file / "below"):
        told = room.run("export", str(place), "--at", AT)
        assert told.code == 2 and str(file) in told.stderr and "Traceback" not in told.stderr
    assert file.read_text() == "theirs"


def test_a_folder_that_may_not_be_written_is_named(newsroom: Maker, tmp_path: Path) -> None:
    room, shut = newsroom({"a.md": article("أول")}), tmp_path / "shut"
    shut.mkdir(mode=0o555)
    for place in (shut, shut / "below"):
        told = room.run("export", str(place), "--at", AT, before=UNPRIVILEGED)
        assert told.code == 2 and told.stderr.startswith(f"nashra: cannot write, Permission denied: '{place}")
    assert list(shut.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 kB."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "none", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_gone_on_with_when_there_is_room(room: Newsroom, small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(200_000))
    told = room.run("export", str(small_disk / "out"), "--at", AT)
    assert told.code == 2 and "nashra: cannot write, No space left on device: '" in told.stderr, told.stderr
    assert "Traceback" not in told.stderr and not list((small_disk / "out").glob(".nashra-export.part/*"))
    for name in _files(small_disk / "out") - {".nashra-export"}:
        assert (small_disk / "out" / name).stat().st_size > 0, name  # no file stands there by half
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=30m", str(small_disk)], check=True)
    assert room.run("export", str(small_disk / "out"), "--at", AT).code == 0
    assert room.run("export", str(small_disk / "fresh"), "--at", AT).code == 0
    assert _files(small_disk / "out") == _files(small_disk / "fresh")


def test_two_exports_do_not_write_into_one_folder(room: Newsroom, tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    told = room.run("export", str(tmp_path), "--at", AT)
    os.close(descriptor)
    assert told.code == 2 and f"another export is writing into it: '{tmp_path}'" in told.stderr
    assert list(tmp_path.iterdir()) == []


def _on_a_terminal(command: list[str], room: Newsroom) -> str:
    """What a command writes on a terminal as its stderr."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, env=room.env, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    while process.poll() is None or select.select([ours], [], [], 0)[0]:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
    process.wait()
    os.close(ours)
    return shown.decode()


def test_long_work_shows_a_bar_on_a_terminal_and_nothing_in_a_pipe(newsroom: Maker, tmp_path: Path) -> None:
    room = newsroom(
        {f"n{n}.md": article(f"خبر {n}") for n in range(12)}, feeds={"items": 1}
    )  # with cards, which take long
    command = [
        sys.executable,
        str(ROOT / "app.py"),
        "--config",
        str(room.config_path),
        "export",
        str(tmp_path),
        "--at",
        AT,
    ]
    shown = _on_a_terminal(command, room)
    bars = re.findall(r"\rwrite \[(#*)(\.*)\] ([\d,]+) of ([\d,]+) documents", shown)
    assert len(bars) >= 2 and {len(full) + len(rest) for full, rest, _, _ in bars} == {30}
    done = [int(count.replace(",", "")) for _, _, count, _ in bars]
    assert done == sorted(done) and bars[-1][2] == bars[-1][3] and bars[-1][:2] == ("#" * 30, "")
    (last,) = re.findall(r"nashra: \d+ written, 0 removed, 0 unchanged", shown)
    told = room.run("export", str(tmp_path / "piped"), "--at", AT)
    assert told.stderr.startswith("nashra: ") and told.stderr.count("\n") == 1 and "\r" not in told.stderr and last
