"""Plain text for the heads and attributes of pages."""

from __future__ import annotations

from feeds import bidi
from feeds.article import Direction
from feeds.config import Config

_PAIRED = dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069))


def attribute(text: str) -> str:
    """The text without paired bidi controls: software that cuts it would leave one open."""
    return text.translate(_PAIRED)


def marked(config: Config, text: str, direction: Direction) -> str:
    """The text with at most one mark at its head, in any mode but `title_marks: off`."""
    text = attribute(bidi.clean(text))
    return text if config.feeds.title_marks == "off" else bidi.mark(text, direction)


def web(url: str) -> str:
    """The URL if it is one that a page may link to, else ""."""
    return url if url.startswith(("https://", "http://")) else ""
