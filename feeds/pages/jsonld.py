"""An article as schema.org NewsArticle, which unfurlers and search engines read before Open Graph."""

from __future__ import annotations

import json
from typing import Any

from feeds import bidi, permalink
from feeds.article import Article, Image
from feeds.config import Config
from feeds.dates import rfc3339
from feeds.pages.metas import description
from feeds.pages.plaintext import attribute, marked
from feeds.text import excerpt, graphemes

HEADLINE_GRAPHEMES = 110  # Google's guidelines for NewsArticle
# Inside a script element `<` could end it, and JavaScript before ES2019 knows no U+2028 in a text.
_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
KEYWORDS = 30  # unfurlers read no more than the first 32 kB of a page


def news_article(
    config: Config, article: Article, picture: Image | None, canonical: str, logo: Image | None = None
) -> str:
    """JSON-LD that can stand in a script element as it is; nothing in it is empty. `logo` is the publisher's."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": _headline(config, article),
        "description": attribute(description(config, article)),
        "inLanguage": article.language,
        "datePublished": rfc3339(article.published),
        "dateModified": rfc3339(article.updated),
        "url": canonical,
        "mainEntityOfPage": canonical,
        "author": [
            {"@type": "Person", "name": author.name} | ({"url": author.url} if author.url else {})
            for author in article.authors
        ],
        "publisher": _publisher(config, logo),
        "image": _image(picture) if picture else None,
        "keywords": list(article.tags[:KEYWORDS]),
        "isBasedOn": article.canonical or (article.source.url if article.source else ""),
    }
    text = json.dumps({key: value for key, value in data.items() if value}, ensure_ascii=False)
    return text.translate(_IN_SCRIPT)


def _publisher(config: Config, logo: Image | None) -> dict[str, Any]:
    named = {"@type": "Organization", "name": config.title, "url": config.absolute("/")}
    if logo is None:
        url = next((each for each in (config.logo, config.icon) if permalink.has_scheme(each)), "")
        return named | ({"logo": {"@type": "ImageObject", "url": url}} if url else {})
    return named | {"logo": _image(logo)}


def _image(picture: Image) -> dict[str, Any]:
    sizes = {name: value for name, value in (("width", picture.width), ("height", picture.height)) if value}
    return {"@type": "ImageObject", "url": picture.url, **sizes}


def _headline(config: Config, article: Article) -> str:
    whole = marked(config, article.title, article.direction)
    if len(graphemes(whole)) <= HEADLINE_GRAPHEMES:
        return whole
    # Cut on the clean text, then marked; two fewer, because the ellipsis and the mark count too.
    cut = excerpt(bidi.clean(article.title), HEADLINE_GRAPHEMES - 2)
    return marked(config, cut, article.direction)
