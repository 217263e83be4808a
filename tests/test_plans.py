"""A question about one thing looks nowhere but where that is, however many articles there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Maker
from newsroom import article

from feeds.publisher import Publisher
from feeds.site import Site

NOW = 1_750_000_000
ONE = (
    "/s/a", "/s/gone", "/s/nothing", "/old", "/more/b", "/more/b.md", "/nothing/at/all", "/nothing.html", "/s/a/card.png", "/S/a",
    "/media/p.png", "/media/nothing.png", "/feeds/tag/nothing/rss.xml", "/tag/nothing", "/assets/nothing.css",
)  # fmt: skip
# Whole tables, and the index of all that is public, which says nothing about the one that is asked for.
_EVERYTHING = re.compile(
    r"SCAN (?:a|b|f|l|articles|files|labels|aliases|media|uses|inline)\b|articles_order \(live=\?\)"
)


@pytest.fixture(scope="module")
def site(shared_newsroom: Maker) -> Site:
    files: dict[str, str | bytes] = {
        f"more/{name}.md": article(f"خبر {name}", tags="[س]", author="ن") for name in "bcdef"
    }
    files |= {"a.md": article("أول", aliases="[/old]", image="p.png"), "a.en.md": article("First", lang="en")}
    files |= {"gone.md": article("ذهب", withdrawn="2025-05-02"), "p.png": b"\x89PNG\r\n\x1a\n"}
    return Publisher(Path(shared_newsroom(files).config_path), lambda: NOW, watching=False).site


@pytest.mark.parametrize("path", ONE)
def test_what_has_one_address_is_found_by_it(site: Site, path: str) -> None:
    asked: list[str] = []
    site.db.set_trace_callback(asked.append)
    site.answer(path, NOW)
    site.oembed(f"https://news.example{path}", NOW)
    site.db.set_trace_callback(None)
    questions = [text for text in asked if text.lstrip().upper().startswith(("SELECT", "WITH"))]
    for question in questions:
        steps = [str(step[3]) for step in site.db.execute(f"EXPLAIN QUERY PLAN {question}")]
        assert not [step for step in steps if _EVERYTHING.search(step)], (question, steps)
    assert questions or path.startswith("/assets/")
