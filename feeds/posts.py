"""Posts that a bot can send as they are: headline, hashtags, permalink, within each network's own length.

Never cut inside a word, a hashtag or a grapheme; the first letter gives the right direction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from feeds import bidi
from feeds.bidi import Direction
from feeds.text import excerpt, graphemes, hashtag

LINK_LENGTH = 23  # Mastodon's and X's fixed length of a link
# twitter-text v3 configuration: code points of weight 1; all others, and every emoji, weigh 2.
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_EMOJI = re.compile("[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]")


def bluesky_length(text: str, url: str) -> int:
    """Graphemes (app.bsky.feed.post, `maxGraphemes`); a link has its own length."""
    return len(graphemes(text)) + len(url)


def mastodon_length(text: str, url: str) -> int:
    """Graphemes, a link counts as 23 (Mastodon's StatusLengthValidator)."""
    return len(graphemes(text)) + LINK_LENGTH


def x_length(text: str, url: str) -> int:
    """Weighted code points of the NFC text, an emoji of any number of them weighs 2, a link 23."""
    total = LINK_LENGTH
    for grapheme in graphemes(unicodedata.normalize("NFC", text)):
        if _EMOJI.search(grapheme):
            total += 2
        else:
            total += sum(1 if any(low <= ord(c) <= high for low, high in _LIGHT) else 2 for c in grapheme)
    return total


NETWORKS: dict[str, tuple[int, Callable[[str, str], int]]] = {
    "bluesky": (300, bluesky_length),
    "mastodon": (500, mastodon_length),
    "x": (280, x_length),
}


def hashtags(tags: Sequence[str], most: int) -> tuple[str, ...]:
    """At most `most` legal hashtags, each once whatever its case, in the order of the tags."""
    found: dict[str, str] = {}
    for tag in tags:
        word = hashtag(tag)
        if word:
            found.setdefault(word.casefold(), f"#{word}")
    return tuple(found.values())[:most]


def post(title: str, tags: Sequence[str], url: str, direction: Direction, network: str) -> str:
    """The text for one network. `title` may have marks and isolates; `tags` are hashtags; those at the end go first
    where there is no room, then the headline is cut at a word. The permalink is always whole."""
    limit, length = NETWORKS[network]
    kept = list(tags)
    title = bidi.strip(title)
    headline = bidi.mark(title, direction)

    def room(text: str) -> bool:
        return length(_body(text, kept), url) <= limit

    while kept and not room(headline):
        kept.pop()
    if not room(headline):
        low, high = 0, len(graphemes(headline))
        while low < high:  # the longest headline that fits
            middle = (low + high + 1) // 2
            low, high = (middle, high) if room(bidi.mark(excerpt(title, middle), direction)) else (low, middle - 1)
        headline = bidi.mark(excerpt(title, low), direction)
    return _body(headline, kept) + url


def _body(headline: str, tags: Sequence[str]) -> str:
    """Everything but the link; each part has a line of its own, so none turns another round."""
    return "".join(part + "\n\n" for part in (headline, " ".join(tags)) if part)
