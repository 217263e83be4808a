"""The head of every page: what unfurlers, search engines and feed readers find there."""

from __future__ import annotations

import pytest
from html_page import Html
from page_samples import (
    FEEDS,
    LRM,
    PDI,
    RLI,
    RLM,
    SITE,
    article,
    config,
    json_ld,
    list_of,
    page_of,
    picture,
    rich,
)  # fmt: skip

from feeds import pages
from feeds.article import Article, Author
from feeds.config import Config, FeedOptions
from feeds.queries import Selection
from feeds.translations import Translation


def feed_titles(page: Html) -> list[str | None]:
    return [link.get("title") for link in page.links("alternate") if "/feeds/" in link.get("href", "")]


HOSTILE = ['R&D: قيمة <beta> "جديدة" لدى AT&T', "قال: \"نعم\" ثم <كلا> & 'ربما'", "</title><meta name=x content=y>"]
ISOLATE, OFF = FeedOptions(title_marks="isolate"), FeedOptions(title_marks="off")


def every_page() -> list[Html]:
    shown = rich()
    return [
        page_of(shown, config(x_site="@ex", fediverse_creator="@d@s.example"), picture()),
        page_of(article(summary="")),
        list_of(shown, page=2, count=3),
        list_of(shown, selection=Selection(kind="tag", key="C++"), label="C++"),
        list_of(selection=Selection(kind="lang", key="en")),
        Html.parse(pages.error_page(config(), 404)),
    ]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_is_text_everywhere_in_the_head(title: str) -> None:
    page = page_of(article(title))
    for text in (page.title.removesuffix(" — صحيفة المثال"), page.one_meta("og:title"), page.one_meta("twitter:title")):
        assert text.removeprefix(RLM) == title
    assert page.meta("x") == []


def test_a_summary_is_text_in_its_attribute() -> None:
    summary = 'ملخص "بين قوسين" x="1" onload="y'
    page = page_of(article(summary=summary))
    names = ("description", "og:description", "twitter:description")
    assert [page.one_meta(name) for name in names] == [summary] * 3


def test_a_meta_has_only_its_name_and_a_content_that_is_not_empty() -> None:
    for page in every_page():
        charset, *others = page.all("meta")
        assert dict(charset.attrib) == {"charset": "utf-8"}
        for meta in others:
            assert set(meta.attrib) in ({"name", "content"}, {"property", "content"})
            assert meta.get("content")


def test_charset_comes_first_and_within_the_first_1024_bytes() -> None:
    body = pages.article_page(config(), article(), None)
    assert body.startswith(b"<!DOCTYPE html>") and b'<head>\n<meta charset="utf-8">' in body[:1024]


@pytest.mark.parametrize("name", ["og:title", "og:type", "og:url", "og:locale", "twitter:card"])
def test_each_property_stands_once(name: str) -> None:
    for page in every_page()[:-1]:
        assert len(page.meta(name)) == 1


def test_an_article_s_head_says_everything_that_is_known() -> None:
    site = config(x_site="@ex", fediverse_creator="@desk@social.example")
    page = page_of(rich(), site, picture())
    assert page.title == "افتتاح مكتبة الحي — صحيفة المثال"
    expected = {
        "og:type": ["article"], "og:url": [f"{SITE}/s/a1"], "og:title": ["افتتاح مكتبة الحي"],
        "og:site_name": ["صحيفة المثال"], "og:locale": ["ar_AR"],
        "og:image": [f"{SITE}/media/p.jpg?v=abc"], "og:image:secure_url": [f"{SITE}/media/p.jpg?v=abc"],
        "og:image:type": ["image/jpeg"], "og:image:width": ["1200"], "og:image:height": ["630"],
        "og:image:alt": ["واجهة المكتبة"],
        "article:published_time": ["2025-04-30T13:30:00+03:00"],
        "article:modified_time": ["2025-05-02T09:15:00+03:00"],
        "article:section": ["كرة القدم"], "article:tag": ["كرة القدم", "C++"],
        "article:author": ["سارة علي", "John Smith"], "author": ["سارة علي", "John Smith"],
        "twitter:card": ["summary_large_image"], "twitter:title": ["افتتاح مكتبة الحي"],
        "twitter:site": ["@ex"], "fediverse:creator": ["@desk@social.example"],
    }  # fmt: skip
    assert {name: page.meta(name) for name in expected} == expected
    assert [link.get("href") for link in page.links("canonical")] == [f"{SITE}/s/a1"]


def test_without_a_picture_there_is_no_image_property_at_all() -> None:
    page = page_of(article())
    assert not [m for m in page.all("meta") if (m.get("property") or "").startswith("og:image")]
    assert page.one_meta("twitter:card") == "summary"
    assert not {"twitter:site", "fediverse:creator", "author"} & {m.get("name") for m in page.all("meta")}


def test_of_a_picture_only_what_is_known_is_said() -> None:
    bare = picture(url="http://old.example/p", media_type="", width=0, height=0, alt="")
    page = page_of(article("OpenAPI بالعربية"), share_picture=bare)
    image = {m.get("property"): m.get("content") for m in page.all("meta") if "image" in (m.get("property") or "")}
    assert image == {"og:image": "http://old.example/p", "og:image:alt": f"{RLM}OpenAPI بالعربية"}


@pytest.mark.parametrize(
    ("shown", "options", "expected"),
    [
        (article("OpenAPI بالعربية"), FeedOptions(), f"{RLM}OpenAPI بالعربية"),
        (article("OpenAPI بالعربية"), ISOLATE, f"{RLM}OpenAPI بالعربية"),
        (article("OpenAPI بالعربية"), OFF, "OpenAPI بالعربية"),
        (article("مكتبة OpenAPI"), FeedOptions(), "مكتبة OpenAPI"),
        (article(f"{RLI}OpenAPI{PDI} بالعربية"), FeedOptions(), f"{RLM}OpenAPI بالعربية"),
        (article("سلام means peace", language="en", direction="ltr"), FeedOptions(), f"{LRM}سلام means peace"),
    ],
)  # fmt: skip
def test_a_title_has_at_most_one_mark_and_it_comes_first(shown: Article, options: FeedOptions, expected: str) -> None:
    page = page_of(shown, config(feeds=options))
    assert page.one_meta("og:title") == page.one_meta("twitter:title") == expected
    assert page.title == f"{expected} — صحيفة المثال"


def test_a_title_without_letters_keeps_the_direction_of_its_article_beside_the_site_s() -> None:
    assert page_of(article("2025", language="en", direction="ltr")).title == f"{LRM}2025 — صحيفة المثال"


def test_no_attribute_of_a_page_has_paired_controls() -> None:
    odd = f"{RLI}x{PDI} نص"
    shown = article(odd, summary=odd, tags=(odd,), image=picture(alt=odd, caption=odd))
    for page in (page_of(shown, config(title=odd), picture(alt=odd)), list_of(shown, site=config(description=odd))):
        for node in page.root.iter():
            assert not [value for value in node.attrib.values() if set(value) & {RLI, PDI}], node.attrib


@pytest.mark.parametrize(
    ("language", "locale"), [("ar", "ar_AR"), ("ar-SY", "ar_SY"), ("fa", "fa_IR"), ("he", "he_IL"), ("ur", "ur_PK")]
)
def test_language_and_locale_are_the_article_s(language: str, locale: str) -> None:
    page = page_of(article(language=language), config(language="en", direction="ltr"))
    assert (page.root.get("lang"), page.root.get("dir")) == (language, "rtl")
    assert page.one_meta("og:locale") == locale


def test_a_repost_is_canonical_where_it_was_first() -> None:
    page = page_of(article(canonical="https://first.example/x"))
    assert [link.get("href") for link in page.links("canonical")] == ["https://first.example/x"]
    assert page.one_meta("og:url") == "https://first.example/x"


@pytest.mark.parametrize("site", [config(), config(url=f"{SITE}/ar")])
def test_articles_home_and_errors_have_exactly_the_three_links_of_the_main_feed(site: Config) -> None:
    for body in (
        pages.article_page(site, article(), None),
        pages.list_page(site, Selection(), "", [article()], page=2, pages=3),
        pages.error_page(site, 404),
    ):
        page = Html.parse(body)
        assert page.feeds == [(kind, f"{site.url}/feeds/{name}") for kind, name in FEEDS]
        assert len(set(feed_titles(page))) == 3


@pytest.mark.parametrize(
    ("selection", "label", "folder"),
    [
        (Selection(kind="tag", key="كرة-القدم"), "كرة القدم", "tag/%D9%83%D8%B1%D8%A9-%D8%A7%D9%84%D9%82%D8%AF%D9%85"),
        (Selection(kind="lang", key="fa"), "", "lang/fa"),
        (Selection(kind="author", key="John-Smith"), "John Smith", "author/John-Smith"),
    ],
)
def test_lists_have_the_main_feed_s_links_then_their_own(selection: Selection, label: str, folder: str) -> None:
    page = list_of(article(), selection=selection, label=label)
    main = [(kind, f"{SITE}/feeds/{name}") for kind, name in FEEDS]
    assert page.feeds == main + [(kind, f"{SITE}/feeds/{folder}/{name}") for kind, name in FEEDS]
    assert [link.get("href") for link in page.links("canonical")] == [f"{SITE}/{folder}"]


def test_the_titles_of_the_feeds_are_in_the_language_of_the_page() -> None:
    assert feed_titles(page_of(article())) == [f"صحيفة المثال — خلاصة {n}" for n in ("RSS", "Atom", "JSON Feed")]
    english = page_of(article(language="en", direction="ltr"), config(title="Example"))
    assert feed_titles(english) == [f"Example — {n} feed" for n in ("RSS", "Atom", "JSON Feed")]


def test_pages_of_a_list_name_themselves_and_their_neighbours() -> None:
    page = list_of(article(), selection=Selection(kind="tag", key="x"), label="x", page=2, count=3)
    links = {rel: [link.get("href") for link in page.links(rel)] for rel in ("canonical", "prev", "next")}
    assert links == {
        "canonical": [f"{SITE}/tag/x/page/2"], "prev": [f"{SITE}/tag/x"], "next": [f"{SITE}/tag/x/page/3"],
    }  # fmt: skip
    only = list_of(article())
    assert only.links("prev") == only.links("next") == []


@pytest.mark.parametrize(
    ("icon", "expected"),
    [
        ("", f"{SITE}/ar/favicon.ico"),
        ("img/icon.png", f"{SITE}/ar/favicon.ico"),
        ("https://cdn.example/i.png", "https://cdn.example/i.png"),
    ],
)
def test_every_page_names_the_icon_for_the_site_may_have_a_path(icon: str, expected: str) -> None:
    site = config(icon=icon, url=f"{SITE}/ar")
    for page in (page_of(article(), site), list_of(site=site), Html.parse(pages.error_page(site, 404))):
        assert [link.get("href") for link in page.links("icon")] == [expected]


def test_an_article_leads_to_its_oembed_and_keeps_its_short_address() -> None:
    page = page_of(article(canonical="https://first.example/x"), config(url=f"{SITE}/ar"))
    (link,) = [link for link in page.links("alternate") if link.get("type") == "application/json+oembed"]
    assert link.get("href") == f"{SITE}/ar/oembed?url=https%3A%2F%2Fnews.example%2Far%2Fs%2Fa1" and link.get("title")
    assert [link.get("href") for link in page.links("shortlink")] == [f"{SITE}/ar/s/a1"]
    for other in (list_of(), Html.parse(pages.error_page(config(), 404))):
        assert not other.links("shortlink") and b"oembed" not in pages.error_page(config(), 404)


VERSIONS = tuple(Translation(language=language, token=f"a-{language}") for language in ("ar", "en", "fa"))


def test_translations_name_each_other_and_the_one_for_everybody_else() -> None:
    expected = [(tag, f"{SITE}/s/a-{tag}") for tag in ("ar", "en", "fa")] + [("x-default", f"{SITE}/s/a-ar")]
    for language in ("ar", "en", "fa"):
        shown = article(id=f"a-{language}", language=language)
        page = page_of(shown, versions=VERSIONS)
        links = [(link.get("hreflang"), link.get("href")) for link in page.links("alternate") if link.get("hreflang")]
        assert links == expected and (language, page.links("canonical")[0].get("href")) in links
        locales = {"ar": "ar_AR", "en": "en_US", "fa": "fa_IR"}
        assert page.one_meta("og:locale") == locales.pop(language)
        assert page.meta("og:locale:alternate") == list(locales.values())


def test_without_translations_or_with_a_canonical_elsewhere_nothing_claims_a_language() -> None:
    for page in (page_of(article()), page_of(article(canonical="https://first.example/x"), versions=VERSIONS)):
        assert not [link for link in page.links("alternate") if link.get("hreflang")]
    assert page_of(article()).meta("og:locale:alternate") == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.com/sara_ali", ["@sara_ali"]),
        ("https://twitter.com/@sara_ali/", ["@sara_ali"]),
        ("https://x.com/sara_ali/status/1", []),
        ("https://notx.com/sara_ali", []),
        ("https://social.example/@sara", []),
    ],
)
def test_an_author_whose_address_is_on_x_is_the_creator_there(url: str, expected: list[str]) -> None:
    page = page_of(article(authors=(Author(name="محررة"), Author(name="سارة", url=url))))
    assert page.meta("twitter:creator") == expected


def test_browsers_bars_take_the_brand_s_colour_and_pages_come_in_light_and_dark() -> None:
    for page in every_page():
        assert page.meta("color-scheme") == ["light dark"] and page.meta("theme-color") == []
    assert page_of(article(), config(accent_color="B4002A")).meta("theme-color") == ["#b4002a"]


def test_all_that_unfurlers_need_stands_in_the_first_32_kilobytes() -> None:
    tags = tuple(f"وسم من وسوم المقال رقم {number}" for number in range(200))
    words = "كلمة " * 5000
    shown = rich(tags=tags, summary=words, content_html=f'<div dir="rtl"><p dir="rtl">{words}</p></div>')
    site = config(x_site="@ex", fediverse_creator="@d@s.example")
    body = pages.article_page(site, shown, picture(), VERSIONS, picture())
    whole, start = Html.parse(body), Html.parse(body[:32768])
    assert len(body) > 65536
    for name in ("description", "og:title", "og:description", "og:url", "og:image", "og:image:alt", "og:locale",
                 "article:modified_time", "twitter:card", "twitter:site", "fediverse:creator"):  # fmt: skip
        assert start.meta(name) == whole.meta(name) != []
    assert json_ld(start) == json_ld(whole) and len(json_ld(start)["keywords"]) == 30
    assert start.feeds == whole.feeds and len(start.links("alternate")) == len(whole.links("alternate")) == 8
    assert whole.meta("article:tag") == list(tags)
