"""Rows D01–D08 of corpus/cases.json: identity, edits, dates."""

from __future__ import annotations

from datetime import datetime

import pytest
from cases import NOW, files
from conftest import Maker
from newsroom import Newsroom, article
from reading import RFC822, RFC3339

# --- D01 id-stability --------------------------------------------------------------------------------


def test_d01_a_renamed_article_keeps_its_id_and_its_share_url(newsroom: Maker) -> None:
    room = newsroom(files("D01", 0), at=NOW, serve=True)
    before = room.feeds()
    room.write("a.md", files("D01", 2)["a.md"])
    room.settle()
    after = room.feeds()
    for old, new in zip(before, after, strict=True):
        assert len(new.items) == 1
        assert new.items[0].id == old.items[0].id
        assert new.items[0].published == old.items[0].published
        assert new.items[0].title == "افتتاح متحف المدينة"
    assert len({feed.items[0].id for feed in after}) == 1
    assert after[0].items[0].node.find("guid").get("isPermaLink") == "false"
    assert room.get(before[0].items[0].link).status in (200, 301, 308)


@pytest.mark.parametrize(
    "changed",
    [
        article("عنوان آخر", "متن آخر"),
        article("خبر", tags="[جديد]", author="كاتب"),
        article("خبر", date="2025-04-01T10:00:00+03:00", updated="2025-05-01T10:00:00+03:00"),
        article("خبر", slug="another", lang="fa"),
    ],
)
def test_d01_an_id_from_the_file_name_survives_every_edit_inside_the_file(newsroom: Maker, changed: str) -> None:
    first = newsroom({"أخبار/متحف.md": article("خبر")}, at=NOW, inside=True)
    second = newsroom({"أخبار/متحف.md": changed}, at=NOW, inside=True)
    assert {feed.items[0].id for feed in first.feeds()} == {feed.items[0].id for feed in second.feeds()}
    assert first.rss().items[0].link == second.rss().items[0].link


# --- D02 id-uniqueness -------------------------------------------------------------------------------


def _ids_and_links(room: Newsroom) -> list[tuple[str, str, str]]:
    return sorted((item.published, item.id, item.link) for item in room.rss().items)


def test_d02_two_articles_with_one_title_are_two_articles(newsroom: Maker) -> None:
    room = newsroom(files("D02"), at=NOW, inside=True)
    for feed in room.feeds():
        assert len(feed.items) == 2
        assert len({item.id for item in feed.items}) == len({item.link for item in feed.items}) == 2
    for item in room.atom().items:
        page = room.ok(item.link).html
        assert any(text.startswith(item.published[:10]) for text in page.instants)
        assert item.published[:10] in ("2025-04-29", "2025-04-30")


def test_d02_the_order_of_the_directory_decides_no_id(newsroom: Maker) -> None:
    there = newsroom(files("D02"), at=NOW, inside=True)
    back = newsroom(dict(reversed(files("D02").items())), at=NOW, inside=True)
    assert _ids_and_links(there) == _ids_and_links(back)


def test_d02_one_title_on_one_day_in_many_files_gives_as_many_ids(newsroom: Maker) -> None:
    room = newsroom({f"{n}/خبر-{n}.md": article("خبر") for n in range(7)}, at=NOW, inside=True)
    assert len({item.id for item in room.rss().items}) == 7


# --- D03 edit-not-repost -----------------------------------------------------------------------------


def test_d03_an_edit_moves_updated_and_nothing_else(newsroom: Maker) -> None:
    room = newsroom({**files("D03", 0), "older.md": article("أقدم", date="2025-04-19")}, at=NOW, serve=True)
    room.touch("a.md", datetime.fromisoformat("2025-05-02T08:00:00+03:00").timestamp())
    room.write("newer.md", article("أحدث", date="2025-04-21"))
    room.settle()
    rss, atom, feed = room.feeds()
    assert rss["x1"].published == "Sun, 20 Apr 2025 08:00:00 +0300"
    assert atom["x1"].published == feed["x1"].published == "2025-04-20T08:00:00+03:00"
    assert atom["x1"].updated == feed["x1"].updated == "2025-05-01T12:00:00+03:00"
    for document in (rss, atom, feed):
        assert document.tokens == ["newer", "x1", "older"]
    page = room.page("x1")
    assert page.one_meta("article:published_time") == "2025-04-20T08:00:00+03:00"
    assert page.one_meta("article:modified_time") == "2025-05-01T12:00:00+03:00"
    for url in (*room.feed_urls, rss["x1"].link):
        assert "2025-05-02" not in room.ok(url).text and "02 May" not in room.ok(url).text


def test_d03_an_article_that_names_no_change_was_updated_when_it_was_published(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(), "b.md": article(lastmod="2025-05-01 09:00")}, at=NOW, inside=True)
    atom = room.atom()
    assert atom["a"].updated == atom["a"].published
    assert atom["b"].updated == "2025-05-01T09:00:00+03:00"


# --- D04 clock-leak ----------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [files("D04"), {}, {"a.md": article(updated="2025-05-01T00:00:00Z")}])
def test_d04_minutes_that_pass_change_no_byte(newsroom: Maker, content: dict[str, str]) -> None:
    now = newsroom(content, at="2025-05-02T09:00:00+03:00", inside=True)
    later = newsroom(content, at="2025-05-02T09:07:00+03:00", inside=True)
    for url in (*now.feed_urls, now.home_url):
        first, second = now.ok(url), later.ok(url)
        assert first.body == second.body
        assert first.etag == second.etag


def test_d04_a_feed_is_as_old_as_its_newest_item(newsroom: Maker) -> None:
    room = newsroom(files("D04"), at=NOW, inside=True)
    atom = room.atom()
    assert room.rss().updated == "Tue, 29 Apr 2025 10:00:00 +0300"
    assert atom.updated == atom.items[0].updated == "2025-04-29T10:00:00+03:00"


# --- D05 date-parse ----------------------------------------------------------------------------------


def _has_only_ascii_dates(room: Newsroom) -> bool:
    rss, atom, feed = room.feeds()
    dates = [rss.updated, atom.updated]
    dates += [date for d in (rss, atom, feed) for item in d.items for date in (item.published, item.updated)]
    return all(date.isascii() for date in dates)


def test_d05_the_date_line_of_a_newsroom_is_read_to_the_minute(newsroom: Maker) -> None:
    room = newsroom(files("D05"), at=NOW, inside=True)
    assert room.rss()["raw"].published == "Wed, 30 Apr 2025 13:30:00 +0300"
    assert room.atom()["raw"].published == room.json()["raw"].published == "2025-04-30T13:30:00+03:00"
    assert _has_only_ascii_dates(room)


@pytest.mark.parametrize(
    ("line", "zone", "expected"),
    [
        ("الثلاثاء، ٢٩ نيسان ٢٠٢٥ - ٤:٠٥ مساءً", "Asia/Damascus", "2025-04-29T16:05:00+03:00"),
        ("الخميس, 29 فبراير 2024 08:05 AM", "Asia/Damascus", "2024-02-29T08:05:00+03:00"),
        ("29 أفريل 2025", "Africa/Algiers", "2025-04-29T00:00:00+01:00"),
        ("سه‌شنبه ۹ اردیبهشت ۱۴۰۴", "Asia/Tehran", "2025-04-29T00:00:00+03:30"),
        ("30 באפריל 2025, 13:30", "Asia/Jerusalem", "2025-04-30T13:30:00+03:00"),
        ("Wednesday, 30 April 2025", "UTC", "2025-04-30T00:00:00Z"),
    ],
)
def test_d05_other_newsrooms_write_it_in_other_words(newsroom: Maker, line: str, zone: str, expected: str) -> None:
    text = f"{line}\nافتتاح مكتبة عامة\n\nافتُتحت اليوم مكتبة عامة.\n"
    room = newsroom({"raw.txt": text}, at=NOW, inside=True, site={"timezone": zone})
    assert room.atom()["raw"].published_at == datetime.fromisoformat(expected)
    assert _has_only_ascii_dates(room)


# --- D06 date-timezone -------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_d06_dates_without_zone_are_the_sites_whatever_the_process_thinks(newsroom: Maker, zone: str) -> None:
    room = newsroom(files("D06"), at=NOW, serve=True, env={"TZ": zone})
    rss = room.rss()
    assert rss["t1"].published == "Thu, 01 May 2025 00:00:00 +0300"
    assert rss["t2"].published == "Thu, 01 May 2025 00:30:00 +0300"
    assert room.atom()["t1"].published == "2025-05-01T00:00:00+03:00"
    for token in ("t1", "t2"):
        assert any(text.startswith("2025-05-01") for text in room.page(token).instants)


def test_d06_summer_and_winter_of_the_site_count(newsroom: Maker) -> None:
    content = {"s.md": article(date="2024-07-01"), "w.md": article(date="2024-12-01 08:00")}
    atom = newsroom(content, at=NOW, inside=True, site={"timezone": "Asia/Beirut"}).atom()
    assert atom["s"].published == "2024-07-01T00:00:00+03:00"
    assert atom["w"].published == "2024-12-01T08:00:00+02:00"


# --- D07 date-format ---------------------------------------------------------------------------------


def test_d07_no_locale_reaches_an_rss_date(newsroom: Maker) -> None:
    room = newsroom(files("D07"), at="2025-09-04T09:00:00+03:00", serve=True, env={"LC_ALL": "ar_SA.UTF-8"})
    rss = room.rss()
    assert rss["l1"].published == "Wed, 03 Sep 2025 06:05:00 +0300"
    assert RFC822.fullmatch(rss.updated)


def test_d07_every_month_and_weekday_has_its_rfc_name(newsroom: Maker) -> None:
    content = {f"m{month}.md": article(date=f"2024-{month:02}-0{month % 9 + 1}T06:05:00Z") for month in range(1, 13)}
    room = newsroom(content, at=NOW, inside=True)
    rss, atom, feed = room.feeds()
    assert len(rss.items) == 12
    for item in rss.items:
        assert RFC822.fullmatch(item.published)
        assert item.published_at == atom[item.token].published_at == feed[item.token].published_at
        assert item.published.startswith(f"{item.published_at:%a, %d %b %Y}")
        assert RFC3339.fullmatch(atom[item.token].published)


# --- D08 missing-fields ------------------------------------------------------------------------------


def test_d08_an_article_without_a_day_is_not_given_one(newsroom: Maker) -> None:
    room = newsroom(files("D08"), at=NOW, inside=True)
    for feed in room.feeds():
        assert set(feed.tokens) == {"ok-1", "n3"}
        assert "2025-03-04" not in str(feed)
    assert room.atom()["n3"].published == "2025-04-03T00:00:00+03:00"
    for url in room.feed_urls:
        assert "2025-05-02" not in room.ok(url).text and "2025-03-04" not in room.ok(url).text


def test_d08_check_says_which_day_is_missing_impossible_or_unclear(newsroom: Maker) -> None:
    report = newsroom(files("D08"), at=NOW).check()
    assert report.code == 1
    (missing,) = report.about("content/nodate.md")
    (impossible,) = report.about("content/bad.md")
    (unclear,) = report.about("content/amb.md")
    assert (missing.line, missing.field, missing.severity) == (1, "date", "error")
    assert (impossible.line, impossible.field, impossible.severity) == (4, "date", "error")
    assert "2025-02-30" in impossible.message
    assert (unclear.line, unclear.field, unclear.severity) == (4, "date", "warning")
    assert "03/04/2025" in unclear.message and "2025-04-03" in unclear.message
    assert not report.about("content/ok.md")


@pytest.mark.parametrize(
    "date", ["2025-13-01", '"31 نيسان 2025"', '"29 فبراير 2023"', "2025", '"25:61"', '""', "قريبا"]
)
def test_d08_no_day_is_invented_for_what_is_none(newsroom: Maker, date: str) -> None:
    room = newsroom({"a.md": article(date=date), "ok.md": article()}, at=NOW, inside=True)
    assert [feed.tokens for feed in room.feeds()] == [["ok"]] * 3


def test_d08_english_refuses_what_it_writes_both_ways(newsroom: Maker) -> None:
    content = {"amb.md": article("Report", "Short.", date='"03/04/2025"', lang="en"), "ok.md": article()}
    room = newsroom(content, at=NOW, inside=True)
    assert room.rss().tokens == ["ok"]
    (fault,) = room.check().about("content/amb.md")
    assert (fault.line, fault.field, fault.severity) == (3, "date", "error")
