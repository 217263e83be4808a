"""Articles as the text that the catalogue keeps, and back. No business logic here."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import datetime
from typing import Any

from feeds.article import Article, Author, Enclosure, Image, Source
from feeds.problems import Damage

_INSTANTS = ("published", "updated", "expires", "withdrawn")
_SEAL = '{{"~":"{}",'  # the first member: a checksum of the others
_SEAL_LENGTH = len(_SEAL.format("0" * 16))


def dump(article: Article) -> str:
    """The same text for equal articles, on every machine; defaults are left out."""
    sealed = json.dumps(_plain(article), ensure_ascii=False, sort_keys=True, separators=(",", ":"))[1:]
    return _SEAL.format(_checksum(sealed)) + sealed


def members(text: str) -> dict[str, Any]:
    """What was stored, as JSON has it; defaults are left out. Raises Damage for a text that is not as `dump` gave it."""
    sealed = text[_SEAL_LENGTH:]
    if text[:_SEAL_LENGTH] != _SEAL.format(_checksum(sealed)):
        raise Damage("is broken (an article in it has changed by itself)")
    found: dict[str, Any] = json.loads("{" + sealed)
    return found


def load(text: str) -> Article:
    """Raises Damage for a text that is not as `dump` gave it."""
    data = members(text)
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


def _checksum(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


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
