"""A newsroom whose feeds hold every kind of thing that a feed can hold, and a walk over all its documents."""

from __future__ import annotations

import io
import json
import wave
from typing import Any

import pictures
import reading
from answers import Answer
from lxml import etree
from newsroom import Newsroom, article
from reading import ATOM

NOW = "2025-05-02T09:00:00+03:00"
SITE = "https://news.example"
FORMATS = {"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}
MAIN = [f"{SITE}/feeds/{name}" for name in FORMATS]
HUBS = ["https://hub.example/", "https://second.example/?a=1&b=2"]
HOSTILE = "R&D <beta> &lt; ]]> \u202e\x07«قول» C++"
HOSTILE_READ = "R&D <beta> &lt; ]]> «قول» C++"  # without the override and the control
BAD_BODY = (
    "<script>alert(1)</script><object data=x>a</object><embed src=x><iframe src='https://x.example/'></iframe>"
    "<p onclick='a()' style='position:fixed'>نص القصة</p><a href='javascript:a()'>ر</a>"
    "<img src='https://cdn.example/صورة 1.png' srcset='https://cdn.example/صغير.png 1x, //cdn.example/ك.png 2x'>"
    "<a href='//مثال.example/خبر?س=1'>عنوان</a> <a href='/about'>عن</a>\x08\ufffe"
)
BRAND: dict[str, Any] = {
    "description": "وصف الموقع",
    "author": {"name": "هيئة التحرير", "email": "desk@news.example", "url": "https://news.example/desk"},
    "managing_editor": {"name": "رئيسة التحرير", "email": "editor@news.example"},
    "web_master": {"name": "الدعم", "email": "web@news.example"},
    "icon": "icon.png",
    "logo": "logo.svg",
    "image": "share.png",
    "accent_color": "#b4002a",
    "copyright": "© المثال",
}


def tone(seconds: int) -> bytes:
    """A WAV file of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(1)
        stream.setframerate(1000)
        stream.writeframes(bytes(1000 * seconds))
    return out.getvalue()


def content() -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {
        f"n{n:02}.md": article(f"خبر {n}", date=f"2025-04-{n:02}T10:00:00+03:00", tags="[أخبار, 'C++']")
        for n in range(1, 10)
    }
    return files | {
        "fa.md": article("خبر فارسی", "متن کوتاه.", lang="fa", date="2025-04-21", author="نویسنده", tags="[أخبار]"),
        "en.md": article("English news", "Short text.", lang="en-GB", date="2025-04-22", author="A. Writer"),
        "picture.md": article(
            "صورة", date="2025-04-23", image="{url: wide.jpg, alt: واجهة المكتبة, caption: شرح, credit: سارة}"
        ),
        "sound.md": article(
            "صوت",
            date="2025-04-24",
            enclosure="[{url: a.wav, duration: '1:02:03'}, b.wav]",
            author="[{name: ليلى, email: l@news.example, url: 'https://news.example/l'}, كريم]",
        ),
        "remote.md": article(
            "منقول",
            date="2025-04-25",
            image="https://cdn.example/صورة.jpg",
            source="{title: وكالة الأنباء, url: 'https://agency.example/خبر'}",
            canonical="https://agency.example/1",
        ),
        "hostile.md": article(HOSTILE, BAD_BODY, date="2025-04-26", summary=json.dumps(HOSTILE)),
        "changed.md": article("معدل", date="2025-04-20", updated="2025-05-01T08:00:00+03:00", tags="[أخبار]"),
        "gone.md": article("سحب", date="2025-04-19", withdrawn="{date: 2025-04-30T00:00:00Z, reason: خطأ}"),
        "over.md": article("انتهى", date="2025-04-19", expires="2025-04-29", tags="[أخبار]"),
        "wide.jpg": pictures.jpeg(1200, 630, 12_345),
        "a.wav": tone(3),
        "b.wav": tone(5),
        "icon.png": pictures.png(512, 512),
        "share.png": pictures.png(1200, 630),
        "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    }


def options(**more: Any) -> dict[str, Any]:
    return {"at": NOW, "inside": True, "feeds": {"items": 5}, "site": BRAND, "websub": {"hubs": HUBS}} | more


def documents(room: Newsroom) -> dict[str, Answer]:
    """Every feed document that can be reached from the OPML file, by its URL."""
    outlines = etree.fromstring(room.ok(f"{room.home_url}feeds.opml").body).iter("outline")
    found: dict[str, Answer] = {}
    todo = [outline.get("xmlUrl").replace("rss.xml", name) for outline in outlines for name in FORMATS]
    while todo:
        url = todo.pop()
        if url not in found:
            found[url] = room.ok(url)
            todo += _next(found[url])
    return found


def _next(answer: Answer) -> list[str]:
    if answer.url.endswith(".json"):
        following = json.loads(answer.body).get("next_url")
        return [following] if following else []
    links = reading.xml(answer.body).iter(f"{ATOM}link")
    found = [link.get("href") for link in links if link.get("rel") in ("next", "prev-archive")]
    return found + [url.rpartition("/")[0] + "/feed.json" for url in found]


def of_kind(found: dict[str, Answer], name: str) -> dict[str, Answer]:
    chosen = {url: answer for url, answer in found.items() if url.endswith("/" + name)}
    assert len(chosen) > 5, "nothing to judge"
    return chosen


def relations(answer: Answer) -> dict[str, str]:
    """rel → href of the document's own links, of which each rel must be there once (but for hub)."""
    root = reading.xml(answer.body)
    links = (root if root.tag == f"{ATOM}feed" else root[0]).findall(f"{ATOM}link")
    rels = [link.get("rel") for link in links if link.get("rel") != "hub"]
    assert len(rels) == len(set(rels)), rels
    return {link.get("rel"): link.get("href") for link in links}
