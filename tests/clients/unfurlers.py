"""Programs that make a preview of a link, behind one face: each fetches pages and tells what stands on its card."""

from __future__ import annotations

import html
import importlib.util
import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from html_page import Html

from clients import programs
from clients.programs import NODE_MODULES, need, run

Card = dict[str, object]
"""Fields of those of an article that the program gives: title, description, image (address), type, width, height,
alt, author (the first one), published and modified (aware datetimes), language, locale, url, site."""

_HERE = Path(__file__).parent
_STRAIGHT = {ord("“"): '"', ord("”"): '"', ord("‘"): "'", ord("’"): "'"}


def unfurled(name: str, urls: Sequence[str], home: Path) -> dict[str, Card]:
    """The card of each address, as this program has it."""
    command = _extruct() if name == "extruct" else _node(name)
    answer = run(*command, *urls, home=home, env={"NODE_PATH": str(NODE_MODULES)})
    return {url: UNFURLERS[name](result) for url, result in json.loads(answer).items()}


def _node(name: str) -> list[str]:
    need("node", package="nodejs npm")
    if not (NODE_MODULES / name).is_dir():
        programs.missing(f"no {name} here; install npm and run `sh tests/npm.sh`")
    return [str(shutil.which("node")), str(_HERE / "unfurlers.js"), name]


def _extruct() -> list[str]:
    if importlib.util.find_spec("extruct") is None:
        programs.missing("no extruct here; it is in requirements-dev.txt")
    return [sys.executable, str(_HERE / "unfurl_extruct.py")]


def _open_graph_scraper(found: Mapping[str, Any]) -> Card:
    (image,) = found["ogImage"]
    (article,) = found["jsonLD"]
    assert article["headline"] == found["twitterTitle"] == found["ogTitle"]
    assert found["ogDescription"] == found["twitterDescription"]
    return {
        "title": found["ogTitle"],
        "description": found["ogDescription"],
        "image": image["url"],
        "type": image["type"],
        "width": int(image["width"]),
        "height": int(image["height"]),
        "alt": image["alt"],
        "author": found.get("author"),
        "published": _instant(found["articlePublishedTime"]),
        "modified": _instant(found["articleModifiedTime"]),
        "language": article["inLanguage"],
        "locale": found["ogLocale"],
        "url": found["ogUrl"],
        "site": found["ogSiteName"],
    }


def _unfurl_js(found: Mapping[str, Any]) -> Card:
    graph = found["open_graph"]
    (image,), times = graph["images"], graph["articles"][0]
    (thumbnail,) = found["oEmbed"]["thumbnails"]
    assert thumbnail == {name: image[name] for name in ("url", "width", "height")}
    assert found["title"] == f"{graph['title']} — {graph['site_name']}"
    assert found["oEmbed"]["title"] == found["twitter_card"]["title"] == graph["title"]
    assert graph["url"] == found["canonical_url"]
    return {
        "title": graph["title"],
        "description": found["description"],
        "image": image["url"],
        "type": image["type"],
        "width": image["width"],
        "height": image["height"],
        "alt": image["alt"],
        "author": found.get("author"),
        "published": _instant(times["published_time"]),
        "modified": _instant(times["modified_time"]),
        "locale": graph["locale"],
        "url": found["canonical_url"],
        "site": graph["site_name"],
    }


def _metascraper(found: Mapping[str, Any]) -> Card:
    return {
        "title": found["title"].translate(_STRAIGHT),  # it sets typographic quotation marks
        "description": found["description"].translate(_STRAIGHT),
        "image": found["image"],
        "author": found["author"],
        "published": _instant(found["datePublished"]),
        "modified": _instant(found["date"]),  # the last change, where a page tells one
        "language": found["lang"],
        "url": found["url"],
        "site": found["publisher"],
    }


def _link_preview_js(found: Mapping[str, Any]) -> Card:
    (image,) = found["images"]
    assert (found["mediaType"], found["contentType"]) == ("article", "text/html")
    return {
        "title": found["title"],
        "description": found["description"],
        "image": image,
        "author": found.get("author"),
        "site": found["siteName"],
    }


def _extructed(found: Mapping[str, Any]) -> Card:
    assert found["status"] == "200 OK", found
    (article,) = found["json-ld"]
    (graph,) = found["opengraph"]
    said = dict(reversed(graph["properties"]))  # of several the first
    assert said["og:title"] == article["headline"] and said["og:url"] == article["mainEntityOfPage"]
    return {
        "title": article["headline"],
        "description": article["description"],
        "image": article["image"]["url"],
        "type": said["og:image:type"],
        "width": article["image"]["width"],
        "height": article["image"]["height"],
        "alt": said["og:image:alt"],
        "author": article["author"][0]["name"] if "author" in article else None,
        "published": _instant(article["datePublished"]),
        "modified": _instant(article["dateModified"]),
        "language": article["inLanguage"],
        "locale": said["og:locale"],
        "url": article["url"],
        "site": article["publisher"]["name"],
    }


def mastodon(text: str) -> Card:
    """The card by the order of Mastodon's LinkDetailsExtractor: what JSON-LD says, else Open Graph, else HTML. It
    decodes character references in the JSON before it parses it, and in the texts once more."""
    page = Html.parse(text)
    blocks = ["".join(node.itertext()) for node in page.all("script") if node.get("type") == "application/ld+json"]
    data = [json.loads(html.unescape(block)) for block in blocks]
    said: dict[str, Any] = next((each for each in data if each["@type"] in ("NewsArticle", "WebPage")), {})
    author = _first(said.get("author") or [{}])
    canonical = [link.get("href") for link in page.links("canonical")]
    return {
        "title": html.unescape(said.get("headline") or _graph(page, "og:title") or page.title).strip(),
        "description": html.unescape(
            said.get("description") or _graph(page, "og:description") or _graph(page, "description")
        ),
        "image": _graph(page, "og:image"),
        "alt": _graph(page, "og:image:alt"),
        "author": html.unescape(author.get("name") or _graph(page, "og:author")),
        "published": _instant(said.get("datePublished") or _graph(page, "article:published_time")),
        "language": said.get("inLanguage") or _graph(page, "og:locale") or page.root.get("lang"),
        "url": (canonical or [_graph(page, "og:url")])[0],
        "site": html.unescape(said.get("publisher", {}).get("name") or _graph(page, "og:site_name")),
    }


def _graph(page: Html, name: str) -> str:
    return next(iter(page.meta(name)), "")


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None
    return moment


UNFURLERS: dict[str, Callable[[Mapping[str, Any]], Card]] = {
    "open-graph-scraper": _open_graph_scraper,
    "unfurl.js": _unfurl_js,
    "metascraper": _metascraper,
    "link-preview-js": _link_preview_js,
    "extruct": _extructed,
}
