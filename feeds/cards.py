"""Share cards on disk: drawn on demand, one at a time, never while a feed waits for them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Lock

from feeds import card
from feeds.article import Article
from feeds.card.drawing import HEIGHT, WIDTH
from feeds.config import Config
from feeds.problems import FieldError
from feeds.words import long_date

SIZE = (WIDTH, HEIGHT)  # pixels
KEPT = 2000  # cards; the oldest go first


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The picture of one article. `etag` is made of what is drawn, so it is known before drawing."""

    article: Article
    backdrop: Path | None
    etag: str


def describe(config: Config, article: Article, backdrop: Path | None) -> Card:
    """Everything that the picture shows, and a tag that changes with any of it."""
    template = (config.card_template or card.TEMPLATE).read_bytes()
    ground = backdrop.read_bytes() if backdrop and backdrop.is_file() else b""
    shown = (
        _version(), article.title, long_date(article.published, article.language), article.language, article.direction,
        config.title, config.direction, config.accent_color, hashlib.sha256(template + ground).hexdigest(),
    )  # fmt: skip
    return Card(article=article, backdrop=backdrop, etag=hashlib.sha256(repr(shown).encode()).hexdigest()[:32])


class Cards:
    """Kept in a folder of the state; where that cannot be written, each card is drawn again."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "cards"
        self._drawing = Lock()

    def picture(self, config: Config, wanted: Card) -> bytes:
        """The PNG. A template of the site's own that cannot be used gives the card of ours."""
        path = self._folder / f"{wanted.etag}.png"
        try:
            return path.read_bytes()
        except OSError:
            with self._drawing:
                return self._draw(config, wanted, path)

    def _draw(self, config: Config, wanted: Card, path: Path) -> bytes:
        backdrop = wanted.backdrop.read_bytes() if wanted.backdrop and wanted.backdrop.is_file() else None
        try:
            drawn = card.render(config, wanted.article, backdrop)
        except FieldError:
            drawn = card.render(_without_template(config), wanted.article, backdrop)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            spare = path.with_suffix(f".{os.getpid()}")
            spare.write_bytes(drawn)
            spare.replace(path)
            self._prune()
        except OSError:
            return drawn
        return drawn

    def _prune(self) -> None:
        kept = sorted(self._folder.glob("*.png"), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[: max(0, len(kept) - KEPT)]:
            path.unlink(missing_ok=True)


def _without_template(config: Config) -> Config:
    return replace(config, card_template=None)


@cache
def _version() -> str:
    """Changes with the code that draws."""
    sources = sorted((Path(__file__).parent / "card").glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
