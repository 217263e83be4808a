"""Share pictures: 1200×630, light, the same bytes everywhere, in the packaged fonts alone, from a template."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from feeds import card
from feeds.article import Article
from feeds.card import drawing, fonts, picture
from feeds.config import Config, load
from feeds.language import direction_of
from feeds.problems import ConfigError, FieldError

ARABIC = "سوريا تعلن عن خطة لإعادة إعمار 3 مدن"
HOSTILE = {
    "invisible": "\u200b",
    "emoji alone": "😀👨‍👩‍👧‍👦🇸🇾",
    "Chinese alone": "漢字",
    "one word of 5,000": "ا" * 5000,
    "words of 5,000": "خبر عاجل من دمشق " * 300,
    "5,000 words of nothing": "\u200b " * 2500 + "x",
    "isolates": "\u2067أ\u2066a" * 1000,
    "marks": "ا" + "\u064b\u0651" * 400,
    "white space": "أ\t\n\x85\u2028\u00a0ب",
    "markup": "<script>&amp;\"'</text></svg> ]]> <!--",
    "template": "{{ 7 * 7 }} {% raw %}",
    "both ways": "(OpenAI) أطلقت [GPT-4] في (دمشق, 2024) — https://x.example/?a=1&b=2 ב-3%",
    "narrow": "i" * 400,
    "wide": "W" * 400,
    "ligature": "\ufdfd" * 50,
}


def config(**settings: object) -> Config:
    return Config(**{
        "root": Path(), "title": "نشرة", "url": "https://n.example", "base_path": "", "language": "ar", "direction": "rtl",
        "id_domain": "n.example,2025", "zone": ZoneInfo("UTC"), **settings,
    })  # fmt: skip


def article(title: str, language: str = "ar") -> Article:
    day = datetime(2025, 3, 9, 12, tzinfo=ZoneInfo("Asia/Damascus"))
    return Article(
        id="a", title=title, published=day, updated=day, language=language, direction=direction_of(language),
        summary="", content_html="",
    )  # fmt: skip


def opened(png: bytes) -> Image.Image:
    with Image.open(BytesIO(png)) as found:
        assert found.format == "PNG"
        return found.convert("RGB")


def photo(kind: str) -> bytes:
    """A picture of random pixels, the heaviest that there is."""
    noise = Image.frombytes("RGB", (900, 700), random.Random(7).randbytes(900 * 700 * 3))
    out = BytesIO()
    noise.save(out, kind)
    return out.getvalue()


def digests() -> list[str]:
    cards = [(ARABIC, None), (HOSTILE["both ways"], None), (HOSTILE["words of 5,000"], None), (ARABIC, photo("JPEG"))]
    return [hashlib.sha256(card.render(config(), article(title), ground)).hexdigest() for title, ground in cards]


@pytest.mark.parametrize("title", [*HOSTILE.values(), ARABIC], ids=[*HOSTILE, "plain"])
def test_a_card_is_1200_by_630_and_light_whatever_the_title(title: str) -> None:
    png = card.render(config(), article(title), None)
    assert opened(png).size == (1200, 630)
    assert len(png) < 300_000


def test_a_card_with_a_picture_is_light_too() -> None:
    png = card.render(config(), article(ARABIC), photo("JPEG"))
    assert opened(png).size == (1200, 630)
    assert len(png) < 300_000


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_picture_may_be_of_any_kind_that_a_share_picture_may_be(kind: str) -> None:
    assert picture.soften(photo(kind), 120, 63, 3).startswith("data:image/png;base64,")


def test_the_picture_is_seen_and_the_headline_stands_out_on_it() -> None:
    out = BytesIO()
    Image.new("RGB", (300, 300), (250, 250, 250)).save(out, "PNG")
    shown = opened(card.render(config(), article(ARABIC), out.getvalue()))
    red, green, blue = shown.getpixel((10, 10))
    assert abs(red - green) < 4 and abs(red - blue) < 4  # the grey of the picture, not the green of the ground
    extrema = [channel[1] for channel in shown.crop((100, 150, 1100, 500)).getextrema()]
    assert min(extrema) > 250  # white letters
    assert max(shown.getpixel((10, 300))) < 128


@pytest.mark.parametrize(
    "broken", [b"", b"no picture", photo("PNG")[:5000], b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_a_picture_that_cannot_be_read_leaves_the_plain_ground(broken: bytes) -> None:
    assert card.render(config(), article(ARABIC), broken) == card.render(config(), article(ARABIC), None)


def test_a_picture_of_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert picture.soften(photo("PNG"), 1200, 630, 3) == ""


def test_the_ground_is_the_site_s_colour_and_the_letters_stand_out_on_it() -> None:
    yellow = opened(card.render(config(accent_color="ffd400"), article(ARABIC), None))
    assert yellow.getpixel((5, 5)) == (0xFF, 0xD4, 0x00)
    assert max(channel[0] for channel in yellow.crop((100, 150, 1100, 500)).getextrema()) < 40  # dark letters
    # WCAG 2.2: the contrast of white on FFD400 is 1.4, that of white on 0A5A61 is 7.8
    assert drawing.ink("ffd400") != "#ffffff"
    assert drawing.ink("0a5a61") == "#ffffff"


@pytest.mark.parametrize(("language", "side"), [("ar", "right"), ("he", "right"), ("en", "left")])
def test_the_headline_begins_at_its_own_margin(language: str, side: str) -> None:
    title = {"ar": "سلام", "he": "שלום", "en": "Peace"}[language]
    shown = opened(card.render(config(accent_color="000000"), article(title, language), None)).crop((0, 150, 1200, 498))
    left, _, right, _ = shown.convert("L").getbbox() or (0, 0, 0, 0)
    if side == "right":
        assert 1200 - right == pytest.approx(84, abs=10) and left > 600
    else:
        assert left == pytest.approx(84, abs=10) and right < 600


@pytest.mark.parametrize(
    "title", [ARABIC * 3, "خبر GPT-4 " * 9, "ראש הממשלה " * 8, "Ähnliche Wörter " * 9, "W" * 400, "ﷺ" * 90]
)
def test_no_line_leaves_the_margins(title: str) -> None:
    shown = opened(card.render(config(accent_color="000000"), article(title), None)).crop((0, 135, 1200, 512))
    left, _, right, _ = shown.convert("L").point(lambda value: 255 if value > 40 else 0).getbbox() or (0, 0, 0, 0)
    assert left >= 80
    assert right <= 1120


def test_the_same_content_gives_the_same_bytes_in_every_process() -> None:
    here = digests()
    code = "import sys; sys.path[:0] = ['tests', '.']; import test_card; print(*test_card.digests())"
    for settings in (
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tehran", "LC_ALL": "ar_SA.UTF-8"},
        {"PYTHONHASHSEED": "99", "TZ": "America/Lima", "LC_ALL": "C", "XDG_DATA_HOME": "/nonexistent"},
    ):
        ran = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, **settings, "PYTHONUTF8": "1"}, capture_output=True,
            cwd=Path(__file__).parent.parent, check=True, text=True,
        )  # fmt: skip
        assert ran.stdout.split() == here


def test_a_font_of_the_system_is_never_used() -> None:
    # Chinese is in no packaged font but in many a system's; drawn at all, it would make another card.
    assert card.render(config(), article("漢字"), None) == card.render(config(), article("😀"), None)


@pytest.mark.parametrize(
    ("language", "letters"),
    [
        ("ar", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي ًٌٍَُِّْٰ ٱ ،؛؟٪٫٬ـ ٠١٢٣٤٥٦٧٨٩"),
        ("fa", "پچژکگی ۀ ۰۱۲۳۴۵۶۷۸۹ «»"),
        ("ur", "ٹڈڑںھہۂۃےۓ۔"),
        ("ps", "ټځڅډړږښګڼۍېۀ"),
        ("ckb", "ڕڵۆێەھڤ"),
        ("sd", "ٻڀٺٽٿڄڃڇڊڌڏڙڦڳڱڻ"),
        ("ug", "ۇۈۋېەىڭ"),
        ("he", "אבגדהוזחטיכךלמםנןסעפףצץקרשת ְֱֲֳִֵֶַָֹֻּ ־׳״₪"),
        ("en", "ABCXYZabcxyz 0123456789 “”‘’„‚«»…–—!?()[]{}@#%&*+=/\\€$£"),
        ("fr", "ÀÂÇÉÈÊËÎÏÔŒÙÛÜàâçéèêëîïôœùûü"),
        ("tr", "ÇĞİIÖŞÜçğıöşü"),
        ("ku", "ÇÊÎŞÛçêîşû"),
        ("vi", "ĂÂĐÊÔƠƯạảấầẩẫậắằẳẵặ"),
        ("ru", "АБВГДЕЁЖЗИЙЪЫЬЭЮЯабвгдеёжзийъыьэюя№"),
        ("uk", "ҐЄІЇґєії"),
        ("el", "ΑΒΓΔΩάέήίόύώϊϋς"),
    ],
)
def test_one_font_has_all_letters_of_a_language(language: str, letters: str) -> None:
    assert fonts.drawable(letters) == letters
    assert len(fonts.runs(letters, fonts.order(letters))) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("خبر 😀 عاجل", "خبر عاجل"),
        ("👨‍👩‍👧 عائلة", "عائلة"),
        ("1\ufe0f\u20e3 أول", "1\ufe0f أول"),
        ("می‌گوید", "می‌گوید"),
        ("漢字", ""),
        ("co\u00adop", "coop"),
    ],
)
def test_what_no_font_has_is_left_out(text: str, expected: str) -> None:
    assert fonts.drawable(text) == expected


def test_a_letter_that_the_first_font_lacks_comes_from_the_next() -> None:
    families = fonts.order("دمشق ירושלים Αθήνα")
    assert [(family, run.strip()) for family, run in fonts.runs("دمشق Αθήνα ירושלים", families)] == [
        (families[0], "دمشق"),
        (fonts.OTHERS, "Αθήνα"),
        (fonts.LATIN, "ירושלים"),
    ]


def test_a_site_may_have_a_template_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "own.svg"
    own.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{{ width }}" height="{{ height }}">'
        '<rect width="100%" height="100%" fill="#00f"/>{% for line in block(title, direction, width=500, height=300, '
        'sizes=(60, 40)).lines %}<text x="20" y="{{ 90 + 60 * loop.index0 }}" font-size="40" fill="#fff">{{ line }}</text>'
        "{% endfor %}</svg>",
        "utf-8",
    )
    shown = opened(card.render(config(card_template=own), article("<b>Peace & quiet</b>", "en"), None))
    assert shown.size == (1200, 630)
    assert shown.getpixel((1000, 500)) == (0, 0, 255)
    assert shown.crop((20, 20, 520, 160)).getextrema()[0] == (0, 255)


@pytest.mark.parametrize(
    "text",
    ["{{ nonsense }}", "{% if %}", "<svg", "", "{{ block(title) }}", "<p>no picture</p>"],
    ids=["unknown name", "syntax", "not well-formed", "empty", "call", "not SVG"],
)
def test_a_template_that_is_none_is_refused_by_its_key(tmp_path: Path, text: str) -> None:
    own = tmp_path / "own.svg"
    own.write_text(text, "utf-8")
    with pytest.raises(FieldError, match=r"share\.card_template: .*'own\.svg'") as refused:
        card.render(config(card_template=own), article(ARABIC), None)
    assert refused.value.field == "share.card_template"


def test_the_config_names_a_template_relative_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    (tmp_path / "content").mkdir()
    site = "site: {title: ن, url: https://n.example, language: ar, id_domain: 'n.example,2025'}\n"
    path.write_text(site + "share:\n  card_template: look/own.svg\n", "utf-8")
    with pytest.raises(ConfigError, match=r"config\.yaml:3: share\.card_template: is no file.*'look/own\.svg'"):
        load(path)
    (tmp_path / "look").mkdir()
    (tmp_path / "look" / "own.svg").write_text("<svg/>")
    assert load(path).card_template == tmp_path.resolve() / "look" / "own.svg"
    path.write_text(site, "utf-8")
    assert load(path).card_template is None
