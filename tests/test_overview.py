"""Lists of everything take time that grows with the archive, and nothing else waits for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from answers import Answer
from conftest import Maker
from newsroom import Newsroom, article

from feeds import discovery

LISTS = ("/feeds.opml", "/sitemap.xml", "/sitemap-news.xml")
OTHERS = ("/feeds/rss.xml", "/feeds/tag/%D8%B3/atom.xml", "/", "/s/a", "/healthz", "/robots.txt", "/nothing")


class Slow:
    """In place of `discovery.document`: lists are not made before `go` is set."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Semaphore(0), threading.Event()
        self._document = discovery.document

    def __call__(self, config: Any, db: Any, name: str, now: int) -> Any:
        made = self._document(config, db, name, now)
        if f"/{name}" in LISTS:
            self.begun.release()
            assert self.go.wait(30)
        return made


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow()
    monkeypatch.setattr(discovery, "document", slow)
    yield slow
    slow.go.set()


@pytest.fixture
def room(newsroom: Maker) -> Newsroom:
    return newsroom({"a.md": article("أول", tags="[س]"), "b.md": article("ثان", tags="[س]")}).by_hand(time.time)


@pytest.mark.parametrize("path", LISTS)
def test_no_answer_waits_for_a_list_that_is_made(room: Newsroom, slow: Slow, path: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        try:
            listed = pool.submit(room.get, path)
            assert slow.begun.acquire(timeout=10)
            statuses = [pool.submit(room.get, other).result(timeout=10).status for other in OTHERS]
            assert statuses == [200] * (len(OTHERS) - 1) + [404] and not listed.done()
        finally:
            slow.go.set()
        assert listed.result(timeout=10).status == 200


def test_a_list_that_is_overtaken_while_it_is_made_is_made_again(room: Newsroom, slow: Slow) -> None:
    with ThreadPoolExecutor(1) as pool:
        try:
            listed = pool.submit(room.get, "/sitemap.xml")
            assert slow.begun.acquire(timeout=10)
            room.write("c.md", article("ثالث", tags="[س]"))
            room.take_in("c.md")
            assert room.get("/s/c").status == 200
        finally:
            slow.go.set()
        assert "/s/c<" not in listed.result(timeout=10).text
    assert "/s/c<" in room.ok("/sitemap.xml").text


def test_only_a_few_wait_for_lists_and_the_others_are_told_to_come_again(room: Newsroom, slow: Slow) -> None:
    with ThreadPoolExecutor(20) as pool:
        try:
            asked = [pool.submit(room.get, LISTS[number % 3]) for number in range(20)]
            room.eventually(lambda: sum(each.done() for each in asked) >= 12, within=10)
            early: list[Answer] = [each.result() for each in asked if each.done()]
            assert {(answer.status, answer.headers["Retry-After"]) for answer in early} == {(503, "10")}
        finally:
            slow.go.set()
        assert sorted(each.result(timeout=20).status for each in asked) == [200] * 8 + [503] * 12


def test_a_list_in_another_spelling_leads_to_it_and_one_that_is_not_there_is_absent(room: Newsroom) -> None:
    answer = room.get("/Feeds.OPML")
    assert (answer.status, answer.headers["Location"]) == (301, "https://news.example/feeds.opml")
    assert {room.get(path).status for path in ("/sitemap-0.xml", "/sitemap-1.xml", "/sitemap-2.xml")} == {404}
