"""What a publisher may say about itself in config.yaml: each key is checked, and reaches feeds and pages."""

from __future__ import annotations

import unicodedata
from typing import Any

import pictures
import pytest
from cases import NOW
from conftest import Maker
from newsroom import article
from reading import ATOM, MEDIA

REQUIRED = "site:\n  title: ن\n  url: https://news.example\n  language: ar\n  id_domain: news.example,2025\n"
BAD = {
    "colour name": ("  accent_color: red\n", 6, "site.accent_color", ("red", "B4002A")),
    "short colour": ("  accent_color: 'fff'\n", 6, "site.accent_color", ("fff",)),
    "colour lost as a comment": ("  accent_color: #b4002a\n", 6, "site.accent_color", ("comment", "B4002A")),
    "editor without address": ("  managing_editor: {name: ليلى}\n", 1, "site.managing_editor.email", ("required",)),
    "editor without name": ("  managing_editor: {email: a@b.example}\n", 1, "site.managing_editor.name", ("required",)),
    "editor as text": ("  managing_editor: ليلى\n", 6, "site.managing_editor", ("name", "email")),
    "master with bad address": (
        "  web_master:\n    name: ليلى\n    email: nowhere\n", 8, "site.web_master.email", ("nowhere", "desk@news.example"),
    ),
    "editor with another key": (
        "  managing_editor:\n    name: ل\n    email: a@b.example\n    phone: 1\n", 9, "site.managing_editor.phone", ("phone",),
    ),
    "logo outside": ("  logo: ../logo.svg\n", 6, "site.logo", ("../logo.svg",)),
    "podcast without category": ("podcast: {explicit: true}\n", 1, "podcast.category", ("required",)),
    "unknown category": ("podcast: {category: Sahafa}\n", 6, "podcast.category", ("Sahafa", "News > Politics")),
    "category of another": ("podcast: {category: Arts > Politics}\n", 6, "podcast.category", ("Arts > Politics",)),
    "explicit in words": ("podcast:\n  category: News\n  explicit: clean\n", 8, "podcast.explicit", ("clean", "true")),
    "seven minutes": ("feeds:\n  ttl_minutes: 7\n", 7, "feeds.ttl_minutes", ("7", "10, 12, 15")),
    "title of no feed": ("feeds:\n  titles:\n    page/2: ص\n", 8, "feeds.titles.page/2", ("page/2", "tag/NAME")),
    "title of no language": ("feeds:\n  titles: {lang/klingon!: ص}\n", 7, "feeds.titles.lang/klingon!", ("lang/CODE",)),
    "empty title": ("feeds:\n  titles:\n    lang/fa:\n", 8, "feeds.titles.lang/fa", ("text",)),
    "titles as a list": ("feeds:\n  titles: [a]\n", 7, "feeds.titles", ("tag/NAME", "[a]")),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_setting_is_named_with_line_key_and_what_is_accepted(newsroom: Maker, case: str) -> None:
    text, line, field, texts = BAD[case]
    report = newsroom({"a.md": article()}, at=NOW, config=REQUIRED + text).check()
    (fault,) = report.faults
    assert (report.code, fault.path, fault.line, fault.field, fault.severity) == (
        1,
        "config.yaml",
        line,
        field,
        "error",
    )
    for part in texts:
        assert part in fault.message


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("  icon: img/absent.png\n", 6, "site.icon"),
        ("  image: absent.png\n", 6, "site.image"),
        ("  logo: absent.svg\n", 6, "site.logo"),
        ("podcast:\n  category: News\n  image: absent.jpg\n", 8, "podcast.image"),
    ],
)
def test_a_picture_that_is_not_there_is_told(newsroom: Maker, text: str, line: int, field: str) -> None:
    report = newsroom({"a.md": article()}, at=NOW, config=REQUIRED + text).check()
    (fault,) = report.faults
    assert (report.code, fault.line, fault.field, fault.severity) == (0, line, field, "warning")
    assert "absent" in fault.message


def test_a_picture_that_is_there_or_elsewhere_is_not_told(newsroom: Maker) -> None:
    text = "  icon: صور/أ.png\n  image: /cover.png\n  logo: https://cdn.example/logo.svg\n"
    files = {"a.md": article(), "cover.png": pictures.png(2, 1), unicodedata.normalize("NFD", "صور/أ.png"): b"x"}
    report = newsroom(files, at=NOW, config=REQUIRED + text).check()
    assert (report.code, report.stdout) == (0, "")


@pytest.mark.parametrize("color", ["'#b4002a'", "b4002a", "'B4002A'"])
def test_a_colour_may_be_written_with_or_without_its_sign(newsroom: Maker, color: str) -> None:
    room = newsroom({"a.md": article()}, at=NOW, config=f"{REQUIRED}  accent_color: {color}\n")
    assert room.check().code == 0
    assert "accentColor>B4002A<" in room.inside().ok("/feeds/rss.xml").text


def _titled(make: Maker, **more: Any) -> Any:
    titles = {"lang/fa": "نشریهٔ نمونه", "tag/كرة القدم": "ملاعب", "author/ليلى": "يوميات ليلى"}
    files = {
        "a.md": article(tags="[كرة القدم]", author="ليلى"),
        "b.md": article("خبر فارسی", "متن کوتاه.", lang="fa-IR"),
    }
    return make(files, at=NOW, inside=True, feeds={"titles": titles, **more})


@pytest.mark.parametrize(
    ("folder", "page", "title"),
    [
        ("/feeds/lang/fa", "/lang/fa", "نشریهٔ نمونه"),
        ("/feeds/tag/%D9%83%D8%B1%D8%A9-%D8%A7%D9%84%D9%82%D8%AF%D9%85", "", "ملاعب"),
        ("/feeds/author/%D9%84%D9%8A%D9%84%D9%89", "", "يوميات ليلى"),
        ("/feeds", "/", "صحيفة المثال"),
        ("/feeds/lang/ar", "", "صحيفة المثال — العربية"),
    ],
)
def test_a_feed_bears_the_title_that_the_config_gives_it(newsroom: Maker, folder: str, page: str, title: str) -> None:
    room = _titled(newsroom)
    for feed in (room.rss(f"{folder}/rss.xml"), room.atom(f"{folder}/atom.xml"), room.json(f"{folder}/feed.json")):
        assert feed.title == title
    assert f'title="{title}"' in room.ok("/feeds.opml").text
    if page:
        assert room.ok(page).html.one_meta("og:title") == title


@pytest.mark.parametrize("minutes", [5, 12, 60])
def test_freshness_is_what_the_config_says_in_headers_and_feeds(newsroom: Maker, minutes: int) -> None:
    room = newsroom({"a.md": article()}, at=NOW, inside=True, feeds={"ttl_minutes": minutes})
    for path in ("/feeds/rss.xml", "/feeds/feed.json", "/s/a", "/sitemap.xml"):
        answers = [room.ok(path), room.ok(path), room.head(path)]  # made, fast lane, slow lane
        assert [answer.directive("max-age") for answer in answers] == [minutes * 60] * 3
    channel = room.rss().root
    assert channel.findtext("ttl") == str(minutes)
    frequency = channel.findtext("{http://purl.org/rss/1.0/modules/syndication/}updateFrequency")
    assert int(frequency) * minutes == 60


def test_contacts_are_published_whatever_is_said_about_authors(newsroom: Maker) -> None:
    editor = {"name": "ليلى", "email": "editor@news.example"}
    site = {"managing_editor": editor, "author": {"name": "ليلى", "email": "private@news.example"}}
    room = newsroom({"a.md": article()}, at=NOW, inside=True, site=site)
    assert room.rss().root.findtext("managingEditor") == "editor@news.example (ليلى)"
    for name in ("rss.xml", "atom.xml", "feed.json"):
        assert "private@" not in room.ok(f"/feeds/{name}").text


def test_without_any_of_it_the_feeds_say_nothing_of_it(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()}, at=NOW, inside=True)
    names = {child.tag for child in room.rss().root}
    assert not {"managingEditor", "webMaster", "image", f"{MEDIA}content"} & names
    assert room.atom().root.find(f"{ATOM}logo") is None
    assert "xmlns:webfeeds" not in room.ok("/feeds/rss.xml").text
