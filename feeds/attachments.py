"""The picture and the enclosures that front matter names, with true length, type and size where the file is here."""

from __future__ import annotations

import re

from feeds.article import Enclosure, Image
from feeds.frontmatter import Faults, FrontMatter
from feeds.links import Links, media_url
from feeds.media import HEAVY_BYTES, MediaFile, media_type
from feeds.permalink import encode_url, has_scheme
from feeds.problems import quote
from feeds.text import plain

_PATHS = ("url", "src", "path", "image", "file", "href")


def image(front: FrontMatter, links: Links, faults: Faults) -> Image | None:
    """The article's picture; a missing file, or what is no picture, is reported and gives none. A remote one is taken at
    its name, and without its type where that says none, which is reported."""
    for values, line in front.maps("image", _PATHS):
        url, file = _resolve(values["url"], line, "image", links, faults)
        if not url:
            return None
        kind = file.media_type if file else media_type(url.partition("?")[0])
        if kind and not kind.startswith("image/"):
            faults.warn(line, "image", f"is no picture, name a JPEG, PNG, WebP or GIF: {quote(values['url'])}")
            return None
        if kind == "image/svg+xml":
            faults.warn(
                line, "image", f"is an SVG, which no unfurler shows; name a JPEG or PNG: {quote(values['url'])}"
            )
        if file and file.length_bytes > HEAVY_BYTES:
            faults.warn(
                line,
                "image",
                f"is larger than 600 kB ({file.length_bytes} bytes), make it smaller: {quote(values['url'])}",
            )
        if not kind:
            faults.warn(line, "image", f"has no known type, so it is no enclosure: {quote(values['url'])}")
        alt = front.text("image_alt") or plain(values.get("alt", ""))
        return Image(
            url=url,
            media_type=kind,
            length_bytes=file.length_bytes if file else 0,
            width=file.width if file else 0,
            height=file.height if file else 0,
            alt=alt,
            caption=plain(values.get("caption", "")),
            credit=plain(values.get("credit", "")),
            path=file.path if file else "",
        )
    return None


def enclosures(front: FrontMatter, links: Links, faults: Faults) -> tuple[Enclosure, ...]:
    """Files that come with the article, in file order, each address once."""
    found: dict[str, Enclosure] = {}
    for values, line in front.maps("enclosure", _PATHS):
        url, file = _resolve(values["url"], line, "enclosure", links, faults)
        if not url:
            continue
        stated = values.get("type", "")
        kind = file.media_type if file else stated or media_type(url.partition("?")[0])
        if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind, re.ASCII):
            faults.warn(
                line, "enclosure", f"has no known type, write 'type: audio/mpeg' beside its url: {quote(values['url'])}"
            )
            continue
        found.setdefault(
            url,
            Enclosure(
                url=url,
                media_type=kind,
                length_bytes=file.length_bytes if file else _whole(values.get("length", "")),
                duration_seconds=_seconds(values.get("duration", "")) or (file.duration_seconds if file else 0),
                path=file.path if file else "",
            ),
        )
    return tuple(found.values())


def _resolve(reference: str, line: int, name: str, links: Links, faults: Faults) -> tuple[str, MediaFile | None]:
    reference = reference.strip()
    if reference.startswith("//"):
        reference = "https:" + reference
    if has_scheme(reference):
        try:
            return encode_url(reference), None
        except (ValueError, UnicodeError):
            faults.warn(line, name, f"must be a file beside the article or an absolute http(s) URL: {quote(reference)}")
            return "", None
    file = links.find(reference)
    if file is None:
        faults.warn(line, name, f"names a file that is not there; put it beside the article: {quote(reference)}")
        return "", None
    return media_url(links.site_url, file), file


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _seconds(text: str) -> int:
    """`3600`, `60:00` or `1:00:00` as seconds; 0 for anything else."""
    if not re.fullmatch(r"\d{1,6}(:\d{1,2}){0,2}", text, re.ASCII):
        return 0
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds
