"""Ids, tokens, tag URIs and URLs: pure functions of an id or a path, never of a title, date or language."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from urllib.parse import quote, urlsplit

_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_PATH_SAFE = "/!$&'()*+,;=:@~-._"  # RFC 3986 section 3.3 (pchar) and "/"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def token(article_id: str) -> str:
    """The id as it stands in a permalink: itself where it is 1–64 of `A-Za-z0-9._-` (and no path
    step like `..`), else 10 characters of lower-case base32 of the SHA-256 of its NFC UTF-8."""
    if _TOKEN.match(article_id) and article_id.strip("."):
        return article_id
    digest = hashlib.sha256(unicodedata.normalize("NFC", article_id).encode()).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:10]


def tag_uri(id_domain: str, article_token: str) -> str:
    """RFC 4151 identifier of an article, the same in all formats."""
    return f"tag:{id_domain}:{article_token}"


def feed_uri(id_domain: str, feed_path: str) -> str:
    """RFC 4151 identifier of a feed; the slash keeps it apart from every article's."""
    return f"tag:{id_domain}:feeds/{feed_path or 'main'}"


def share_path(article_token: str) -> str:
    """The permalink's path below site.url."""
    return f"/s/{article_token}"


def card_path(article_token: str) -> str:
    """The share picture of a permalink."""
    return f"{share_path(article_token)}/card.png"


def picture_path(article_token: str) -> str:
    """The article's own picture, made light enough for shares."""
    return f"{share_path(article_token)}/picture.jpg"


def segment(key: str) -> str:
    """The slug of a tag or author as one path segment, percent-encoded as UTF-8 exactly once."""
    return quote(key, safe="")


def feed_path(kind: str, key: str = "", *, page: int = 1, archive: int = 0) -> str:
    """Folder of a feed's three files, e.g. `/feeds/tag/%D8%B9`; `kind` is `""`, `tag`, `lang` or `author`,
    `key` the slug of a name, or a language."""
    path = f"/feeds/{kind}/{segment(key)}" if kind else "/feeds"
    if archive:
        return f"{path}/archive/{archive}"
    return f"{path}/page/{page}" if page > 1 else path


def list_path(kind: str, key: str = "", *, page: int = 1) -> str:
    """The people's page of a feed."""
    path = f"/{kind}/{segment(key)}" if kind else ""
    return f"{path}/page/{page}" if page > 1 else path or "/"


def encode_path(path: str) -> str:
    """A path as ASCII: what is not allowed is percent-encoded as UTF-8, `%XX` stays as it is."""
    return _encode(path, _PATH_SAFE)


def encode_url(url: str) -> str:
    """An absolute http(s) URL as ASCII (RFC 3987 section 3.1): host in punycode, the rest encoded
    exactly once. Raises ValueError on what is no such URL."""
    url = url.strip().replace("\\", "/") if url.strip()[:8].lower().startswith(("http:", "https:")) else url.strip()
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError("no absolute http(s) URL")
    host = parts.hostname if ":" not in parts.hostname else f"[{parts.hostname}]"
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if not re.fullmatch(r"[A-Za-z0-9._\-\[\]:]+", host):
        raise ValueError("no host name")
    port = f":{parts.port}" if parts.port is not None else ""
    query = f"?{_encode(parts.query, _PATH_SAFE + '?[]')}" if parts.query else ""
    fragment = f"#{_encode(parts.fragment, _PATH_SAFE + '?')}" if parts.fragment else ""
    return f"{parts.scheme.lower()}://{host}{port}{encode_path(parts.path)}{query}{fragment}"


def has_scheme(url: str) -> bool:
    """Whether it is no path: `https:`, `mailto:`, `data:` (RFC 3986 section 3.1)."""
    return _SCHEME.match(url) is not None


def _encode(text: str, safe: str) -> str:
    kept = re.split(r"(%[0-9A-Fa-f]{2})", text)
    return "".join(part if index % 2 else quote(part, safe=safe) for index, part in enumerate(kept))
