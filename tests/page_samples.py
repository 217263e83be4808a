"""A site and its articles for the tests of the pages, made directly, without files."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from html_page import Html

from feeds import pages
from feeds.article import Article, Author, Image
from feeds.bidi import Direction
from feeds.config import Config
from feeds.queries import Selection
from feeds.translations import Translation

SITE = "https://news.example"
DAMASCUS = timezone(timedelta(hours=3))
PUBLISHED = datetime(2025, 4, 30, 13, 30, tzinfo=DAMASCUS)
UPDATED = datetime(2025, 5, 2, 9, 15, tzinfo=DAMASCUS)
RLM, LRM, LRI, RLI, PDI = "\u200f", "\u200e", "\u2066", "\u2067", "\u2069"
FEEDS = [
    ("application/rss+xml", "rss.xml"),
    ("application/atom+xml", "atom.xml"),
    ("application/feed+json", "feed.json"),
]


def config(**changes: Any) -> Config:
    url = changes.pop("url", SITE)
    made = Config(
        root=Path("."),
        title="صحيفة المثال",
        url=url,
        base_path=url.removeprefix(SITE),
        language="ar",
        direction="rtl",
        id_domain="news.example,2025",
        zone=ZoneInfo("Asia/Damascus"),
    )
    return replace(made, **changes)


def article(title: str = "افتتاح مكتبة الحي", **changes: Any) -> Article:
    direction: Direction = changes.pop("direction", "rtl")
    language: str = changes.pop("language", "ar")
    made = Article(
        id="a1",
        title=title,
        published=PUBLISHED,
        updated=PUBLISHED,
        language=language,
        direction=direction,
        summary="ملخص قصير.",
        content_html=f'<div dir="{direction}" lang="{language}"><p dir="{direction}">نص قصير.</p></div>',
    )
    return replace(made, **changes)


def rich(**changes: Any) -> Article:
    """An article with everything."""
    everything: dict[str, Any] = {
        "updated": UPDATED,
        "tags": ("كرة القدم", "C++"),
        "authors": (Author(name="سارة علي", email="sara@news.example"), Author(name="John Smith")),
        "image": picture(),
    }
    return article(**everything | changes)


def picture(**changes: Any) -> Image:
    made = Image(
        url=f"{SITE}/media/p.jpg?v=abc", media_type="image/jpeg", length_bytes=1000, width=1200, height=630,
        alt="واجهة المكتبة", caption="تصوير: سارة", path="p.jpg",
    )  # fmt: skip
    return replace(made, **changes)


def page_of(
    shown: Article, site: Config | None = None, share_picture: Image | None = None,
    versions: tuple[Translation, ...] = (), logo: Image | None = None,
) -> Html:  # fmt: skip
    return Html.parse(pages.article_page(site or config(), shown, share_picture, versions, logo))


def list_of(
    *shown: Article, site: Config | None = None, selection: Selection | None = None, label: str = "", page: int = 1,
    count: int = 1,
) -> Html:  # fmt: skip
    body = pages.list_page(site or config(), selection or Selection(), label, shown, page=page, pages=count)
    return Html.parse(body)


def json_ld(page: Html) -> dict[str, Any]:
    (script,) = [script for script in page.all("script") if not script.get("src")]
    assert script.get("type") == "application/ld+json"
    found: dict[str, Any] = json.loads(script.text or "")
    return found


def classed(page: Html, name: str) -> list[Any]:
    return [node for node in page.root.iter() if name in (node.get("class") or "").split()]
