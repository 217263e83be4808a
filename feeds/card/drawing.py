"""The SVG of a share picture, made from a template that a site may replace with its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from feeds.article import Article
from feeds.bidi import Direction, clean
from feeds.card import fonts, lines
from feeds.config import Config
from feeds.problems import FieldError, quote
from feeds.words import long_date

WIDTH, HEIGHT = 1200, 630
ACCENT = "0a5a61"  # as in nashra.css
_DARK, _LIGHT = "#10181c", "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Text broken into lines for a box. Each of `lines` is the inside of a `<text>` element: `<tspan>`s with
    their font, in an isolate of the text's own direction, so that it needs no `direction` attribute.
    All lengths are in pixels; the baseline of line n is `ascent + n * line_height` below the top."""

    lines: tuple[Markup, ...]
    size: int
    weight: int
    line_height: float
    ascent: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.line_height


def block(
    text: str, direction: Direction, *, width: float, height: float, sizes: tuple[int, ...], weight: int = 400
) -> Block:
    """The text in the largest of `sizes` in which it fits the box, in the packaged fonts; cut with
    "…" if it fits in none. What no font can draw is left out."""
    text = fonts.drawable(clean(text))
    families = fonts.order(text)
    ascent, descent = fonts.extents(families[0])
    measure = cache(partial(fonts.width, families=families, weight=weight))
    fitted = lines.fit(
        text, direction, measure, width=width, height=height, sizes=sizes, leading=ascent + descent
    )  # fmt: skip
    return Block(
        lines=tuple(_spans(line, families) for line in fitted.lines), size=fitted.size, weight=weight,
        line_height=fitted.size * (ascent + descent), ascent=fitted.size * ascent,
    )  # fmt: skip


def draw(config: Config, article: Article, template: Path, backdrop: str) -> str:
    """The SVG, its letters still as text. `backdrop` is a data URI of a picture of the card's size, or
    empty. Raises FieldError for a template that is no template.

    A template has `title`, `site`, `date` (plain texts), `direction`, `site_direction`, `language`, `accent`, `ink`
    (what can be read on the accent), `backdrop`, `width`, `height` and the function `block`."""
    accent = config.accent_color or ACCENT
    try:
        return _environment(template.parent).get_template(template.name).render(
            title=article.title,
            site=config.title,
            date=long_date(article.published, article.language),
            direction=article.direction,
            site_direction=config.direction,
            language=article.language,
            accent=f"#{accent}",
            ink=ink(accent),
            backdrop=backdrop,
            width=WIDTH,
            height=HEIGHT,
            block=block,
        )  # fmt: skip
    except (TemplateError, OSError, UnicodeDecodeError, TypeError, ValueError, ArithmeticError) as error:
        raise FieldError("share.card_template", f"cannot be used, {error}: {quote(template.name)}") from error


def ink(colour: str) -> str:
    """White or near-black, whichever stands out more on a colour RRGGBB (WCAG 2.2 contrast ratio)."""
    return _LIGHT if _contrast(colour, _LIGHT[1:]) >= _contrast(colour, _DARK[1:]) else _DARK


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _spans(line: str, families: tuple[str, ...]) -> Markup:
    return Markup("").join(
        Markup('<tspan font-family="{}">{}</tspan>').format(family, run) for family, run in fonts.runs(line, families)
    )


@cache
def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
