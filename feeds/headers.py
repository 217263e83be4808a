"""Response headers, the same in both lanes: pure functions of a representation and an instant."""

from __future__ import annotations

from feeds.representation import Representation

ERROR_CACHE = "public, max-age=60"
MOVED_CACHE = "public, max-age=600"
STALE_SECONDS = 86400  # a cache may answer with old bytes while it asks (RFC 5861)

# Nothing that content names may run, only the site's own script; pictures and sounds of other sites are shown.
# JSON-LD is data, not script.
_POLICY = (
    "default-src 'none'; img-src http: https:; media-src http: https:; style-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def cache_control(now: float, next_change: float, ttl_minutes: int) -> str:
    """Fresh for `ttl_minutes`, less where something is due to appear, change or end sooner."""
    longest = ttl_minutes * 60
    age = max(1, min(longest, int(next_change - now)))
    stale = min(STALE_SECONDS, age) if age < longest else STALE_SECONDS
    return f"public, max-age={age}, stale-while-revalidate={stale}"


def document_headers(found: Representation, encoding: str) -> list[tuple[str, str]]:
    """All headers of a 200 but the validators, `Cache-Control` and the length."""
    headers = [
        ("Content-Type", found.content_type),
        ("Vary", "Accept-Encoding"),
        ("X-Content-Type-Options", "nosniff"),
        *found.headers,
    ]
    if encoding != "identity":
        headers.append(("Content-Encoding", encoding))
    if found.content_type.startswith("text/html"):
        headers.extend(page_headers())
    return headers


def page_headers() -> list[tuple[str, str]]:
    """What a page for people has beside the headers of every document."""
    return [
        ("Content-Security-Policy", _POLICY),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ]
