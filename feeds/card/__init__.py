"""The share picture of an article: its headline, the site's name, the date."""

from __future__ import annotations

from pathlib import Path

from feeds import rasterise
from feeds.article import Article
from feeds.card.drawing import HEIGHT, WIDTH, draw
from feeds.config import Config
from feeds.problems import FieldError, quote

TEMPLATE = Path(__file__).parent.parent / "templates" / "card.svg"
LIMIT_BYTES = 300_000
_BLURS = (3, 12, 40)  # pixels; the last makes any picture light enough


def render(config: Config, article: Article, backdrop: bytes | None) -> bytes:
    """A PNG of 1200×630 pixels and at most 300,000 bytes, the same for the same content on every machine. Uses
    the packaged fonts alone.

    `backdrop` is a JPEG, PNG, WebP or GIF to lie behind the headline, blurred and darkened; without one, or with one
    that cannot be read, the ground is the site's colour. Raises FieldError (`share.card_template`) for a template
    of the site's own that cannot be used."""
    from feeds.card import picture

    template = config.card_template or TEMPLATE
    ground = ""
    for blur in _BLURS if backdrop else ():
        ground = picture.soften(backdrop or b"", WIDTH, HEIGHT, blur)
        if not ground:
            break
        png = picture.lighten(_rasterise(draw(config, article, template, ground), template), LIMIT_BYTES)
        if len(png) <= LIMIT_BYTES:
            return png
    return picture.lighten(_rasterise(draw(config, article, template, ground), template), LIMIT_BYTES)


def _rasterise(svg: str, template: Path) -> bytes:
    from feeds.card import fonts

    try:
        return rasterise.png(
            svg, width=WIDTH, height=HEIGHT, fonts=fonts.paths(), family=fonts.OTHERS, resources=str(template.parent)
        )
    except ValueError as error:
        raise FieldError("share.card_template", f"makes no SVG, {error}: {quote(template.name)}") from error
