"""Items 40–45 of the conformance checklist: JSON Feed 1.1."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pictures
import pytest
from conformance_site import HUBS, NOW, SITE, content, documents, of_kind, options
from conftest import Maker
from newsroom import ROOT, Newsroom, article


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(content(), **options())


@pytest.fixture(scope="module")
def feeds(room: Newsroom) -> dict[str, Any]:
    return {url: json.loads(answer.body) for url, answer in of_kind(documents(room), "feed.json").items()}


@pytest.fixture(scope="module")
def items(feeds: dict[str, Any]) -> dict[str, Any]:
    return {item["id"].rpartition(":")[2]: item for feed in feeds.values() for item in feed["items"]}


@pytest.fixture(scope="module")
def judge() -> jsonschema.Draft202012Validator:
    schema = json.loads((ROOT / "tests" / "corpus" / "jsonfeed.schema.json").read_text("utf-8"))
    checker = jsonschema.FormatChecker()
    assert "date-time" in checker.checkers, "rfc3339-validator is missing, dates would not be judged"
    return jsonschema.Draft202012Validator(schema, format_checker=checker)


def test_40_every_document_keeps_the_schema_of_version_1_1(
    feeds: dict[str, Any], judge: jsonschema.Draft202012Validator, newsroom: Maker
) -> None:
    for feed in feeds.values():
        judge.validate(feed)
    for files, feed_options in [
        ({}, {}),
        ({"a.md": article()}, {"content": "summary"}),
        ({"a.md": article(body="")}, {}),
    ]:
        judge.validate(json.loads(newsroom(files, at=NOW, inside=True, feeds=feed_options).ok("/feeds/feed.json").body))


@pytest.mark.parametrize(
    "change",
    [
        {"version": "https://jsonfeed.org/version/1"},
        {"title": ""},
        {"icon": None},
        {"feed_url": "/feeds/feed.json"},
        {"author": {"name": "ع"}},
        {"_a.b": {}},
        {"items": [{"id": 1}]},
        {"expired": False},
    ],
)
def test_40_the_schema_refuses_what_it_should(
    feeds: dict[str, Any], judge: jsonschema.Draft202012Validator, change: dict[str, Any]
) -> None:
    assert not judge.is_valid(feeds[f"{SITE}/feeds/feed.json"] | change)


@pytest.mark.parametrize(
    "change", [{"date_published": "2025-04-30"}, {"tags": ["أ", "أ"]}, {"url": "https://x.example/ع"}]
)
def test_42_the_schema_refuses_an_item_that_it_should(
    feeds: dict[str, Any], judge: jsonschema.Draft202012Validator, change: dict[str, Any]
) -> None:
    feed = feeds[f"{SITE}/feeds/feed.json"]
    assert judge.is_valid(feed | {"items": [feed["items"][0]]})
    assert not judge.is_valid(feed | {"items": [feed["items"][0] | change]})


def test_41_the_feed_names_home_itself_language_and_description(feeds: dict[str, Any]) -> None:
    for url, feed in feeds.items():
        assert feed["feed_url"] == url
        assert feed["home_page_url"].startswith(f"{SITE}/")
        assert feed["language"] and feed["description"]


@pytest.mark.parametrize(
    ("size", "keys"),
    [((512, 512), {"icon", "favicon"}), ((64, 64), {"favicon"}), ((511, 511), {"favicon"}), ((63, 63), set()),
     ((600, 512), set())],
)  # fmt: skip
def test_41_icons_are_square_and_large_enough(newsroom: Maker, size: tuple[int, int], keys: set[str]) -> None:
    files = {"a.md": article(), "i.png": pictures.png(*size)}
    root = newsroom(files, at=NOW, inside=True, site={"icon": "i.png"}).json().root
    assert {"icon", "favicon"} & set(root) == keys


def test_41_a_remote_icon_is_taken_at_its_word(newsroom: Maker) -> None:
    root = newsroom({"a.md": article()}, at=NOW, inside=True, site={"icon": "https://cdn.example/i.png"}).json().root
    assert root["icon"] == root["favicon"] == "https://cdn.example/i.png"


def test_42_ids_are_texts_that_occur_once_and_every_item_has_a_body(feeds: dict[str, Any]) -> None:
    for feed in feeds.values():
        ids = [item["id"] for item in feed["items"]]
        assert len(set(ids)) == len(ids) and all(isinstance(each, str) for each in ids)
        for item in feed["items"]:
            assert {"url", "title", "summary", "date_published", "date_modified"} <= set(item)
            assert "content_html" in item or "content_text" in item


def test_43_authors_are_a_list_and_the_old_key_is_not_used(feeds: dict[str, Any], items: dict[str, Any]) -> None:
    assert items["sound"]["authors"] == [{"name": "ليلى", "url": "https://news.example/l"}, {"name": "كريم"}]
    for feed in feeds.values():
        assert feed["authors"] == [{"name": "هيئة التحرير", "url": "https://news.example/desk"}]
        assert not [node for node in (feed, *feed["items"]) if "author" in node]


def test_44_attachments_pages_and_hubs_are_whole(feeds: dict[str, Any], items: dict[str, Any]) -> None:
    first, second = items["sound"]["attachments"]
    assert (first["mime_type"], first["size_in_bytes"], first["duration_in_seconds"]) == ("audio/wav", 3044, 3723)
    assert (second["size_in_bytes"], second["duration_in_seconds"]) == (5044, 5)
    assert items["remote"]["attachments"] == [
        {"url": "https://cdn.example/%D8%B5%D9%88%D8%B1%D8%A9.jpg", "mime_type": "image/jpeg"}
    ]
    for url, feed in feeds.items():
        assert feed["hubs"] == [{"type": "WebSub", "url": hub} for hub in HUBS]
        assert "expired" not in feed
        if "/archive/" in url:
            assert "next_url" not in feed
    url, seen = f"{SITE}/feeds/feed.json", []
    while url:
        assert url not in seen
        seen.append(url)
        url = feeds[url].get("next_url", "")
    assert len(seen) == 4  # 16 articles, five on each page


def test_45_nothing_is_null_empty_or_unknown(feeds: dict[str, Any]) -> None:
    def leaves(node: Any) -> list[Any]:
        if isinstance(node, dict):
            return [leaf for key, child in node.items() if key != "items" or child for leaf in leaves(child)]
        return [leaf for child in node for leaf in leaves(child)] if isinstance(node, list) and node else [node]

    for feed in feeds.values():
        assert not [leaf for leaf in leaves(feed) if leaf in (None, "", [], {})]
        assert not [key for node in (feed, *feed["items"]) for key in node if key.startswith("_") and "." in key]
