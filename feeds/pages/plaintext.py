"""Plain text for heads, attributes and bodies of pages."""

from __future__ import annotations

from markupsafe import Markup

from feeds import bidi
from feeds.bidi import Direction
from feeds.config import Config

_PAIRED = dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069))


def attribute(text: str) -> str:
    """The text without paired bidi controls: software that cuts it would leave one open."""
    return text.translate(_PAIRED)


def marked(config: Config, text: str, direction: Direction) -> str:
    """The text with at most one mark at its head, in any mode but `title_marks: off`."""
    text = attribute(bidi.clean(text))
    return text if config.feeds.title_marks == "off" else bidi.mark(text, direction)


def isolated(text: str, direction: Direction) -> Markup:
    """The text as HTML; in a right-to-left one with `<bdi dir="ltr">` round what its order would scramble."""
    made, done = Markup(), 0
    for start, end in bidi.ltr_runs(text) if direction == "rtl" else ():
        made += text[done:start] + Markup('<bdi dir="ltr">{}</bdi>').format(text[start:end])
        done = end
    return made + text[done:]
