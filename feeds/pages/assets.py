"""The files that pages and feeds load: one style sheet, one script, and a style sheet for feeds in each language.

Their addresses carry a fingerprint, so that they may be kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from feeds.language import direction_of
from feeds.words import has_word, languages, word

_FOLDER = Path(__file__).parent.parent / "static"
_CSS_TYPE, _SCRIPT_TYPE = "text/css; charset=utf-8", "text/javascript; charset=utf-8"


def _feed_style(language: str) -> bytes:
    """The feed's style sheet with what a person who opens a feed is told, in the feed's language."""
    told = word("about_feed", language).replace("\\", "\\\\").replace('"', '\\"')
    rules = (_FOLDER / "feed.css").read_text("utf-8")
    namespaces, _, rest = rules.partition(";\n")  # nothing may stand before a namespace rule
    return (
        f'{namespaces};\n\n:root {{\n  --about: "{told}";\n  direction: {direction_of(language)};\n}}\n{rest}'.encode()
    )


def _read() -> dict[str, tuple[bytes, str]]:
    found = {
        "/assets/nashra.css": ((_FOLDER / "nashra.css").read_bytes(), _CSS_TYPE),
        "/assets/nashra.js": ((_FOLDER / "nashra.js").read_bytes(), _SCRIPT_TYPE),
    }
    spoken = (language for language in languages() if has_word("about_feed", language))
    return found | {f"/assets/feed.{language}.css": (_feed_style(language), _CSS_TYPE) for language in spoken}


ASSETS: Mapping[str, tuple[bytes, str]] = _read()
_FINGERPRINTS = {path: hashlib.sha256(body).hexdigest()[:12] for path, (body, _) in ASSETS.items()}


def asset_path(base_path: str, name: str) -> str:
    """The path of an asset on this host, below the path of site.url, with its fingerprint."""
    path = f"/assets/{name}"
    return f"{base_path}{path}?v={_FINGERPRINTS[path]}"


def feed_style_path(base_path: str, language: str) -> str:
    """The style sheet of a feed in a language; English speaks for a language that has no words of its own.
    Without a fingerprint: a feed's bytes, an archive's above all, must not change with the style."""
    name = f"feed.{language.partition('-')[0].lower()}.css"
    return f"{base_path}/assets/{name if f'/assets/{name}' in ASSETS else 'feed.en.css'}"
