"""`Feed` and `Entry`: everything that the three formats share, decided once. The formats only spell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from feeds import bidi, branding, language, permalink
from feeds.article import Article, Author, Enclosure, Image, Source
from feeds.bidi import Direction
from feeds.branding import Brand, Look
from feeds.config import Config
from feeds.paging import Position, Relation, relations
from feeds.queries import Gone, Selection
from feeds.words import language_name

Format = Literal["rss.xml", "atom.xml", "feed.json", "social.xml", "social.json"]
MEDIA_TYPES: dict[Format, str] = {
    "rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json",
    "social.xml": "application/rss+xml", "social.json": "application/feed+json",
}  # fmt: skip
FORMAT_NAMES: dict[Format, str] = {"rss.xml": "RSS", "atom.xml": "Atom", "feed.json": "JSON Feed"}
EMPTY_UPDATED = datetime(2000, 1, 1, tzinfo=UTC)
GENERATOR_NAME, GENERATOR_VERSION = "Nashra", "1.0"
GENERATOR_URL = "https://pypi.org/project/feedgen/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as subscribers get it. Plain fields carry their direction marks, identifiers never do."""

    guid: str
    url: str
    title: str
    summary: str
    content_html: str  # "" when feeds carry summaries only
    language: str
    direction: Direction
    published: datetime
    updated: datetime
    authors: tuple[Author, ...]
    categories: tuple[str, ...]
    image: Image | None
    banner: Image | None  # the same picture where it is wide enough
    artwork: Image | None  # the same picture where podcast players can show it
    enclosures: tuple[Enclosure, ...]
    source: Source | None
    external_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """RFC 6721 deleted-entry: `ref` is the entry's id."""

    ref: str
    when: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """What a podcast directory reads of a feed with episodes."""

    author: str
    owner: Author | None
    category: tuple[str, ...]
    explicit: bool
    artwork: Image | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed document, whole. `updated` is the newest of its entries' and its tombstones'."""

    id: str
    title: str
    description: str
    language: str
    direction: Direction
    site_url: str
    home_url: str
    folder: str  # self, without the file name
    updated: datetime
    authors: tuple[Author, ...]
    entries: tuple[Entry, ...]
    tombstones: tuple[Tombstone, ...]
    relations: tuple[Relation, ...]
    hubs: tuple[str, ...]
    ttl_minutes: int
    rights: str
    managing_editor: Author | None
    web_master: Author | None
    hashtags: int  # the most that a ready post has
    taxonomy: str  # URL whose categories those of the entries are
    look: Look
    accent_color: str
    show: Show | None
    is_archive: bool
    is_complete: bool
    style_path: str = ""  # of a CSS sheet for people who open the document in a browser

    def url(self, name: Format, folder: str | None = None) -> str:
        """Absolute URL of the document in a format; in another folder that of a related one."""
        return f"{self.site_url}{self.folder if folder is None else folder}/{name}"


def build(
    config: Config,
    selection: Selection,
    position: Position,
    articles: Sequence[Article],
    gone: Sequence[Gone],
    label: str,
    brand: Brand,
) -> Feed:
    """`articles` newest first, as they stand at the instant asked for; `label` is the name of the tag
    or author as written."""
    spoken = selection.key if selection.kind == "lang" else config.language
    direction = language.direction_of(spoken) if selection.kind == "lang" else config.direction
    entries = tuple(_entry(config, article) for article in articles)
    tombstones = tuple(
        Tombstone(ref=permalink.tag_uri(config.id_domain, each.token), when=each.when, reason=each.reason)
        for each in gone
    )
    instants = [entry.updated for entry in entries] + [tombstone.when for tombstone in tombstones]
    title = feed_title(config, selection, label)
    author = config.author or Author(name=config.title)
    return Feed(
        id=permalink.feed_uri(
            config.id_domain, f"{selection.kind}/{permalink.segment(selection.key)}" if selection.kind else ""
        ),
        title=bidi.title(title, direction, _marks(config)),
        description=bidi.title(_description(config, selection, title), direction, _marks(config)),
        language=spoken,
        direction=direction,
        site_url=config.url,
        home_url=config.absolute(permalink.list_path(selection.kind, selection.key)),
        folder=permalink.feed_path(selection.kind, selection.key, page=position.page, archive=position.archive),
        updated=max(instants, key=lambda instant: instant.timestamp()) if instants else EMPTY_UPDATED,
        authors=(_public(config, author),),
        entries=entries,
        tombstones=tombstones,
        relations=relations(selection, position),
        hubs=config.hubs if selection.kind != "search" else (),  # no hub is told of what was found
        ttl_minutes=config.feeds.ttl_minutes,
        rights=config.copyright,
        managing_editor=config.managing_editor,
        web_master=config.web_master,
        hashtags=config.hashtags,
        taxonomy=config.absolute("/"),
        look=branding.look(brand),
        accent_color=config.accent_color,
        show=_show(config, author, brand, entries),
        is_archive=position.archive > 0,
        is_complete=position.is_whole and selection.kind != "search",
    )


def _show(config: Config, author: Author, brand: Brand, entries: Sequence[Entry]) -> Show | None:
    """A feed is a podcast where the publisher says so and something can be heard or seen."""
    kinds = [enclosure.media_type for entry in entries for enclosure in entry.enclosures]
    if config.podcast is None or not any(kind.startswith(("audio/", "video/")) for kind in kinds):
        return None
    return Show(
        author=author.name,
        owner=config.managing_editor,
        category=config.podcast.category,
        explicit=config.podcast.explicit,
        artwork=branding.artwork(brand.podcast or brand.icon),
    )


def feed_title(config: Config, selection: Selection, label: str) -> str:
    """Title of a feed and of its people's page, without marks."""
    own = config.feeds.titles.get((selection.kind, selection.key))
    if own:
        return own
    if selection.kind == "lang":
        return f"{config.title} — {language_name(selection.key)}"
    return f"{label} — {config.title}" if selection.kind else config.title


def _description(config: Config, selection: Selection, title: str) -> str:
    return config.description if config.description and not selection.kind else title


def _entry(config: Config, article: Article) -> Entry:
    token = permalink.token(article.id)
    enclosures = article.enclosures
    image = article.image
    if not enclosures and image and image.media_type.startswith("image/"):
        enclosures = (
            Enclosure(url=image.url, media_type=image.media_type, length_bytes=image.length_bytes, path=image.path),
        )
    return Entry(
        guid=permalink.tag_uri(config.id_domain, token),
        url=config.absolute(permalink.share_path(token)),
        title=marked_title(config, article),
        summary=marked_summary(config, article),
        content_html=article.content_html if config.feeds.content == "full" else "",
        language=article.language,
        direction=article.direction,
        published=article.published,
        updated=article.updated,
        authors=tuple(_public(config, author) for author in article.authors),
        categories=article.tags,
        image=image,
        banner=branding.banner(image),
        artwork=branding.artwork(image),
        enclosures=enclosures,
        source=article.source,
        external_url=article.canonical or (article.source.url if article.source else ""),
    )


def marked_title(config: Config, article: Article) -> str:
    """The title with the direction marks that the config wants."""
    return bidi.title(article.title, article.direction, _marks(config))


def marked_summary(config: Config, article: Article) -> str:
    """The summary with at most one leading mark; never paired controls, which a cut would break."""
    return article.summary if config.feeds.title_marks == "off" else bidi.mark(article.summary, article.direction)


def _marks(config: Config) -> bidi.Marks:
    return (
        "isolate" if config.feeds.title_marks == "isolate" else "off" if config.feeds.title_marks == "off" else "needed"
    )


def _public(config: Config, author: Author) -> Author:
    return author if config.feeds.publish_email else Author(name=author.name, url=author.url)
