"""What machines read of a page: title, description, Open Graph, links to feeds. Nothing here is empty."""

from __future__ import annotations

from dataclasses import dataclass

from feeds import feed, permalink
from feeds.article import Article, Direction, Image
from feeds.config import Config
from feeds.dates import rfc3339
from feeds.language import direction_of, og_locale
from feeds.pages.jsonld import news_article
from feeds.pages.plaintext import attribute, marked
from feeds.queries import Selection
from feeds.words import number, word


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """A meta element; `attribute` is `name`, or `property` for RDFa vocabularies such as Open Graph."""

    attribute: str
    name: str
    content: str


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
    previous: str = ""
    next: str = ""
    json_ld: str = ""  # safe inside a script element


def article_head(config: Config, article: Article, picture: Image | None) -> Head:
    own = config.absolute(permalink.share_path(permalink.token(article.id)))
    canonical = article.canonical or own
    title = marked(config, article.title, article.direction)
    metas = [
        *_described(feed.marked_summary(config, article)),
        *(_meta("author", author.name) for author in article.authors),
        _open_graph("og:type", "article"),
        _open_graph("og:url", canonical),
        _open_graph("og:title", title),
        _open_graph("og:site_name", config.title),
        _open_graph("og:locale", og_locale(article.language)),
        *_picture(picture, title),
        _open_graph("article:published_time", rfc3339(article.published)),
        _open_graph("article:modified_time", rfc3339(article.updated)),
        *(_open_graph("article:author", author.name) for author in article.authors),
        *(_open_graph("article:section", tag) for tag in article.tags[:1]),
        *(_open_graph("article:tag", tag) for tag in article.tags),
        _meta("twitter:card", "summary_large_image" if picture else "summary"),
        _meta("twitter:title", title),
        _meta("twitter:site", config.x_site),
        _meta("fediverse:creator", config.fediverse_creator),
    ]
    return Head(
        language=article.language,
        direction=article.direction,
        title=marked(config, f"{title} — {config.title}", article.direction),
        canonical=canonical,
        metas=tuple(meta for meta in metas if meta.content),
        feeds=feed_links(config, Selection(), "", article.language),
        json_ld=news_article(config, article, picture, canonical),
    )


def list_head(config: Config, selection: Selection, label: str, *, page: int, pages: int) -> Head:
    language, direction = spoken(config, selection)
    title = feed.feed_title(config, selection, label)
    canonical = config.absolute(permalink.list_path(selection.kind, selection.key, page=page))
    described = config.description if not selection.kind and page == 1 else ""
    metas = [
        *_described(described),
        _open_graph("og:type", "website"),
        _open_graph("og:url", canonical),
        _open_graph("og:title", marked(config, title, direction)),
        _open_graph("og:site_name", config.title),
        _open_graph("og:locale", og_locale(language)),
        _meta("twitter:card", "summary"),
        _meta("twitter:title", marked(config, title, direction)),
    ]

    def other(number: int) -> str:
        return config.absolute(permalink.list_path(selection.kind, selection.key, page=number))

    return Head(
        language=language,
        direction=direction,
        title=marked(config, title if page == 1 else f"{title} — {page_name(page, language)}", direction),
        canonical=canonical,
        metas=tuple(meta for meta in metas if meta.content),
        feeds=feed_links(config, Selection(), "", language)
        + (feed_links(config, selection, label, language) if selection.kind else ()),
        previous=other(page - 1) if page > 1 else "",
        next=other(page + 1) if page < pages else "",
    )


def error_head(config: Config, title: str) -> Head:
    """An error page is in the site's language and asks not to be indexed."""
    return Head(
        language=config.language,
        direction=config.direction,
        title=marked(config, f"{title} — {config.title}", config.direction),
        canonical="",
        metas=(_meta("robots", "noindex"),),
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
            media_type=media_type,
            title=marked(
                config,
                f"{title} — {word('feed', language).format(format=feed.FORMAT_NAMES[name])}",
                direction_of(language),
            ),
            href=config.absolute(f"{folder}/{name}"),
            format=feed.FORMAT_NAMES[name],
        )
        for name, media_type in feed.MEDIA_TYPES.items()
    )


def _meta(name: str, content: str) -> Meta:
    return Meta(attribute="name", name=name, content=attribute(content))


def _open_graph(name: str, content: str) -> Meta:
    return Meta(attribute="property", name=name, content=attribute(content))


def _described(summary: str) -> list[Meta]:
    return [
        _meta("description", summary),
        _open_graph("og:description", summary),
        _meta("twitter:description", summary),
    ]


def _picture(picture: Image | None, title: str) -> list[Meta]:
    """Structured properties follow their og:image (ogp.me, section Structured Properties)."""
    if picture is None:
        return []
    return [
        _open_graph("og:image", picture.url),
        _open_graph("og:image:secure_url", picture.url if picture.url.startswith("https://") else ""),
        _open_graph("og:image:type", picture.media_type),
        _open_graph("og:image:width", str(picture.width or "")),
        _open_graph("og:image:height", str(picture.height or "")),
        _open_graph("og:image:alt", picture.alt or title),
    ]
