"""Many files at once, as `git pull` writes them: one refresh, and readers see the old state or the new one."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path

from conftest import Maker
from newsroom import article

from feeds.readers import MANY, Children
from feeds.watching import changes


def test_a_burst_is_one_refresh_and_nobody_sees_a_mixture_or_an_error(newsroom: Maker) -> None:
    files = {f"{n // 50}/{n}.md": article("قديم", date=f"2025-04-{n % 28 + 1:02}") for n in range(120)}
    room = newsroom(files, serve=True)
    time.sleep(1.5)  # what it looks at when it starts is over
    before, seen, ended = room.health()["generation"], [], threading.Event()

    def read() -> None:
        reader = newsroom()
        reader.port = room.port
        while not ended.is_set():
            answer = reader.get("/feeds/rss.xml")
            seen.append((answer.status, answer.text.count(">قديم<"), answer.text.count(">جديد<")))
        reader.stop()

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for path, text in files.items():
            room.write(path, text.replace("قديم", "جديد"))
        room.eventually(lambda: bool(seen) and seen[-1][1] == 0, within=30)
        time.sleep(0.5)
    finally:
        ended.set()
        thread.join()
    states = list(dict.fromkeys(seen))
    assert len(states) == 2 and {status for status, _, _ in states} == {200}
    assert all(old == 0 or new == 0 for _, old, new in states) and states[0][1] == states[1][2] > 0
    # One refresh; on a machine that stands still between two writes, the first few files may go before.
    assert room.health()["generation"] - before <= 3


def test_readers_begin_while_a_large_burst_is_waited_for(tmp_path: Path) -> None:
    root, stop, foreseen = tmp_path / "content", threading.Event(), list[int]()
    root.mkdir()
    begun = threading.Event()

    def write(count: int) -> None:
        begun.wait(10)
        time.sleep(0.5)
        for number in range(count):
            (root / f"{number}.md").write_text("x")

    for count in (3, MANY + 50):
        foreseen.clear()
        seen, thread = set[str](), threading.Thread(target=write, args=(count,))
        thread.start()
        for below in changes(
            root, tmp_path / "state", stop, watching=True, hurried=False, elapsed=time.monotonic, many=MANY,
            foresee=lambda: foreseen.append(1),
        ):  # fmt: skip
            begun.set()
            seen |= set(below)
            if len(seen) == count:
                break
        thread.join()
        assert bool(foreseen) is (count > MANY)


def test_children_end_when_they_are_closed_and_others_can_begin() -> None:
    children = Children()
    with closing(children):
        first = [child._process for child in children.begin()]
        assert first and [child._process for child in children.begin()] == first
        assert all(each is not None and each.poll() is None for each in first)
    assert all(each is not None and each.poll() is not None for each in first)
    with closing(children):
        assert children.begin()[0]._process not in first
