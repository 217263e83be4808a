"""The picture that a share of an article shows: its own, the site's, or its card."""

from __future__ import annotations

import sqlite3
import unicodedata
from dataclasses import replace
from typing import Literal

from feeds import cards, derived, permalink, queries, sitepictures
from feeds.article import Article, Image
from feeds.config import Config
from feeds.media import UNFURLED, MediaFile
from feeds.representation import Absent, CardAnswer, DerivedAnswer

Kind = Literal["card", "picture"]


def choose(config: Config, db: sqlite3.Connection, article: Article) -> Image:
    """The article's own picture, as it is where everybody shows it and as a light JPEG where not; where it has
    none that can be shown, the site's, else the card. A remote picture is taken at its name."""
    own = article.image
    file = _file(db, own) if own else None
    if own and file:
        if derived.suits(file):
            return own
        if sides := derived.size(file):
            return _light(config, article, own, file, sides)
    elif own and not own.path and own.media_type in UNFURLED:
        return own
    site_picture = sitepictures.picture(config, db, config.image)
    if site_picture and site_picture.media_type in UNFURLED:
        return site_picture
    width, height = cards.SIZE
    path = permalink.card_path(permalink.token(article.id))
    return Image(url=config.absolute(path), media_type="image/png", width=width, height=height)


def answer(config: Config, db: sqlite3.Connection, article: Article, kind: Kind) -> CardAnswer | DerivedAnswer | Absent:
    """What is drawn under the article's permalink."""
    ground = sitepictures.picture(config, db, config.image)
    backdrop = config.content_path / ground.path if ground and ground.path else None
    card = cards.describe(config, article, backdrop)
    if kind == "card":
        return CardAnswer(card=card, modified=int(article.published.timestamp()))
    file = _file(db, article.image) if article.image else None
    made = derived.describe(file, card) if file and not derived.suits(file) else None
    return DerivedAnswer(derivative=made) if made else Absent()


def _light(config: Config, article: Article, own: Image, file: MediaFile, sides: tuple[int, int]) -> Image:
    url = config.absolute(permalink.picture_path(permalink.token(article.id)))
    width, height = sides
    return replace(
        own, url=f"{url}?v={file.fingerprint}", media_type="image/jpeg", length_bytes=0, width=width, height=height,
        path="",
    )  # fmt: skip


def _file(db: sqlite3.Connection, image: Image) -> MediaFile | None:
    return queries.find_media(db, unicodedata.normalize("NFC", image.path)) if image.path else None
