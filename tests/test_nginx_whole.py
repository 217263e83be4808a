"""Every address that the site names anywhere answers alike from `serve` and from the exported tree behind nginx."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import nginx_process
import pictures
import pytest
from conftest import Maker
from newsroom import Newsroom, article
from nginx_process import Nginx

from feeds.media import TYPES

pytestmark = pytest.mark.skipif(bool(nginx_process.MISSING), reason=nginx_process.MISSING)
AT = "2025-06-01T00:00:00+00:00"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400"><rect width="600" height="400"/></svg>'
CONTENT = {
    **{f"n{n:02}.md": article(f"خبر {n}", date=f"2025-04-{n + 1:02}", tags="[كرة القدم]", author="س") for n in range(8)},
    "2025/links.md": article("روابط", "[أول](../n00.md) و[ثان](../n01.html) و[ثالث](/n02) و[رابع](sub/)"),
    "2025/sub/index.md": article("فهرس", id="sub"),
    "own.html": "<html><head><title>صفحة</title><meta name='date' content='2025-04-02'></head><body>نص</body></html>",
    "post.ar.md": article("ترجمة", translation_key="k"),
    "post.en.md": article("Translation", "English text.", translation_key="k", tags="[C++, a/b, x, x.html, x.html/y]"),
    "drawn.md": article("رسم", image="drawn.svg"),
    "drawn.svg": SVG,
    "heavy.md": article("صورة", image="p q.png", aliases='["/قديم/خبر", "/with space", "/say-\\"x\\"", "/a$b"]'),
    "p q.png": pictures.png(600, 400),
    "icon.png": pictures.png(64, 64),
    # Names that a tree could mistake for one another.
    "c1.md": article("أصل", id="clash"),
    "c2.md": article("صفحة باسم ملف", id="clash.html"),
    "c3.md": article("مضغوط باسم ملف", id="clash.html.gz"),
    "c4.md": article("ليس محذوفا", id="gone.gone"),
    "c5.md": article("وسوم", tags="[x/rss.xml, a/b/atom.xml, x/page/2, s, feeds, _apart]", id="index"),
    "gone.md": article("سحب", withdrawn="{date: 2025-05-01, reason: خطأ}", date="2025-04-01"),
    "late.md": article("منته", expires="2025-05-02", date="2025-04-01", aliases="[/late]"),
    "hidden.md": article("خارج القوائم", feed="false"),
    "draft.md": article("سري", draft="true"),
    "later.md": article("لاحق", date="2025-07-01"),
}  # fmt: skip
MORE = [
    "", "/", "/feeds.opml", "/sitemap.xml", "/sitemap-news.xml", "/robots.txt", "/favicon.ico", "/feeds/social.xml",
    "/feeds/social.json", "/s/gone", "/s/gone/", "/s/gone/card.png", "/s/gone/picture.jpg", "/s/gone.gone", "/s/late",
    "/s/gone.html", "/s/none", "/s/none/card.png", "/s/draft", "/s/later", "/s/hidden", "/s/hidden/", "/s/n00/",
    "/s/clash/card.png", "/s/clash.html/card.png", "/s/clash.html.gz/card.png", "/s/clash.html.br", "/s/clash.gz",
    "/feed", "/feed/", "/rss", "/feed.json", "/feeds", "/feeds/", "/atom.xml", "/feeds/rss.xml/", "/n03", "/n03.md",
    "/n03.html", "/own", "/own.html", "/2025/sub", "/2025/sub/", "/2025/sub/index.md", "/2025/sub/index.html",
    "/2025", "/gone.md", "/draft.md", "/late", "/with%20space", "/a$b", "/say-%22x%22", quote("/قديم/خبر"), "/404", "/404.html",
    "/index", "/index.html", "/_site.conf", "/_redirects.map", "/.nashra-export", "/_gone/s/gone", "/_gone/s/gone.html",
    "/_apart/s/clash.html/card.png", "/_oembed/n00.json", "/s", "/s/", "/tag", "/tag/", "/tag/x/page/2",
    "/feeds/tag/x/page/2/rss.xml", "/feeds/archive/9/rss.xml", "/page/1", "/page/0", "/page/99", "/media/none.png",
    "/feeds/page/1/rss.xml", "/oembed", "/oembed?url=https%3A%2F%2Fother.example%2Fs%2Fn00",
]  # fmt: skip
SAME = ("Content-Type", "Location", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options")
ADDRESS = re.compile(r"https://news\.example[^\s\"'<>\\)\]}]*")


@pytest.fixture(scope="module", params=["", "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/v1.0"], ids=["root", "path"])
def pair(
    request: pytest.FixtureRequest, shared_newsroom: Maker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Newsroom, Nginx]]:
    site = {"url": f"https://news.example{request.param}", "icon": "icon.png"}
    if request.param:
        site["image"] = "icon.png"  # instead of cards, which take their time
    room = shared_newsroom(CONTENT, at=AT, serve=True, site=site, feeds={"items": 3, "search": False})
    public = tmp_path_factory.mktemp("public")
    done = room.run("export", str(public), "--at", AT)
    assert done.code == 0 and "cannot hold" not in done.stderr, done.stderr
    with nginx_process.running(
        tmp_path_factory.mktemp("nginx"), "nginx.conf", {"/srv/nashra/public": str(public)}
    ) as nginx:
        yield room, nginx


def _named(room: Newsroom, url: str) -> set[str]:
    """The site's own addresses in what answers at one of them."""
    answer = room.get(url)
    found = {answer.headers["Location"]} if "Location" in answer.headers else set()
    if answer.headers["Content-Type"].startswith(("image/", "text/css", "text/javascript")):
        return found
    text = html.unescape(html.unescape(answer.text))
    base = urlsplit(room.site_url).path
    local = re.findall(rf'(?:src|href)="({re.escape(base)}/[^"]*)"', text)
    return {
        each.partition("#")[0].rstrip(".,;")
        for each in (*found, *ADDRESS.findall(text), *(f"https://news.example{path}" for path in local))
    }


def _crawled(room: Newsroom) -> list[str]:
    has_cards = not urlsplit(room.site_url).path
    waiting = {room.site_url + path for path in MORE if has_cards or not path.startswith("/s/clash")}
    seen: set[str] = set()
    while waiting:
        url = waiting.pop()
        seen.add(url)
        waiting |= {each for each in _named(room, url) if each.startswith(room.site_url)} - seen
    return sorted(seen)


def test_every_address_that_is_named_anywhere_answers_alike(pair: tuple[Newsroom, Nginx]) -> None:
    room, nginx = pair
    addresses = _crawled(room)
    differing = []
    statuses: dict[int, int] = {}
    for url in addresses:
        ours, theirs = room.get(url), nginx.get(room.local(url))
        statuses[ours.status] = statuses.get(ours.status, 0) + 1
        moved = ours.status in (301, 302, 307, 308)
        seen = [
            (
                answer.status,
                b"" if moved else answer.body,
                *(answer.headers.get(name) for name in SAME[moved : 2 if moved else None]),
            )
            for answer in (ours, theirs)
        ]
        if seen[0] != seen[1]:
            differing.append((url, [(each[0], each[1][:60], *each[2:]) for each in seen]))
    assert not differing, "\n".join(map(repr, differing))
    assert len(addresses) > 250 and {200, 301, 302, 307, 308, 404, 410} <= statuses.keys(), statuses


def test_nginx_gives_media_the_types_that_serve_gives_them() -> None:
    text = (nginx_process.DEPLOY / "nginx.conf").read_text("utf-8")
    (table,) = re.findall(r"location \^~ /media/ \{\s+types \{\n(.*?)\n +\}", text, re.DOTALL)
    rows = re.findall(r'^ +"?([a-z]+/[^\s";]+)(?:; charset=utf-8)?"? +([^;]+);$', table, re.MULTILINE)
    assert {f".{suffix}": kind for kind, suffixes in rows for suffix in suffixes.split()} == TYPES


def test_nothing_answers_outside_the_path_of_the_site(pair: tuple[Newsroom, Nginx]) -> None:
    room, nginx = pair
    if base := urlsplit(room.site_url).path:
        for path in ("/", "/feeds/rss.xml", "/s/n00", "/feed", "/s/gone", base + "x/feeds/rss.xml", "/media/icon.png"):
            ours, theirs = room.get(path), nginx.get(path)
            assert (theirs.status, theirs.body) == (404, ours.body), path
