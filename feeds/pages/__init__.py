"""The people's pages: articles, lists, errors. Made of templates; each page is the same bytes for the same article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from feeds import bidi, permalink
from feeds.article import Article, Image
from feeds.config import Config
from feeds.dates import rfc3339
from feeds.language import direction_of
from feeds.pages import head as pagehead
from feeds.pages.assets import asset_path
from feeds.pages.head import Head
from feeds.pages.plaintext import attribute, isolated, marked
from feeds.pages.sharing import share_links
from feeds.queries import Gone, Selection
from feeds.text import slug
from feeds.translations import Translation
from feeds.words import has_word, language_name, long_date, number, word

_TEMPLATES = Path(__file__).parent.parent / "templates"


def article_page(
    config: Config, article: Article, picture: Image | None, versions: tuple[Translation, ...] = (),
    logo: Image | None = None,
) -> bytes:  # fmt: skip
    """An article's permalink page, in its language. `picture` is the share picture, which need not
    be the article's own; `versions` are its translations, itself among them; `logo` is the publisher's."""
    head = pagehead.article_head(config, article, picture, versions, logo)
    url = config.absolute(permalink.share_path(permalink.token(article.id)))
    return _render(
        "article.html",
        config,
        head,
        article=article,
        content=Markup(article.content_html),
        image=article.image if article.image and not _shows(article.content_html, article.image) else None,
        files=[each for each in article.enclosures if not each.media_type.startswith("image/")],
        source=_source(article),
        permalink=url,
        shares=share_links(config.share_networks, marked(config, article.title, article.direction), url),
        share_title=bidi.clean(article.title),
        others=[each for each in versions if each.language != article.language],
        script=asset_path(config.base_path, "nashra.js") if config.share_networks else "",
    )


def list_page(
    config: Config, selection: Selection, label: str, articles: Sequence[Article], *, page: int, pages: int
) -> bytes:
    """A page of articles, newest first: the home page, or that of a tag, language or author, whose
    name is `label`. Pages count from 1."""
    head = pagehead.list_head(config, selection, label, page=page, pages=pages)
    name = language_name(selection.key) if selection.kind == "lang" else label or config.title
    return _render(
        "list.html", config, head, selection=selection, name=name, articles=articles,
        marked_name=marked(config, name, head.direction), page=page, pages=pages,
        own_feeds=pagehead.feed_links(config, selection, label, head.language),
    )  # fmt: skip


def search_page(config: Config, selection: Selection, label: str, articles: Sequence[Article]) -> bytes:
    """The newest articles with the words `label`; with none of either, a form to ask with."""
    head = pagehead.search_head(config, selection, label)
    name = label or word("search", head.language)
    return _render(
        "list.html", config, head, selection=selection, name=name, articles=articles,
        marked_name=marked(config, name, head.direction), page=1, pages=1,
        own_feeds=pagehead.feed_links(config, selection, label, head.language) if label else (),
    )  # fmt: skip


def error_page(config: Config, status: int, gone: Gone | None = None) -> bytes:
    """404, 405, 410, 500 or 503; any other status reads as the one of its class. A 410 says when and why
    the article went, never its title."""
    shown = status if status in (404, 405, 410, 503) else 404 if 400 <= status < 500 else 500
    title = word(f"error_{shown}", config.language)
    return _render(
        "error.html", config, pagehead.error_head(config, title), heading=title, status=shown, gone=gone,
        explanation=word(f"explain_{shown}", config.language),
    )  # fmt: skip


def _render(template: str, config: Config, head: Head, **values: Any) -> bytes:
    language = head.language

    def text(name: str, **numbers: int) -> Markup:
        written = word(name, language).format(**{key: number(value, language) for key, value in numbers.items()})
        if has_word(name, language):
            return escape(written)
        return Markup('<span lang="en" dir="ltr">{}</span>').format(written)

    page = _environment().get_template(template).render(
        config=config, head=replace(head, json_ld=Markup(head.json_ld)), text=text, language=language,
        stylesheet=asset_path(config.base_path, "nashra.css"), has=lambda name: has_word(name, language),
        home=config.absolute("/"), subscribe=pagehead.feed_links(config, Selection(), "", language),
        site_direction=config.direction, absolute=config.absolute, plain=lambda name: word(name, language),
        **values,
    )  # fmt: skip
    return (page.strip() + "\n").encode()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= {"long_date": long_date, "rfc3339": rfc3339, "attribute": attribute, "isolated": isolated}
    made.globals |= {"list_path": permalink.list_path, "share_path": _share_path, "slug": slug, "word": word,
                     "token_path": permalink.share_path, "language_name": language_name,
                     "direction_of": direction_of}  # fmt: skip
    return made


def _share_path(article: Article) -> str:
    return permalink.share_path(permalink.token(article.id))


def _shows(content_html: str, image: Image) -> bool:
    """Whether the body has the picture already, with or without its fingerprint."""
    bare = image.url.partition("?v=")[0]
    return f'src="{escape(bare)}"' in content_html or f'src="{escape(bare)}?' in content_html


def _source(article: Article) -> tuple[str, str] | None:
    """Title and URL (or "") of where a repost came from."""
    if article.source:
        return article.source.title, article.source.url or article.canonical
    return (urlsplit(article.canonical).netloc, article.canonical) if article.canonical else None
