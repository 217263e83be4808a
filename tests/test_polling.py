"""What the model of readers under change found: each fault once more, small and plain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import reading
from answers import Answer
from by_hand import Hand
from conftest import Maker
from newsroom import Newsroom, article, configuration

NEWS = "/feeds/rss.xml"


@dataclass
class Workers:
    """Two workers of one service; the first one has the role. Time stands still."""

    room: Newsroom
    now: float = 1_746_000_000.0
    hands: list[Hand] = field(default_factory=list)

    def start(self) -> Workers:
        self.hands = [Hand(self.room.config_path, lambda: self.now) for _ in range(2)]
        return self

    def ask(self, worker: int, path: str = NEWS, **headers: str) -> Answer:
        self.hands[worker].site.notice(int(self.now))
        self.room._client = self.hands[worker].client
        return self.room.get(path, {name.replace("_", "-"): value for name, value in headers.items()})

    def write(self, path: str, text: str) -> None:
        self.room.write(path, text)
        self.hands[0].take_in([path])

    def stop(self) -> None:
        for each in self.hands:
            each.close()


@pytest.fixture
def workers(newsroom: Maker) -> Iterator[Workers]:
    made = Workers(newsroom({"a.md": article("أول"), "b.md": article("ثان", date="2025-04-01")})).start()
    yield made
    made.stop()
    made.room._client = None


def test_a_change_and_its_undoing_that_only_another_worker_was_asked_about_is_no_304(workers: Workers) -> None:
    """The worker that was not asked still had the first bytes, and the first date with them."""
    first, changed = article("أول"), article("أول معدل")
    before = workers.ask(0)
    workers.write("a.md", changed)
    workers.now += 10
    between = workers.ask(1)
    assert "معدل" in between.text
    workers.write("a.md", first)
    workers.now += 10
    after = workers.ask(0, If_Modified_Since=between.headers["Last-Modified"])
    assert (after.status, after.body) == (200, before.body)
    assert reading.parsedate_to_datetime(after.headers["Last-Modified"]) > reading.parsedate_to_datetime(
        between.headers["Last-Modified"]
    )


def test_a_delta_after_the_site_has_moved_holds_every_entry(workers: Workers) -> None:
    """Their links lead elsewhere though no article has changed."""
    before = workers.ask(0)
    workers.room.config_path.write_text(configuration(site={"url": "https://moved.example"}), "utf-8")
    for each in workers.hands:
        each.reload_config()
    delta = workers.ask(0, A_IM="feed", If_None_Match=before.etag)
    links = [item.link for item in reading.rss(delta.body).items]
    assert (delta.status, links) == (226, ["https://moved.example/s/a", "https://moved.example/s/b"])


def test_a_delta_at_the_instant_of_an_announced_change_holds_that_entry(workers: Workers) -> None:
    workers.write("a.md", article("أول", updated="2025-05-01T10:00:00+03:00"))
    before = workers.ask(0)
    workers.now += 3 * 86400
    delta = workers.ask(0, A_IM="feed", If_None_Match=before.etag)
    items = reading.rss(delta.body).items
    assert (delta.status, [item.token for item in items]) == (226, ["a"])
    assert items[0].updated == "2025-05-01T10:00:00+03:00"
