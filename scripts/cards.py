"""Ten share cards for docs/cards: one for each script and each way in which a headline can be awkward."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from feeds import card  # noqa: E402
from feeds.article import Article  # noqa: E402
from feeds.config import Config  # noqa: E402
from feeds.language import direction_of  # noqa: E402

TARGET = ROOT / "docs" / "cards"
HEADLINES = {
    "arabic": ("ar", "نشرة الحي", "مكتبة الحي تفتح 3 قاعات جديدة بعد عامين ونصف من العمل"),
    "persian": ("fa", "روزنامهٔ محله", "کتاب‌خوان‌ها می‌گویند ۱۲ درصد بیشتر می‌خوانند"),
    "urdu": ("ur", "محلے کی خبریں", "پرانی کتابوں کی خوشبو: گھر میں کتب خانہ کیسے سنبھالیں"),
    "hebrew": ("he", "חדשות השכונה", "הלחם של שש בבוקר: המאפייה גדלה ב-3% (לפי OECD)"),
    "pashto": ("ps", "ورځپاڼه", "د ښار نوی کتابتون د ماشومانو لپاره پرانیستل شو"),
    "kurdish": ("ckb", "هەواڵی گەڕەک", "کتێبخانەی نوێ ١٥ پڕۆژە دەست پێ دەکات"),
    "english": ("en", "The Neighbourhood", "Nine hidden rivers, and the people who map them"),
    "mixed": ("ar", "نشرة Nashra", "كيف تقرأ OpenAPI 3.1 (الجزء 2) بلغة C++ من https://example.com/docs"),
    "latin-first": ("ar", "نشرة الحي", "GPT-4o يكتب عنوانا يبدأ بكلمة لاتينية"),
    "long": ("ar", "نشرة الحي", "تقرير مطوّل عن أحوال المكتبات الصغيرة في الأحياء القديمة، " * 6),
}


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, (language, site, headline) in HEADLINES.items():
        day = datetime(2026, 6, 10, 12, tzinfo=ZoneInfo("Asia/Damascus"))
        config = Config(
            root=ROOT, title=site, url="https://news.example", base_path="", language=language,
            direction=direction_of(language), id_domain="news.example,2026", zone=ZoneInfo("Asia/Damascus"),
        )  # fmt: skip
        article = Article(
            id=name, title=headline.strip(), published=day, updated=day, language=language,
            direction=direction_of(language), summary="", content_html="",
        )  # fmt: skip
        (TARGET / f"{name}.png").write_bytes(card.render(config, article, None))


if __name__ == "__main__":
    main()
