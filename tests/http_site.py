"""The newsroom that the HTTP tests ask: every kind of article, media and what must stay hidden."""

from __future__ import annotations

import pictures
from cases import NOW
from conftest import Maker
from newsroom import Newsroom, article

SITE = "https://news.example"
SECRETS = [".hidden.png", "_kept.png", "_drafts/p.png", ".d/p.png", "p.png~", "p.swp", "p.png.bak", "a.md", "b.txt"]
SECRETS += ["c.html", "script.py", "p.php", "noext", "x.markdown"]


def content() -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {
        f"{n:02}.md": article(f"خبر {n}", date=f"2025-04-{n:02}", tags="[أخبار]") for n in range(1, 13)
    }
    files |= {
        "tags.md": article(
            "وسوم", date="2025-04-20", tags="[كرة القدم, C, C++, 'C#', café, 'a/b']", aliases="[/old, /أرشيف]"
        ),
        "fa.md": article("خبر فارسی", lang="fa-IR", date="2025-04-21", author="كاتب المثال", image="img/p.png"),
        "he.md": article("ידיעה", "טקסט קצר.", lang="he", date="2025-04-22"),
        "draft.md": article("مسودة", draft="true", tags="[سر]"),
        "later.md": article("لاحقا", date="2025-06-01", tags="[سر]"),
        "gone.md": article("سحب", withdrawn="2025-05-01T00:00:00Z", tags="[مسحوب]"),
        "over.md": article("انتهى", expires="2025-05-01", tags="[منته]"),
        "apart.md": article("وحده", feed="false", tags="[وحيد]"),
        "img/p.png": pictures.png(8, 5),
        "img/صورة.jpg": pictures.jpeg(16, 8),
        "s.mp3": b"ID3\x03" + bytes(100),
    }
    return files | {f"files/{name}": b"secret" for name in SECRETS}


def serve_site(make: Maker) -> Newsroom:
    """The server over it, with links that lead out of the folder and one that stays inside."""
    made = make(content(), at=NOW, feeds={"items": 5})
    (made.folder / "outside.png").write_bytes(pictures.png(1, 1))
    (made.content / "leak.png").symlink_to(made.folder / "outside.png")
    (made.content / "leak").symlink_to(made.folder)
    (made.content / "inside.png").symlink_to(made.content / "img" / "p.png")
    return made.serve()
