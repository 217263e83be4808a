"""Pictures that stand in a body as `data:` URIs become files of ours; nothing else of the kind gets through."""

from __future__ import annotations

import base64
import hashlib
import time
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pictures
import pytest
from conftest import Maker
from newsroom import Newsroom, article
from PIL import Image

AT = "2025-06-01T00:00:00+00:00"
SITE = "https://news.example"


def saved(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (30, 20), "green").save(out, kind)
    return out.getvalue()


PNG = pictures.png(30, 20)


def uri(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def address(data: bytes, suffix: str = "png") -> str:
    return f"{SITE}/media/inline/{hashlib.sha256(data).hexdigest()[:24]}.{suffix}"


def pictured(room: Newsroom, token: str = "a") -> list[str]:
    return [str(node.get("src")) for node in room.page(token).all("img")]


def clean(room: Newsroom) -> bool:
    texts = [room.ok(url).text for url in (*room.feed_urls, "/", "/s/a")]
    return not [text for text in texts if "data:image" in text or "base64" in text or "embedded." in text]


@pytest.mark.parametrize(
    ("data", "suffix", "kind"),
    [
        (PNG, "png", "image/png"),
        (pictures.jpeg(30, 20), "jpg", "image/jpeg"),
        (saved("GIF"), "gif", "image/gif"),
        (saved("WEBP"), "webp", "image/webp"),
    ],
    ids=["png", "jpeg", "gif", "webp"],
)
def test_a_picture_in_the_text_becomes_a_file_of_ours(newsroom: Maker, data: bytes, suffix: str, kind: str) -> None:
    body = f"نص قبلها.\n\nفي ٢٠ يوما ![وصف]({uri(data, kind)})\n\nنص بعدها."
    room = newsroom({"a.md": article(body=body)}, at=AT, inside=True)
    url = address(data, suffix)
    assert pictured(room) == [url]
    for feed in room.feeds():
        assert [node.get("src") for node in feed["a"].content.all("img")] == [url]
    assert clean(room)
    assert room.check().stdout == ""
    answer = room.ok(url)
    assert answer.body == data
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert room.get(url, {"If-None-Match": answer.headers["ETag"]}).status == 304
    assert room.head(url).headers["Content-Type"] == kind


@pytest.mark.parametrize(
    "written",
    [
        uri(PNG),
        uri(PNG).upper().replace(base64.b64encode(PNG).decode().upper(), base64.b64encode(PNG).decode()),
        uri(PNG, "image/jpeg"),  # the bytes decide, not the word
        uri(PNG, "image/svg+xml"),
        uri(PNG, "image/png;charset=utf-8"),
        " \n" + uri(PNG)[:60] + "\n  " + uri(PNG)[60:] + "\n",
        uri(PNG).rstrip("="),
        "data:image/png;base64," + quote(base64.b64encode(PNG).decode(), safe=""),
        "data:image/png," + quote(PNG, safe=""),
    ],
)
def test_every_spelling_of_a_picture_is_the_same_picture(newsroom: Maker, written: str) -> None:
    body = f'<p>نص</p><img src="{written}" alt="وصف" width="300" height="200">'
    room = newsroom({"a.html": f"<title>خبر</title><meta name=date content=2025-04-01>{body}"}, at=AT, inside=True)
    (image,) = room.page("a").all("img")
    assert (image.get("src"), image.get("width"), image.get("height")) == (address(PNG), "300", "200")
    assert clean(room)


def test_a_lazy_picture_may_stand_in_the_text(newsroom: Maker) -> None:
    pixel = uri(pictures.png(1, 1))
    body = (
        f'<img src="{pixel}" data-src="https://cdn.example/p.jpg" alt="">\n\n<img data-src="{uri(PNG)}" alt="وصف">\n\n'
        f'<img src="{uri(PNG)}" data-src="https://cdn.example/q.jpg" alt="">'
    )
    room = newsroom({"a.md": article(body=body)}, at=AT, inside=True)
    assert pictured(room) == ["https://cdn.example/p.jpg", address(PNG), "https://cdn.example/q.jpg"]


HUGE = base64.b64encode(bytes(2_100_000)).decode()


@pytest.mark.parametrize(
    "written",
    [
        uri(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        uri(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/png"),
        uri(b"<html><script>alert(1)</script>", "image/png"),
        uri(PNG, "text/html"),
        uri(PNG, "application/octet-stream"),
        uri(PNG)[:40],
        uri(pictures.png(1, 1)),
        uri(pictures.png(30, 20, 2_000_001)),
        "data:image/png;base64,@@@@" + uri(PNG)[22:],
        "data:image/png;base64",
        "data:",
        "data:,",
        "data:image/png;" + "x=y;" * 200 + uri(PNG)[15:],
        f"data:image/png;base64,{HUGE}",
    ],
    ids=["svg", "svg as png", "html", "text", "no picture", "cut", "pixel", "heavy", "no base64", "no comma", "bare", "empty",
         "long head", "zeros"],
)  # fmt: skip
def test_what_is_no_picture_is_left_out_and_reported_with_its_line(newsroom: Maker, written: str) -> None:
    room = newsroom({"a.md": article(body=f"نص\n\n![وصف]({written})")}, at=AT, inside=True)
    assert pictured(room) == []
    assert "وصف" in room.page("a").text
    assert clean(room)
    (problem,) = room.check().stdout.splitlines()
    assert problem.startswith("content/a.md:7: content: ") and problem.endswith("'data:'")


@pytest.mark.parametrize(
    "tag",
    [
        '<a href="{}">س</a>',
        '<video src="{}" poster="{}">س</video>',
        '<audio src="{}">س</audio>',
        '<iframe src="{}"></iframe>',
        '<object data="{}">س</object>',
        '<picture><source srcset="{} 2x"><img src="embedded.0" alt="س"></picture>',
        '<blockquote cite="{}">س</blockquote>',
        '<svg><image href="{}"/></svg>س',
        '<p style="background:url({})">س</p>',
        '<img src="embedded.0" alt="س"> ![س](embedded.1)',
    ],
)
def test_no_other_place_leads_to_data(newsroom: Maker, tag: str) -> None:
    room = newsroom({"a.md": article(body=f"نص\n\n{tag.replace('{}', uri(PNG))}\n\nس")}, at=AT, inside=True)
    assert clean(room)
    assert "/media/inline/" not in room.share("a").text


def test_fifty_megabytes_of_picture_harm_no_other_article(newsroom: Maker) -> None:
    files = {"a.md": article(body=f"![س](data:image/png;base64,{'A' * 50_000_000})"), "b.md": article("آخر")}
    began = time.monotonic()
    room = newsroom(files, at=AT, inside=True)
    assert [item.token for item in room.rss().items] == ["b"]
    assert time.monotonic() - began < 10


def test_many_pictures_in_one_text_are_all_served(newsroom: Maker) -> None:
    one = f"![س]({uri(pictures.png(30, 20, 100_000))})\n\n"
    room = newsroom({"a.md": article(body=one * 25)}, at=AT, inside=True)
    assert len(pictured(room)) == 25


def test_a_picture_goes_with_the_last_article_that_holds_it(newsroom: Maker) -> None:
    body = f"![س]({uri(PNG)})"
    room = newsroom({"a.md": article(body=body), "b.md": article(body=body)}, serve=True)
    assert room.ok(address(PNG)).body == PNG
    room.delete("a.md")
    room.settle()
    assert room.ok(address(PNG)).body == PNG
    room.write("b.md", article(body=body).replace("date: 2025", "date: never"))
    room.settle()
    assert room.ok(address(PNG)).body == PNG  # the last good version stays
    room.write("b.md", article(body="بلا صورة"))
    room.settle()
    assert room.get(address(PNG)).status == 404


@pytest.mark.parametrize("name", ["", "x.png", "../a.md", "0" * 24 + ".png", "0" * 24])
def test_no_other_name_is_found(newsroom: Maker, name: str) -> None:
    room = newsroom({"a.md": article(body=f"![س]({uri(PNG)})")}, at=AT, inside=True)
    assert room.get(f"/media/inline/{name}").status == 404


def test_a_folder_of_that_name_keeps_its_files(newsroom: Maker) -> None:
    files = {"a.md": article(body=f"![س](inline/p.png) ![س]({uri(PNG)})"), "inline/p.png": pictures.png(9, 9)}
    room = newsroom(files, at=AT, inside=True)
    assert [room.ok(url).body for url in pictured(room)] == [pictures.png(9, 9), PNG]


def test_an_export_has_it_and_removes_it_with_its_article(newsroom: Maker, tmp_path: Path) -> None:
    room = newsroom({"a.md": article(body=f"![س]({uri(PNG)})")}, at=AT)
    assert room.run("export", str(tmp_path), "--at", AT).code == 0
    name = address(PNG).removeprefix(SITE + "/")
    assert (tmp_path / name).read_bytes() == PNG
    room.write("a.md", article())
    assert f"removed {name}" in room.run("export", str(tmp_path), "--at", AT).stdout
    assert not (tmp_path / "media").exists()
