"""The configurations of deploy/ with the real nginx: the exported tree answers as `serve` does, and a cache in
front of `serve` keeps to what it says."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import brotli
import nginx_process
import pictures
import pytest
from answers import Answer
from conftest import Maker
from newsroom import Newsroom, article
from nginx_process import Nginx

pytestmark = pytest.mark.skipif(bool(nginx_process.MISSING), reason=nginx_process.MISSING)
AT = "2025-06-01T00:00:00+00:00"
ALIASES = ["/قديم/خبر", "/old page.html", "/a$b", '/say "x"', "/back\\slash", "/Case.html", "/case.html", "/feed"]
CONTENT = {
    **{f"n{n:02}.md": article(f"خبر {n}", date=f"2025-04-{n + 1:02}", tags="[كرة القدم]") for n in range(7)},
    "en.md": article("English", "Short text.", lang="en", tags="[C++, a/b, 'rss.xml', 'x.html']", author="س"),
    "old.md": article("قديم", aliases=json.dumps(ALIASES, ensure_ascii=False), image="img/صورة 1.png"),
    "gone.md": article("سحب", withdrawn="2025-05-01", date="2025-04-01"),
    "img/صورة 1.png": pictures.png(600, 400),
}
# Headers that say what the bytes are and what may be done with them; both servers must agree.
SAME = (
    "Content-Type", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "Permissions-Policy",
    "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
)  # fmt: skip


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(CONTENT, at=AT, serve=True, feeds={"items": 3})


@pytest.fixture(scope="module")
def tree(room: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("public")
    done = room.run("export", str(folder), "--at", AT)
    assert done.code == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def nginx(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    changes = {"/srv/nashra/public": str(tree)}
    with nginx_process.running(tmp_path_factory.mktemp("nginx"), "nginx.conf", changes) as started:
        yield started


def _addresses(tree: Path) -> list[str]:
    """The address of every file of the tree that is a document."""
    names = sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file())
    left_out = (".gz", ".br")
    names = [name for name in names if not name.startswith((".", "_", "404")) and not name.endswith(left_out)]
    paths = [
        "/" + (re.sub(r"(?:^|(?<=/))index\.html$|\.html$", "", name) if _is_page(name) else name) for name in names
    ]
    return [quote(path.replace("tag/a/b", "tag/a\0b"), safe="/").replace("%00", "%2F") for path in paths]


def _is_page(name: str) -> bool:
    return name.endswith(".html") and not name.startswith(("media/", "assets/"))


def test_every_document_has_the_bytes_and_headers_that_serve_gives_it(room: Newsroom, nginx: Nginx, tree: Path) -> None:
    addresses = _addresses(tree)
    for path in addresses:
        ours, theirs = room.get(path), nginx.get(path)
        assert (theirs.status, theirs.body) == (200, ours.body) and ours.status == 200, path
        for name in SAME:
            assert theirs.headers.get(name) == ours.headers.get(name), (path, name)
    assert len(addresses) > 60


def test_feeds_are_open_to_other_sites_and_closed_to_search_engines(room: Newsroom, nginx: Nginx) -> None:
    for path in ("/feeds/rss.xml", "/feeds/lang/en/atom.xml", "/feeds/tag/a%2Fb/feed.json", "/feeds/social.json"):
        for name in ("Access-Control-Allow-Origin", "X-Robots-Tag"):
            assert nginx.get(path).headers[name] == room.get(path).headers[name]
    assert "X-Robots-Tag" not in nginx.get("/").headers


def test_documents_are_kept_as_long_as_serve_says(room: Newsroom, nginx: Nginx) -> None:
    for path in ("/", "/feeds/rss.xml", "/s/en", "/sitemap.xml", "/assets/nashra.css"):
        assert nginx.get(path).headers["Cache-Control"] == room.get(path).headers["Cache-Control"]


def test_compressed_variants_decode_to_the_same_bytes(nginx: Nginx, tree: Path) -> None:
    compressed = 0
    for path in _addresses(tree):
        plain = nginx.get(path)
        for coding, decode in (("gzip", gzip.decompress), ("br", brotli.decompress)):
            answer = nginx.get(path, {"Accept-Encoding": coding, "Via": "1.1 cdn"})
            if "Content-Encoding" not in answer.headers:
                assert plain.headers["Content-Type"].startswith("image/"), path
                continue
            compressed += 1
            assert answer.headers["Content-Encoding"] == coding and decode(answer.raw) == plain.body
            assert answer.headers["Content-Type"] == plain.headers["Content-Type"]
            assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
            assert answer.etag != plain.etag or len(answer.raw) == len(plain.raw)
    assert compressed > 120


def test_a_client_that_has_the_bytes_gets_304(nginx: Nginx, tree: Path) -> None:
    for path in _addresses(tree):
        for coding in ("identity", "gzip", "br"):
            first = nginx.get(path, {"Accept-Encoding": coding})
            for condition in (
                {"If-None-Match": first.etag},
                {"If-None-Match": f'"x", W/{first.etag}'},
                {"If-Modified-Since": first.headers["Last-Modified"]},
            ):
                answer = nginx.get(path, {"Accept-Encoding": coding, **condition})
                assert (answer.status, answer.raw) == (304, b""), (path, condition)
            assert nginx.get(path, {"Accept-Encoding": coding, "If-None-Match": '"other"'}).status == 200
            again = nginx.get(path, {"Accept-Encoding": coding, "If-None-Match": first.etag})
            for name in ("ETag", "Cache-Control", "Access-Control-Allow-Origin"):
                assert again.headers[name] == first.headers[name]


def test_old_addresses_lead_to_the_article_in_one_hop(room: Newsroom, nginx: Nginx) -> None:
    target = "https://news.example/s/old"
    for alias in [*ALIASES[:-1], "/قديم/خبر/"]:
        answer = nginx.get(quote(alias))
        assert (answer.status, answer.headers["Location"]) == (301, target), alias
        assert answer.headers["Cache-Control"] == "public, max-age=600"
    for guessed in ("/feed", "/rss", "/atom.xml", "/feed.json", "/feeds/"):
        ours, theirs = room.get(guessed), nginx.get(guessed)
        assert (theirs.status, theirs.headers["Location"]) == (ours.status, ours.headers["Location"])


def test_a_slash_too_many_is_taken_away_in_one_hop(nginx: Nginx) -> None:
    for path in ("/s/en/", "/tag/" + quote("كرة-القدم") + "/", "/tag/a%2Fb/"):
        answer = nginx.get(path)
        assert answer.status == 301
        site, _, _ = answer.headers["Location"].partition("/s/" if "/s/" in path else "/tag/")
        assert site == "https://news.example" and nginx.get(answer.headers["Location"].removeprefix(site)).status == 200


def test_what_is_gone_says_so_with_its_own_page(room: Newsroom, nginx: Nginx) -> None:
    ours, theirs = room.get("/s/gone"), nginx.get("/s/gone")
    assert (theirs.status, theirs.body) == (410, ours.body)
    _is_error_page(ours, theirs)
    assert nginx.get("/_gone/s/gone.html").status == 404


@pytest.mark.parametrize(
    "path", ["/nothing", "/s/none", "/feeds/none.xml", "/feeds/tag/none/rss.xml", "/media/none.png", "/_redirects.map",
             "/.nashra-export", "/s/en.html", "/index.html", "/404.html", "/tag", "/assets/none.css",
             "/feeds/rss.xml.gz", "/s/en.html.br", "/%D8", "/tag/%2E%2E%2Fnone"],
)  # fmt: skip
def test_what_is_not_there_is_404_with_the_page_for_it(room: Newsroom, nginx: Nginx, path: str) -> None:
    ours, theirs = room.get("/nothing"), nginx.get(path)
    assert (theirs.status, theirs.body) == (404, ours.body)
    _is_error_page(ours, theirs)


def _is_error_page(ours: Answer, theirs: Answer) -> None:
    for name in (*SAME, "Cache-Control", "Access-Control-Allow-Origin"):
        assert theirs.headers.get(name) == ours.headers.get(name), name


def test_only_get_and_head_are_taken(nginx: Nginx) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "PROPFIND"):
        for path in ("/", "/feeds/rss.xml", "/nothing", "/feed", "/s/gone"):
            answer = nginx.request(method, path)
            assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD"), (method, path)
            assert answer.headers["Cache-Control"] == "no-store"


def test_head_is_get_without_its_bytes(nginx: Nginx) -> None:
    for path in ("/", "/feeds/rss.xml", "/s/gone", "/nothing", "/feed", "/media/" + quote("img/صورة 1.png")):
        got, head = nginx.get(path), nginx.request("HEAD", path)
        assert (head.status, head.raw) == (got.status, b"")
        same = dict(got.headers) | {"date": ""}
        assert dict(head.headers) | {"date": ""} == same


def test_no_answer_tells_the_version_of_the_server(nginx: Nginx) -> None:
    for answer in (nginx.get("/"), nginx.get("/nothing"), nginx.get("/feed"), nginx.request("POST", "/")):
        assert answer.headers["Server"] == "nginx" and b"nginx/" not in answer.raw


def test_a_change_has_other_validators(newsroom: Maker, tmp_path: Path) -> None:
    room, public, prefix = newsroom({"a.md": article("أول")}), tmp_path / "public", tmp_path / "nginx"
    prefix.mkdir()
    assert room.run("export", str(public)).code == 0
    with nginx_process.running(prefix, "nginx.conf", {"/srv/nashra/public": str(public)}) as nginx:
        for path in ("/feeds/rss.xml", "/s/a", "/"):
            assert nginx.get(path).status == 200
        before = {path: nginx.get(path) for path in ("/feeds/rss.xml", "/s/a", "/")}
        room.write("a.md", article("ثان"))  # as many bytes, the same date
        assert room.run("export", str(public)).code == 0
        for path, first in before.items():
            assert len(nginx.get(path).body) == len(first.body)
            answer = nginx.get(path, {"If-None-Match": first.etag})
            assert answer.status == 200 and answer.body != first.body


def _soon(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


@pytest.fixture
def cached(newsroom: Maker, tmp_path: Path) -> Iterator[tuple[Newsroom, Nginx]]:
    """`serve` with something that is due in some seconds, so that nothing is fresh for longer, behind the cache."""
    room = newsroom({"a.md": article("أول"), "later.md": article("لاحق", date=_soon(9))}, serve=True)
    changes = {"127.0.0.1:8000": f"127.0.0.1:{room.port}", "/var/cache/nginx/nashra": str(tmp_path / "cache")}
    (tmp_path / "nginx").mkdir()
    with nginx_process.running(tmp_path / "nginx", "nginx-proxy.conf", changes) as nginx:
        yield room, nginx


def test_a_cache_in_front_answers_itself_until_something_is_due(cached: tuple[Newsroom, Nginx]) -> None:
    room, nginx = cached
    first = nginx.get("/feeds/rss.xml")
    assert (first.status, first.headers["X-Cache"]) == (200, "MISS") and first.body == room.get("/feeds/rss.xml").body
    assert 0 < (first.directive("max-age") or 0) < 10
    second = nginx.get("/feeds/rss.xml")
    assert (second.headers["X-Cache"], second.body) == ("HIT", first.body)
    known = nginx.get("/feeds/rss.xml", {"If-None-Match": first.etag})
    assert (known.status, known.headers["X-Cache"], known.raw) == (304, "HIT", b"")
    for spelled in ("gzip, deflate, br", "br;q=1.0, gzip"):
        answer = nginx.get("/feeds/rss.xml", {"Accept-Encoding": spelled})
        assert answer.headers["Content-Encoding"] == "br" and answer.body == first.body
    assert answer.headers["X-Cache"] == "HIT"  # one copy for both spellings
    assert "Content-Encoding" not in nginx.get("/feeds/rss.xml", {"Accept-Encoding": "br;q=0, gzip;q=0"}).headers
    end = time.monotonic() + 30
    while "لاحق" not in (answer := nginx.get("/feeds/rss.xml")).text and time.monotonic() < end:
        time.sleep(0.2)
    assert "لاحق" in answer.text and answer.body == room.get("/feeds/rss.xml").body


def test_a_hub_that_was_told_of_a_change_gets_it_through_the_cache_and_so_does_everybody_then(
    cached: tuple[Newsroom, Nginx],
) -> None:
    room, nginx = cached
    hub = {"Cache-Control": "no-cache no-store max-age=1", "Connection": "cache-control"}  # what Google's sends
    before = nginx.get("/feeds/atom.xml")
    room.write("told.md", article("بلّغنا به المحور", date="2025-07-01"))
    room.settle()
    assert nginx.get("/feeds/atom.xml").body == before.body
    known: dict[str, str]
    for known in ({}, {"If-None-Match": before.etag}):
        answer = nginx.get("/feeds/atom.xml", {**hub, **known})
        assert answer.status == 200 and "بلّغنا به المحور" in answer.text
    after = nginx.get("/feeds/atom.xml")
    assert (after.headers["X-Cache"], after.body) == ("HIT", answer.body)


def test_a_cache_in_front_answers_for_a_server_that_is_down_and_hides_its_health(
    cached: tuple[Newsroom, Nginx],
) -> None:
    room, nginx = cached
    first = nginx.get("/feeds/atom.xml")
    health = nginx.get("/healthz")
    assert health.status == 200 and "X-Cache" not in health.headers
    room.stop()
    time.sleep((first.directive("max-age") or 0) + 1)
    answer = nginx.get("/feeds/atom.xml")
    assert (answer.status, answer.headers["X-Cache"], answer.body) == (200, "STALE", first.body)


def test_a_client_that_asks_too_much_is_told_so(newsroom: Maker, tmp_path: Path) -> None:
    room = newsroom({"a.md": article("أول")}, serve=True)
    changes = {"127.0.0.1:8000": f"127.0.0.1:{room.port}", "/var/cache/nginx/nashra": str(tmp_path / "cache")}
    with nginx_process.running(tmp_path, "nginx-proxy.conf", changes) as nginx:
        answers = [nginx.get(f"/search/{n}").status for n in range(30)]
    assert answers[0] != 429 and answers[-1] == 429
