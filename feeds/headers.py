"""Response headers, the same in both lanes: pure functions of a representation and an instant."""

from __future__ import annotations

from feeds.representation import Representation

Headers = list[tuple[str, str]]
ERROR_CACHE = "public, max-age=60"
MOVED_CACHE = "public, max-age=600"
IMMUTABLE = "public, max-age=31536000, immutable"
STALE_SECONDS = 86400  # a cache may answer with old bytes while it asks (RFC 5861)

# Nothing that content names may run, only the site's own script; pictures and sounds of other sites are shown.
# JSON-LD is data, not script.
_PAGE_POLICY = (
    "default-src 'none'; img-src http: https:; media-src http: https:; style-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Browsers show XML with its style sheet, and run a drawing's scripts where it is opened by itself.
_XML_POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
_XML = ("/xml", "+xml", "/x-opml")
_DRAWING_POLICY = "default-src 'none'; sandbox"
_PAGE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", _PAGE_POLICY),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_OPEN = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("Access-Control-Allow-Origin", "*"),
)


def cache_control(now: float, next_change: float, ttl_minutes: int) -> str:
    """Fresh for `ttl_minutes`, less where something is due to appear, change or end sooner."""
    longest = ttl_minutes * 60
    age = max(1, min(longest, int(next_change - now)))
    stale = min(STALE_SECONDS, age) if age < longest else STALE_SECONDS
    return f"public, max-age={age}, stale-while-revalidate={stale}"


def wire(status: str, headers: Headers) -> bytes:
    """Status line and headers as HTTP/1.1 sends them (RFC 9112 sections 4 and 5), up to the value of Date. `Server` is
    that of the server behind the door, so that nobody can tell who answers."""
    lines = "".join(f"{name.lower()}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status}\r\n{lines}server: granian\r\ndate: ".encode("latin-1")


def document_headers(found: Representation, encoding: str) -> Headers:
    """All headers of a 200 but the validators, `Cache-Control` and the length."""
    headers = [("Content-Type", found.content_type), ("Vary", "Accept-Encoding"), *found.headers]
    if encoding != "identity":
        headers.append(("Content-Encoding", encoding))
    return headers + guards(found.content_type)


def guards(content_type: str) -> Headers:
    """What a browser may do with bytes of a type, and who may read them. All of it is public and nothing here asks
    who reads, so everything but a page may be read and embedded by any site."""
    if content_type.startswith("text/html"):
        return list(_PAGE)
    kind = content_type.partition(";")[0]
    policy = _DRAWING_POLICY if kind == "image/svg+xml" else _XML_POLICY if kind.endswith(_XML) else ""
    return [*_OPEN, ("Content-Security-Policy", policy)] if policy else list(_OPEN)
