"""What a link or a picture's address in an article leads to: absolute, ASCII, encoded exactly once.

Nothing is ever fetched; what is not below content/ is taken at its word.
"""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from feeds import datauri
from feeds.media import MediaFile
from feeds.permalink import encode_path, encode_url, has_scheme


def media_url(site_url: str, file: MediaFile) -> str:
    """Address of a media file; the fingerprint makes a changed file a new address."""
    return f"{site_url}/media/{encode_path(unicodedata.normalize('NFC', file.path).replace('%', '%25'))}?v={file.fingerprint}"


class Links:
    """Resolves the addresses of one article. `missing` collects files that are named and not there;
    `used` all local files asked for, there or not, so that a later change of them is noticed; `inline` the
    pictures that the article holds itself, by their name below /media/inline/."""

    def __init__(self, *, site_url: str, permalink: str, folder: str, media: Callable[[str], MediaFile | None]) -> None:
        self.site_url = site_url
        self._permalink = permalink
        self._folder = folder
        self._media = media
        self.missing: list[str] = []
        self.used: set[str] = set()
        self.inline: dict[str, bytes] = {}

    def link(self, href: str) -> str | None:
        """Absolute URL of a link; None for what must not be one."""
        href = href.strip()
        if not href:
            return None
        if href.startswith("#"):
            return self._permalink + encode_fragment(href)
        if href.startswith("//"):
            return _checked(encode_url, "https:" + href)
        if has_scheme(href):
            scheme = href.partition(":")[0].lower()
            if scheme in ("http", "https"):
                return _checked(encode_url, href)
            return encode_path(href) if scheme in ("mailto", "tel") else None
        file = self.find(href)
        return media_url(self.site_url, file) if file else self._site_link(href)

    def media(self, src: str) -> str | None:
        """Absolute URL of a picture, sound or film; None where the file is missing or of no known type."""
        src = src.strip()
        if not src or src.startswith("#"):
            return None
        if src.startswith("//"):
            return _checked(encode_url, "https:" + src)
        if datauri.is_data(src):
            return self._inline(src)
        if has_scheme(src):
            return _checked(encode_url, src) if src.lower().startswith(("http:", "https:")) else None
        file = self.find(src)
        if file is None:
            self.missing.append(src)
            return None
        return media_url(self.site_url, file)

    def find(self, reference: str) -> MediaFile | None:
        """The file below content/ that a relative or site path names: beside the article first."""
        path = unicodedata.normalize("NFC", unquote(urlsplit(reference).path))
        if not path or "\0" in path:
            return None
        beside = _within(posixpath.join(self._folder, path)) if not path.startswith("/") else ""
        at_root = _within(path.lstrip("/"))
        without_prefix = _within(at_root.removeprefix("media/"))
        for candidate in dict.fromkeys((beside, at_root, without_prefix)):
            if candidate:
                self.used.add(candidate)
                if file := self._media(candidate):
                    return file
        return None

    def _inline(self, uri: str) -> str | None:
        held = datauri.decode(uri)
        if held is None:
            return None
        self.inline[held.name] = held.data
        return f"{self.site_url}/media/{datauri.FOLDER}{held.name}"

    def _site_link(self, href: str) -> str | None:
        try:
            parts = urlsplit(href)
        except ValueError:
            return None
        path = parts.path
        if not path.startswith("/"):
            path = "/" + _within(posixpath.join(self._folder, path)) + ("/" if path.endswith("/") else "")
        query = f"?{parts.query}" if parts.query else ""
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        return _checked(encode_url, f"{self.site_url}{path}{query}{fragment}")


def encode_fragment(fragment: str) -> str:
    return "#" + encode_path(fragment[1:])


def _within(path: str) -> str:
    """A normal path below the content folder; steps that would leave it stop at its top."""
    return posixpath.normpath("/" + path).lstrip("/")


def _checked(encode: Callable[[str], str], url: str) -> str | None:
    try:
        return encode(url)
    except (ValueError, UnicodeError):
        return None
