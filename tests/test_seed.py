"""The article this project began with: a newsroom's text as its site copies it out, in the three formats."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Maker
from newsroom import ROOT, Newsroom
from reading import unmarked

SEED = ROOT.parent / "shared" / "seed-article.txt"
OWN = Path(__file__).with_name("corpus") / "seed-twin.txt"
NOW = "2025-05-02T09:00:00+03:00"


# The original where it stands beside this copy of the project, and a twin of our own everywhere.
@pytest.fixture(scope="module", params=[path for path in (SEED, OWN) if path.exists()], ids=lambda path: path.stem)
def room(request: pytest.FixtureRequest, shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(
        {"article.txt": request.param.read_bytes()}, at=NOW, serve=True, site={"timezone": "Asia/Damascus"}
    )


@pytest.fixture(scope="module")
def lines(room: Newsroom) -> list[str]:
    """The lines of the newsroom's text: date, title, title again, ten paragraphs, label."""
    found = [line.strip() for line in (room.content / "article.txt").read_text("utf-8").splitlines() if line.strip()]
    assert len(found) == 14 and found[1] == found[2]
    return found


def test_the_title_stands_once(room: Newsroom, lines: list[str]) -> None:
    for feed in room.feeds():
        (item,) = feed.items
        assert item.title == lines[1]
        assert lines[1] not in item.content.text
        assert not unmarked(item.summary).startswith(item.title)


def test_the_date_line_is_the_date_in_the_sites_zone_and_is_not_in_the_text(room: Newsroom) -> None:
    rss, atom, feed = room.feeds()
    assert rss.items[0].published == "Wed, 30 Apr 2025 13:30:00 +0300"
    assert atom.items[0].published == feed.items[0].published == "2025-04-30T13:30:00+03:00"
    assert atom.items[0].updated == atom.updated == "2025-04-30T13:30:00+03:00"
    for document in (rss, atom, feed):
        assert "01:30 PM" not in document.items[0].content.text + document.items[0].summary
        assert "30 أبريل" not in document.items[0].content.text


def test_the_text_is_ten_paragraphs_and_no_share_label(room: Newsroom) -> None:
    for feed in room.feeds():
        content = feed.items[0].content
        paragraphs = content.texts("p")
        assert len(paragraphs) == 10
        assert all(paragraphs)
        assert "مشاركة المقال" not in content.text
        assert not content.all("br", "h1", "h2", "script", "style")


def test_the_text_is_the_newsrooms_letter_by_letter(room: Newsroom, lines: list[str]) -> None:
    paragraphs = room.rss().items[0].content.texts("p")
    assert [text.replace("\u200f", "") for text in paragraphs] == lines[3:-1]


def test_it_is_arabic_and_right_to_left_everywhere(room: Newsroom, lines: list[str]) -> None:
    rss, atom, feed = room.feeds()
    assert rss.language == atom.language == feed.language == "ar"
    for document in (rss, atom, feed):
        (root,) = list(document.items[0].content.body)
        assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
        assert {p.get("dir") for p in document.items[0].content.all("p")} == {"rtl"}
    page = room.ok(rss.items[0].link).html
    assert (page.root.get("lang"), page.root.get("dir")) == ("ar", "rtl")
    assert unmarked(page.h1) == lines[1]
    assert page.one_meta("og:type") == "article"
    assert unmarked(page.one_meta("og:title")) == lines[1]


def test_it_has_one_id_and_one_link_in_three_formats(room: Newsroom) -> None:
    feeds = room.feeds()
    assert {feed.items[0].id for feed in feeds} == {"tag:news.example,2025:article"}
    assert len({feed.items[0].link for feed in feeds}) == 1


def test_the_second_poll_costs_no_body(room: Newsroom) -> None:
    for url in room.feed_urls:
        first = room.ok(url)
        again = room.get(url, {"If-None-Match": first.etag, "If-Modified-Since": first.headers["Last-Modified"]})
        assert (again.status, again.raw) == (304, b"")


def test_check_has_nothing_to_say(room: Newsroom) -> None:
    report = room.check()
    assert (report.code, report.stdout) == (0, "")
