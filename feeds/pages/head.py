"""What machines read of a page: title, description, Open Graph, links to feeds. Nothing here is empty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from feeds import feed, permalink, translations
from feeds.article import Article, Image
from feeds.bidi import Direction
from feeds.config import Config
from feeds.language import direction_of
from feeds.pages.jsonld import news_article
from feeds.pages.metas import Meta, article_metas, error_metas, list_metas, named, tag_metas
from feeds.pages.plaintext import marked
from feeds.queries import Selection
from feeds.translations import Translation
from feeds.words import number, word


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """An autodiscovery link."""

    media_type: str
    title: str
    href: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a page. `canonical` is "" where a page has no address of its own."""

    language: str
    direction: Direction
    title: str
    canonical: str
    metas: tuple[Meta, ...]
    feeds: tuple[FeedLink, ...]
    versions: tuple[tuple[str, str], ...] = ()  # (hreflang, URL), itself and x-default among them
    tag_metas: tuple[Meta, ...] = ()  # last in the head, for there may be hundreds
    icon: str = ""
    shortlink: str = ""
    oembed: str = ""
    previous: str = ""
    next: str = ""
    json_ld: str = ""  # safe inside a script element


def article_head(
    config: Config, article: Article, picture: Image | None, versions: tuple[Translation, ...], logo: Image | None
) -> Head:
    own = config.absolute(permalink.share_path(permalink.token(article.id)))
    canonical = article.canonical or own
    title = marked(config, article.title, article.direction)
    return Head(
        language=article.language,
        direction=article.direction,
        title=marked(config, f"{title} — {config.title}", article.direction),
        canonical=canonical,
        metas=article_metas(config, article, picture, canonical, versions),
        tag_metas=tag_metas(article),
        icon=icon(config),
        shortlink=own,
        oembed=config.absolute(f"/oembed?url={quote(own, safe='')}"),
        feeds=feed_links(config, Selection(), "", article.language),
        versions=() if article.canonical else translations.alternates(config, versions),
        json_ld=news_article(config, article, picture, canonical, logo),
    )


def list_head(config: Config, selection: Selection, label: str, *, page: int, pages: int) -> Head:
    language, direction = spoken(config, selection)
    title = feed.feed_title(config, selection, label)
    canonical = config.absolute(permalink.list_path(selection.kind, selection.key, page=page))
    described = config.description if not selection.kind and page == 1 else ""

    def other(number: int) -> str:
        return config.absolute(permalink.list_path(selection.kind, selection.key, page=number))

    return Head(
        language=language,
        direction=direction,
        title=marked(config, title if page == 1 else f"{title} — {page_name(page, language)}", direction),
        canonical=canonical,
        metas=list_metas(config, marked(config, title, direction), described, canonical, language),
        icon=icon(config),
        feeds=feed_links(config, Selection(), "", language)
        + (feed_links(config, selection, label, language) if selection.kind else ()),
        previous=other(page - 1) if page > 1 else "",
        next=other(page + 1) if page < pages else "",
    )


def search_head(config: Config, selection: Selection, label: str) -> Head:
    """The page of a search; without words it names no feed of its own. Not to be indexed."""
    made = list_head(config, selection, label or word("search", config.language), page=1, pages=1)
    if not selection.key:
        made = replace(made, canonical="", feeds=feed_links(config, Selection(), "", config.language))
    return replace(made, metas=(named("robots", "noindex"), *made.metas))


def error_head(config: Config, title: str) -> Head:
    """An error page is in the site's language and asks not to be indexed."""
    return Head(
        language=config.language,
        direction=config.direction,
        title=marked(config, f"{title} — {config.title}", config.direction),
        canonical="",
        metas=error_metas(config),
        icon=icon(config),
        feeds=feed_links(config, Selection(), "", config.language),
    )


def spoken(config: Config, selection: Selection) -> tuple[str, Direction]:
    """Language and direction of a list page: the site's, or those of the language that it lists."""
    if selection.kind != "lang":
        return config.language, config.direction
    return selection.key, direction_of(selection.key)


def page_name(page: int, language: str) -> str:
    return word("page", language).format(number=number(page, language))


def feed_links(config: Config, selection: Selection, label: str, language: str) -> tuple[FeedLink, ...]:
    """The three formats of one feed, with titles in the language of the page."""
    title = feed.feed_title(config, selection, label)
    folder = permalink.feed_path(selection.kind, selection.key)
    return tuple(
        FeedLink(
            media_type=feed.MEDIA_TYPES[name],
            title=marked(
                config,
                f"{title} — {word('feed', language).format(format=feed.FORMAT_NAMES[name])}",
                direction_of(language),
            ),
            href=config.absolute(f"{folder}/{name}"),
            format=feed.FORMAT_NAMES[name],
        )
        for name in feed.FORMAT_NAMES
    )


def icon(config: Config) -> str:
    """The site's icon; a picture of content/ answers at the usual address, as ours does where there is none."""
    return config.icon if permalink.has_scheme(config.icon) else config.absolute("/favicon.ico")
