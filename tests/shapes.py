"""The rows of corpus/shapes/: content files as people have them, and what each must become."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pictures
import yaml

FOLDER = Path(__file__).with_name("corpus") / "shapes"
NOW = "2026-01-10T09:00:00+03:00"
NOTE = "نص قصير للتجربة عن المكتبة العامة."
MAP = pictures.png(3, 2)
PICTURES = dict.fromkeys(
    (
        "jekyll/2025-02-20-folder/picture.png",
        "hugo/safar/wadi.png",
        "astro/souq.png",
        "obsidian/map.png",
        "keys/map.png",
    ),
    MAP,
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One content file; see corpus/shapes/README.md."""

    shape: str
    path: str
    text: str
    becomes: dict[str, Any] | None = None
    reports: list[str] = field(default_factory=list)
    gone: str = ""
    unlisted: str = ""

    @property
    def token(self) -> str:
        assert self.becomes
        return str(self.becomes["token"]) if "token" in self.becomes else hashed(str(self.becomes["id"]))


def rows() -> list[Row]:
    found = [Row(**row) for file in sorted(FOLDER.glob("*.yaml")) for row in yaml.safe_load(file.read_text("utf-8"))]
    assert len({row.path for row in found}) == len(found)
    return found


def hashed(article_id: str) -> str:
    """The token of an id that is not ASCII or too long: 10 characters of base32 of its SHA-256."""
    digest = hashlib.sha256(unicodedata.normalize("NFC", article_id).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:10]


def local_path(url: str) -> str:
    """The path of an address of the site, without its fingerprint."""
    return url.removeprefix("https://news.example").partition("?")[0]
