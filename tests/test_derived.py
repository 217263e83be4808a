"""An article's own picture is made light, and of a kind that is shown, for shares; feeds keep the original."""

from __future__ import annotations

import base64
import json
import random
import re
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pictures
import pytest
from conftest import Maker
from newsroom import Newsroom, article
from PIL import Image, ImageCms

AT = "2025-06-01T00:00:00+00:00"
SITE = "https://news.example"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200">{}</svg>'
RED = '<rect width="300" height="200" fill="#f00"/>'


@cache
def noise(width: int, height: int) -> Image.Image:
    """The heaviest there is to compress."""
    return Image.frombytes("RGB", (width, height), random.Random(7).randbytes(width * height * 3))


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def shown(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as opened:
        opened.load()
    return opened


def bomb() -> bytes:
    """A PNG whose header says 60000×60000 pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk + pictures.png(5, 5, 700_000)[33:]


def meta(room: Newsroom, name: str) -> str:
    return str(room.page("a").one_meta(name))


@pytest.fixture
def about(newsroom: Maker) -> Any:
    """A newsroom whose one article has the picture of that name and bytes."""

    def make(name: str, data: bytes | str, **options: Any) -> Newsroom:
        return newsroom({"a.md": article(image=name), name: data}, **{"at": AT, "inside": True} | options)

    return make


CASES = [
    ("heavy.jpg", saved(noise(1600, 900), "JPEG", quality=95), (1200, 675)),
    ("heavy.png", saved(noise(900, 1800), "PNG"), (600, 1200)),
    ("p.webp", saved(noise(1500, 1000), "WEBP", quality=90), (1200, 800)),
    ("p.avif", saved(noise(300, 200), "AVIF"), (300, 200)),
    ("p.gif", saved(noise(320, 200).convert("P"), "GIF", save_all=True, append_images=[Image.new("P", (320, 200))]), (320, 200)),
    ("p.svg", DRAWING.format(RED).encode(), (1200, 800)),
    ("thin.webp", saved(noise(4000, 1), "WEBP"), (1200, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "size"), CASES, ids=[name for name, _, _ in CASES])
def test_what_the_page_names_is_a_light_jpeg_of_that_very_size(
    about: Any, name: str, data: bytes, size: tuple[int, int]
) -> None:
    room = about(name, data)
    url = meta(room, "og:image")
    assert re.fullmatch(re.escape(f"{SITE}/s/a/picture.jpg?v=") + "[0-9a-f]{12}", url)
    assert (meta(room, "og:image:width"), meta(room, "og:image:height")) == (str(size[0]), str(size[1]))
    assert meta(room, "og:image:type") == "image/jpeg"
    answer = room.ok(url)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert len(answer.body) < 300_000
    picture = shown(answer.body)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", size)
    assert picture.info.get("progressive") == 1
    assert not picture.getexif() and "icc_profile" not in picture.info


def test_every_place_for_shares_names_it_and_every_feed_keeps_the_original(about: Any) -> None:
    room = about("p.webp", saved(noise(600, 400), "WEBP"))
    page = room.page("a")
    (graph,) = [json.loads(node.text) for node in page.all("script") if node.get("type") == "application/ld+json"]
    assert f'"{meta(room, "og:image")}"' in json.dumps(graph)
    assert json.loads(room.ok(f"/oembed?url={SITE}/s/a").body)["thumbnail_url"] == meta(room, "og:image")
    rss, atom, feed = (room.ok(url).text for url in room.feed_urls)
    for text in (rss, atom, feed):
        assert "picture.jpg" not in text
        assert f"{SITE}/media/p.webp?v=" in text
    (item,) = room.rss().items
    assert [(file.media_type, file.length) for file in item.enclosures] == [
        ("image/webp", str(len(saved(noise(600, 400), "WEBP"))))
    ]


@pytest.mark.parametrize(
    ("name", "data"), [("light.jpg", pictures.jpeg(800, 600, 599_000)), ("light.png", pictures.png(800, 600))]
)
def test_a_light_jpeg_or_png_is_shared_as_it_is(about: Any, name: str, data: bytes) -> None:
    room = about(name, data)
    assert meta(room, "og:image").startswith(f"{SITE}/media/{name}?v=")
    assert room.get("/s/a/picture.jpg").status == 404


def test_a_remote_picture_is_never_fetched_and_taken_at_its_name(newsroom: Maker) -> None:
    files = {f"{kind}.md": article(image=f"https://cdn.example/p.{kind}") for kind in ("webp", "gif", "svg", "avif")}
    room = newsroom(files, at=AT, inside=True)
    for kind, expected in (("webp", "p.webp"), ("gif", "p.gif"), ("svg", "card.png"), ("avif", "card.png")):
        assert str(room.page(kind).one_meta("og:image")).endswith(expected)
        assert room.get(f"/s/{kind}/picture.jpg").status == 404


def test_its_bytes_are_the_same_in_every_newsroom_and_its_address_changes_with_the_picture(about: Any) -> None:
    first, again = (about("p.webp", saved(noise(900, 700), "WEBP")) for _ in range(2))
    assert room_bytes(first) == room_bytes(again)
    other = about("p.webp", saved(noise(900, 701), "WEBP"))
    assert meta(first, "og:image") == meta(again, "og:image") != meta(other, "og:image")


def room_bytes(room: Newsroom) -> tuple[bytes, str]:
    answer = room.ok(meta(room, "og:image"))
    return answer.body, answer.headers["ETag"]


def test_a_client_that_has_it_is_told_so_and_it_may_be_kept_for_ever(about: Any) -> None:
    room = about("p.webp", saved(noise(90, 70), "WEBP"))
    url = meta(room, "og:image")
    answer = room.ok(url)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = room.get(url, {"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert room.head(url).headers["Content-Type"] == "image/jpeg"
    assert "immutable" not in room.ok("/s/a/picture.jpg").headers["Cache-Control"]


def test_it_stands_upright_on_white_in_srgb_and_tells_nothing_of_the_camera(about: Any) -> None:
    turned = Image.new("RGB", (900, 300), "blue")
    turned.paste("red", (0, 0, 450, 300))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"  # 6: the first row is the right side (Exif 2.32, table 4)
    room = about("p.webp", saved(turned, "WEBP", exif=exif, lossless=True))
    data = room.ok(meta(room, "og:image")).body
    picture = shown(data)
    assert picture.size == (300, 900) == (int(meta(room, "og:image:width")), int(meta(room, "og:image:height")))
    assert b"Camera" not in data
    top, bottom = picture.getpixel((150, 100)), picture.getpixel((150, 800))
    assert top[0] > 240 > 20 > top[2] and bottom[2] > 240 > 20 > bottom[0]  # type: ignore[index]


def test_what_shines_through_is_white(about: Any) -> None:
    room = about("p.webp", saved(Image.new("RGBA", (400, 300), (255, 0, 0, 0)), "WEBP", lossless=True))
    assert shown(room.ok(meta(room, "og:image")).body).getpixel((200, 150)) == (255, 255, 255)


def test_a_picture_in_other_colours_is_shown_in_srgb(about: Any) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    plain = Image.new("RGB", (64, 64), (120, 90, 60))
    room = about("p.webp", saved(plain, "WEBP", lossless=True, icc_profile=lab))
    answer = room.ok(meta(room, "og:image"))
    assert "icc_profile" not in shown(answer.body).info
    broken = about("p.webp", saved(plain, "WEBP", lossless=True, icc_profile=b"no profile"))
    pixel = shown(broken.ok(meta(broken, "og:image")).body).getpixel((30, 30))
    assert all(abs(one - other) <= 3 for one, other in zip(pixel, (120, 90, 60), strict=True))  # type: ignore[arg-type]


def test_a_bomb_gives_way_to_the_site_s_picture_and_to_the_card(newsroom: Maker) -> None:
    files: dict[str, str | bytes] = {
        "a.md": article(image="bomb.png"),
        "bomb.png": bomb(),
        "site.jpg": pictures.jpeg(1200, 630),
    }
    assert meta(newsroom(files, at=AT, inside=True), "og:image") == f"{SITE}/s/a/card.png"
    room = newsroom(files, at=AT, inside=True, site={"image": "site.jpg"})
    assert meta(room, "og:image").startswith(f"{SITE}/media/site.jpg?v=")
    assert room.get("/s/a/picture.jpg").status == 404
    assert len(room.rss().items) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cut.jpg", saved(noise(1600, 900), "JPEG", quality=95)[:650_000]),
        ("cut.png", saved(noise(900, 1800), "PNG")[:700_000]),
        ("cut.gif", saved(noise(320, 200).convert("P"), "GIF")[:5_000]),
        ("broken.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect'),
    ],
)
def test_a_picture_that_cannot_be_decoded_keeps_the_promise_with_the_card(
    about: Any, name: str, data: bytes | str
) -> None:
    room = about(name, data)
    url = meta(room, "og:image")
    picture = shown(room.ok(url).body)
    assert picture.size == (int(meta(room, "og:image:width")), int(meta(room, "og:image:height")))
    assert picture.format == "JPEG"
    assert len(set(picture.convert("L").resize((60, 60)).tobytes())) > 10  # the card has letters
    assert room.get(url).body == room.get(url).body


def test_a_webp_without_its_end_has_no_size_and_gives_way_to_the_card(about: Any) -> None:
    assert meta(about("p.webp", saved(noise(160, 90), "WEBP")[:500]), "og:image") == f"{SITE}/s/a/card.png"


@pytest.mark.parametrize(
    "data",
    [
        "<svg/>",
        "no drawing",
        "",
        DRAWING.format("<g>" * 4000 + "</g>" * 4000),
        '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="50em"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 5"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" width="9999999" height="5"/>',
        '<!DOCTYPE svg [<!ENTITY a "10">]><svg xmlns="http://www.w3.org/2000/svg" width="&a;" height="5"/>',
        '<?xml version="1.0" encoding="UTF-7"?>+ADw-svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"/>',
        '<?xml version="1.0" encoding="UTF-16"?><svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"/>'.encode("utf-16"),
        DRAWING.format(RED + "<!--" + "x" * 1_000_000 + "-->"),
    ],
    ids=["no namespace", "text", "empty", "deep", "relative", "flat", "huge", "entity", "UTF-7", "UTF-16", "heavy"],
)  # fmt: skip
def test_a_drawing_of_no_good_size_gives_way_to_the_card(about: Any, data: str | bytes) -> None:
    assert meta(about("p.svg", data), "og:image") == f"{SITE}/s/a/card.png"


@pytest.mark.parametrize(
    ("root", "size"),
    [
        ('width="40" height="20"', ("1200", "600")),
        ('width="1in" height="48px" viewBox="0 0 7 9"', ("1200", "600")),
        ('width="10" viewBox="0 0 200 400"', ("600", "1200")),
        ('height="10" viewBox="-5,-5,400,200"', ("1200", "600")),
        ('width="100%" height="100%" viewBox="0 0 30 30"', ("1200", "1200")),
    ],
)
def test_a_drawing_has_the_size_that_its_root_states(about: Any, root: str, size: tuple[str, str]) -> None:
    room = about("p.svg", f'<svg xmlns="http://www.w3.org/2000/svg" {root}>{RED}</svg>')
    assert (meta(room, "og:image:width"), meta(room, "og:image:height")) == size
    assert shown(room.ok(meta(room, "og:image")).body).size == (int(size[0]), int(size[1]))


@pytest.mark.parametrize(
    "drawing",
    [
        '<image width="300" height="200" href="{path}"/>',
        '<image width="300" height="200" xlink:href="{path}"/>',
        '<image width="300" height="200" href="file://{path}"/>',
        '<image width="300" height="200" href="secret.png"/>',
        '<image width="300" height="200" href="./secret.png"/>',
        '<image width="300" height="200" href="https://127.0.0.1:9/p.png"/>',
        '<filter id="f"><feImage href="{path}"/></filter><rect width="300" height="200" filter="url(#f)"/>',
        '<use href="{path}#x"/>',
        '<image width="300" height="200" style="href:{path}"/>',
        '<style>@import url("{path}"); image {{ href: url({path}) }}</style><image width="300" height="200"/>',
        '<image width="300" height="200" href="data:image/svg+xml,'
        '%3Csvg xmlns=%22http://www.w3.org/2000/svg%22%3E%3Cimage href=%22{path}%22/%3E%3C/svg%3E"/>',
        '<foreignObject width="300" height="200"><img xmlns="http://www.w3.org/1999/xhtml" src="{path}"/></foreignObject>',
    ],
)
def test_a_drawing_shows_nothing_but_itself(about: Any, tmp_path: Path, drawing: str) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(saved(Image.new("RGB", (300, 200), "red"), "PNG"))
    text = DRAWING.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ').format(
        drawing.format(path=secret)
    )
    room = about("p.svg", text)
    room.write("secret.png", secret.read_bytes())
    answer = room.ok(meta(room, "og:image"))
    reds = [
        pixel for pixel in shown(answer.body).resize((60, 40)).get_flattened_data() if pixel[0] > 200 > 90 > pixel[1]
    ]
    assert reds == []


def test_a_drawing_may_hold_pictures_and_letters(about: Any) -> None:
    held = "data:image/png;base64," + base64.b64encode(pictures.png(30, 20, grey=0)).decode()
    black = about("p.svg", DRAWING.format(f'<image width="300" height="200" href="{held}"/>'))
    assert shown(black.ok(meta(black, "og:image")).body).getpixel((600, 400)) == (0, 0, 0)
    text = about("p.svg", DRAWING.format('<text x="10" y="150" font-size="120">سلام</text>'))
    assert shown(text.ok(meta(text, "og:image")).body).convert("L").getextrema()[0] < 60  # type: ignore[operator]


def test_a_drawing_without_end_is_stopped_and_no_feed_waits_for_it(about: Any) -> None:
    turbulence = '<feTurbulence baseFrequency="0.01" numOctaves="20"/>' * 60
    endless = f'<filter id="f" x="-10" y="-10" width="30" height="30">{turbulence}</filter>'
    room = about("p.svg", DRAWING.format(endless + '<rect width="300" height="200" filter="url(#f)"/>'), inside=False)
    room.serve()
    url = meta(room, "og:image")
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        drawn = pool.submit(httpx.get, f"http://127.0.0.1:{room.port}{room.local(url)}", timeout=40)
        while not drawn.done():
            asked = time.monotonic()
            assert len(room.rss().items) == 1
            assert time.monotonic() - asked < 2
            time.sleep(0.2)
    assert drawn.result().status_code == 200
    assert shown(drawn.result().content).size == (1200, 800)
    assert 1 < time.monotonic() - began < 30


def test_an_export_has_it_with_the_bytes_that_are_served(about: Any, tmp_path: Path) -> None:
    room = about("p.webp", saved(noise(600, 400), "WEBP"), inside=False)
    assert room.run("export", str(tmp_path), "--at", AT).code == 0
    room.serve()
    assert (tmp_path / "s/a/picture.jpg").read_bytes() == room.ok(meta(room, "og:image")).body
    assert not (tmp_path / "s/a/card.png").exists()
    room.stop()
    room.write("a.md", article())
    assert "removed s/a/picture.jpg" in room.run("export", str(tmp_path), "--at", AT).stdout


def test_it_goes_with_its_article(newsroom: Maker) -> None:
    files = {
        "a.md": article(image="p.webp", date="2025-01-01", withdrawn="2025-05-01"),
        "d.md": article(image="p.webp", draft="true"),
        "p.webp": saved(noise(60, 40), "WEBP"),
    }
    room = newsroom(files, at=AT, inside=True)
    assert room.get("/s/a/picture.jpg").status == 410
    assert room.get("/s/d/picture.jpg").status == room.get("/s/x/picture.jpg").status == 404


def test_a_state_that_cannot_be_written_costs_nothing_but_time(about: Any) -> None:
    room = about("p.webp", saved(noise(60, 40), "WEBP"))
    url = meta(room, "og:image")
    first = room.ok(url).body
    kept = [path for path in room.folder.rglob("pictures/*.jpg") if path.read_bytes().endswith(first)]
    assert len(kept) == 1
    kept[0].unlink()
    kept[0].parent.rmdir()
    kept[0].parent.write_text("in the way")
    assert room.ok(url).body == first
