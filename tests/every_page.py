"""One page of every kind, for the judges of markup and accessibility."""

from __future__ import annotations

from page_samples import UPDATED, article, config, picture, rich

from feeds import pages
from feeds.article import Article, Enclosure, Source
from feeds.queries import Gone, Selection
from feeds.translations import Translation

_BODY = """<div dir="{dir}" lang="{lang}"><h2 dir="{dir}">{word}</h2>
<p dir="{dir}">{word} <a href="https://x.example/">{word}</a> <code dir="ltr">feeds.py</code></p>
<blockquote dir="{dir}"><p dir="{dir}">{word}</p></blockquote><ul dir="{dir}"><li>{word}</li></ul><ol dir="{dir}"><li>{word}</li></ol>
<pre dir="ltr"><code dir="ltr">print("{word}")</code></pre><table dir="{dir}"><thead><tr><th>{word}</th><th>{word}</th></tr></thead>
<tbody><tr><td>{word}</td><td>1</td></tr></tbody></table><p dir="{dir}"><img src="https://news.example/media/q.png?v=1" alt="{word}" width="40" height="30"></p></div>"""
_VERSIONS = tuple(Translation(language=language, token=f"a-{language}") for language in ("ar", "en", "ps"))
_SOUND = Enclosure(url="https://news.example/media/s.mp3?v=1", media_type="audio/mpeg", length_bytes=9)
_FILM = Enclosure(url="https://news.example/media/f.mp4?v=1", media_type="video/mp4", length_bytes=9)


def _whole(language: str, word: str) -> Article:
    direction = "ltr" if language in ("en", "fr") else "rtl"
    return rich(
        id=f"a-{language}",
        language=language,
        direction=direction,
        title=f"{word} C++",
        source=Source(title="الأصل", url="https://first.example/x"),
        enclosures=(_SOUND, _FILM),
        content_html=_BODY.format(dir=direction, lang=language, word=word),
    )


def every_page() -> dict[str, bytes]:
    """By name. Languages with words of their own, with a few, and with none."""
    site = config(description="وصف الصحيفة", copyright="© صحيفة المثال", x_site="@ex", accent_color="B4002A")
    words = {
        "ar": "كلمة",
        "fa": "واژه",
        "he": "מילה",
        "ur": "لفظ",
        "en": "word",
        "fr": "mot",
        "ps": "کلمه",
        "sd": "لفظ",
    }
    made = [_whole(language, word) for language, word in words.items()]
    found = {
        f"article-{each.language}": pages.article_page(site, each, picture(), _VERSIONS, picture()) for each in made
    }
    tag, author = Selection(kind="tag", key="C++"), Selection(kind="author", key="John-Smith")
    gone = Gone(token="a1", when=UPDATED, reason="خطأ في الخبر", withdrawn=True)
    return found | {
        "short": pages.article_page(config(), article(), None),
        "home": pages.list_page(site, Selection(), "", made, page=1, pages=3),
        "older": pages.list_page(site, Selection(), "", made[:2], page=2, pages=3),
        "empty": pages.list_page(config(), Selection(), "", [], page=1, pages=1),
        "search": pages.search_page(site, Selection(kind="search", key="غزة-اليوم"), "غزة اليوم", made),
        "search for what is not there": pages.search_page(config(), Selection(kind="search", key="x"), "x", []),
        "search form": pages.search_page(config(), Selection(kind="search"), "", []),
        "tag": pages.list_page(site, tag, "C++", made, page=1, pages=1),
        "author": pages.list_page(site, author, "John Smith", made, page=1, pages=1),
        "language": pages.list_page(site, Selection(kind="lang", key="fa"), "", made[1:2], page=2, pages=12),
        "unknown language": pages.list_page(site, Selection(kind="lang", key="sw"), "", made[4:5], page=1, pages=1),
        "gone": pages.error_page(site, 410, gone),
        **{str(status): pages.error_page(site, status) for status in (404, 405, 500)},
    }
