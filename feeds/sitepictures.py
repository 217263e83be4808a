"""The pictures that config.yaml names: found in the catalogue below content/, or taken at their URL."""

from __future__ import annotations

import sqlite3

from feeds import queries
from feeds.article import Image
from feeds.branding import Brand
from feeds.config import Config
from feeds.links import media_url
from feeds.media import media_type
from feeds.permalink import has_scheme


def brand(config: Config, db: sqlite3.Connection) -> Brand:
    """All of them; None for those that are not named or not there."""
    return Brand(
        icon=picture(config, db, config.icon),
        logo=picture(config, db, config.logo),
        cover=picture(config, db, config.image),
        podcast=picture(config, db, config.podcast.image if config.podcast else ""),
    )


def picture(config: Config, db: sqlite3.Connection, reference: str) -> Image | None:
    """None where nothing is named or the file is not there. A remote picture is never fetched: its type
    is what its name says, its size not known."""
    if not reference:
        return None
    if has_scheme(reference):
        return Image(url=reference, media_type=media_type(reference.partition("?")[0]))
    file = queries.find_media(db, reference)
    if file is None:
        return None
    return Image(
        url=media_url(config.url, file), media_type=file.media_type, length_bytes=file.length_bytes,
        width=file.width, height=file.height, path=file.path,
    )  # fmt: skip
