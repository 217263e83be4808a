"""Hubs are told which feeds have new bytes, those alone, and again when they did not listen."""

from __future__ import annotations

import time
from urllib.parse import quote

from conftest import Maker
from hub import Hub
from newsroom import Newsroom, article

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
