"""Items 30–39 and 49–50 of the conformance checklist: Atom (RFC 4287) and its tombstones (RFC 6721)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import reading
from answers import Answer
from conformance_site import NOW, SITE, content, documents, of_kind, options
from conftest import Maker
from lxml import etree
from newsroom import ROOT, Newsroom, article
from reading import ATOM, RFC3339, TOMBSTONE, XML

LIST = ("id", "title", "updated")


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(content(), **options())


@pytest.fixture(scope="module")
def feeds(room: Newsroom) -> dict[str, Any]:
    found: dict[str, Answer] = of_kind(documents(room), "atom.xml")
    return {url: reading.xml(answer.body) for url, answer in found.items()}


@pytest.fixture(scope="module")
def entries(feeds: dict[str, Any]) -> dict[str, Any]:
    """Every entry once, by the token of its id."""
    nodes = [entry for feed in feeds.values() for entry in feed.findall(f"{ATOM}entry")]
    return {entry.findtext(f"{ATOM}id").rpartition(":")[2]: entry for entry in nodes}


@pytest.fixture(scope="module")
def grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(ROOT / "tests" / "corpus" / "atom.rng"))


def test_30_a_feed_has_one_id_title_and_updated_and_the_id_outlives_its_url(
    feeds: dict[str, Any], newsroom: Maker
) -> None:
    for feed in feeds.values():
        assert [len(feed.findall(f"{ATOM}{name}")) for name in LIST] == [1, 1, 1]
    moved = newsroom({"a.md": article()}, at=NOW, inside=True, site={"url": "https://new.example"})
    assert moved.atom().root.findtext(f"{ATOM}id") == "tag:news.example,2025:feeds/main"
    assert feeds[f"{SITE}/feeds/atom.xml"].findtext(f"{ATOM}id") == "tag:news.example,2025:feeds/main"


def test_31_every_entry_has_one_id_title_and_updated_and_no_id_is_there_twice(feeds: dict[str, Any]) -> None:
    for feed in feeds.values():
        found = feed.findall(f"{ATOM}entry")
        for entry in found:
            assert [len(entry.findall(f"{ATOM}{name}")) for name in LIST] == [1, 1, 1]
        assert len({entry.findtext(f"{ATOM}id") for entry in found}) == len(found)


def test_32_the_feed_has_an_author_with_a_name_and_so_have_its_entries(
    feeds: dict[str, Any], entries: dict[str, Any]
) -> None:
    for feed in feeds.values():
        assert [name.text for name in feed.findall(f"{ATOM}author/{ATOM}name")] == ["هيئة التحرير"]
        assert feed.findtext(f"{ATOM}author/{ATOM}uri") == "https://news.example/desk"
    authors = entries["sound"].findall(f"{ATOM}author")
    assert [author.findtext(f"{ATOM}name") for author in authors] == ["ليلى", "كريم"]
    assert not [node for feed in feeds.values() for node in feed.iter(f"{ATOM}email")]


def test_32_addresses_are_published_where_the_config_says_so(newsroom: Maker) -> None:
    files = {"a.md": article(author="[{name: ليلى, email: l@news.example}]")}
    room = newsroom(files, at=NOW, inside=True, feeds={"publish_email": True})
    assert room.atom().root.findtext(f"{ATOM}entry/{ATOM}author/{ATOM}email") == "l@news.example"


def test_32_without_a_site_author_the_site_itself_is_the_author(newsroom: Maker) -> None:
    root = newsroom({"a.md": article()}, at=NOW, inside=True).atom().root
    assert root.findtext(f"{ATOM}author/{ATOM}name") == root.findtext(f"{ATOM}title") == "صحيفة المثال"


def test_33_dates_are_rfc_3339_and_no_change_is_before_its_publication(
    feeds: dict[str, Any], entries: dict[str, Any]
) -> None:
    for feed in feeds.values():
        for node in [*feed.iter(f"{ATOM}updated"), *feed.iter(f"{ATOM}published")]:
            assert RFC3339.fullmatch(node.text)
    for entry in entries.values():
        published, updated = (datetime.fromisoformat(entry.findtext(ATOM + name)) for name in ("published", "updated"))
        assert published <= updated


def test_34_self_is_the_url_that_was_fetched_and_no_alternate_is_there_twice(feeds: dict[str, Any]) -> None:
    for url, feed in feeds.items():
        (own,) = feed.findall(f"{ATOM}link[@rel='self']")
        assert (own.get("href"), own.get("type")) == (url, "application/atom+xml")
        for node in (feed, *feed.findall(f"{ATOM}entry")):
            (alternate,) = node.findall(f"{ATOM}link[@rel='alternate']")
            assert alternate.get("type") == "text/html"


def test_35_texts_are_text_content_is_html_and_no_other_type_is_used(feeds: dict[str, Any]) -> None:
    for feed in feeds.values():
        for name in ("title", "subtitle", "summary", "rights"):
            assert {node.get("type", "text") for node in feed.iter(ATOM + name)} <= {"text"}
        contents = list(feed.iter(f"{ATOM}content"))
        assert {node.get("type") for node in contents} == {"html"}
        assert not [node for node in contents if node.get("src") or len(node)]


def test_36_both_instants_are_there_and_no_base_turns_a_link_into_a_place_in_the_feed(feeds: dict[str, Any]) -> None:
    for feed in feeds.values():
        for entry in feed.findall(f"{ATOM}entry"):
            assert len(entry.findall(f"{ATOM}published")) == len(entry.findall(f"{ATOM}updated")) == 1
        # Every address is absolute (item 7), so there is nothing for a base to do.
        assert not [node for node in feed.iter("*") if node.get(f"{XML}base")]


def test_37_categories_have_label_and_scheme_and_enclosures_length_and_type(entries: dict[str, Any]) -> None:
    found = [dict(node.attrib) for node in entries["n01"].findall(f"{ATOM}category")]
    assert found == [{"term": term, "label": term, "scheme": f"{SITE}/"} for term in ("أخبار", "C++")]
    files = entries["sound"].findall(f"{ATOM}link[@rel='enclosure']")
    assert [(node.get("type"), node.get("length")) for node in files] == [("audio/wav", "3044"), ("audio/wav", "5044")]


def test_37_relations_are_registered_ones(feeds: dict[str, Any]) -> None:
    registered = {"alternate", "self", "enclosure", "hub", "first", "previous", "next", "last", "current"}
    rels = {link.get("rel") for feed in feeds.values() for link in feed.iter(f"{ATOM}link")}
    assert rels == registered | {"prev-archive", "next-archive"}  # all of IANA's registry


def test_38_a_repost_carries_its_source_and_the_feed_its_icon_logo_and_rights(
    feeds: dict[str, Any], entries: dict[str, Any]
) -> None:
    (source,) = entries["remote"].findall(f"{ATOM}source")
    assert source.findtext(f"{ATOM}id") == "https://agency.example/%D8%AE%D8%A8%D8%B1"
    assert source.findtext(f"{ATOM}title") == "وكالة الأنباء"
    assert RFC3339.fullmatch(source.findtext(f"{ATOM}updated"))
    for feed in feeds.values():
        assert feed.findtext(f"{ATOM}icon").startswith(f"{SITE}/media/icon.png?v=")
        assert feed.findtext(f"{ATOM}logo").startswith(f"{SITE}/media/logo.svg?v=")
        assert feed.findtext(f"{ATOM}rights") == "© المثال"


def test_39_every_document_keeps_the_grammar_and_names_its_generator(
    feeds: dict[str, Any], grammar: etree.RelaxNG, newsroom: Maker
) -> None:
    others = [newsroom(files, at=NOW, inside=True, feeds=feed_options).atom().root for files, feed_options in _others()]
    for feed in (*feeds.values(), *others):
        grammar.assertValid(feed)
        generator = feed.find(f"{ATOM}generator")
        assert generator.get("uri").startswith("https://") and generator.get("version") and generator.text


def _others() -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    yield {}, {}
    yield {"a.md": article()}, {"content": "summary"}
    yield {"a.md": article(author="[{name: ليلى, email: l@news.example}]")}, {"publish_email": True}


@pytest.mark.parametrize(
    "broken",
    [
        "<title type='CDATA'>ع</title>",
        "<link href='https://x.example/' rel='enclosure' legnth='1'/>",
        "<link href='/relative'/>",
        "<pubDate>ع</pubDate>",
        "<author><name/></author>",
    ],
)
def test_39_the_grammar_refuses_what_it_should(grammar: etree.RelaxNG, broken: str) -> None:
    sound = "<id>tag:a,2025:a</id><title>ع</title><updated>2025-04-30T00:00:00Z</updated>"
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom' dir='rtl'>{sound}</feed>"
    assert not grammar.validate(etree.fromstring(feed))
    assert grammar.validate(etree.fromstring(feed.replace(" dir='rtl'", "")))
    assert not grammar.validate(etree.fromstring(feed.replace(" dir='rtl'", "").replace("</feed>", f"{broken}</feed>")))


def test_39_a_namespace_is_declared_at_the_top_where_it_is_used_and_nowhere_else(feeds: dict[str, Any]) -> None:
    usual = {"at": "http://purl.org/atompub/tombstones/1.0", "fh": "http://purl.org/syndication/history/1.0"}
    usual["media"] = "http://search.yahoo.com/mrss/"
    seen = set()
    for feed in feeds.values():
        used = {etree.QName(node).namespace for node in feed.iter("*")}
        declared = {prefix: uri for prefix, uri in feed.nsmap.items() if prefix}
        assert declared == {prefix: uri for prefix, uri in usual.items() if uri in used}
        assert not [node for node in feed.iter("*") if node.nsmap != feed.nsmap]
        seen |= set(declared)
    assert seen == set(usual)


def test_49_a_withdrawn_article_leaves_a_tombstone_before_the_entries(feeds: dict[str, Any]) -> None:
    main = feeds[f"{SITE}/feeds/atom.xml"]
    found = {node.get("ref"): node.get("when") for node in main.findall(f"{TOMBSTONE}deleted-entry")}
    assert len(found) == len(main.findall(f"{TOMBSTONE}deleted-entry"))
    assert {ref: datetime.fromisoformat(when) for ref, when in found.items()} == {
        "tag:news.example,2025:gone": datetime.fromisoformat("2025-04-30T00:00:00+00:00"),
        "tag:news.example,2025:over": datetime.fromisoformat("2025-04-29T00:00:00+03:00"),
    }
    assert all(RFC3339.fullmatch(when) for when in found.values())
    names = [child.tag for child in main]
    assert names.index(f"{TOMBSTONE}deleted-entry") < names.index(f"{ATOM}entry")
    assert set(names[names.index(f"{ATOM}entry") :]) == {f"{ATOM}entry"}
    assert not set(found) & {entry.findtext(f"{ATOM}id") for entry in main.findall(f"{ATOM}entry")}


def test_49_only_the_feeds_that_held_the_article_carry_its_tombstone(feeds: dict[str, Any]) -> None:
    for url, feed in feeds.items():
        refs = {node.get("ref").rpartition(":")[2] for node in feed.findall(f"{TOMBSTONE}deleted-entry")}
        older = "/page/" in url or "/archive/" in url
        tagged = {"over"} if "/tag/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/" in url else set()
        main = {"gone", "over"} if url in (f"{SITE}/feeds/atom.xml", f"{SITE}/feeds/lang/ar/atom.xml") else tagged
        assert refs == (set() if older else main), url


def test_50_the_permalink_is_gone_and_the_tombstone_goes_after_ninety_days(room: Newsroom, newsroom: Maker) -> None:
    assert (room.share("gone").status, room.share("over").status) == (410, 410)
    (tombstone,) = room.atom().root.findall(f"{TOMBSTONE}deleted-entry[@ref='tag:news.example,2025:gone']")
    assert tombstone.findtext(f"{TOMBSTONE}comment") == "خطأ"
    withdrawn = datetime.fromisoformat("2025-04-30T00:00:00+00:00")
    files = {"gone.md": content()["gone.md"]}
    kept = [
        len(newsroom(files, at=at.isoformat(), inside=True).atom().root.findall(f"{TOMBSTONE}deleted-entry"))
        for at in (withdrawn + timedelta(days=89), withdrawn + timedelta(days=91))
    ]
    assert kept == [1, 0]


def test_50_rss_and_json_simply_drop_what_is_gone(room: Newsroom) -> None:
    for name in ("rss.xml", "feed.json"):
        assert "2025:gone" not in room.ok(f"/feeds/{name}").text
