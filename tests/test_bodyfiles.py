"""Bodies as files in memory: the bytes are the body's, there are few of them, and none is left open."""

from __future__ import annotations

import os

import pytest

from feeds.bodyfiles import BodyFiles

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="files in memory are Linux's")


def body(name: str, size: int = 10_000) -> bytes:
    return name.encode() * (size // len(name.encode()))


def ask(files: BodyFiles, wanted: bytes, times: int = 3) -> int | None:
    found = None
    for _ in range(times):
        found = files.find(wanted)
    return found


def is_open(file: int) -> bool:
    try:
        return bool(os.fstat(file))
    except OSError:
        return False


def test_a_body_that_is_asked_for_often_is_a_file() -> None:
    files, wanted = BodyFiles(), body("نص")
    assert files.find(wanted) is files.find(wanted) is None
    file = files.find(wanted)
    assert file is not None and os.pread(file, 1 << 20, 0) == wanted
    assert files.find(wanted) == file and len(files) == 1
    files.clear()
    assert not is_open(file)
    assert files.find(wanted) is None, "what was counted before is forgotten"


def test_equal_bodies_are_told_apart_by_who_they_are() -> None:
    """A body that is gone must not lend its file to another at the same place in memory: it is kept."""
    files = BodyFiles()
    for number in range(200):
        wanted = body(f"{number:04}")
        file = ask(files, wanted)
        assert file is not None and os.pread(file, 1 << 20, 0) == wanted
        del wanted
    assert len(files) == 32
    files.clear()


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    files, bodies = BodyFiles(most_files=3), [body(name) for name in "abcd"]
    found = [ask(files, each) for each in bodies[:3]]
    assert ask(files, bodies[0], 1) == found[0]
    assert ask(files, bodies[3]) is not None and len(files) == 3
    assert files.find(bodies[0]) == found[0] and files.find(bodies[2]) == found[2]
    assert len(files) == 3
    files.clear()


def test_all_together_have_no_more_than_so_many_bytes() -> None:
    files = BodyFiles(most_bytes=50_000)
    for name in "abcdefgh":
        ask(files, body(name, 20_000))
        assert len(files) <= 2
    assert ask(files, body("x", 60_000)) is None and len(files) == 2
    files.clear()


def test_what_nobody_asks_for_any_more_is_closed() -> None:
    files, kept, left = BodyFiles(), body("a"), body("b")
    file, other = ask(files, kept), ask(files, left)
    files.tidy()
    assert files.find(kept) == file
    files.tidy()
    assert len(files) == 1 and files.find(kept) == file and other is not None and not is_open(other)
    files.clear()


def test_a_short_body_is_none() -> None:
    files = BodyFiles()
    assert ask(files, body("a", 1000)) is None


def test_where_there_is_no_room_bodies_are_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    files, opened = BodyFiles(), len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "memfd_create", lambda *_: (_ for _ in ()).throw(OSError(24, "too many open files")))
    assert ask(files, body("a"), 5) is None
    monkeypatch.undo()
    monkeypatch.setattr(os, "write", lambda *_: 1)  # a full memory
    assert ask(files, body("b"), 5) is None
    assert len(files) == 0 and len(os.listdir("/proc/self/fd")) == opened


def test_many_that_are_asked_for_once_are_not_remembered() -> None:
    files = BodyFiles()
    for number in range(5000):
        files.find(bytes(9000 + number % 7))
    assert len(files._asked) <= 1025
    files.clear()
