"""The bytes of a file make no difference to its article; what a newsroom's site puts below a text is none of it."""

from __future__ import annotations

import codecs
import unicodedata

import pytest
from conftest import Maker
from newsroom import article
from shapes import NOTE, NOW, hashed

# --- bytes ------------------------------------------------------------------------------------------

PLAIN = f"---\ntitle: عنوان\ndate: 2025-04-30 13:30\nid: one\ntags: [أ]\n---\n{NOTE}\n\nفقرة ثانية.\n"
ENCODED = {
    "utf-8": PLAIN.encode(),
    "utf-8 with a BOM": codecs.BOM_UTF8 + PLAIN.encode(),
    "two BOMs": codecs.BOM_UTF8 * 2 + PLAIN.encode(),
    "CRLF": PLAIN.replace("\n", "\r\n").encode(),
    "CR": PLAIN.replace("\n", "\r").encode(),
    "no newline at the end": PLAIN.rstrip("\n").encode(),
    "blank lines before the front matter": b"\n\n" + PLAIN.encode(),
    "spaces behind the fences": PLAIN.replace("---\n", "---  \n").encode(),
    "windows-1256": PLAIN.encode("windows-1256"),
    "UTF-16 little endian": codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le"),
    "UTF-16 big endian": codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
    "UTF-16 with CRLF": codecs.BOM_UTF16_LE + PLAIN.replace("\n", "\r\n").encode("utf-16-le"),
    "U+FEFF in the middle": PLAIN.replace("عنوان", "عن\ufeffوان").replace("قصير", "\ufeffقصير").encode(),
    "a NUL": PLAIN.replace("قصير", "قصير\0").encode(),
    "decomposed": unicodedata.normalize("NFD", PLAIN).encode(),
}


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED.keys())
def test_the_bytes_of_a_file_make_no_difference_to_its_article(newsroom: Maker, data: bytes) -> None:
    plain = newsroom({"a.md": PLAIN}, at=NOW, inside=True).json()["one"]
    room = newsroom({"a.md": data}, at=NOW, inside=True)
    assert room.json()["one"] == plain
    assert room.check().stdout == ""


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["a.md", "a.html", "2025-04-30-a.txt"])
def test_utf_16_without_a_bom_is_reported_and_never_shown(newsroom: Maker, encoding: str, name: str) -> None:
    text = f"خبر المدينة\n\n{NOTE}\n" if name.endswith("txt") else PLAIN
    room = newsroom({name: text.encode(encoding)}, at=NOW, inside=True)
    assert room.json().items == ()
    (fault,) = room.check().faults
    assert (fault.field, fault.severity) == ("content", "error")
    assert "UTF-8" in fault.message


def test_a_fallback_of_another_language_is_the_configs(newsroom: Maker) -> None:
    text = "---\ntitle: שלום\ndate: 2025-04-30\nlang: he\n---\nטקסט קצר לניסיון.\n"
    room = newsroom({"a.md": text.encode("windows-1255")}, at=NOW, inside=True, content={"fallback_encoding": "cp1255"})
    assert (room.json()["a"].title, room.json()["a"].content.texts("p")) == ("שלום", ["טקסט קצר לניסיון."])


@pytest.mark.parametrize("name", ["قِصّة", "תָּוִית", "café", "گزارشِ آخر"])
def test_a_file_name_is_one_id_however_its_letters_are_composed(newsroom: Maker, name: str) -> None:
    for form in ("NFC", "NFD"):
        room = newsroom({f"{unicodedata.normalize(form, name)}.md": article()}, at=NOW, inside=True)
        assert room.json().tokens == [hashed(name)]


# --- share labels -----------------------------------------------------------------------------------

LABELS = [
    *["مشاركة المقال:", "شارك المقال", "مشاركة:", "مشاركة الخبر", "شارك هذا الخبر :", "مشاركة عبر", "شارك:"],
    *["Share this article", "Share:", "SHARE THIS STORY", "Share on", "Share", "اشتراک‌گذاری", "اشتراک گذاری:"],
    *["به اشتراک بگذارید", "شتפו".replace("شت", "שת"), "שתפו את הכתבה:", "שיתוף", "شیئر کریں", "Partager cet article"],
    *["انشر الخبر", "مشاركة هذا المقال", "🔗 شارك الموضوع:", "Share this", "Share this post:"],
]
NETWORKS = [
    "",
    " فيسبوك تويتر واتساب",
    "\nFacebook\nX\nTelegram",
    "\n\nفيسبوك | تويتر | تلغرام\n\n",
    "\nنسخ الرابط",
    " (Facebook, X)",
]
NETWORKS += [":\nhttps://social.example/sharer?u=1"]


@pytest.mark.parametrize("networks", NETWORKS)
def test_a_share_label_is_not_text_in_any_language(newsroom: Maker, networks: str) -> None:
    files = {
        f"{number:02}.txt": f"30 أبريل 2025\nخبر المدينة\n\n{NOTE}\n\n{label}{networks}"
        for number, label in enumerate(LABELS)
    }
    feed = newsroom(files, at=NOW, inside=True, feeds={"items": 500}).json()
    found = {LABELS[int(item.token)]: item.content.texts("p") for item in feed.items}
    assert {label: texts for label, texts in found.items() if texts != [NOTE]} == {}
    assert len(found) == len(LABELS)


SENTENCES = [
    "مشاركة المقال مع الأصدقاء تفيد الجميع.",
    "شارك في الندوة عشرون كاتبًا",
    "مشاركة واسعة",
    "Share prices fell on Monday",
    "Share this article with care, the editor said.",
    "שתפו פעולה",
    "اشتراک گذاری دانش کار خوبی است",
    "مشاركة: ثلاثون فنانًا من خمس دول",
]


def test_a_sentence_with_the_word_for_sharing_stays(newsroom: Maker) -> None:
    files = {
        f"{number}.txt": f"30 أبريل 2025\nخبر المدينة\n\n{NOTE}\n\n{sentence}\n"
        for number, sentence in enumerate(SENTENCES)
    }
    feed = newsroom(files, at=NOW, inside=True).json()
    assert [feed[str(number)].content.texts("p") for number in range(len(SENTENCES))] == [
        [NOTE, sentence] for sentence in SENTENCES
    ]


def test_a_share_label_is_only_furniture_at_the_end(newsroom: Maker) -> None:
    text = f"30 أبريل 2025\nخبر المدينة\n\nمشاركة\n\n{NOTE}\n"
    item = newsroom({"a.txt": text}, at=NOW, inside=True).json()["a"]
    assert item.content.texts("p") == ["مشاركة", NOTE]
