"""Many files at once, as `git pull` writes them: one refresh, and readers see the old state or the new one."""

from __future__ import annotations

import threading
import time

from conftest import Maker
from newsroom import article


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
