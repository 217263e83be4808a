"""A newsroom that writes in four languages: its files, and what a reader of its feeds must see of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pictures
from newsroom import article
from reading import unmarked

TAG = "أخبار محلية"
SITE_TITLE = "صحيفة المثال"
RLM, LRM = "\u200f", "\u200e"


@dataclass(frozen=True, kw_only=True)
class Story:
    """`title` is what stands in every feed, direction marks included; `at` the instant of publication in UTC;
    `files` the paths of its enclosures."""

    name: str
    title: str
    at: datetime
    date: str
    language: str = "ar"
    tags: tuple[str, ...] = ()
    body: str = ""
    files: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        """The name itself, or the first 10 characters of the base32 of its SHA-256."""
        if self.name.isascii():
            return self.name
        return base64.b32encode(hashlib.sha256(self.name.encode()).digest()).decode().lower()[:10]

    @property
    def id(self) -> str:
        return f"tag:news.example,2025:{self.token}"

    def text(self, **fields: Any) -> str:
        """The content file."""
        usual = {
            "title": unmarked(self.title),
            "date": self.date,
            "lang": self.language,
            "tags": f"[{', '.join(self.tags)}]" if self.tags else None,
            "image": next((name for name in self.files if name.endswith(".png")), None),
            "enclosure": next((name for name in self.files if name.endswith(".mp3")), None),
        }
        return article(**{"body": self.body or f"**{unmarked(self.title)}** و`code` هنا.", **usual, **fields})


STORIES = (
    Story(
        name="quoted-network",
        title=f"{LRM}الجزيرة opens a new desk",
        date="2025-05-02T09:00:00Z",
        at=datetime(2025, 5, 2, 9, 0, tzinfo=UTC),
        language="en",
        body="The network said so.",
    ),
    Story(
        name="latin-first",
        title=f"{RLM}OpenAPI تطلق نموذجاً جديداً",
        date="2025-05-01T13:30:00+03:00",
        at=datetime(2025, 5, 1, 10, 30, tzinfo=UTC),
        tags=(TAG, "ذكاء اصطناعي"),
        files=("p.png",),
    ),
    Story(
        name="persian",
        title="گزارش می‌رسد که نرخ بنزین تغییر می‌کند",
        date="2025-05-01T08:00:00+03:30",
        at=datetime(2025, 5, 1, 4, 30, tzinfo=UTC),
        language="fa",
        tags=("فناوری",),
        body="این گزارش می‌گوید که چنین است.",
    ),
    Story(
        name="hebrew",
        title='ד"ר כהן: "יש 3 הצעות"',
        date="2025-04-30T22:15:00+03:00",
        at=datetime(2025, 4, 30, 19, 15, tzinfo=UTC),
        language="he",
        tags=("חדשות",),
        body="כך אמר.",
    ),
    Story(
        name="english",
        title="AT&T, 5 < 7: what the numbers say",
        date="2025-04-30 12:00",  # Asia/Riyadh, the site's zone
        at=datetime(2025, 4, 30, 9, 0, tzinfo=UTC),
        language="en",
        tags=("Middle East", "C++"),
        body="Five is less than seven.",
    ),
    Story(
        name="number-first",
        title="3 جرحى في انفجار بحلب",
        date="2025-04-29T10:00:00+03:00",
        at=datetime(2025, 4, 29, 7, 0, tzinfo=UTC),
        tags=(TAG,),
        files=("s.mp3",),
    ),
    Story(
        name="انقطاع-الكهرباء",
        title="انقطاع التيار الكهربائي في المدينة",
        date="2025-04-28T23:30:00-02:00",
        at=datetime(2025, 4, 29, 1, 30, tzinfo=UTC),
        tags=(TAG,),
    ),
)
LOCAL = tuple(story for story in STORIES if TAG in story.tags)
EDITED = STORIES[5]
FRESH = Story(
    name="fresh",
    title=f"{RLM}iPhone جديد في الأسواق",
    date="2025-05-03T07:00:00+03:00",
    at=datetime(2025, 5, 3, 4, 0, tzinfo=UTC),
    tags=(TAG,),
)


def files() -> Mapping[str, str | bytes]:
    """content/ of the newsroom."""
    media = {"p.png": pictures.png(40, 20), "s.mp3": b"ID3\x03" + bytes(777)}
    return {**{f"{story.name}.md": story.text() for story in STORIES}, **media}
