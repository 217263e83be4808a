"""What is kept in memory has a bound in bytes, and what was dropped is made again with equal bytes."""

from __future__ import annotations

import random
from pathlib import Path
from weakref import WeakSet

import pytest
from newsroom import Newsroom, article

from feeds.cache import Cache
from feeds.catalogue import Catalogue
from feeds.config import load
from feeds.lane import FastLane
from feeds.refresh import refresh
from feeds.representation import Representation
from feeds.site import Site
from feeds.validators import Validators
from feeds.web import create_app

LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي "


def _text(number: int) -> bytes:
    """Letters without any sense, which nothing can compress to less than half."""
    rng = random.Random(number)
    return "".join(rng.choices(LETTERS, k=20_000)).encode()


def test_all_that_is_kept_stays_below_the_bound_with_every_variant_made() -> None:
    cache, bound = Cache(None, 1_000_000), 1_000_000
    alive: WeakSet[Representation] = WeakSet()
    for number in range(60):
        made = cache.keep(f"/{number}", number, lambda number=number: (_text(number), 0), "text/plain")  # type: ignore[misc]
        assert made.gzip and made.br
        alive.add(made)
        del made
        assert sum(len(each.body) + len(each.gzip) + len(each.br) for each in alive) <= bound
    assert 5 < len(alive) < 60


def test_what_was_asked_for_since_stays_when_what_was_not_goes() -> None:
    cache, asked = Cache(None, 1_000_000), []

    def make() -> tuple[bytes, int]:
        asked.append(1)
        return _text(0), 0

    hot = cache.keep("/hot", 0, make, "text/plain")
    for number in range(1, 60):
        hot.use.recent = True
        cache.keep(f"/{number}", number, lambda number=number: (_text(number), 0), "text/plain")  # type: ignore[misc]
    assert cache.keep("/hot", 0, make, "text/plain") is hot and asked == [1]


def test_a_site_forgets_what_was_dropped_and_makes_it_again_with_equal_bytes(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, {f"{n}.md": article(body="نص " * 2000, tags=f"[وسم{n}]") for n in range(20)})
    config, catalogue = load(room.config_path), Catalogue(None)
    refresh(config, catalogue, now=0)
    site = Site(config, catalogue.connection, Validators(), kept_bytes=300_000)
    now = 1_800_000_000
    first = {}
    for path in [f"/feeds/tag/وسم{n}/{name}" for n in range(20) for name in ("rss.xml", "atom.xml", "feed.json")]:
        answer = site.answer(path, now)
        assert isinstance(answer, Representation)
        first[path] = (answer.body, answer.gzip, answer.etag, answer.modified)
        del answer
        ready = [found for path in first if (found := site.ready(path, now))]
        assert sum(len(each.body) + len(each.gzip) for each in ready) < 300_000
        del ready
    gone = [path for path in first if site.ready(path, now) is None]
    assert 20 < len(gone) < 60
    for path in gone:
        answer = site.answer(path, now)
        assert isinstance(answer, Representation)
        assert (answer.body, answer.gzip, answer.etag, answer.modified) == first[path]
    catalogue.close()


def test_what_the_fast_lane_sends_counts_as_asked_for(tmp_path: Path) -> None:
    app = create_app(Newsroom(tmp_path, {"a.md": article()}).config_path, watch=False)
    publisher, lane = app.extensions["nashra"], app.extensions["nashra.lane"]
    assert isinstance(lane, FastLane)
    with app.test_client(use_cookies=False) as client:
        client.get("/feeds/rss.xml")
        found = publisher.site.ready("/feeds/rss.xml", 0)
        found.use.recent = False
        assert lane.find("/feeds/rss.xml", "br", None) is not None
        assert found.use.recent
    publisher.stop()


@pytest.mark.parametrize("asked", ["health", "oembed", "answer"])
def test_after_an_answer_that_knows_of_a_change_none_is_older(tmp_path: Path, asked: str) -> None:
    """Else who waits for /healthz, or for a new permalink, could still get a 304 for the feed of before."""
    room = Newsroom(tmp_path, {"a.md": article("أول")})
    config, catalogue = load(room.config_path), Catalogue(tmp_path / "c.sqlite")
    refresh(config, catalogue, now=0)
    site = Site(config, Catalogue(tmp_path / "c.sqlite", writable=False).connection, Validators())
    now = 1_800_000_000
    site.notice(now)
    before = site.answer("/feeds/rss.xml", now)
    assert site.ready("/feeds/rss.xml", now) is before
    room.write("b.md", article("ثان"))
    refresh(config, catalogue, now=0)
    if asked == "health":
        assert site.health(now, "")["articles"] == 2
    elif asked == "oembed":
        site.oembed(config.absolute("/s/none"), now)
    else:
        site.answer("/feeds/atom.xml", now)
    assert site.ready("/feeds/rss.xml", now) is None
    assert site.answer("/feeds/rss.xml", now) != before
    catalogue.close()
