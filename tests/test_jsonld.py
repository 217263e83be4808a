"""JSON-LD of an article: what it says, and that nothing in it can leave its script element."""

from __future__ import annotations

import json

import regex
from page_samples import PDI, PUBLISHED, RLI, RLM, SITE, UPDATED, article, config, json_ld, page_of, picture, rich

from feeds import pages
from feeds.article import Author, Source
from feeds.config import FeedOptions
from feeds.pages.jsonld import news_article


def test_it_says_what_the_page_says() -> None:
    data = json_ld(page_of(rich(), share_picture=picture()))
    assert data == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "افتتاح مكتبة الحي",
        "description": "ملخص قصير.",
        "inLanguage": "ar",
        "datePublished": "2025-04-30T13:30:00+03:00",
        "dateModified": "2025-05-02T09:15:00+03:00",
        "url": f"{SITE}/s/a1",
        "mainEntityOfPage": f"{SITE}/s/a1",
        "author": [{"@type": "Person", "name": "سارة علي"}, {"@type": "Person", "name": "John Smith"}],
        "publisher": {"@type": "Organization", "name": "صحيفة المثال", "url": f"{SITE}/"},
        "image": {"@type": "ImageObject", "url": f"{SITE}/media/p.jpg?v=abc", "width": 1200, "height": 630},
        "keywords": ["كرة القدم", "C++"],
    }
    assert PUBLISHED.isoformat() == data["datePublished"] and UPDATED.isoformat() == data["dateModified"]


def test_it_has_no_empty_value() -> None:
    data = json_ld(page_of(article(summary="")))
    assert all(data.values())
    assert not {"image", "author", "keywords", "isBasedOn", "description"} & set(data)


def test_no_sign_of_it_ends_the_script_or_begins_markup() -> None:
    title = 'نص </script><script>alert(1)</script> <!-- & \u2028 "قول"'
    text = news_article(config(), article(title), None, f"{SITE}/s/a1")
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["headline"] == title
    page = page_of(article(title))
    assert json_ld(page)["headline"] == title


def test_the_headline_has_at_most_110_graphemes_with_its_mark() -> None:
    family = "👩‍👩‍👧"  # one grapheme, five characters
    for title in (f"OpenAPI {'كلمة ' * 40}", f"{family} " * 80, "ل" * 300):
        headline = json_ld(page_of(article(title)))["headline"]
        assert len(regex.findall(r"\X", headline)) <= 110
        assert headline.endswith("…")
    whole = "ل" * 110
    assert json_ld(page_of(article(whole)))["headline"] == whole


def test_the_headline_has_the_mark_but_no_paired_controls() -> None:
    title = "OpenAPI بالعربية"
    isolating = config(feeds=FeedOptions(title_marks="isolate"))
    assert json_ld(page_of(article(title), isolating))["headline"] == RLM + title
    assert json_ld(page_of(article(f"{RLI}{title}{PDI}")))["headline"] == RLM + title


def test_a_repost_names_where_it_came_from() -> None:
    first = "https://first.example/x"
    assert json_ld(page_of(article(canonical=first)))["isBasedOn"] == first
    assert json_ld(page_of(article(source=Source(title="الأصل", url=first))))["isBasedOn"] == first
    assert "isBasedOn" not in json_ld(page_of(article(source=Source(title="الأصل"))))


def test_the_publisher_has_its_logo_where_one_is_known() -> None:
    logo = picture(url=f"{SITE}/media/logo.png?v=abc", width=600, height=60)
    publisher = {"@type": "Organization", "name": "صحيفة المثال", "url": f"{SITE}/"}
    expected = publisher | {"logo": {"@type": "ImageObject", "url": logo.url, "width": 600, "height": 60}}
    assert json_ld(page_of(article(), logo=logo))["publisher"] == expected
    remote = config(icon="https://cdn.example/icon.png")
    assert json_ld(page_of(article(), remote))["publisher"]["logo"]["url"] == "https://cdn.example/icon.png"
    assert json_ld(page_of(article(), config(icon="img/icon.png")))["publisher"] == publisher


def test_a_long_summary_is_cut_at_a_word_and_keeps_its_mark() -> None:
    described = json_ld(page_of(article(summary="OpenAPI " + "كلمة " * 2000)))["description"]
    assert described.startswith(f"{RLM}OpenAPI كلمة") and described.endswith("كلمة…")
    assert len(regex.findall(r"\X", described)) <= 502


def test_an_author_s_mail_address_is_never_on_the_page() -> None:
    shown = article(authors=(Author(name="سارة", email="sara@news.example", url="https://sara.example/"),))
    assert b"sara@news.example" not in pages.article_page(config(), shown, None)
    assert json_ld(page_of(shown))["author"] == [{"@type": "Person", "name": "سارة", "url": "https://sara.example/"}]
