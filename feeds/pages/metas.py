"""The meta elements of a page: description, Open Graph, X card. Nothing here is empty."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from feeds import feed
from feeds.article import Article, Author, Image
from feeds.config import Config
from feeds.dates import rfc3339
from feeds.language import og_locale
from feeds.pages.plaintext import attribute, marked
from feeds.text import excerpt
from feeds.translations import Translation

_DESCRIPTION_GRAPHEMES = 500  # more than any card shows
_X_ACCOUNT = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/@?([A-Za-z0-9_]{1,15})/?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """A meta element; `attribute` is `name`, or `property` for RDFa vocabularies such as Open Graph."""

    attribute: str
    name: str
    content: str


def article_metas(
    config: Config, article: Article, picture: Image | None, canonical: str, versions: Sequence[Translation]
) -> tuple[Meta, ...]:
    """All that unfurlers read, but for the tags, of which there may be many."""
    title = marked(config, article.title, article.direction)
    locale = og_locale(article.language)
    others = dict.fromkeys(og_locale(each.language) for each in versions)
    return _filled(
        *_described(description(config, article)),
        *(named("author", author.name) for author in article.authors),
        _open_graph("og:type", "article"),
        _open_graph("og:url", canonical),
        _open_graph("og:title", title),
        _open_graph("og:site_name", config.title),
        _open_graph("og:locale", locale),
        *(_open_graph("og:locale:alternate", other) for other in others if other != locale),
        *_picture(picture, title),
        _open_graph("article:published_time", rfc3339(article.published)),
        _open_graph("article:modified_time", rfc3339(article.updated)),
        *(_open_graph("article:author", author.name) for author in article.authors),
        *(_open_graph("article:section", tag) for tag in article.tags[:1]),
        named("twitter:card", "summary_large_image" if picture else "summary"),
        named("twitter:title", title),
        named("twitter:site", config.x_site),
        named("twitter:creator", _x_account(article.authors)),
        named("fediverse:creator", config.fediverse_creator),
        *_theme(config),
    )


def tag_metas(article: Article) -> tuple[Meta, ...]:
    return _filled(*(_open_graph("article:tag", tag) for tag in article.tags))


def list_metas(config: Config, title: str, described: str, canonical: str, language: str) -> tuple[Meta, ...]:
    """`title` with its mark."""
    return _filled(
        *_described(described),
        _open_graph("og:type", "website"),
        _open_graph("og:url", canonical),
        _open_graph("og:title", title),
        _open_graph("og:site_name", config.title),
        _open_graph("og:locale", og_locale(language)),
        named("twitter:card", "summary"),
        named("twitter:title", title),
        *_theme(config),
    )


def error_metas(config: Config) -> tuple[Meta, ...]:
    return _filled(named("robots", "noindex"), *_theme(config))


def description(config: Config, article: Article) -> str:
    """The summary with its mark, cut where a publisher wrote more than a card can show."""
    if len(article.summary) <= _DESCRIPTION_GRAPHEMES:
        return feed.marked_summary(config, article)
    return marked(config, excerpt(article.summary, _DESCRIPTION_GRAPHEMES), article.direction)


def named(name: str, content: str) -> Meta:
    return Meta(attribute="name", name=name, content=attribute(content))


def _open_graph(name: str, content: str) -> Meta:
    return Meta(attribute="property", name=name, content=attribute(content))


def _filled(*metas: Meta) -> tuple[Meta, ...]:
    return tuple(meta for meta in metas if meta.content)


def _theme(config: Config) -> tuple[Meta, ...]:
    """Browsers colour their own bars: a brand's colour in both schemes, else each scheme's own."""
    colour = f"#{config.accent_color.lower()}" if config.accent_color else ""
    return named("color-scheme", "light dark"), named("theme-color", colour)


def _described(summary: str) -> list[Meta]:
    return [
        named("description", summary),
        _open_graph("og:description", summary),
        named("twitter:description", summary),
    ]


def _x_account(authors: Sequence[Author]) -> str:
    """The handle of the first author whose own address is on X."""
    found = (_X_ACCOUNT.fullmatch(author.url) for author in authors)
    return next((f"@{account[1]}" for account in found if account), "")


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
