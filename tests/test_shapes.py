"""Content files as people really have them are read right or reported, seen from outside."""

from __future__ import annotations

from typing import Any

import pytest
from answers import Fault, Report
from conftest import Maker
from newsroom import Newsroom
from reading import Feed
from shapes import NOW, PICTURES, Row, local_path, rows

ROWS = rows()


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    files = {row.path: row.text for row in ROWS} | PICTURES
    return shared_newsroom(files, at=NOW, inside=True, feeds={"items": 500})


@pytest.fixture(scope="module")
def feed(room: Newsroom) -> Feed:
    return room.json()


@pytest.fixture(scope="module")
def report(room: Newsroom) -> Report:
    return room.check()


def _published(*wanted: str) -> list[Any]:
    chosen = [row for row in ROWS if row.becomes and (not wanted or set(wanted) & row.becomes.keys())]
    assert chosen
    return [pytest.param(row, row.becomes, id=row.path) for row in chosen]


def _line(fault: Fault) -> str:
    return f"{fault.line}: {fault.field}: {fault.severity}"


# --- the corpus -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "becomes"), _published())
def test_a_file_becomes_the_article_that_its_writer_meant(feed: Feed, row: Row, becomes: dict[str, Any]) -> None:
    item = feed[row.token]
    found = {
        "title": item.title,
        "published": item.published,
        "updated": item.updated,
        "language": item.language,
        "tags": list(item.categories),
        "authors": list(item.authors),
        "summary": item.summary,
    }
    named = {name: value for name, value in becomes.items() if name in found}
    assert {name: found[name] for name in named} == named


@pytest.mark.parametrize(("row", "becomes"), _published("paragraphs", "has", "lacks", "count", "dir"))
def test_its_body_has_the_writers_text_and_nothing_of_the_machinery(
    feed: Feed, row: Row, becomes: dict[str, Any]
) -> None:
    content = feed[row.token].content
    if "paragraphs" in becomes:
        assert content.texts("p") == becomes["paragraphs"]
    if "count" in becomes:
        assert len(content.all("p")) == becomes["count"]
    for text in becomes.get("has", []):
        assert text in content.text
    for text in becomes.get("lacks", []):
        assert text not in content.text
    if "dir" in becomes:
        assert content.all("div")[0].get("dir") == becomes["dir"]


@pytest.mark.parametrize(("row", "becomes"), _published("sources", "image"))
def test_its_pictures_are_found_beside_it(feed: Feed, row: Row, becomes: dict[str, Any]) -> None:
    item = feed[row.token]
    shown = [node.get("src") or "" for node in item.content.all("img")]
    assert [local_path(url) for url in shown] == becomes.get("sources", [])
    assert local_path(item.node.get("image", "")) == becomes.get("image", "")


@pytest.mark.parametrize(("row", "becomes"), _published("enclosure"))
def test_what_comes_with_it_is_an_enclosure(room: Newsroom, row: Row, becomes: dict[str, Any]) -> None:
    (file,) = room.rss()[row.token].enclosures
    assert [file.url, file.media_type, file.length] == becomes["enclosure"]


@pytest.mark.parametrize(("row", "becomes"), _published("aliases"))
def test_its_old_paths_lead_to_it(room: Newsroom, row: Row, becomes: dict[str, Any]) -> None:
    for path in becomes["aliases"]:
        answer = room.get(path)
        assert (answer.status, answer.headers.get("Location")) == (301, f"https://news.example/s/{row.token}")


@pytest.mark.parametrize(("row", "becomes"), _published("source"))
def test_whom_it_was_taken_from_is_said(room: Newsroom, row: Row, becomes: dict[str, Any]) -> None:
    source = room.rss()[row.token].node.find("source")
    assert [source.text, source.get("url")] == becomes["source"]


@pytest.mark.parametrize(("row", "becomes"), _published("canonical"))
def test_where_it_was_first_published_is_its_pages_canonical_address(
    room: Newsroom, row: Row, becomes: dict[str, Any]
) -> None:
    assert [link.get("href") for link in room.page(row.token).links("canonical")] == [becomes["canonical"]]


@pytest.mark.parametrize("row", ROWS, ids=[row.path for row in ROWS])
def test_check_says_what_is_wrong_with_it_and_nothing_else(report: Report, row: Row) -> None:
    faults = report.about(f"content/{row.path}")
    assert sorted(map(_line, faults)) == sorted(":".join(text.split(":")[:3]) for text in row.reports), faults
    for text in row.reports:
        place, words = ":".join(text.split(":")[:3]), "".join(text.split(": ", 3)[3:])
        assert any(_line(fault) == place and words in fault.message for fault in faults), faults


def test_what_is_no_article_is_in_no_feed(feed: Feed) -> None:
    assert sorted(feed.tokens) == sorted(row.token for row in ROWS if row.becomes)


@pytest.mark.parametrize("row", [row for row in ROWS if row.gone], ids=lambda row: row.path)
def test_what_was_taken_back_or_has_expired_is_gone(room: Newsroom, row: Row) -> None:
    assert room.share(row.gone).status == 410


@pytest.mark.parametrize("row", [row for row in ROWS if row.unlisted], ids=lambda row: row.path)
def test_what_is_kept_out_of_feeds_has_its_permalink(room: Newsroom, row: Row) -> None:
    assert room.share(row.unlisted).status == 200


def test_two_articles_of_one_day_stand_in_the_order_of_their_ids(feed: Feed) -> None:
    assert [token for token in feed.tokens if token in ("a-second", "b-first")] == ["a-second", "b-first"]


def test_the_shares_of_letters_are_what_their_rows_say() -> None:
    texts = {row.path: row.text for row in ROWS}
    for path, share in (("text/english-about-arabic.md", 31), ("text/arabic-guide.md", 49)):
        assert _arabic_share(texts[path].split("---\n")[2]) == share


def _arabic_share(text: str) -> int:
    letters = [character for character in text if character.isalpha()]
    return round(100 * sum("\u0600" <= character <= "\u06ff" for character in letters) / len(letters))


def test_a_raw_text_of_a_title_alone_is_an_article_without_content(newsroom: Maker) -> None:
    room = newsroom({"a.txt": "18 أبريل 2025\nوصول الوفد إلى المطار\n"}, at=NOW, inside=True)
    item = room.json()["a"]
    assert (item.title, item.content_html, room.check().stdout) == ("وصول الوفد إلى المطار", "", "")
    assert "content_html" in item.node or "content_text" in item.node  # JSON Feed 1.1, items
