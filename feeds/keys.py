"""Names of front matter fields: every spelling that is read, and close misspellings. No values here."""

from __future__ import annotations

from functools import lru_cache

from feeds.text import fold

# Canonical name → other spellings, in order of precedence (contract: the canonical name wins).
ALIASES: dict[str, tuple[str, ...]] = {
    "title": ("כותרת", "العنوان", "عنوان"),
    "date": (
        "published", "pubDate", "publishDate", "pubDatetime", "תאריך", "תאריך פרסום",
        "التاريخ", "تاريخ", "تاريخ النشر", "تاریخ", "تاریخ انتشار",
    ),
    "updated": (
        "lastmod", "modified", "last_modified_at", "modDatetime", "updatedDate", "עודכן", "תאריך עדכון",
        "التحديث", "آخر تحديث", "تاريخ التحديث", "به‌روزرسانی", "تاریخ به‌روزرسانی",
    ),
    "id": ("guid", "מזהה", "المعرف", "شناسه"),
    "tags": ("keywords", "תגיות", "الوسوم", "وسوم", "الكلمات المفتاحية", "برچسب‌ها", "برچسبها", "برچسب"),
    "categories": ("category", "קטגוריה", "קטגוריות", "التصنيف", "التصنيفات", "القسم", "دسته", "دسته‌بندی", "دسته‌ها"),
    "author": ("authors", "מחבר", "מאת", "כותב", "الكاتب", "المؤلف", "بقلم", "نویسنده", "نویسندگان"),
    "lang": ("language", "locale", "שפה", "اللغة", "زبان"),
    "dir": ("direction", "כיוון", "الاتجاه", "جهت"),
    "summary": ("description", "excerpt", "תקציר", "תיאור", "الملخص", "ملخص", "الوصف", "خلاصه", "چکیده", "توضیحات"),
    "image": (
        "cover", "thumbnail", "featured_image", "banner", "heroImage", "ogImage", "תמונה", "الصورة", "صورة", "تصویر", "عکس",
    ),
    "image_alt": ("تصویر_alt", "תיאור תמונה", "وصف الصورة", "توضیح تصویر"),
    "enclosure": ("audio", "video", "podcast", "صوت", "فيديو", "ویدیو", "שמע", "וידאו"),
    "draft": ("hidden", "טיוטה", "مسودة", "پیش‌نویس"),
    "expires": ("expiryDate", "unpublishDate"),
    "withdrawn": (),
    "aliases": ("redirect_from",),
    "canonical": ("canonical_url",),
    "slug": ("permalink",),
    "source": ("המקור", "מקור", "المصدر", "منبع"),
    "feed": (),
    "silence": (),
    "translation_key": ("translationKey",),
}  # fmt: skip

# Keys of other generators that stand close to ours and mean something else.
_OTHERS = frozenset(
    [
        "data",
        "tag_line",
        "tile",
        "titles",
        "state",
        "stats",
        "series",
        "layout",
        "label",
        "labels",
        "link",
        "links",
        "lead",
        "land",
        "length",
        "image_credit",
        "imagealt",
        "slugs",
        "feeds",
        "author_name",
        "dates",
        "updates",
        "source_url",
        "cover_image",
        "videos",
        "banners",
        "draft_notes",
        "weight",
        "hide",
        "tag_list",
        "sidebar",
        "summary_html",
    ]
)


@lru_cache(maxsize=1024)
def _normal(key: str) -> str:
    return fold(key).replace("-", "_").replace(" ", "_").strip("_")


_RANKS = {
    (field, _normal(name)): number
    for field, names in ALIASES.items()
    for number, name in reversed([*enumerate((field, *names))])
}
_CANONICAL = {_normal(name): field for field, names in ALIASES.items() for name in (field, *names)}


def canonical(key: str) -> str:
    """The field that a key means, `""` for a key that is none of ours."""
    return _CANONICAL.get(_normal(key), "")


def rank(key: str) -> int:
    """Precedence among spellings of one field: 0 for the canonical name."""
    return _RANKS[canonical(key), _normal(key)]


def misspelt(key: str) -> str:
    """The spelling that an unknown key comes close to, `""` when none is close."""
    name = _normal(key)
    if len(name) < 3 or name in _OTHERS or name in _CANONICAL:
        return ""
    best = next((plural for plural in (f"{name}s", f"{name}es") if plural in _CANONICAL), "")
    for known in sorted(_CANONICAL):
        allowed = 2 if min(len(known), len(name)) >= 8 else 1 if min(len(known), len(name)) >= 4 else 0
        distance = _distance(name, known)
        if distance <= allowed and (not best or distance < _distance(name, best)):
            best = known
    if not best:
        return ""
    return next(n for n in (_CANONICAL[best], *ALIASES[_CANONICAL[best]]) if _normal(n) == best)


def _distance(a: str, b: str) -> int:
    """Edits between two words, a swap of neighbours counted as one (optimal string alignment)."""
    if abs(len(a) - len(b)) > 2:
        return 3
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
