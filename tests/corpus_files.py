"""One content folder that holds every shape of content file at once, each with the fields it must give."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

import pictures

NOTE = "نص قصير للتجربة عن المكتبة."


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A file and what it must become; a field that is None is not compared."""

    path: str
    data: bytes
    token: str | None
    title: str
    published: str
    language: str = "ar"
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    text: str = ""
    extra: dict[str, bytes] = field(default_factory=dict)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8")


SHAPES = [
    Shape(
        path="markdown.md",
        data=_utf8(f"---\ntitle: ماركداون\ndate: 2025-04-01 10:00\ntags: [أ, ب]\nauthor: كاتب\n---\n{NOTE}\n"),
        token="markdown",
        title="ماركداون",
        published="2025-04-01T10:00:00+03:00",
        tags=("أ", "ب"),
        authors=("كاتب",),
        text=NOTE,
    ),
    Shape(
        path="jekyll/2025-04-02-jekyll-post.markdown",
        data=_utf8(f"---\nlayout: post\ntitle: جيكل\ncategories: أخبار\ntags: س\n---\n{NOTE}\n"),
        token="2025-04-02-jekyll-post",
        title="جيكل",
        published="2025-04-02T00:00:00+03:00",
        tags=("أخبار", "س"),
        text=NOTE,
    ),
    Shape(
        path="jekyll/2025-04-03-dated.md",
        data=_utf8(f"---\ntitle: مؤرخ\ndate: 2025-04-03 10:00:00 +0200\n---\n{NOTE}\n"),
        token="2025-04-03-dated",
        title="مؤرخ",
        published="2025-04-03T10:00:00+02:00",
        text=NOTE,
    ),
    Shape(
        path="hugo/bundle/index.md",
        data=_utf8(
            '+++\ntitle = "هوغو"\ndate = 2025-04-04T08:00:00+03:00\n[taxonomies]\ntags = ["ت", "ث"]\n'
            "[extra]\nrtl = true\n+++\n"
            f"{NOTE}\n\n```toml\n+++\n```\n\n![ص](p.png)\n"
        ),
        token="bundle",
        title="هوغو",
        published="2025-04-04T08:00:00+03:00",
        tags=("ت", "ث"),
        text=NOTE,
        extra={"hugo/bundle/p.png": pictures.png(3, 2)},
    ),
    Shape(
        path="zola/story/index.fa.md",
        data=_utf8("+++\ntitle = 'داستان'\ndate = 2025-04-05\n+++\nمتن کوتاه برای آزمایش گفتگو.\n"),
        token=None,
        title="داستان",
        published="2025-04-05T00:00:00+03:00",
        language="fa",
        text="متن کوتاه برای آزمایش گفتگو.",
    ),
    Shape(
        path="pair/post.ar.md",
        data=_utf8(f"---\ntitle: زوج\ndate: 2025-04-06\n---\n{NOTE}\n"),
        token="post",
        title="زوج",
        published="2025-04-06T00:00:00+03:00",
        text=NOTE,
    ),
    Shape(
        path="pair/post.fa.md",
        data=_utf8("---\ntitle: جفت\ndate: 2025-04-06\n---\nمتن کوتاه برای آزمایش گفتگو.\n"),
        token="post.fa",
        title="جفت",
        published="2025-04-06T00:00:00+03:00",
        language="fa",
        text="متن کوتاه برای آزمایش گفتگو.",
    ),
    Shape(
        path="astro.md",
        data=_utf8(
            f"---\ntitle: أسترو\npubDate: 14-04-2025\ntags: واحد، اثنان, three\nheroImage: astro.jpg\n---\n{NOTE}\n"
        ),
        token="astro",
        title="أسترو",
        published="2025-04-14T00:00:00+03:00",
        tags=("واحد", "اثنان", "three"),
        text=NOTE,
        extra={"astro.jpg": pictures.jpeg(40, 30)},
    ),
    Shape(
        path="hebrew.md",
        data=_utf8(
            "---\nכותרת: ספרייה\nתאריך: 30 באפריל 2025\nתקציר: תקציר קצר\nתגיות: [ספרים]\n"
            "lang: he\n---\nטקסט קצר לניסיון.\n"
        ),
        token="hebrew",
        title="ספרייה",
        published="2025-04-30T00:00:00+03:00",
        language="he",
        tags=("ספרים",),
        text="טקסט קצר לניסיון.",
    ),
    Shape(
        path="arabic.md",
        data=_utf8(
            f"---\nالعنوان: مكتبة\nالتاريخ: ٢٩ نيسان ٢٠٢٥\nالوسوم: [كتب]\nالكاتب: أمين\nالملخص: ملخص\n---\n{NOTE}\n"
        ),
        token="arabic",
        title="مكتبة",
        published="2025-04-29T00:00:00+03:00",
        tags=("كتب",),
        authors=("أمين",),
        text=NOTE,
    ),
    Shape(
        path="persian.md",
        data=_utf8(
            "---\nعنوان: کتابخانه\nتاریخ: ۹ اردیبهشت ۱۴۰۴\nبرچسب‌ها: [کتاب]\n"
            "نویسنده: پری\nlang: fa\n---\nمتن کوتاه برای آزمایش گفتگو.\n"
        ),
        token="persian",
        title="کتابخانه",
        published="2025-04-29T00:00:00+03:00",
        language="fa",
        tags=("کتاب",),
        authors=("پری",),
        text="متن کوتاه برای آزمایش گفتگو.",
    ),
    Shape(
        path="wordpress.md",
        data=_utf8(f"---\ntitle: ووردبريس\nguid: https://old.example/?p=12\ndate: 2025-04-11T12:00:00Z\n---\n{NOTE}\n"),
        token=None,
        title="ووردبريس",
        published="2025-04-11T12:00:00+00:00",
        text=NOTE,
    ),
    Shape(
        path="head.html",
        data=_utf8(
            '<!doctype html><html lang="ar"><head><title>رأس</title>'
            '<meta name="date" content="2025-04-12T09:00:00+03:00">'
            '<meta name="author" content="هند"><meta name="keywords" content="ك، ل"></head>'
            f"<body><p>{NOTE}</p></body></html>"
        ),
        token="head",
        title="رأس",
        published="2025-04-12T09:00:00+03:00",
        tags=("ك", "ل"),
        authors=("هند",),
        text=NOTE,
    ),
    Shape(
        path="front.html",
        data=_utf8(f"---\ntitle: أمام\ndate: 2025-04-13\n---\n<p>{NOTE}</p>\n"),
        token="front",
        title="أمام",
        published="2025-04-13T00:00:00+03:00",
        text=NOTE,
    ),
    Shape(
        path="أخبار خام/خبر.txt",
        data=_utf8(f"الثلاثاء، ٢٩ نيسان ٢٠٢٥ - ٤:٠٥ مساءً\n\nخبر خام\n\nخبر خام\n\n{NOTE}\n\nمشاركة المقال:\n"),
        token=None,
        title="خبر خام",
        published="2025-04-29T16:05:00+03:00",
        text=NOTE,
    ),
    Shape(
        path="front.txt",
        data=_utf8(f"---\nauthor: ليلى\nid: raw-front\n---\n30 أبريل 2025 13:30\n\nخام بمقدمة\n\n{NOTE}\n"),
        token="raw-front",
        title="خام بمقدمة",
        published="2025-04-30T13:30:00+03:00",
        authors=("ليلى",),
        text=NOTE,
    ),
    Shape(
        path="encodings/sig.md",
        data=codecs.BOM_UTF8 + _utf8(f"---\r\ntitle: علامة\r\ndate: 2025-04-15\r\n---\r\n{NOTE}\r\n"),
        token="sig",
        title="علامة",
        published="2025-04-15T00:00:00+03:00",
        text=NOTE,
    ),
    Shape(
        path="encodings/wide.md",
        data=codecs.BOM_UTF16_LE + f"---\ntitle: عريض\ndate: 2025-04-16\n---\n{NOTE}\n".encode("utf-16-le"),
        token="wide",
        title="عريض",
        published="2025-04-16T00:00:00+03:00",
        text=NOTE,
    ),
    Shape(
        path="encodings/windows.txt",
        data=f"17 أبريل 2025\r\nترميز قديم\r\n\r\n{NOTE}\r\n".encode("windows-1256"),
        token="windows",
        title="ترميز قديم",
        published="2025-04-17T00:00:00+03:00",
        text=NOTE,
    ),
    Shape(
        path="english.md",
        data=_utf8(
            "---\ntitle: A short history of مكتبة\ndate: 2025-04-18\nlang: en\n"
            "tags: [C++, C#, a.b]\n---\nPlain English text.\n"
        ),
        token="english",
        title="A short history of مكتبة",
        published="2025-04-18T00:00:00+03:00",
        language="en",
        tags=("C++", "C#", "a.b"),
        text="Plain English text.",
    ),
    Shape(
        path="yaml-maps.md",
        data=_utf8(
            "---\ntitle: خرائط\ndate: 2025-04-19\nauthors:\n  - name: أ\n    url: https://a.example/\n  - ب\n"
            f"image: {{url: /maps.png, alt: صورة}}\nsource: {{title: وكالة, url: https://agency.example/}}\n---\n{NOTE}\n"
        ),
        token="yaml-maps",
        title="خرائط",
        published="2025-04-19T00:00:00+03:00",
        authors=("أ", "ب"),
        text=NOTE,
        extra={"maps.png": pictures.png(5, 5)},
    ),
    Shape(
        path="sound.md",
        data=_utf8(f"---\ntitle: صوت\ndate: 2025-04-20\naudio: {{url: s.mp3, duration: 61}}\n---\n{NOTE}\n"),
        token="sound",
        title="صوت",
        published="2025-04-20T00:00:00+03:00",
        text=NOTE,
        extra={"s.mp3": b"ID3\x03" + bytes(777)},
    ),
    Shape(
        path="odd.md",
        data=_utf8(
            "---\ntitle: 'OpenAPI: <b> & \"x\" ]]>'\ndate: 2025-04-21\n---\n"
            + NOTE
            + "\n\n| أ | ب |\n|---|---|\n| ١ | `x<y` |\n"
        ),
        token="odd",
        title='OpenAPI: <b> & "x" ]]>',
        published="2025-04-21T00:00:00+03:00",
        text=NOTE,
    ),
]


def mixed() -> dict[str, bytes]:
    """path -> bytes of all of them."""
    return {path: data for shape in SHAPES for path, data in {shape.path: shape.data, **shape.extra}.items()}
