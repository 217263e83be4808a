"""No article can exist that a feed or page could not carry: what is wrong is refused at birth, by its field."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from page_samples import article

from feeds.article import Author, Enclosure, Image, Source
from feeds.problems import FieldError

HOSTILE = "javascript:alert(1)"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("id", {"id": " "}),
        ("title", {"title": " "}),
        ("title", {"title": "عنوان\x01"}),
        ("date", {"published": datetime(2025, 4, 30)}),
        ("updated", {"updated": datetime(2025, 4, 30)}),
        ("summary", {"summary": "\ufffe"}),
        ("tags", {"tags": ("وسم", "\x0b")}),
        ("aliases", {"aliases": ("/old\x00",)}),
        ("withdrawn", {"withdrawn_reason": "سبب\x1f"}),
        ("content", {"content_html": "<p>\ud800</p>"}),
        ("canonical", {"canonical": HOSTILE}),
    ],
)
def test_an_article_that_no_feed_could_carry_is_refused_by_its_field(field: str, values: dict[str, Any]) -> None:
    with pytest.raises(FieldError) as refused:
        article(**values)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "part", "values"),
    [
        ("author", Author, {"name": ""}),
        ("author", Author, {"name": "سارة", "url": HOSTILE}),
        ("author", Author, {"name": "سارة", "email": "a\x00@b.example"}),
        ("source", Source, {"title": "الأصل", "url": HOSTILE}),
        ("image", Image, {"url": "/p.png"}),
        ("image", Image, {"url": "https://news.example/صورة.png"}),
        ("enclosure", Enclosure, {"url": "https://news.example/a.mp3", "media_type": "audio"}),
        ("enclosure", Enclosure, {"url": "https://news.example/a.mp3", "media_type": "audio/mpeg", "length_bytes": -1}),
    ],
)
def test_so_is_a_part_of_one(field: str, part: type, values: dict[str, Any]) -> None:
    with pytest.raises(FieldError) as refused:
        part(**values)
    assert refused.value.field == field
