"""Every old or careless spelling of an address leads to the right one in one hop."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from conftest import Maker
from newsroom import Newsroom, article

SITE = "https://news.example/ar"


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    content = {
        "2025/post.ar.md": article(
            "خبر", tags="[كرة القدم, C++, a/b]", aliases="[/old/path, /ar/older]", slug="قديم", id="p"
        ),
        "gone.md": article("سحب", withdrawn="2025-05-01", aliases="[/was]", date="2025-04-01"),
        "draft.md": article("سري", draft="true", aliases="[/secret]"),
    }
    return shared_newsroom(content, at="2025-06-01", inside=True, site={"url": SITE})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/old/path", "/s/p"),
        ("/old/path/", "/s/p"),
        ("/older", "/s/p"),
        ("/" + quote("قديم"), "/s/p"),
        ("/2025/post.ar.md", "/s/p"),
        ("/2025/post.ar.html", "/s/p"),
        ("/2025/post.ar", "/s/p"),
        ("/S/p", "/s/p"),
        ("/s/p/", "/s/p"),
        ("/s/p/?utm_source=x", "/s/p"),
        ("/tag/" + quote("كرة القدم"), "/tag/" + quote("كرة-القدم")),
        ("/Tag/C%2B%2B/", "/tag/C%2B%2B"),
        ("/Feeds/rss.xml", "/feeds/rss.xml"),
        ("/feeds/tag/" + quote("كرة القدم") + "/rss.xml", "/feeds/tag/" + quote("كرة-القدم") + "/rss.xml"),
        ("/lang/AR-sy", "/lang/ar"),
        ("/FEED/", "/feeds/rss.xml"),
        ("/was", "/s/gone"),
    ],
)
def test_an_old_spelling_leads_to_the_address_in_one_hop(room: Newsroom, old: str, new: str) -> None:
    answer = room.get(SITE + old)
    assert answer.status in (301, 308) and answer.headers["Location"] == SITE + new
    assert room.get(SITE + new).status in (200, 410)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/s/gone/", 410), ("/secret", 404), ("/draft.md", 404), ("/nothing/", 404), ("/2025/", 404), ("/tag/x/", 404)],
)
def test_a_spelling_of_nothing_public_leads_nowhere(room: Newsroom, path: str, status: int) -> None:
    assert room.get(SITE + path).status == status


def test_a_port_that_another_program_has_is_refused(newsroom: Maker) -> None:
    first = newsroom({"a.md": article()}, serve=True)
    second = newsroom({"a.md": article()}).run("serve", "--port", str(first.port))
    assert second.code == 1 and f"port {first.port}" in second.stderr


def test_a_site_may_live_below_a_path_in_its_own_script(newsroom: Maker) -> None:
    site = {"url": "https://أخبار.example/مسار"}
    room = newsroom({"a.md": article(tags="[س]")}, at="2025-06-01", inside=True, site=site)
    base = "https://xn--igbicxr.example/" + quote("مسار")
    for path in ("/" + quote("مسار"), "/مسار"):
        assert room.get(f"{path}/feeds/rss.xml").status == 200 == room.get(f"{path}/healthz").status
        assert room.get(path).headers["Location"] == base + "/"
    assert f"<link>{base}/s/a</link>" in room.ok(f"/{quote('مسار')}/feeds/tag/{quote('س')}/rss.xml").text
