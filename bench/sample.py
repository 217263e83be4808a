"""Content for the benchmarks: Arabic articles, the same on every run."""

from __future__ import annotations

import random
from pathlib import Path

WORDS = [
    "الكتاب",
    "المدينة",
    "القديمة",
    "مكتبة",
    "القراءة",
    "الناس",
    "اليوم",
    "أمس",
    "غدا",
    "في",
    "من",
    "إلى",
    "على",
    "عن",
    "مع",
    "بين",
    "بعد",
    "قبل",
    "الحي",
    "السوق",
    "الخبز",
    "الماء",
    "الشارع",
    "الباب",
    "النافذة",
    "الضوء",
    "الصباح",
    "المساء",
    "الحكاية",
    "الجيران",
    "الأطفال",
    "المدرسة",
    "الحديقة",
    "الشجرة",
    "الطريق",
    "البيت",
    "القلم",
    "الورق",
]
CONFIG = """site:
  title: نشرة القياس
  url: https://news.example
  language: ar
  timezone: Asia/Damascus
  id_domain: "news.example,2025"
feeds:
  items: 50
"""


WORDS_OF_4_KB = 360


def article(number: int, words: int = 260) -> str:
    """One Markdown article; `words` of 11 bytes or so make the size."""
    rng = random.Random(number)
    title = " ".join(rng.choice(WORDS) for _ in range(8))
    paragraphs = ["".join(f"{rng.choice(WORDS)} " for _ in range(words // 8)).strip() + "." for _ in range(8)]
    day = (
        f"{2000 + number % 25}-{1 + number // 25 % 12:02}-{1 + number // 300 % 28:02} {number % 24:02}:{number % 60:02}"
    )
    front = f"title: {title}\ndate: {day}\ntags: [وسم {number % 500}]\nauthor: كاتب {number % 50}"
    return f"---\n{front}\n---\n" + "\n\n".join(paragraphs) + "\n"


def newsroom(folder: Path, count: int, words: int = 260) -> Path:
    """Writes config.yaml and `count` articles, 500 in a folder. Returns the config's path."""
    for number in range(count):
        path = folder / "content" / f"{number // 500:04}" / f"a{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article(number, words), "utf-8")
    config = folder / "config.yaml"
    config.write_text(CONFIG, "utf-8")
    return config
