"""Rows D09–D16 of corpus/cases.json: what is not public, order, text that XML cannot hold, links, scripts, escaping."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pictures
import pytest
from cases import NOW, files
from conftest import Maker
from newsroom import article
from reading import ATOM, Html, unmarked

# --- D09 unpublished-leak ----------------------------------------------------------------------------


def test_d09_drafts_and_scheduled_articles_are_nowhere(newsroom: Maker) -> None:
    room = newsroom(files("D09"), at=NOW, inside=True)
    for url in (*room.feed_urls, room.home_url, "/sitemap.xml", "/sitemap-news.xml", "/feeds.opml"):
        text = room.ok(url).text
        for secret in ("مسودة سرية", "مجدول", "/s/d1", "/s/f1", "سياسة"):
            assert secret not in text, url
    assert room.get(room.tag_url("سياسة")).status == 404
    for token in ("d1", "f1"):
        answer = room.share(token)
        assert answer.status == 404
        assert "مسودة سرية" not in answer.text and "مجدول" not in answer.text
        assert not [meta for meta in answer.html.all("meta") if (meta.get("property") or "").startswith("og:")]
    assert room.rss().updated == "Tue, 29 Apr 2025 10:00:00 +0300"
    assert room.ok(room.feed_url("rss+xml")).headers["Last-Modified"] == "Tue, 29 Apr 2025 07:00:00 GMT"


def test_d09_a_scheduled_article_is_there_at_its_instant(newsroom: Maker) -> None:
    early = newsroom(files("D09"), at=NOW, inside=True)
    late = newsroom(files("D09"), at="2025-05-02T12:00:01+03:00", inside=True)
    assert late.rss().tokens == ["f1", "ok-1"]
    assert late.rss(late.tag_url("سياسة")).tokens == ["f1"]
    url = early.feed_url("rss+xml")
    assert early.ok(url).etag != late.ok(url).etag


@pytest.mark.parametrize("field", [{"published": "false"}, {"hidden": "true"}, {"draft": "yes"}, {"draft": "True"}])
def test_d09_every_word_for_a_draft_is_understood(newsroom: Maker, field: dict[str, str]) -> None:
    room = newsroom({"d.md": article("سر", **field), "ok.md": article()}, at=NOW, inside=True)
    assert room.rss().tokens == ["ok"]
    assert room.share("d").status == 404


# --- D10 order-ties ----------------------------------------------------------------------------------


def test_d10_ties_stand_in_the_order_of_their_ids(newsroom: Maker) -> None:
    there = newsroom(files("D10"), at=NOW, inside=True)
    back = newsroom(dict(reversed(files("D10").items())), at=NOW, inside=True)
    assert [feed.tokens for feed in there.feeds()] == [["z", "a", "b", "c"]] * 3
    for url in (*there.feed_urls, there.home_url):
        assert there.ok(url).body == back.ok(url).body


def test_d10_the_id_breaks_ties_and_not_the_file_name_or_the_offset(newsroom: Maker) -> None:
    content = {
        "1.md": article(id="c", date="2025-04-30T12:00:00+03:00"),
        "2.md": article(id="b", date="2025-04-30T09:00:00Z"),
        "3.md": article(id="a", date="2025-04-30T05:00:00-04:00"),
    }
    assert newsroom(content, at=NOW, inside=True).rss().tokens == ["a", "b", "c"]


# --- D11 invalid-xml-chars ---------------------------------------------------------------------------


def test_d11_characters_that_xml_forbids_take_no_feed_down(newsroom: Maker) -> None:
    room = newsroom(files("D11"), at=NOW, inside=True)
    for feed in room.feeds():
        assert set(feed.tokens) == {"k1", "k2", "k3", "ok-1"}
        assert feed["k1"].title in ("عنوانسليم", "عنوان سليم")
        assert "\x02" not in feed["k1"].content_html and "مع محرف تحكم" in feed["k1"].content.text
        assert feed["k2"].title == "فرح \U0001f600"
        assert feed["k3"].title == "نصف \ufffd رمز"
    str(json.loads(room.ok(room.feed_url("feed+json")).body)).encode("utf-8")  # no half of a pair is left


@pytest.mark.parametrize("field", ["tags", "author", "summary", "image_alt"])
def test_d11_no_field_lets_one_through(newsroom: Maker, field: str) -> None:
    bad = r"\x08 \uFFFE \uDE00 \uFFFF \x00 \x7f \U0001FFFF"
    fields = {"image": "p.png", field: f'"كلمة{bad}كلمة"'}
    room = newsroom({"a.md": article(**fields), "p.png": pictures.png(2, 2), "ok.md": article()}, at=NOW, inside=True)
    for feed in room.feeds():
        assert set(feed.tokens) == {"a", "ok"}
    for url in (*room.feed_urls, room.rss()["a"].link):
        assert not set(room.ok(url).text) & {"\x08", "\ufffe", "\uffff", "\x00", "\x7f", "\U0001ffff"}


# --- D12 markup-in-text ------------------------------------------------------------------------------


def test_d12_the_end_of_a_cdata_section_is_only_text(newsroom: Maker) -> None:
    rss, atom, feed = newsroom(files("D12"), at=NOW, inside=True).feeds()
    assert rss["cd1"].title == "نهاية ]]> هنا"
    assert rss["cd1"].content_html == atom["cd1"].content_html == feed["cd1"].content_html
    text = rss["cd1"].content.text
    assert "a[b[0]]>1" in text
    assert "]]> في النص & علامة <." in text
    assert "<![CDATA[" not in text
    assert text.count("]]>") == 2


def test_d12_markup_of_xml_itself_is_only_text(newsroom: Maker) -> None:
    odd = "<![CDATA[ x ]]> &#8207; &amp;nbsp; <!-- ن --> <?xml?>"
    content = {"a.md": article(odd, f"`{odd}`", tags=json.dumps([odd]), author=json.dumps(odd))}
    for feed in newsroom(content, at=NOW, inside=True).feeds():
        assert feed["a"].title == odd
        assert feed["a"].categories == feed["a"].authors == (odd,)
        assert odd in feed["a"].content.text


# --- D13 title-escaping ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "token", "title"),
    [
        (files("D13"), "e1", 'R&D: قيمة <beta> "جديدة" لدى AT&T'),
        ({"e.md": article("قال &amp; و&lt;b> و&#1583;")}, "e", "قال &amp; و&lt;b> و&#1583;"),
        ({"e.md": article("</title><script>1</script>")}, "e", "</title><script>1</script>"),
    ],
)
def test_d13_a_title_is_escaped_exactly_once(newsroom: Maker, content: dict[str, str], token: str, title: str) -> None:
    room = newsroom(content, at=NOW, inside=True)
    rss, atom, feed = room.feeds()
    assert rss[token].title == atom[token].title == feed[token].title == title
    assert atom[token].node.find(f"{ATOM}title").get("type", "text") == "text"
    page = room.page(token)
    assert title in page.title
    assert title in page.one_meta("og:title")
    assert not page.all("beta")


def test_d13_no_escape_is_escaped_again(newsroom: Maker) -> None:
    room = newsroom(files("D13"), at=NOW, inside=True)
    text = room.ok(room.feed_url("rss+xml")).text
    assert "R&amp;D" in text
    assert "&lt;beta&gt;" in text
    assert "&amp;amp;" not in text and "&amp;lt;" not in text


# --- D14 content-urls --------------------------------------------------------------------------------


def test_d14_every_link_in_content_leads_somewhere_from_anywhere(newsroom: Maker) -> None:
    room = newsroom(files("D14"), at=NOW, inside=True)
    rss, atom, feed = room.feeds()
    assert rss["u1"].content_html == atom["u1"].content_html == feed["u1"].content_html
    urls = rss["u1"].content.urls
    assert len(urls) == 7
    assert all(url.startswith(("https://", "mailto:")) for url in urls)
    assert "https://news.example/about" in urls
    assert rss["u1"].link + "#s" in urls
    assert "https://cdn.example/x.js" in urls
    assert "mailto:a@example.com" in urls
    (picture,) = [node.get("src", "") for node in rss["u1"].content.all("img")]
    assert picture.startswith("https://news.example/")
    answer = room.ok(picture)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.body == pictures.png(4, 3)


def test_d14_html_attributes_of_every_kind_become_absolute_under_a_site_with_a_path(newsroom: Maker) -> None:
    body = (
        '<img src="p.png" srcset="p.png 1x, q.png 2x" alt=""><video src="v.mp4" poster="p.png"></video>'
        '<blockquote cite="/rules">ن</blockquote><a href="?q=1">س</a><a href="HTTPS://Other.example/X">ع</a>'
    )
    media = {"d/p.png": pictures.png(1, 1), "d/q.png": pictures.png(2, 2), "d/v.mp4": b"\0\0\0\x18ftypmp42"}
    room = newsroom(
        {"d/a.html": article(body=body), **media}, at=NOW, inside=True, site={"url": "https://x.example/ar"}
    )
    text = room.rss()["a"].content_html
    assert 'src="p.png' not in text and ", q.png" not in text and 'poster="p.png' not in text
    assert "https://x.example/ar/media/d/p.png" in text
    for url in Html.parse(text).urls:
        assert url.lower().startswith("https://")
    for cite in Html.parse(text).all("blockquote"):
        assert cite.get("cite") in (None, "https://x.example/ar/rules")


# --- D15 active-content ------------------------------------------------------------------------------


def _is_harmless(html: Html) -> bool:
    schemes = {urlsplit(url.strip()).scheme.lower() for url in html.urls}
    handlers = [name for node in html.root.iter() for name in node.attrib if name.lower().startswith("on")]
    return not handlers and not schemes & {"javascript", "vbscript", "data", "file"}


def test_d15_nothing_in_an_article_runs(newsroom: Maker) -> None:
    room = newsroom(files("D15"), at=NOW, inside=True)
    for feed in room.feeds():
        content = feed["s1"].content
        assert _is_harmless(content) and not content.all("script")
        assert "انقر" in content.text and "سليم" in content.text and "alert(2)" not in content.text
        assert any(url.rstrip("/") == "https://ok.example" for url in content.urls)
        assert feed["s1"].title == "<img src=x onerror=alert(4)>"
    answer = room.share("s1")
    assert _is_harmless(answer.html)
    assert "alert(2)" not in answer.html.text
    assert unmarked(answer.html.h1) == "<img src=x onerror=alert(4)>"
    assert not [img for img in answer.html.all("img") if img.get("src") == "x"]
    policy = answer.headers["Content-Security-Policy"]
    script = [part for part in policy.split(";") if part.split()[:1] in (["script-src"], ["default-src"])]
    assert script and "'unsafe-inline'" not in script[-1]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "body",
    [
        '<svg><script>alert(1)</script><a xlink:href="javascript:alert(1)">س</a></svg> كلمة',
        '<math href="javascript:alert(1)">س</math> كلمة',
        "<a href=\"java&#10;script:alert(1)\">كلمة</a> <a href=' javascript:alert(1)'>س</a>",
        '<iframe src="https://x.example"></iframe><object data="x"></object><embed src="x"> كلمة',
        '<p style="background:url(javascript:alert(1))">كلمة</p><style>*{}</style><base href="https://evil.example/">',
        '<form action="https://evil.example"><button formaction="javascript:alert(1)">كلمة</button></form>',
        "[كلمة](JaVaScRiPt:alert(1)) [س](data:text/html;base64,PHNjcmlwdD4=) <meta http-equiv=refresh content=0>",
        '<img src="x" onerror="alert(1)" ONLOAD=alert(1)> كلمة <!--[if IE]><script>alert(1)</script><![endif]-->',
    ],
)
@pytest.mark.parametrize("suffix", ["md", "html"])
def test_d15_no_disguise_helps(newsroom: Maker, body: str, suffix: str) -> None:
    room = newsroom({f"a.{suffix}": article(body=body)}, at=NOW, inside=True)
    content = room.rss()["a"].content
    assert "كلمة" in content.text
    assert _is_harmless(content)
    assert not content.all("script", "iframe", "object", "embed", "style", "base", "form", "meta", "svg", "math")
    assert not [node for node in content.root.iter() if "javascript" in (node.get("style") or "")]
    assert _is_harmless(room.page("a"))


# --- D16 meta-escaping -------------------------------------------------------------------------------


def test_d16_quotes_in_a_title_end_no_attribute(newsroom: Maker) -> None:
    page = newsroom(files("D16"), at=NOW, inside=True).page("m1")
    assert page.meta("og:title") == ["قال: \"نعم\" ثم <كلا> & 'ربما'"]
    assert page.meta("og:description") == ['ملخص "بين قوسين" x="1" onload="y']
    for meta in page.all("meta"):
        if meta.get("property") or meta.get("name"):
            assert set(meta.attrib) in ({"property", "content"}, {"name", "content"})
    assert set(page.meta("twitter:title")) <= set(page.meta("og:title"))
    assert set(page.meta("twitter:description")) <= set(page.meta("og:description"))


def test_d16_json_ld_ends_at_no_title(newsroom: Maker) -> None:
    title = '</script><script>alert("x")</script> \\ " <!-- &amp;'
    page = newsroom({"a.md": article(title, author=json.dumps(title))}, at=NOW, inside=True).page("a")
    scripts = [script for script in page.all("script") if script.get("type") == "application/ld+json"]
    (document,) = [json.loads("".join(script.itertext())) for script in scripts]
    assert unmarked(document["headline"]) == title
    assert unmarked(page.h1) == title
    assert not [script for script in page.all("script") if "alert" in (script.text or "")[:6]]
