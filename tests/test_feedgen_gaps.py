"""What feedgen alone would get wrong: each gap that the extension closes, seen in the documents."""

from __future__ import annotations

import locale
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from conformance_site import NOW, SITE, content, options
from conftest import Maker
from newsroom import Newsroom, article
from reading import ATOM, CONTENT, DC, MEDIA, XML, Feed, xml


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(content(), **options(feeds={"items": 50}))


@pytest.fixture(scope="module")
def rss(room: Newsroom) -> Feed:
    return room.rss()


@pytest.fixture(scope="module")
def atom(room: Newsroom) -> Feed:
    return room.atom()


def _links(node: Any) -> list[dict[str, str]]:
    return [dict(link.attrib) for link in node.findall(f"{ATOM}link")]


def test_no_date_is_the_clocks(rss: Feed, atom: Feed) -> None:
    dates = [node.text for node in atom.root.iter(f"{ATOM}updated")]
    instants = [datetime.fromisoformat(text) for text in dates] + [parsedate_to_datetime(rss.updated)]
    assert max(instants) <= datetime.fromisoformat(NOW)
    assert rss["n01"].published == "Tue, 01 Apr 2025 10:00:00 +0300"


def test_an_empty_feed_has_a_fixed_date(newsroom: Maker) -> None:
    room = newsroom({}, at=NOW, inside=True)
    assert room.atom().updated == "2000-01-01T00:00:00+00:00"
    assert room.rss().updated == "Sat, 01 Jan 2000 00:00:00 +0000"


def test_entries_stand_newest_first(rss: Feed, atom: Feed) -> None:
    for feed in (rss, atom):
        instants = [item.published_at.astimezone(UTC) for item in feed.items]
        assert instants == sorted(instants, reverse=True) and len(set(instants)) > 10


def test_atom_links_keep_relation_type_and_length(atom: Feed) -> None:
    alternate, first, second = _links(atom["sound"].node)
    assert alternate == {"href": f"{SITE}/s/sound", "rel": "alternate", "type": "text/html"}
    assert {key: first[key] for key in ("rel", "type", "length")} == {
        "rel": "enclosure", "type": "audio/wav", "length": "3044",
    }  # fmt: skip
    assert second["length"] == "5044"


def test_relations_are_not_limited_to_five(room: Newsroom, shared_newsroom: Maker) -> None:
    paged = shared_newsroom(content(), **options())
    for feed in (paged.rss(), paged.atom()):
        assert {"self", "hub", "first", "next", "last", "prev-archive"} <= {link["rel"] for link in _links(feed.root)}


def test_the_channels_link_is_the_home_page_and_no_hub(rss: Feed) -> None:
    assert [node.text for node in rss.root.findall("link")] == [f"{SITE}/"]


def test_entries_have_a_language(rss: Feed, atom: Feed) -> None:
    assert atom["fa"].node.get(f"{XML}lang") == rss["fa"].node.get(f"{XML}lang") == "fa"
    assert atom.root.get(f"{XML}lang") == rss.root.findtext("language") == "ar"


def test_an_author_without_address_is_in_rss_and_only_once(rss: Feed) -> None:
    assert [node.text for node in rss["fa"].node.findall(f"{DC}creator")] == ["نویسنده"]
    assert rss["fa"].node.find("author") is None


def test_the_description_is_the_summary_and_the_text_stands_apart(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(body="نص القصة كلها.", summary="ملخص")}, at=NOW, inside=True)
    (item,) = room.rss().root.findall("item")
    assert item.findtext("description") == "ملخص"
    assert "نص القصة كلها." in item.findtext(f"{CONTENT}encoded")


def test_a_feed_of_summaries_has_no_text_and_still_a_description(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(summary="ملخص")}, at=NOW, inside=True, feeds={"content": "summary"})
    (item,) = xml(room.ok("/feeds/rss.xml").body)[0].findall("item")
    assert item.findtext("description") == "ملخص" and item.find(f"{CONTENT}encoded") is None


def test_content_in_atom_is_html_and_no_cdata(room: Newsroom, atom: Feed) -> None:
    assert {node.get("type") for node in atom.root.iter(f"{ATOM}content")} == {"html"}
    assert b"CDATA" not in room.ok("/feeds/atom.xml").body


def test_media_stands_without_a_group(rss: Feed) -> None:
    assert rss["picture"].node.find(f"{MEDIA}group") is None
    assert rss["picture"].node.find(f"{MEDIA}content") is not None


def test_an_unknown_length_is_zero(rss: Feed, atom: Feed) -> None:
    assert rss["remote"].enclosures[0].length == atom["remote"].enclosures[0].length == "0"
    assert "None" not in {value for node in rss.root.iter("*") for value in node.attrib.values()}


def test_several_enclosures_are_all_kept(rss: Feed, atom: Feed) -> None:
    assert len(rss["sound"].enclosures) == 1 and len(rss["sound"].node.findall(f"{MEDIA}content")) == 2
    assert len(atom["sound"].enclosures) == 2


def test_a_source_has_id_title_and_updated(atom: Feed) -> None:
    (source,) = atom["remote"].node.findall(f"{ATOM}source")
    assert [len(source.findall(ATOM + name)) for name in ("id", "title", "updated")] == [1, 1, 1]


def test_one_hostile_text_does_not_take_the_feed_down(newsroom: Maker) -> None:
    bad = '"a\\x07\\uFFFE\\uD83D ب"'
    room = newsroom(
        {"a.md": f"---\ntitle: {bad}\ndate: 2025-04-30\n---\nنص\x0b\x1b\ufffe\n", "b.md": article()},
        at=NOW,
        inside=True,
    )
    for feed in room.feeds():
        assert "b" in feed.tokens


def test_the_process_locale_stays_what_it_was(newsroom: Maker) -> None:
    before = locale.setlocale(locale.LC_ALL)
    room = newsroom({"a.md": article()}, at=NOW, inside=True)
    assert room.rss().items[0].published.startswith("Tue, 29 Apr 2025")
    assert locale.setlocale(locale.LC_ALL) == before


def test_arabic_addresses_and_spaces_are_encoded_once(rss: Feed, atom: Feed) -> None:
    expected = "https://cdn.example/%D8%B5%D9%88%D8%B1%D8%A9.jpg"
    assert rss["remote"].enclosures[0].url == atom["remote"].enclosures[0].url == expected


def test_a_void_element_in_the_text_does_not_raise(newsroom: Maker) -> None:
    room = newsroom({"a.html": "<title>خبر</title><p>سطر<br>آخر<hr><img src='https://x.example/a.png'>"}, at=NOW)
    room.write("a.html", "---\ndate: 2025-04-30\ntitle: خبر\n---\n<p>سطر<br>آخر</p>")
    for feed in room.inside().feeds():
        assert "<br>" in feed["a"].content_html


def test_what_belongs_to_the_feed_stands_before_its_entries(room: Newsroom, atom: Feed, rss: Feed) -> None:
    for feed, item in ((atom, f"{ATOM}entry"), (rss, "item")):
        names = [child.tag for child in feed.root]
        assert set(names[names.index(item) :]) == {item}
