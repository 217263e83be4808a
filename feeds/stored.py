"""Articles as the text that the catalogue keeps, and back. No business logic here."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from typing import Any

from feeds.article import Article, Author, Enclosure, Image, Source

_INSTANTS = ("published", "updated", "expires", "withdrawn")


def dump(article: Article) -> str:
    """The same text for equal articles, on every machine; defaults are left out."""
    return json.dumps(_plain(article), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(text: str) -> Article:
    data: dict[str, Any] = json.loads(text)
    for name in _INSTANTS:
        if name in data:
            data[name] = datetime.fromisoformat(data[name])
    data["tags"] = tuple(data.get("tags", ()))
    data["aliases"] = tuple(data.get("aliases", ()))
    data["authors"] = tuple(Author(**author) for author in data.get("authors", ()))
    data["enclosures"] = tuple(Enclosure(**enclosure) for enclosure in data.get("enclosures", ()))
    if "image" in data:
        data["image"] = Image(**data["image"])
    if "source" in data:
        data["source"] = Source(**data["source"])
    return Article(**data)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if not dataclasses.is_dataclass(value):
        return value
    return {
        field.name: _plain(item)
        for field in dataclasses.fields(value)
        if (item := getattr(value, field.name)) != field.default
    }
