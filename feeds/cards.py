"""Share cards: what each shows, and their drawings, kept on disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from feeds import card
from feeds.article import Article
from feeds.card.drawing import HEIGHT, WIDTH
from feeds.config import Config
from feeds.drawn import Drawn
from feeds.problems import FieldError
from feeds.words import long_date

SIZE = (WIDTH, HEIGHT)  # pixels


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
    """Kept in a folder of the state."""

    def __init__(self, state: Path) -> None:
        self._drawn = Drawn(state / "cards", ".png")

    def picture(self, config: Config, wanted: Card, *, kept: bool = True) -> bytes:
        """The PNG. A template of the site's own that cannot be used gives the card of ours."""
        return self._drawn.keep(wanted.etag, lambda: _draw(config, wanted), kept=kept)


def _draw(config: Config, wanted: Card) -> bytes:
    backdrop = wanted.backdrop.read_bytes() if wanted.backdrop and wanted.backdrop.is_file() else None
    try:
        return card.render(config, wanted.article, backdrop)
    except FieldError:
        return card.render(replace(config, card_template=None), wanted.article, backdrop)


@cache
def _version() -> str:
    """Changes with the code that draws."""
    sources = sorted((Path(__file__).parent / "card").glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
