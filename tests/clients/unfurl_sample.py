"""Articles for programs that preview links, and what must stand on the card of each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

import pictures
from newsroom import SITE, article

from clients.unfurlers import Card

RLM, LRM = "\u200f", "\u200e"
BRIEF = "خلاصة المقال"
KEEP_THE_LAST_AUTHOR = {"open-graph-scraper", "unfurl.js"}  # of several meta elements


@dataclass(frozen=True, kw_only=True)
class Story:
    """An article and what must stand on its card; `title` and `summary` without marks, `marked` the title with its
    mark, `image` an address below the site's without its fingerprint, `authors` in their order."""

    title: str
    marked: str
    summary: str
    summary_marked: str = ""
    language: str = "ar"
    locale: str = "ar_AR"
    authors: tuple[str, ...] = ()
    published: str = "2025-04-29T10:00:00+03:00"
    updated: str = ""
    image: str = ""
    alt: str = ""
    body: str = "نص قصير للتجربة."
    fields: dict[str, object] = field(default_factory=dict)

    def text(self) -> str:
        usual = {
            "date": self.published,
            "updated": self.updated or None,
            "lang": self.language,
            "author": f"[{', '.join(self.authors)}]" if self.authors else None,
            "summary": json.dumps(self.summary, ensure_ascii=False),
        }
        return article(self.title, self.body, **usual, **self.fields)

    def card(self, token: str, site: str, program: str = "") -> Card:
        authors = self.authors[-1:] if program in KEEP_THE_LAST_AUTHOR else self.authors
        return {
            "title": self.marked,
            "description": self.summary_marked or self.summary,
            "image": site + (self.image or f"/s/{token}/card.png"),
            "type": "image/jpeg" if self.image else "image/png",
            "width": 1200,
            "height": 630,
            "alt": self.alt or self.marked,
            "author": authors[0] if authors else None,
            "published": datetime.fromisoformat(self.published),
            "modified": datetime.fromisoformat(self.updated or self.published),
            "language": self.language,
            "locale": self.locale,
            "url": f"{site}/s/{token}",
            "site": SITE["title"],
        }


STORIES = {
    "arabic": Story(
        title="OpenAI تطلق نموذجًا جديدًا",
        marked=f"{RLM}OpenAI تطلق نموذجًا جديدًا",
        summary="Google تنافس أيضًا",
        summary_marked=f"{RLM}Google تنافس أيضًا",
        authors=("سارة علي",),
        updated="2025-05-02T09:15:00+03:00",
        image="/media/world/photo.jpg",
        alt="واجهة المبنى",
        fields={"image": "photo.jpg", "image_alt": "واجهة المبنى"},
    ),
    "persian": Story(
        title="گفت‌وگو با وزیر آموزش",
        marked="گفت‌وگو با وزیر آموزش",
        summary="او از برنامه‌ها گفت.",
        language="fa",
        locale="fa_IR",
        authors=("مریم حسینی", "John Smith"),
        published="2025-04-30T13:30:00+03:30",
    ),
    "hebrew": Story(
        title='צה"ל: <b>הודעה</b> על "מבצע" & עוד',
        marked='צה"ל: <b>הודעה</b> על "מבצע" & עוד',
        summary="דובר צה\"ל: 5 < 7 & 'כן'",
        language="he",
        locale="he_IL",
        authors=("דנה לוי",),
        fields={"tags": "['a&quot;b']"},  # a reference that would end a JSON string if it was decoded too early
    ),
    "english": Story(
        title="سلام means peace: AT&T on 5 < 7",
        marked=f"{LRM}سلام means peace: AT&T on 5 < 7",
        summary="Five is less than seven.",
        language="en",
        locale="en_US",
        authors=("Jane Doe",),
        published="2025-04-30T12:00:00Z",
    ),
    "long": Story(
        title="3 أسئلة عن الكهرباء",
        marked="3 أسئلة عن الكهرباء",
        summary=BRIEF,
        authors=("سارة علي",),
        image="/media/world/photo.jpg",
        alt="واجهة",
        body="\n\n".join("كلمات المقال الطويل كثيرة جدًا " * 10 for _ in range(100)),  # 5,000 words
        fields={
            "image": "photo.jpg",
            "image_alt": "واجهة",
            "tags": f"[{', '.join(f'وسم طويل من وسوم المقال عن الكهرباء والماء رقم {number}' for number in range(260))}]",
        },
    ),
}
NOBODY_S = Story(title="خبر بلا كاتب", marked="خبر بلا كاتب", summary=BRIEF)
JPEG = pictures.jpeg(1200, 630, 90_000)


def files() -> dict[str, str | bytes]:
    """content/ of the newsroom."""
    stories = {**STORIES, "nobody": NOBODY_S}
    return {**{f"world/{name}.md": story.text() for name, story in stories.items()}, "world/photo.jpg": JPEG}
