"""Content for the benchmarks: Arabic articles, the same on every run."""

from __future__ import annotations

import random
import tempfile
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
    front = f"title: {title}\ndate: {day(number)}\ntags: [وسم {number % 500}]\nauthor: كاتب {number % 50}"
    return f"---\n{front}\n---\n" + "\n\n".join(paragraphs) + "\n"


def day(number: int) -> str:
    """When an article was published."""
    return (
        f"{2000 + number % 25}-{1 + number // 25 % 12:02}-{1 + number // 300 % 28:02} {number % 24:02}:{number % 60:02}"
    )


def place(number: int) -> str:
    """Its path below content/."""
    return f"{number // 500:04}/a{number}.md"


def newsroom(folder: Path, count: int, words: int = 260) -> Path:
    """Writes config.yaml and `count` articles, 500 in a folder. Returns the config's path."""
    for number in range(count):
        path = folder / "content" / place(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article(number, words), "utf-8")
    config = folder / "config.yaml"
    config.write_text(CONFIG, "utf-8")
    return config


def kept(count: int) -> Path:
    """The folder of a newsroom of `count` articles of 4 kB that stays in the temporary folder, with its catalogue, so
    that the next run need not write and read it again."""
    folder = Path(tempfile.gettempdir()) / "nashra-bench" / f"{count}-of-4-kB"
    done = folder / "written"
    if not done.exists():
        newsroom(folder, count, WORDS_OF_4_KB)
        done.touch()
    return folder
