"""Hubs are told which feeds have new bytes, those alone, and again when they did not listen."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pictures
import pytest
from conftest import Maker
from folders import free_port
from hub import Hub
from newsroom import Newsroom, article
from prometheus_client.parser import text_string_to_metric_families as families

SITE = "https://news.example/feeds"
FORMATS = ("rss.xml", "atom.xml", "feed.json")


def _topics(*folders: str) -> list[str]:
    return sorted(f"{SITE}{folder}/{name}" for folder in folders for name in FORMATS)


def _room(newsroom: Maker, hub: Hub) -> Newsroom:
    content = {"a.md": article("أول", tags="[س]"), "b.md": article("ثان", tags="[غير]", date="2025-04-01", lang="ar")}
    return newsroom(content, serve=True, websub={"hubs": [hub.url]})


def test_54_a_new_article_is_announced_in_every_feed_that_it_changes_and_in_no_other(newsroom: Maker, hub: Hub) -> None:
    room = _room(newsroom, hub)
    assert hub.quiet() == []  # with a fresh state nothing has changed yet
    room.write("c.md", article("جديد", tags="[س]", author="كاتب", date="2025-05-01"))
    room.settle()
    tag, author = f"/tag/{quote('س')}", f"/author/{quote('كاتب')}"
    assert hub.quiet() == _topics("", "/lang/ar", tag, author)
    assert hub.forms[-1]["hub.mode"] == ["publish"]
    assert hub.forms[-1]["type"] == ["application/x-www-form-urlencoded"]


def test_54_equal_bytes_are_not_announced(newsroom: Maker, hub: Hub) -> None:
    room = _room(newsroom, hub)
    hub.quiet()
    room.touch("a.md")
    room.write("draft.md", article("سري", draft="true", tags="[س]"))
    time.sleep(0.5)
    assert hub.quiet() == []


def test_54_a_hub_that_does_not_listen_is_told_again(newsroom: Maker, hub: Hub) -> None:
    room = _room(newsroom, hub)
    hub.quiet()
    hub.refusals = 2
    room.write("b.md", article("ثان بعد التعديل", tags="[غير]", date="2025-04-01"))
    room.settle()
    assert hub.quiet(seconds=6) == _topics("", "/lang/ar", f"/tag/{quote('غير')}")
    assert len(hub.forms) == 9 + 2


def test_54_what_changed_while_nothing_ran_is_announced_by_the_next_start(newsroom: Maker, hub: Hub) -> None:
    room = _room(newsroom, hub)
    hub.quiet()
    room.stop()
    room.delete("a.md")
    room.serve()
    assert hub.quiet() == _topics("", "/lang/ar")


EDITS: dict[str, tuple[Callable[[Newsroom], object], tuple[str, ...]]] = {
    "a text": (lambda room: room.write("t7.md", article("خبر 7 بعد التعديل", tags="[t7]")), ("", "/lang/ar", "/tag/t7")),
    "a tag for another": (
        lambda room: room.write("t7.md", article("خبر 7", tags="[t8]")), ("", "/lang/ar", "/tag/t8"),
    ),
    "a language": (lambda room: room.write("t7.md", article("خبر 7", tags="[t7]", lang="fa")), ("", "/lang/ar", "/lang/fa", "/tag/t7")),
    "an id that another had": (lambda room: room.delete("b1.md"), ("", "/lang/ar", "/tag/one", "/tag/two")),
    "an end": (
        lambda room: room.write("t9.md", article("خبر 9", tags="[t9]", withdrawn="2025-05-01")),
        ("", "/lang/ar"),
    ),
    "a picture of an article": (lambda room: room.write("p.png", pictures.png(9, 9)), ("", "/lang/ar", "/tag/p")),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_among_many_tags_asks_for_the_feeds_alone_that_it_changes(newsroom: Maker, hub: Hub, name: str) -> None:
    files: dict[str, str | bytes] = {f"t{n}.md": article(f"خبر {n}", tags=f"[t{n}]") for n in range(100)}
    files |= {f"b{n}.md": article("مرتين", id="twice", tags=f"[{tag}]") for n, tag in ((1, "one"), (2, "two"))}
    files |= {"p.md": article("صورة", tags="[p]", image="p.png"), "p.png": pictures.png(8, 8)}
    room = newsroom(files, serve=True, websub={"hubs": [hub.url]}, server={"metrics": True}, feeds={"items": 300})
    hub.quiet()
    before = _looks(room)
    edit, folders = EDITS[name]
    edit(room)
    told = hub.quiet()
    expected = _topics(*folders)
    assert [topic for topic in told if "/tag/one/" not in topic] == [
        topic for topic in expected if "/tag/one/" not in topic
    ]
    assert _looks(room) - before <= 3 * 8, "as many as there are feeds"


def _looks(room: Newsroom) -> float:
    """How often a document was made or looked for; counts of a second ago are in it."""
    time.sleep(1.2)
    return sum(
        sample.value
        for family in families(room.ok("/metrics").text)
        for sample in family.samples
        if sample.name in ("nashra_cache_hits_total", "nashra_cache_misses_total")
    )


def test_what_appears_and_ends_by_itself_is_announced(newsroom: Maker, hub: Hub) -> None:
    now = datetime.now(UTC)
    files: dict[str, str | bytes] = {
        "a.md": article("أول", tags="[س]"),
        "later.md": article("يظهر", tags="[قادم]", date=(now + timedelta(seconds=8)).isoformat(), author="كاتب"),
        "ends.md": article("ينتهي", tags="[س]", expires=(now + timedelta(seconds=14)).isoformat(), date="2025-04-02"),
    }
    room = newsroom(files, serve=True, websub={"hubs": [hub.url]})
    assert room.get("/s/later").status == 404 and hub.quiet(0.5) == []
    room.eventually(lambda: room.get("/s/later").status == 200, within=15)
    assert hub.quiet() == _topics("", "/lang/ar", f"/tag/{quote('قادم')}", f"/author/{quote('كاتب')}")
    room.eventually(lambda: room.get("/s/ends").status == 410, within=15)
    assert hub.quiet() == _topics("", "/lang/ar", f"/tag/{quote('س')}")


def test_a_changed_setting_and_a_changed_icon_are_announced_in_all_feeds(newsroom: Maker, hub: Hub) -> None:
    files = {"a.md": article("أول", tags="[س]"), "icon.png": pictures.png(32, 32)}
    room = newsroom(files, serve=True, websub={"hubs": [hub.url]}, site={"icon": "icon.png"})
    hub.quiet()
    everything = _topics("", "/lang/ar", f"/tag/{quote('س')}")
    room.write("icon.png", pictures.png(48, 48))
    assert hub.quiet() == [topic for topic in everything if not topic.endswith("feed.json")]  # those that name it
    room.config_path.write_text(room.config_path.read_text("utf-8").replace("صحيفة", "جريدة"), "utf-8")
    assert hub.quiet(2) == everything


@pytest.mark.parametrize("other", ["silent", "closed", "refuses"])
def test_no_hub_waits_for_another(newsroom: Maker, hub: Hub, other: str) -> None:
    """The other takes the connection and says nothing, is not there, or takes no ping."""
    bad = Hub()
    bad.refusals = 10_000
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1] if other == "silent" else free_port()
        url = bad.url if other == "refuses" else f"http://127.0.0.1:{port}/"
        room = newsroom({"a.md": article("أول")}, serve=True, websub={"hubs": [url, hub.url]})
        assert hub.quiet() == []
        for number in range(3):
            room.write(f"n{number}.md", article(f"خبر {number}"))
            told = room.eventually(lambda number=number: len(hub.pings) == 6 * (number + 1), within=20)  # type: ignore[misc]
            assert told < 6, "seconds; a hub may take ten to answer"
        room.stop()  # what one hub has not taken is told again, to all
        hub.pings.clear()
        room.serve()
        room.eventually(lambda: len(hub.pings) >= 6, within=20)
    bad.close()


def test_what_is_taken_back_while_a_hub_is_away_is_told_to_the_others(newsroom: Maker, hub: Hub) -> None:
    bad = Hub()
    bad.refusals = 10_000
    room = newsroom({"a.md": article("أول")}, serve=True, websub={"hubs": [bad.url, hub.url]})
    assert hub.quiet() == []
    room.write("b.md", article("ليس للنشر"))
    room.eventually(lambda: len(hub.pings) == 6)
    room.delete("b.md")
    assert room.eventually(lambda: len(hub.pings) == 12, within=20) < 6
    bad.close()


def test_a_hub_that_sends_pings_elsewhere_has_not_taken_them(newsroom: Maker, hub: Hub) -> None:
    """urllib would make a GET of them, at a host that no config names."""
    elsewhere = Hub()
    hub.moved_to = elsewhere.url
    room = newsroom({"a.md": article("أول")}, serve=True, websub={"hubs": [hub.url]})
    room.write("b.md", article("ثان"))
    room.eventually(lambda: len(hub.forms) == 12)  # each once more
    assert hub.pings == [] and elsewhere.forms == [] and elsewhere.gets == 0
    elsewhere.close()


def test_a_round_that_fails_does_not_end_the_telling(
    newsroom: Maker, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feeds import websub

    failing = [RuntimeError("once"), RuntimeError("twice")]
    real = websub.changed_topics

    def fails(*args: Any) -> Any:
        if failing:
            raise failing.pop()
        return real(*args)

    monkeypatch.setattr(websub, "changed_topics", fails)
    monkeypatch.setattr(websub, "_LATER_SECONDS", 0.1)
    room = newsroom({"a.md": article("أول")}, websub={"hubs": [hub.url]})
    from feeds.web import create_app

    publisher = create_app(room.config_path).extensions["nashra"]
    try:
        room.eventually(lambda: not failing)
        assert hub.quiet() == []
        room.write("b.md", article("ثان"))
        room.eventually(lambda: len(hub.pings) == 6, within=15)
    finally:
        publisher.stop()


def test_a_change_after_the_record_was_lost_is_told(newsroom: Maker, hub: Hub) -> None:
    """And no more than that."""
    room = newsroom({"a.md": article("أول", tags="[س]")}, serve=True, websub={"hubs": [hub.url]})
    room.write("b.md", article("ثان"))
    assert hub.quiet(3) == _topics("", "/lang/ar")
    for path in (room.folder / "var").glob("validators.sqlite*"):
        path.unlink()
    time.sleep(1)
    room.write("c.md", article("ثالث"))
    assert hub.quiet(3) == _topics("", "/lang/ar")
