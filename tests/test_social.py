"""The feeds for bots: valid, addressed to themselves, and their texts can be posted as they are."""

from __future__ import annotations

import json

import pytest
import reading
from conftest import Maker
from newsroom import Newsroom, article

CONTENT = {
    "a.md": article("Google تعلن عن نموذج جديد", tags="[كرة القدم, C++, a.b, رابع]", date="2025-04-30"),
    "b.md": article("كلمة " * 150, tags="[وسم]", date="2025-04-29"),
    "draft.md": article("سري", draft="true"),
}
URL = "https://news.example/s/"


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(CONTENT, at="2025-06-01", inside=True)


def _channel(room: Newsroom) -> reading.etree._Element:
    (channel,) = reading.xml(room.ok("/feeds/social.xml").body)
    return channel


def test_the_rss_text_is_headline_hashtags_and_permalink(room: Newsroom) -> None:
    channel = _channel(room)
    (own,) = [link for link in channel.findall(f"{reading.ATOM}link") if link.get("rel") == "self"]
    assert own.get("href") == "https://news.example/feeds/social.xml"
    first, second = channel.findall("item")
    assert first.findtext("description") == f"\u200fGoogle تعلن عن نموذج جديد\n\n#كرة_القدم #Cpp #a_b\n\n{URL}a"
    assert [item.findtext("link") for item in (first, second)] == [URL + "a", URL + "b"]
    assert (first.findtext("title"), first.findtext("guid")) == ("\u200fGoogle تعلن عن نموذج جديد", room.rss()["a"].id)


def test_the_json_has_a_post_for_every_network_within_its_length(room: Newsroom) -> None:
    answer = room.ok("/feeds/social.json")
    document = json.loads(answer.body)
    assert answer.headers["Content-Type"].startswith("application/feed+json")
    assert document["feed_url"] == "https://news.example/feeds/social.json"
    posts = {item["id"].rpartition(":")[2]: item["_nashra"]["posts"] for item in document["items"]}
    assert set(posts["a"]) == {"bluesky", "mastodon", "x"}
    long = posts["b"]
    assert all(text.endswith(f"…\n\n{URL}b") for text in long.values())
    assert len(long["bluesky"]) <= 300 and len(long["mastodon"]) - len(URL + "b") + 23 <= 500
    assert len(long["x"]) - len(URL + "b") + 23 + 1 <= 280  # the ellipsis weighs two
    assert [item["content_text"] for item in document["items"]] == [posts["a"]["mastodon"], posts["b"]["mastodon"]]


def test_the_number_of_hashtags_is_the_publisher_s(newsroom: Maker) -> None:
    room = newsroom(CONTENT, at="2025-06-01", inside=True, share={"hashtags": 1})
    assert (_channel(room).findtext("item/description") or "").count("#") == 1


@pytest.mark.parametrize("path", ["/feeds/tag/C%2B%2B/social.xml", "/feeds/page/2/social.xml", "/feeds/social"])
def test_there_are_no_others(room: Newsroom, path: str) -> None:
    assert room.get(path).status == 404
