"""Links that open a network's own form for sharing an article: no script, no count, nothing loaded from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

# Each text and URL is percent-encoded exactly once (RFC 3986 section 2.4); `%0A` parts the two where
# a network takes one field only. Mastodon has no one server: its project's page asks which.
_FORMS = {
    "x": ("X", "https://x.com/intent/post?text={text}&url={url}"),
    "facebook": ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    "telegram": ("Telegram", "https://t.me/share/url?url={url}&text={text}"),
    "whatsapp": ("WhatsApp", "https://wa.me/?text={text}%0A{url}"),
    "mastodon": ("Mastodon", "https://share.joinmastodon.org/#text={text}%0A{url}"),
    "bluesky": ("Bluesky", "https://bsky.app/intent/compose?text={text}%0A{url}"),
    "linkedin": ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    "email": ("", "mailto:?subject={text}&body={url}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLink:
    """`name` is the network's own, in Latin letters; empty for e-mail, which every language has a word for."""

    network: str
    name: str
    href: str


def share_links(networks: Sequence[str], title: str, url: str) -> tuple[ShareLink, ...]:
    """One link for each network that has a form, in the order given. `title` may begin with a mark, for networks
    go by the first strong letter; what follows it is on a line of its own, or in a field of its own."""
    text, address = quote(title, safe=""), quote(url, safe="")
    return tuple(
        ShareLink(network=network, name=_FORMS[network][0], href=_FORMS[network][1].format(text=text, url=address))
        for network in networks
        if network in _FORMS
    )
