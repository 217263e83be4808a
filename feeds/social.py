"""Feeds for bots: `/feeds/social.xml` and `/feeds/social.json`, whose text can be posted as it is."""

from __future__ import annotations

from dataclasses import replace

from feeds import jsonfeed, posts, rss
from feeds.feed import Entry, Feed

NETWORK = "mastodon"  # whose length the plain text keeps; the others stand in `_nashra.posts`


def render_xml(feed: Feed) -> bytes:
    """RSS 2.0 whose descriptions are ready posts and whose titles are the headlines."""
    return rss.render(_short(feed), "social.xml")


def render_json(feed: Feed) -> bytes:
    """JSON Feed 1.1 whose `content_text` is a ready post; `_nashra.posts` has one for each network."""
    short = _short(feed)
    document = jsonfeed.document(short, "social.json")
    for item, entry in zip(document["items"], feed.entries, strict=True):
        item.pop("summary", None)
        written = {network: _post(feed, entry, network) for network in posts.NETWORKS}
        item["_nashra"] = {"posts": written}
    return jsonfeed.dump(document)


def _short(feed: Feed) -> Feed:
    entries = tuple(replace(entry, summary=_post(feed, entry, NETWORK), content_html="") for entry in feed.entries)
    return replace(feed, entries=entries, relations=(), is_complete=False)


def _post(feed: Feed, entry: Entry, network: str) -> str:
    tags = posts.hashtags(entry.categories, feed.hashtags)
    return posts.post(entry.title, tags, entry.url, entry.direction, network)
