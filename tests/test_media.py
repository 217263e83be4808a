"""Items 55–57 of the conformance checklist, several enclosures, and feeds that are podcasts."""

from __future__ import annotations

from typing import Any

import pictures
import pytest
from conformance_site import BRAND, NOW, SITE, content, options, tone
from conftest import Maker
from newsroom import Newsroom, article
from reading import ATOM, MEDIA, Item

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
WEBFEEDS = "{http://webfeeds.org/rss/1.0}"
PODCAST: dict[str, Any] = {"category": "News > Politics", "image": "cover.jpg"}


@pytest.fixture(scope="module")
def items(shared_newsroom: Maker) -> dict[str, Item]:
    room = shared_newsroom(content(), **options(feeds={"items": 50}))
    return {item.token: item for item in room.rss().items}


def _podcast(make: Maker, **sections: Any) -> Newsroom:
    files: dict[str, str | bytes] = {
        "first.md": article("حلقة أولى", date="2025-04-01", enclosure="{url: a.wav, duration: '1:02:03'}"),
        "second.md": article(
            "حلقة ثانية",
            date="2025-04-02",
            enclosure="{url: 'https://cdn.example/b.mp3', length: 1000}",
            image="cover.jpg",
            author="[ليلى, كريم]",
        ),
        "note.md": article("خبر بلا صوت", date="2025-04-03", tags="[أخبار]"),
        "a.wav": tone(3),
        "cover.jpg": pictures.jpeg(1400, 1400),
        "icon.png": pictures.png(512, 512),
    }
    return make(files, at=NOW, inside=True, **{"podcast": PODCAST, "site": BRAND} | sections)


def test_55_media_content_has_its_url_type_and_medium_and_stands_in_no_group(items: dict[str, Item]) -> None:
    found = [node for item in items.values() for node in item.node.iter(f"{MEDIA}content")]
    assert {node.get("medium") for node in found} == {"image", "audio"}
    for node in found:
        assert node.get("url").startswith("https://") and "/" in node.get("type")
    assert not [node for item in items.values() for node in item.node.iter(f"{MEDIA}group")]


def test_55_every_enclosure_is_media_content_and_the_first_is_the_enclosure(items: dict[str, Item]) -> None:
    node = items["sound"].node
    (enclosure,) = node.findall("enclosure")
    first, second = node.findall(f"{MEDIA}content")
    assert first.get("url") == enclosure.get("url") != second.get("url")
    assert [(each.get("fileSize"), each.get("duration")) for each in (first, second)] == [
        ("3044", "3723"),
        ("5044", "5"),
    ]


def test_55_atom_and_json_carry_all_enclosures(shared_newsroom: Maker) -> None:
    room = shared_newsroom(content(), **options(feeds={"items": 50}))
    for feed in (room.atom(), room.json()):
        assert [file.length for file in feed["sound"].enclosures] == ["3044", "5044"]


def test_56_a_picture_has_its_size_title_description_and_maker(items: dict[str, Item]) -> None:
    node = items["picture"].node
    (picture,) = node.findall(f"{MEDIA}content")
    assert (picture.get("width"), picture.get("height"), picture.get("fileSize")) == ("1200", "630", "12345")
    for name, text in (("title", "واجهة المكتبة"), ("description", "شرح")):
        (child,) = picture.findall(MEDIA + name)
        assert (child.text, child.get("type")) == (text, "plain")
    (credit,) = picture.findall(f"{MEDIA}credit")
    assert (credit.text, credit.get("role")) == ("سارة", "photographer")
    (thumbnail,) = node.findall(f"{MEDIA}thumbnail")
    assert (thumbnail.get("url"), thumbnail.get("width"), thumbnail.get("height")) == (
        picture.get("url"),
        "1200",
        "630",
    )


def test_56_what_is_not_known_is_left_out(items: dict[str, Item]) -> None:
    (picture,) = items["remote"].node.findall(f"{MEDIA}content")
    assert set(picture.attrib) == {"url", "type", "medium"} and len(picture) == 0
    (thumbnail,) = items["remote"].node.findall(f"{MEDIA}thumbnail")
    assert set(thumbnail.attrib) == {"url"}


def test_56_atom_entries_have_the_thumbnail_too(shared_newsroom: Maker) -> None:
    entry = shared_newsroom(content(), **options(feeds={"items": 50})).atom()["picture"].node
    (thumbnail,) = entry.findall(f"{MEDIA}thumbnail")
    assert (thumbnail.get("width"), thumbnail.get("height")) == ("1200", "630")


@pytest.mark.parametrize(("size", "banner"), [((1200, 630), True), ((999, 400), False), ((1200, 1200), False)])
def test_56_json_names_a_wide_picture_as_the_banner(newsroom: Maker, size: tuple[int, int], banner: bool) -> None:
    files = {"a.md": article(image="p.png"), "p.png": pictures.png(*size)}
    (item,) = newsroom(files, at=NOW, inside=True).json().items
    assert item.node.get("banner_image") == (item.node["image"] if banner else None)


def test_57_webfeeds_names_cover_icon_logo_and_colour(shared_newsroom: Maker) -> None:
    channel = shared_newsroom(content(), **options()).rss().root
    assert channel.find(f"{WEBFEEDS}cover").get("image").startswith(f"{SITE}/media/share.png?v=")
    assert channel.findtext(f"{WEBFEEDS}icon").startswith(f"{SITE}/media/icon.png?v=")
    assert channel.findtext(f"{WEBFEEDS}logo").startswith(f"{SITE}/media/logo.svg?v=")
    assert channel.findtext(f"{WEBFEEDS}accentColor") == "B4002A"


def test_57_a_logo_that_is_no_svg_stays_in_atom_alone(newsroom: Maker) -> None:
    files = {"a.md": article(), "logo.png": pictures.png(200, 100)}
    room = newsroom(files, at=NOW, inside=True, site={"logo": "logo.png"})
    assert "webfeeds" not in room.ok("/feeds/rss.xml").text
    assert room.atom().root.findtext(f"{ATOM}logo").startswith(f"{SITE}/media/logo.png?v=")


def test_a_podcast_names_author_owner_category_and_artwork(newsroom: Maker) -> None:
    channel = _podcast(newsroom).rss().root
    assert channel.findtext(f"{ITUNES}author") == "هيئة التحرير"
    owner = channel.find(f"{ITUNES}owner")
    assert (owner.findtext(f"{ITUNES}name"), owner.findtext(f"{ITUNES}email")) == (
        "رئيسة التحرير",
        "editor@news.example",
    )
    (category,) = channel.findall(f"{ITUNES}category")
    (narrower,) = category.findall(f"{ITUNES}category")
    assert (category.get("text"), narrower.get("text")) == ("News", "Politics")
    assert channel.findtext(f"{ITUNES}explicit") == "false"
    assert channel.find(f"{ITUNES}image").get("href").startswith(f"{SITE}/media/cover.jpg?v=")


def test_an_episode_names_its_authors_length_and_artwork(newsroom: Maker) -> None:
    feed = _podcast(newsroom).rss()
    first, second, note = (feed[token].node for token in ("first", "second", "note"))
    assert (first.findtext(f"{ITUNES}author"), first.findtext(f"{ITUNES}duration")) == ("هيئة التحرير", "3723")
    assert first.find(f"{ITUNES}image") is None
    assert second.findtext(f"{ITUNES}author") == "ليلى، كريم"
    assert second.find(f"{ITUNES}duration") is None  # not known of a remote file
    assert second.find(f"{ITUNES}image").get("href").startswith(f"{SITE}/media/cover.jpg?v=")
    assert not [node for node in note.iter("*") if node.tag.startswith(ITUNES)]


def test_explicit_podcasts_say_so_and_one_category_is_enough(newsroom: Maker) -> None:
    channel = _podcast(newsroom, podcast={"category": "Technology", "explicit": True}).rss().root
    assert channel.findtext(f"{ITUNES}explicit") == "true"
    (category,) = channel.iter(f"{ITUNES}category")
    assert category.get("text") == "Technology"
    assert channel.find(f"{ITUNES}image").get("href").startswith(f"{SITE}/media/icon.png?v=")  # the site's own


def test_feeds_without_sound_and_sites_that_are_no_podcast_have_none_of_it(newsroom: Maker) -> None:
    room = _podcast(newsroom)
    assert "itunes" not in room.ok(room.tag_url("أخبار")).text
    plain = newsroom({"a.md": article(enclosure="a.wav"), "a.wav": tone(1)}, at=NOW, inside=True)
    assert "itunes" not in plain.ok("/feeds/rss.xml").text
