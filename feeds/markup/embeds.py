"""Foreign players as links: the page of the video, and the name of its site."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ID = r"([A-Za-z0-9_-]{1,64})"
_PLAYERS = (
    (re.compile(rf"(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:embed|v|shorts|live)/(?!videoseries){_ID}"), "YouTube", "https://www.youtube.com/watch?v={}"),
    (re.compile(rf"youtu\.be/{_ID}"), "YouTube", "https://www.youtube.com/watch?v={}"),
    (re.compile(rf"player\.vimeo\.com/video/{_ID}"), "Vimeo", "https://vimeo.com/{}"),
    (re.compile(rf"(?:www\.|geo\.)?dailymotion\.com/(?:embed/video|player\.html\?video=)/?{_ID}"), "Dailymotion", "https://www.dailymotion.com/video/{}"),
    (re.compile(rf"(?:www\.)?aparat\.com/video/video/embed/videohash/{_ID}"), "آپارات", "https://www.aparat.com/v/{}"),
)  # fmt: skip
_SITES = {
    "youtube.com": "YouTube",
    "vimeo.com": "Vimeo",
    "facebook.com": "Facebook",
    "twitter.com": "X",
    "x.com": "X",
    "instagram.com": "Instagram",
    "soundcloud.com": "SoundCloud",
    "spotify.com": "Spotify",
    "tiktok.com": "TikTok",
    "telegram.org": "Telegram",
    "t.me": "Telegram",
    "google.com": "Google",
    "archive.org": "Internet Archive",
    "gist.github.com": "GitHub",
}

# Shortcodes and Liquid tags that name a video or post by its id.
BY_ID = {
    "youtube": ("YouTube", "https://www.youtube.com/watch?v={}"),
    "vimeo": ("Vimeo", "https://vimeo.com/{}"),
    "dailymotion": ("Dailymotion", "https://www.dailymotion.com/video/{}"),
    "instagram": ("Instagram", "https://www.instagram.com/p/{}/"),
    "gist": ("GitHub", "https://gist.github.com/{}"),
}


def page_of(src: str) -> tuple[str, str] | None:
    """(URL of the page, name of the site) of what a frame shows; None when it is no web address."""
    src = "https:" + src if src.startswith("//") else src
    try:
        parts = urlsplit(src.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    address = src.strip().split("://", 1)[1]
    for pattern, site, page in _PLAYERS:
        if found := pattern.match(address):
            return page.format(found[1]), site
    for domain, site in _SITES.items():
        if host == domain or host.endswith("." + domain):
            return src.strip(), site
    return src.strip(), host.removeprefix("www.")
