"""Share links carry the title and the address, percent-encoded exactly once."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from feeds.config import NETWORKS
from feeds.pages.sharing import share_links

TITLE = 'نص 100% & "قول" + a=b؟ #وسم'
URL = "https://news.example/ar/s/%D8%A7?x=1&y=2"


def fields(network: str) -> dict[str, str]:
    """The form's fields as a browser would read them, decoded once."""
    (link,) = share_links((network,), TITLE, URL)
    parts = urlsplit(link.href)
    assert link.href.isascii() and " " not in link.href
    return dict(parse_qsl(parts.query or parts.fragment, strict_parsing=True))


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("x", {"text": TITLE, "url": URL}),
        ("facebook", {"u": URL}),
        ("telegram", {"url": URL, "text": TITLE}),
        ("whatsapp", {"text": f"{TITLE}\n{URL}"}),
        ("mastodon", {"text": f"{TITLE}\n{URL}"}),
        ("bluesky", {"text": f"{TITLE}\n{URL}"}),
        ("linkedin", {"url": URL}),
        ("email", {"subject": TITLE, "body": URL}),
    ],
)
def test_a_form_decoded_once_has_the_title_and_the_address(network: str, expected: dict[str, str]) -> None:
    assert fields(network) == expected


def test_a_space_in_mail_is_never_a_plus() -> None:
    (link,) = share_links(("email",), "a b", URL)
    assert "subject=a%20b" in link.href  # RFC 6068 section 5


def test_every_network_has_a_form_but_copy_which_needs_a_script() -> None:
    assert [link.network for link in share_links(NETWORKS, TITLE, URL)] == [n for n in NETWORKS if n != "copy"]


def test_the_order_is_the_one_configured() -> None:
    assert [link.network for link in share_links(("email", "x"), TITLE, URL)] == ["email", "x"]
    assert share_links((), TITLE, URL) == ()
