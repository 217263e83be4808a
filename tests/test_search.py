"""People subscribe to words: every spelling of a word finds it, a search without results waits, and none is listed."""

from __future__ import annotations

import re
import sqlite3
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote

import pytest
from conftest import Maker
from newsroom import Newsroom, article

from feeds import search

AT = "2025-06-01T00:00:00+00:00"
CONTENT = {
    "gaza.md": article("أخبارُ مدرسةِ غَزّة", "في الـقـاهـرة إلى المسؤول ١٢٣ كتاب.", date="2025-04-01"),
    "fa.md": article("کتاب‌های یادگار", "او می‌شود ۴۵۶", lang="fa", date="2025-04-02"),
    "ur.md": article("یہ لڑکے کی کہانی", "اردو", lang="ur", date="2025-04-03"),
    "he.md": article("שָׁלוֹם עולם", "ירושלים של זהב", lang="he", date="2025-04-04"),
    "en.md": article("Café", "<p>frag<b>ment</b></p><p>one</p><p>two &amp; COVID-19</p>", lang="en", date="2025-04-05",
                     tags="[موسيقى]", author="سارة"),
    "attr.md": article("صورة", '<a href="https://x.example/hiddenword" title="hiddenword">رابط</a>', date="2025-04-06"),
    "draft.md": article("مسودة", "خفي", draft="true"),
    "later.md": article("لاحق", "خفي", date="2025-07-01"),
    "apart.md": article("وحده", "خفي", feed="false"),
    "gone.md": article("سحب", "خفي", withdrawn="2025-05-01"),
    **{f"n{n}.md": article(f"شائع {n}", date=f"2025-05-{n + 10}") for n in range(7)},
    **{f"same{n}.md": article("متزامن", date="2025-03-01", id=f"same{9 - n}") for n in range(4)},
}  # fmt: skip


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(CONTENT, at=AT, inside=True, feeds={"items": 5})


def _feed(room: Newsroom, words: str, name: str = "rss.xml") -> str:
    return f"/feeds/search/{quote(words.replace(' ', '-'), safe='')}/{name}"


def _found(room: Newsroom, words: str) -> list[str]:
    return [item.link.rpartition("/")[2] for item in room.rss(_feed(room, words)).items]


@pytest.mark.parametrize(
    ("words", "token"),
    [
        ("غزة", "gaza"), ("غزه", "gaza"), ("غَزَّة", "gaza"),  # harakat, teh marbuta
        ("اخبار", "gaza"), ("أخبار", "gaza"), ("ٱخبار", "gaza"),  # hamza forms, alef wasla
        ("القاهرة", "gaza"), ("القـاهـرة", "gaza"),  # kashida
        ("الي", "gaza"), ("إلى", "gaza"),  # alef maqsura
        ("المسوول", "gaza"), ("123", "gaza"), ("۱۲۳", "gaza"), ("١٢٣", "gaza"),
        ("كتابهاي", "fa"), ("کتاب‌های", "fa"), ("ميشود", "fa"), ("می‌شود", "fa"), ("456", "fa"), ("يادگار", "fa"),
        ("لڑکے", "ur"), ("لڑكے", "ur"), ("کہانی", "ur"), ("كهاني", "ur"),
        ("שלום", "he"), ("שָׁלוֹם", "he"), ("ירושלים", "he"),
        ("cafe", "en"), ("CAFÉ", "en"), ("fragment", "en"), ("covid", "en"), ("covid-19", "en"),
        ("موسيقي", "en"), ("سارة", "en"), ("رابط", "attr"),
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_spelled(room: Newsroom, words: str, token: str) -> None:
    assert _found(room, words) == [token]


@pytest.mark.parametrize("words", ["hiddenword", "خفي", "frag", "oneتwo", "onetwo", "غزة القدس", "شائع غزة"])
def test_what_no_public_article_says_is_not_found(room: Newsroom, words: str) -> None:
    assert _found(room, words) == []


def test_all_words_must_be_in_one_article_in_any_order(room: Newsroom) -> None:
    assert _found(room, "كتاب غزة مدرسة") == _found(room, "مدرسه-غزه-كتاب") == ["gaza"]


def test_the_newest_come_first_and_no_more_than_the_feed_holds(room: Newsroom) -> None:
    assert _found(room, "شائع") == ["n6", "n5", "n4", "n3", "n2"]
    assert _found(room, "متزامن") == ["same6", "same7", "same8", "same9"]  # one instant: by id


def test_the_three_formats_and_the_page_hold_the_same(room: Newsroom) -> None:
    feeds = [
        room.rss(_feed(room, "شائع")), room.atom(_feed(room, "شائع", "atom.xml")), room.json(_feed(room, "شائع", "feed.json"))
    ]  # fmt: skip
    assert [[item.id for item in feed.items] for feed in feeds] == [[item.id for item in feeds[0].items]] * 3
    page = room.ok("/search/" + quote("شائع")).text
    assert re.findall(r'<h2><a href="https://news\.example/s/(\w+)"', page) == ["n6", "n5", "n4", "n3", "n2"]


def test_a_search_feed_is_titled_by_its_words_and_is_no_whole_of_anything(room: Newsroom) -> None:
    body = room.ok(_feed(room, "مدرسة غزة", "atom.xml")).text
    assert "<title" in body and "مدرسة غزة — صحيفة المثال" in body
    assert "complete" not in body  # RFC 5005 section 2: readers would drop what it does not hold
    document = ElementTree.fromstring(body)
    (own,) = [link.get("href") for link in document.findall("{*}link") if link.get("rel") == "self"]
    assert own == "https://news.example" + _feed(room, "مدرسة غزة", "atom.xml")


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_an_unknown_word_gives_a_feed_that_waits(newsroom: Maker, name: str) -> None:
    room = newsroom({"a.md": article("أول")}, serve=True)
    path = f"/feeds/search/{quote('زلزال')}/{name}"
    read = {"rss.xml": room.rss, "atom.xml": room.atom, "feed.json": room.json}[name]
    assert read(path).items == ()
    first = room.get(path)
    assert room.get(path, {"If-None-Match": first.etag}).status == 304
    room.write("b.md", article("زلزالٌ في البحر", date="2025-04-30"))
    room.settle()
    assert [item.title for item in read(path).items] == ["زلزالٌ في البحر"]
    room.write("b.md", article("هدوء", date="2025-04-30"))
    room.settle()
    assert room.get(path).etag == first.etag and room.get(path).body == first.body
    room.delete("b.md")
    room.settle()
    assert read(f"/feeds/search/{quote('هدوء')}/{name}").items == ()


def test_a_form_leads_to_the_one_address_of_its_words(room: Newsroom) -> None:
    answer = room.get("/search?q=" + quote("  غزة،  «غزه» مدرسة! "))
    assert (answer.status, answer.headers["Location"]) == (303, "https://news.example/search/" + quote("غزة-مدرسة"))
    assert room.ok(answer.headers["Location"]).status == 200
    for other in (
        "/search/" + quote("غزة مدرسة"),
        "/Search/" + quote("غزة-غزه-مدرسة/"),
    ):
        answer = room.get(other)
        assert (answer.status, answer.headers["Location"]) == (301, "https://news.example/search/" + quote("غزة-مدرسة"))
    answer = room.get("/feeds/search/" + quote("غزة مدرسة") + "/rss.xml")
    assert answer.headers["Location"] == "https://news.example/feeds/search/" + quote("غزة-مدرسة") + "/rss.xml"


def test_the_form_stands_on_home_lists_and_results_and_the_policy_allows_it(room: Newsroom) -> None:
    for path in ("/", "/tag/" + quote("موسيقى"), "/lang/en", "/search", "/search/" + quote("غزة")):
        answer = room.ok(path)
        (form,) = answer.html.all("form")
        (field,) = answer.html.all("input")
        assert (form.get("action"), form.get("method"), field.get("name")) == ("/search", "get", "q")
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
        assert (field.get("value") == "غزة") is (path == "/search/" + quote("غزة"))


def test_asking_for_nothing_shows_the_form(room: Newsroom) -> None:
    plain = room.ok("/search")
    for path in ("/search?q=", "/search?q=%20%20", "/search?other=1"):
        assert room.ok(path).body == plain.body
    assert "feeds/search" not in plain.text


@pytest.mark.parametrize(
    "words", ["ا" * 101, "-".join(f"كلمة{n}" for n in range(9)), "!!!", "ﷺ" * 3 + "-ا-ب-ج-د-ه", "ـ"]
)
def test_what_nobody_searches_for_is_refused(room: Newsroom, words: str) -> None:
    assert room.get("/search?q=" + quote(words)).status == 400
    assert room.get("/search/" + quote(words, safe="")).status == 404
    assert room.get(_feed(room, words)).status == 404


def test_the_most_that_is_allowed_is_answered(room: Newsroom) -> None:
    for words in ("ا" * 100, "-".join(f"كلمة{n}" for n in range(8))):
        assert room.get("/search/" + quote(words)).status == 200


@pytest.mark.parametrize(
    "hostile",
    ['"', 'غزة" OR "شائع', "غزة*", "NOT غزة", "a:b", "غزة' --", "(غزة", "NEAR(a b)", "^x", "{x}:y", "\x00غزة"],
)
def test_the_language_of_the_index_is_not_spoken(room: Newsroom, hostile: str) -> None:
    answer = room.get("/search?q=" + quote(hostile))
    assert answer.status == (303 if re.search(r"\w", hostile) else 400)
    if answer.status == 303:
        assert room.get(answer.headers["Location"]).status == 200
    assert room.get("/search/" + quote(hostile, safe="")).status in (301, 404)


def test_words_of_the_query_language_are_words(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("Not or and near", lang="en")}, at=AT, inside=True)
    for words in ("not", "AND", "or-near", "NEAR"):
        assert _found(room, words) == ["a"]


def test_a_search_has_neither_pages_nor_archives(room: Newsroom) -> None:
    folder = "/feeds/search/" + quote("شائع")
    for path in (folder + "/page/2/rss.xml", folder + "/archive/1/rss.xml", "/search/" + quote("شائع") + "/page/2",
                 "/feeds/search/rss.xml", "/feeds/search/page/2/rss.xml"):  # fmt: skip
        assert room.get(path).status == 404


def test_no_search_is_listed_or_indexed(room: Newsroom) -> None:
    room.ok("/search/" + quote("غزة"))
    for path in ("/feeds.opml", "/sitemap.xml", "/sitemap-news.xml", "/feeds/rss.xml", "/feeds/atom.xml"):
        assert "/search" not in room.ok(path).text
    for path in ("/search", "/search/" + quote("غزة"), _feed(room, "غزة")):
        assert room.ok(path).headers["X-Robots-Tag"] == "noindex"
    assert room.ok("/search/" + quote("غزة")).html.one_meta("robots") == "noindex"
    assert room.home.meta("robots") == []


def test_no_hub_is_named_for_a_search_which_nobody_would_tell_it_of(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()}, at=AT, inside=True, websub={"hubs": ["https://hub.example/"]})
    assert "hub.example" in room.ok("/feeds/rss.xml").headers["Link"]
    answer = room.ok(_feed(room, "خبر"))
    assert "hub.example" not in answer.headers["Link"] and "hub.example" not in answer.text


def test_many_searches_leave_nothing_behind(room: Newsroom) -> None:
    for n in range(600):
        room.ok(f"/feeds/search/never{n}/rss.xml")
    with sqlite3.connect(room.folder / "var" / "validators.sqlite") as kept:
        for (statement,) in kept.execute("SELECT sql FROM sqlite_master WHERE type = 'table'").fetchall():
            table = re.sub(r"(?s).*TABLE (\w+) .*", r"\1", statement)
            assert kept.execute(f"SELECT count(*) FROM {table} WHERE url LIKE '%never%'").fetchone() == (0,)
    site = room._app.extensions["nashra"].site
    assert not [path for path in (*site._fresh, *site._cache._kept) if "never" in path]
    assert len(site._searches._kept) < 600 and site._searches._bytes <= 1024 * 1024


def test_search_can_be_off_for_a_site_that_is_only_exported(newsroom: Maker) -> None:
    room = newsroom({"a.md": article()}, at=AT, inside=True, feeds={"search": False})
    for path in ("/search", "/search?q=x", "/search/x", "/feeds/search/x/rss.xml"):
        assert room.get(path).status == 404
    assert room.home.all("form") == []


@pytest.mark.parametrize(
    "text", ["غزة اليوم", "می‌شود‌ ‌x", "A-b--c", "é́ x", "x‌", "½ ﷺ", "\u202eabc\u202c d", "كلمه كلمة كَلمة"]
)
def test_the_address_of_a_search_is_its_own_address(text: str) -> None:
    assert search.key(search.key(text)) == search.key(text) != ""
    assert search.words(search.key(text)) == search.words(text)


def test_the_pages_below_a_path_ask_below_it(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("غزة")}, at=AT, inside=True, site={"url": "https://news.example/ar"})
    (form,) = (
        room.ok("https://news.example/ar").html.all("form") if room.get("/ar").status == 200 else room.home.all("form")
    )
    assert form.get("action") == "/ar/search"
    assert room.get("/ar/search?q=" + quote("غزة")).headers["Location"] == "https://news.example/ar/search/" + quote(
        "غزة"
    )
    assert _title(room.ok("/ar/search/" + quote("غزة")).text) == "غزة — صحيفة المثال"


def _title(page: str) -> str:
    found = re.search(r"<title>(.*)</title>", page)
    assert found
    return found[1].strip("\u200e\u200f")
