"""Plain text inside the body of a page."""

from __future__ import annotations

from markupsafe import Markup

from feeds import bidi
from feeds.article import Direction


def isolated(text: str, direction: Direction) -> Markup:
    """The text as HTML; in a right-to-left one with `<bdi dir="ltr">` round what its order would scramble."""
    made, done = Markup(), 0
    for start, end in bidi.ltr_runs(text) if direction == "rtl" else ():
        made += text[done:start] + Markup('<bdi dir="ltr">{}</bdi>').format(text[start:end])
        done = end
    return made + text[done:]
