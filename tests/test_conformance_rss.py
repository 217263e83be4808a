"""Items 15–29 of the conformance checklist: RSS 2.0 with the Advisory Board's profile."""

from __future__ import annotations

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pictures
import pytest
import reading
from answers import Answer
from conformance_site import HOSTILE_READ, MAIN, NOW, SITE, content, documents, of_kind, options
from conftest import Maker
from newsroom import Newsroom, article
from reading import ATOM, CONTENT, DC, RFC822

SY = "{http://purl.org/rss/1.0/modules/syndication/}"


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(content(), **options())


@pytest.fixture(scope="module")
def found(room: Newsroom) -> dict[str, Answer]:
    return of_kind(documents(room), "rss.xml")


@pytest.fixture(scope="module")
def channels(found: dict[str, Answer]) -> dict[str, Any]:
    return {url: reading.xml(answer.body)[0] for url, answer in found.items()}


@pytest.fixture(scope="module")
def items(channels: dict[str, Any]) -> dict[str, Any]:
    """Every item once, by the token of its guid."""
    nodes = [item for channel in channels.values() for item in channel.findall("item")]
    return {item.findtext("guid").rpartition(":")[2]: item for item in nodes}


def test_15_one_channel_of_version_two_with_title_link_and_description(found: dict[str, Answer]) -> None:
    for answer in found.values():
        root = reading.xml(answer.body)
        assert (root.tag, root.get("version"), [child.tag for child in root]) == ("rss", "2.0", ["channel"])
        for name in ("title", "link", "description"):
            (node,) = root[0].findall(name)
            assert node.text.strip()


def test_16_every_item_has_title_description_and_link(items: dict[str, Any]) -> None:
    assert len(items) == 16
    for item in items.values():
        for name in ("title", "description", "link"):
            (node,) = item.findall(name)
            assert node.text.strip()


def test_17_the_channel_names_itself_once_by_the_url_that_was_fetched(channels: dict[str, Any]) -> None:
    for url, channel in channels.items():
        (link,) = channel.findall(f"{ATOM}link[@rel='self']")
        assert (link.get("href"), link.get("type")) == (url, "application/rss+xml")


def test_18_dates_are_rfc_822_with_the_right_weekday_and_not_in_the_future(channels: dict[str, Any]) -> None:
    seen = 0
    for channel in channels.values():
        for node in [*channel.iter("pubDate"), *channel.iter("lastBuildDate")]:
            seen += 1
            assert RFC822.fullmatch(node.text)
            instant = parsedate_to_datetime(node.text)
            assert node.text[:3] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][instant.weekday()]
            assert instant <= datetime.fromisoformat(NOW)
    assert seen > 50


def test_19_the_last_build_is_the_newest_change_that_is_shown(newsroom: Maker) -> None:
    files = {"a.md": article(date="2025-04-20"), "b.md": article(date="2025-04-01", updated="2025-04-25")}
    assert newsroom(files, at=NOW, inside=True).rss().updated == "Fri, 25 Apr 2025 00:00:00 +0300"


def test_20_every_guid_is_there_once_and_is_no_permalink(channels: dict[str, Any]) -> None:
    for channel in channels.values():
        guids = channel.findall("item/guid")
        assert len({guid.text for guid in guids}) == len(guids) == len(channel.findall("item"))
        assert {guid.get("isPermaLink") for guid in guids} == {"false"}


def test_21_contacts_are_an_address_and_a_name_and_authors_are_creators(
    channels: dict[str, Any], items: dict[str, Any]
) -> None:
    for channel in channels.values():
        assert channel.findtext("managingEditor") == "editor@news.example (رئيسة التحرير)"
        assert channel.findtext("webMaster") == "web@news.example (الدعم)"
        assert not list(channel.iter("author"))
    assert [node.text for node in items["sound"].findall(f"{DC}creator")] == ["ليلى", "كريم"]
    assert [node.text for node in items["n01"].findall(f"{DC}creator")] == ["هيئة التحرير"]


def test_22_the_summary_stands_before_the_whole_text(items: dict[str, Any]) -> None:
    for item in items.values():
        names = [child.tag for child in item]
        assert names.index("description") < names.index(f"{CONTENT}encoded")
    assert items["hostile"].findtext("description") == "\u200f" + HOSTILE_READ
    assert "نص القصة" in items["hostile"].findtext(f"{CONTENT}encoded")


def test_22_a_summary_is_plain_text_escaped_exactly_once_as_bots_and_readers_of_text_expect(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(summary=json.dumps("1 < 2 && <b>"))}, at=NOW, inside=True)
    assert room.rss().root.findtext("item/description") == "\u200f1 < 2 && <b>"


def test_23_one_enclosure_at_most_with_its_true_length_or_zero(items: dict[str, Any]) -> None:
    found = {token: item.findall("enclosure") for token, item in items.items()}
    assert {token for token, nodes in found.items() if nodes} == {"picture", "sound", "remote"}
    (picture,), (sound,), (remote,) = found["picture"], found["sound"], found["remote"]
    assert (picture.get("length"), picture.get("type")) == ("12345", "image/jpeg")
    assert (sound.get("length"), sound.get("type")) == ("3044", "audio/wav")  # 44 bytes of head, 3,000 of sound
    assert (remote.get("length"), remote.get("type")) == ("0", "image/jpeg")
    assert remote.get("url") == "https://cdn.example/%D8%B5%D9%88%D8%B1%D8%A9.jpg"


def test_24_the_channels_image_repeats_title_and_link_and_keeps_the_limits(channels: dict[str, Any]) -> None:
    for channel in channels.values():
        image = channel.find("image")
        assert image.findtext("url").startswith(f"{SITE}/media/icon.png?v=")
        assert image.findtext("title") == channel.findtext("title")
        assert image.findtext("link") == channel.findtext("link")
        assert (image.findtext("width"), image.findtext("height")) == ("144", "144")


@pytest.mark.parametrize(
    ("icon", "shown"), [("wide.png", ("144", "72")), ("small.png", ("32", "16")), ("logo.svg", None), ("absent", None)]
)
def test_24_an_icon_is_scaled_down_never_up_and_only_where_rss_allows_it(
    newsroom: Maker, icon: str, shown: tuple[str, str] | None
) -> None:
    files = {"a.md": article(), "wide.png": pictures.png(288, 144), "small.png": pictures.png(32, 16)}
    room = newsroom(files | {"logo.svg": "<svg/>"}, at=NOW, inside=True, site={"icon": icon})
    image = room.rss().root.find("image")
    assert (image is not None and (image.findtext("width"), image.findtext("height"))) == (shown or False)


def test_24_a_remote_icon_is_shown_without_a_size(newsroom: Maker) -> None:
    site = {"icon": "https://cdn.example/i.png?x=1"}
    image = newsroom({"a.md": article()}, at=NOW, inside=True, site=site).rss().root.find("image")
    assert [child.tag for child in image] == ["url", "title", "link"]


def test_25_items_come_last_and_nothing_obsolete_is_used(channels: dict[str, Any]) -> None:
    for channel in channels.values():
        names = [child.tag for child in channel]
        assert set(names[names.index("item") :]) == {"item"}
        assert not {"textInput", "skipHours", "skipDays", "cloud", "rating"} & set(names)


def test_25_what_looks_like_a_reference_in_a_title_is_hexadecimal(room: Newsroom, items: dict[str, Any]) -> None:
    assert items["hostile"].findtext("title").lstrip("\u200f") == HOSTILE_READ
    (title,) = re.findall(r"<title>[^<]*beta[^<]*</title>", room.ok(MAIN[0]).text)
    assert "&#x26;lt; " in title and "&amp;lt;" not in title


def test_26_categories_have_their_taxonomy_and_the_channel_its_generator(
    channels: dict[str, Any], items: dict[str, Any]
) -> None:
    found = [(node.text, node.get("domain")) for node in items["n01"].findall("category")]
    assert found == [("أخبار", f"{SITE}/"), ("C++", f"{SITE}/")]
    for channel in channels.values():
        assert int(channel.findtext("ttl")) > 0
        assert re.fullmatch(r"\w+ \d+\.\d+.*", channel.findtext("generator"))
        assert channel.findtext("docs").startswith("http")


def test_27_a_repost_names_its_source_with_title_and_url(items: dict[str, Any]) -> None:
    (source,) = items["remote"].findall("source")
    assert (source.text, source.get("url")) == ("وكالة الأنباء", "https://agency.example/%D8%AE%D8%A8%D8%B1")
    assert not items["n01"].findall("source")


def test_28_cdata_ends_are_escaped_and_the_update_period_is_a_known_word(newsroom: Maker) -> None:
    answer = newsroom({"a.md": article("خبر ]]> آخر", "`]]>` نص")}, at=NOW, inside=True).ok("/feeds/rss.xml")
    channel = reading.xml(answer.body)[0]
    assert b"]]>" not in answer.body
    assert "]]>" in channel.findtext("item/title")
    assert "]]&gt;" in channel.findtext(f"item/{CONTENT}encoded")
    assert channel.findtext(f"{SY}updatePeriod") in ("hourly", "daily", "weekly", "monthly", "yearly")
    assert int(channel.findtext(f"{SY}updateFrequency")) > 0


def test_29_no_comments_are_counted_that_nobody_can_write(found: dict[str, Answer]) -> None:
    assert not [url for url, answer in found.items() if b"slash" in answer.body or b"wfw" in answer.body]
