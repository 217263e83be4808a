"""Every spelling of every key is read, in front matter and in the heads of HTML documents; a misspelling is reported."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Maker
from newsroom import Newsroom
from reading import Feed
from shapes import NOTE, NOW, PICTURES, local_path

# --- every spelling of every key --------------------------------------------------------------------

DAY, LATER = "2025-03-03", "2025-03-04"
SPELLINGS = {
    "date": ["date", "published", "pubDate", "publishDate", "pubDatetime", "תאריך", "التاريخ", "تاریخ"],
    "updated": ["updated", "lastmod", "modified", "last_modified_at", "modDatetime"],
    "id": ["id", "guid"],
    "tags": ["tags", "keywords", "תגיות", "الوسوم", "برچسب‌ها"],
    "categories": ["categories", "category"],
    "author": ["author", "authors", "الكاتب", "نویسنده"],
    "lang": ["lang", "language", "locale"],
    "dir": ["dir", "direction"],
    "summary": ["summary", "description", "excerpt", "תקציר", "الملخص"],
    "image": [
        *["image", "cover", "thumbnail", "featured_image", "banner", "heroImage", "ogImage"],
        *["תמונה", "الصورة"],
    ],
    "enclosure": ["enclosure", "audio", "video", "podcast"],
    "title": ["title", "כותרת", "العنوان", "عنوان"],
}
VALUES = {
    "date": LATER,
    "updated": LATER,
    "id": "given-id",
    "tags": "أ، ب",
    "categories": "أ، ب",
    "author": "هند",
    "lang": "fa",
    "dir": "ltr",
    "summary": "ملخص قصير",
    "image": "map.png",
    "enclosure": "sound.mp3",
    "title": "عنوان",
}


@pytest.fixture(scope="module")
def spelled(shared_newsroom: Maker) -> Newsroom:
    """An article for each spelling of each key; `enclosure` and `image` have their files."""
    files: dict[str, Any] = {"map.png": PICTURES["keys/map.png"], "sound.mp3": b"ID3\x03" + bytes(500)}
    for field, names in SPELLINGS.items():
        for number, name in enumerate(names):
            rest: dict[str, Any] = {"title": "خبر", "date": DAY} | {field: None, name: VALUES[field]}
            rest["id"] = f"{field}-{number}" if field != "id" else None
            lines = "".join(f"{key}: {value}\n" for key, value in rest.items() if value is not None)
            if field == "id":
                lines = lines.replace("given-id", f"given-id-{number}") + f"{name}: given-id-{number}\n" * (
                    name == "id"
                )
            files[f"{field}/{number}.md"] = f"---\n{lines}---\n{NOTE}\n"
    return shared_newsroom(files, at=NOW, inside=True, feeds={"items": 500})


@pytest.fixture(scope="module")
def spelled_rss(spelled: Newsroom) -> Feed:
    return spelled.rss()


@pytest.fixture(scope="module")
def spelled_json(spelled: Newsroom) -> Feed:
    return spelled.json()


@pytest.mark.parametrize(
    ("field", "number"),
    [
        pytest.param(field, number, id=f"{field}-{name}")
        for field, names in SPELLINGS.items()
        for number, name in enumerate(names)
    ],
)
def test_a_key_is_read_in_all_its_spellings(spelled_rss: Feed, spelled_json: Feed, field: str, number: int) -> None:
    token = f"given-id-{number}" if field == "id" else f"{field}-{number}"
    item = spelled_json[token]
    seen: dict[str, object] = {
        "date": item.published,
        "updated": item.updated,
        "id": item.token,
        "tags": ", ".join(item.categories),
        "categories": ", ".join(item.categories),
        "author": ", ".join(item.authors),
        "lang": item.language,
        "dir": item.content.all("div")[0].get("dir"),
        "summary": item.summary,
        "image": local_path(item.node.get("image", "")),
        "enclosure": [(local_path(file.url), file.media_type, file.length) for file in spelled_rss[token].enclosures],
        "title": item.title,
    }
    expected: dict[str, object] = VALUES | {
        "date": f"{LATER}T00:00:00+03:00",
        "updated": f"{LATER}T00:00:00+03:00",
        "id": token,
        "tags": "أ, ب",
        "categories": "أ, ب",
        "image": "/media/map.png",
        "enclosure": [("/media/sound.mp3", "audio/mpeg", "504")],
    }
    assert seen[field] == expected[field]


def test_no_spelling_is_reported(spelled: Newsroom) -> None:
    report = spelled.check()
    assert (report.code, report.stdout) == (0, "")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        *[("tittle", "title"), ("titel", "title"), ("pubdat", "pubDate"), ("publised", "published")],
        *[("upated", "updated"), ("last_modifed_at", "last_modified_at"), ("tag", "tags"), ("keyword", "keywords")],
        *[("catgories", "categories"), ("autor", "author"), ("langauge", "language"), ("direciton", "direction")],
        *[("summery", "summary"), ("descripton", "description"), ("excerp", "excerpt"), ("imgae", "image")],
        *[("thumbnial", "thumbnail"), ("featuredimage", "featured_image"), ("enclosre", "enclosure")],
        *[("darft", "draft"), ("hiden", "hidden"), ("expire", "expires"), ("withdrawed", "withdrawn")],
        *[("alias", "aliases"), ("redirect_form", "redirect_from"), ("cannonical", "canonical"), ("sulg", "slug")],
        *[("premalink", "permalink"), ("soruce", "source"), ("fead", "feed"), ("التاريح", "التاريخ")],
        *[("العنون", "العنوان"), ("תגיוט", "תגיות"), ("نویسند", "نویسنده")],
    ],
)
def test_a_misspelt_key_is_a_warning_that_names_the_right_one(wrong: str, right: str) -> None:
    from feeds.keys import misspelt

    assert misspelt(wrong) == right


# --- heads of HTML documents ------------------------------------------------------------------------

HEADS = {
    "published": [
        *['name="date"', 'name="Date"', 'name="DC.date"', 'name="DC.date.issued"', 'name="dcterms.issued"'],
        *['name="dcterms.date"', 'name="dcterms.created"', 'name="pubdate"', 'name="publish-date"'],
        *['name="publish_date"', 'name="publication_date"', 'name="parsely-pub-date"', 'itemprop="datePublished"'],
        *['property="article:published_time"', 'property="og:article:published_time"', 'http-equiv="date"'],
    ],
    "updated": ['property="article:modified_time"', 'itemprop="dateModified"', 'name="last-modified"'],
    "authors": ['name="author"', 'name="DC.creator"', 'property="article:author"', 'name="citation_author"'],
    "summary": ['name="description"', 'property="og:description"', 'name="DC.description"'],
    "categories": ['name="keywords"', 'name="news_keywords"', 'property="article:tag"'],
    "title": ['property="og:title"', 'name="DC.title"'],
    "language": ['http-equiv="content-language"', 'name="DC.language"'],
}
HEAD_VALUES = {
    "published": (LATER, f"{LATER}T00:00:00+03:00"),
    "updated": (LATER, f"{LATER}T00:00:00+03:00"),
    "authors": ("هند", ("هند",)),
    "summary": ("ملخص &quot;قصير&quot;", 'ملخص "قصير"'),
    "categories": ("أ، ب, ج", ("أ", "ب", "ج")),
    "title": ("دو &amp; سه", "دو & سه"),
    "language": ("fa, en", "fa"),
}


def test_a_head_says_it_in_many_ways(newsroom: Maker) -> None:
    files = {}
    for field, names in HEADS.items():
        for number, name in enumerate(names):
            title = "" if field == "title" else "<title>خبر</title>"
            date = "" if field == "published" else f'<meta name="date" content="{DAY}">'
            meta = f'<META {name} content="{HEAD_VALUES[field][0]}">'
            files[f"{field}-{number}.html"] = f"<!doctype html><html><head>{title}{date}{meta}</head><p>{NOTE}"
    room = newsroom(files, at=NOW, inside=True, feeds={"items": 500})
    assert room.check().stdout == ""
    feed = room.json()
    wrong = {
        name: getattr(feed[f"{field}-{number}"], field)
        for field, names in HEADS.items()
        for number, name in enumerate(names)
        if getattr(feed[f"{field}-{number}"], field) != HEAD_VALUES[field][1]
    }
    assert wrong == {}


def test_a_page_of_old_days_is_read_in_its_old_encoding(newsroom: Maker) -> None:
    page = (
        '<html dir="rtl"><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1256">'
        f'<title>صفحة</title><meta name="date" content="{DAY}"></head><body><p>{NOTE}</p></body></html>'
    )
    item = newsroom({"a.html": page.encode("windows-1256")}, at=NOW, inside=True).json()["a"]
    assert (item.title, item.content.texts("p")) == ("صفحة", [NOTE])


def test_a_page_of_many_nested_boxes_keeps_its_text(newsroom: Maker) -> None:
    page = f'<title>صناديق</title><meta name="date" content="{DAY}">' + "<div>" * 400 + NOTE + "</div>" * 400
    item = newsroom({"a.html": page + "<p>النهاية.</p>"}, at=NOW, inside=True).json()["a"]
    assert NOTE in item.content.text and "النهاية." in item.content.text
