"""A feed opened as a file in a browser says what it is, in its own language and direction, and shows its articles."""

from __future__ import annotations

import re
from typing import Any

import pytest
from browser.visit import visit_files
from conftest import Maker
from newsroom import article

from feeds.pages.assets import ASSETS, feed_style_path
from feeds.words import word

NOW = "2025-05-02T09:00:00+03:00"
FEEDS = {
    "ar-rss.xml": ("/feeds/rss.xml", "ar"),
    "ar-atom.xml": ("/feeds/atom.xml", "ar"),
    "en-rss.xml": ("/feeds/lang/en/rss.xml", "en"),
    "en-atom.xml": ("/feeds/lang/en/atom.xml", "en"),
}
# Every element that has a text or address of its own and is seen, with its direction.
QUESTION = """
const root = page.document.documentElement;
const seen = [...root.querySelectorAll("*")].filter((each) => each.getClientRects().length > 0);
return {
  about: page.getComputedStyle(root, "::before").content,
  direction: page.getComputedStyle(root).direction,
  width: root.getBoundingClientRect().width,
  seen: seen.map((each) => [each.tagName, page.getComputedStyle(each).direction,
    page.getComputedStyle(each, "::before").content.replace(/^"|"$/g, "")]),
};
"""


@pytest.fixture(scope="module")
def found(shared_newsroom: Maker) -> dict[str, Any]:
    room = shared_newsroom(
        {"a.md": article("مكتبة"), "e.md": article("Library", lang="en", tags="[x]")}, at=NOW, inside=True
    )
    files: dict[str, bytes] = {}
    for name, (path, language) in FEEDS.items():
        style = feed_style_path("", language).partition("?")[0]
        files[f"feed.{language}.css"] = ASSETS[style][0]
        text = re.sub(r"<\?xml-stylesheet [^>]*\?>\n?", "", room.ok(path).text)
        head, _, rest = text.partition("?>\n")
        files[name] = f'{head}?>\n<?xml-stylesheet type="text/css" href="feed.{language}.css"?>\n{rest}'.encode()
    return visit_files(files, FEEDS, QUESTION)


@pytest.mark.parametrize("name", FEEDS)
def test_it_says_what_it_is_in_its_language_and_direction(found: dict[str, Any], name: str) -> None:
    language = name[:2]
    assert found[name]["about"] == f'"{word("about_feed", language)}"'
    assert found[name]["direction"] == {"ar": "rtl", "en": "ltr"}[language]
    assert 300 < found[name]["width"] < 900


@pytest.mark.parametrize("name", FEEDS)
def test_only_what_is_for_people_is_seen(found: dict[str, Any], name: str) -> None:
    seen = {tag for tag, _, _ in found[name]["seen"]}
    if "rss" in name:
        assert seen == {"channel", "title", "description", "atom:link", "item", "link"}
    else:
        assert seen == {"title", "subtitle", "link", "entry", "summary"}


@pytest.mark.parametrize("name", FEEDS)
def test_addresses_run_from_left_to_right(found: dict[str, Any], name: str) -> None:
    links = [(direction, text) for tag, direction, text in found[name]["seen"] if tag.endswith("link")]
    assert links and all(direction == "ltr" for direction, _ in links)
    own = "https://news.example/feeds/" + {"ar": "", "en": "lang/en/"}[name[:2]] + name[3:]
    assert own in [text for _, text in links]
