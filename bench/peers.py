"""What Nashra is measured beside: Flask's hello world, and a feed made by feedgen for each request."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from feedgen.feed import FeedGenerator
from flask import Flask, Response

hello = Flask("hello")
naive = Flask("naive")


@hello.get("/feeds/rss.xml")
def greet() -> str:
    return "hello"


@naive.get("/feeds/rss.xml")
def feed() -> Response:
    made = FeedGenerator()
    made.title("نشرة القياس")
    made.link(href="https://news.example/")
    made.description("نشرة القياس")
    for number, text in enumerate((_HELD or _texts())[:50]):
        item = made.add_entry(order="append")
        item.title(text[:60])
        item.guid(f"https://news.example/{number}", permalink=True)
        item.link(href=f"https://news.example/{number}")
        item.description(text[:280])
        item.content(text, type="html")
        item.pubDate(datetime(2025, 4, 30, tzinfo=UTC))
    return Response(made.rss_str(), content_type="application/rss+xml; charset=utf-8")


def _texts(most: int | None = 50) -> list[str]:
    """Bodies of as many and as long articles as the feed that is measured has."""
    folder = Path(os.environ["BENCH_CONTENT"])
    return [path.read_text("utf-8").split("---\n", 2)[2] for path in sorted(folder.rglob("*.md"))[:most]]


_HELD = _texts(None) if os.environ.get("BENCH_ALL") else []  # as such services do it
