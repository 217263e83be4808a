"""Raw newsroom text, as a site copies out: date line, title, title again, paragraphs, share label.

Finds the parts; whether the date is one is the reader's question, asked through `is_date`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from feeds.text import excerpt, fold, graphemes, one_line

LONGEST_TITLE_GRAPHEMES = 200
FALLBACK_TITLE_GRAPHEMES = 80

# Written as `fold` writes: no hamza, no harakat, ة as ه, one kind of kaf and yeh.
_SHARE = tuple(
    fold(label)
    for label in (
        "مشاركة المقال", "مشاركة المقالة", "مشاركة الخبر", "مشاركة الموضوع", "مشاركة التقرير", "مشاركة هذا المقال",
        "مشاركة على", "مشاركة عبر", "مشاركة", "شارك المقال", "شارك المقالة", "شارك الخبر", "شارك هذا المقال",
        "شارك هذا الخبر", "شارك الموضوع", "شارك على", "شارك عبر", "شارك", "شاركها", "شاركنا", "شارك مع أصدقائك",
        "انشر الخبر", "انشر المقال", "اشتراک گذاری", "اشتراک‌گذاری", "به اشتراک بگذارید", "به اشتراک گذاشتن",
        "هم‌رسانی", "همرسانی", "اشتراک‌گذاری خبر", "شیئر کریں", "خبر شیئر کریں", "שתפו", "שתף", "שתפו את הכתבה",
        "שתף את הכתבה", "שיתוף", "שיתוף הכתבה", "שתפו כתבה", "שתפו את הידיעה", "Share this article", "Share article",
        "Share this story", "Share this post", "Share this", "Share on", "Share via", "Share", "Partager cet article",
        "Partager l'article", "Partager", "Partager sur",
    )
)  # fmt: skip
_NETWORKS = frozenset(
    fold(name)
    for name in (
        "فيسبوك", "فيس بوك", "تويتر", "إكس", "واتساب", "واتس اب", "تلغرام", "تيليجرام", "تيلغرام", "لينكدإن", "لينكد إن",
        "بريد", "البريد الإلكتروني", "نسخ الرابط", "طباعة", "Facebook", "Twitter", "X", "WhatsApp", "Telegram", "LinkedIn",
        "Email", "E-mail", "Copy link", "Print", "Messenger", "Instagram", "Bluesky", "Mastodon", "פייסבוק", "טוויטר",
        "ווטסאפ", "וואטסאפ", "טלגרם", "העתקת קישור", "توییتر", "تلگرام", "واتساپ", "فیسبوک", "ٹویٹر", "فیس بک", "واٹس ایپ",
    )
)  # fmt: skip
_TITLE_LABEL = re.compile(
    r"^\s*(?:ال)?(?:خبر|عنوان(?: الخبر| المقال)?|عنوان خبر|تیتر|כותרת|title|headline|titre)\s*[:：]\s*(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawText:
    """The parts, each with its line counted from 1 within the body; line 0: there is no such part."""

    title: str
    title_line: int
    date: str
    date_line: int
    body: str  # paragraphs, separated by one blank line
    title_is_cut: bool  # no line was a title, so the start of the text serves


def read(text: str, is_date: Callable[[str], bool], known_title: str = "") -> RawText:
    """`is_date` says whether a line is meant as a date, right or wrong. Where the title is known
    from elsewhere, a line that repeats it is dropped and any other is text."""
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1)]
    lines = _without_furniture(lines)
    rest = [(number, line) for number, line in lines if line]
    date, date_line = "", 0
    title, title_line, cut = "", 0, False
    if rest and is_date(rest[0][1]):
        date_line, date = rest.pop(0)
    if rest:
        title_line, title = rest[0]
        title = known_title or _TITLE_LABEL.sub("", title)
        if not known_title and len(graphemes(title)) > LONGEST_TITLE_GRAPHEMES:
            title, cut = excerpt(title, FALLBACK_TITLE_GRAPHEMES), True
        else:
            if not known_title:
                rest.pop(0)
            _drop_repeated(rest, title)
            if not date and rest and is_date(rest[0][1]):
                date_line, date = rest.pop(0)
                _drop_repeated(rest, title)
    first = rest[0][0] if rest else len(lines) + 1
    body = _paragraphs([line for number, line in lines if number >= first])
    return RawText(
        title=one_line(title), title_line=title_line, date=date, date_line=date_line, body=body, title_is_cut=cut
    )


def _drop_repeated(rest: list[tuple[int, str]], title: str) -> None:
    while rest and fold(_TITLE_LABEL.sub("", rest[0][1])) == fold(title):
        rest.pop(0)


def _without_furniture(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Drops a share label at the end, with the names of networks that may follow it."""
    kept = [(number, line) for number, line in lines]
    end = len(kept)
    while end and (not kept[end - 1][1] or _is_networks(kept[end - 1][1])):
        end -= 1
    if end and _is_share_label(kept[end - 1][1]):
        kept = kept[: end - 1]
    while kept and not kept[-1][1]:
        kept.pop()
    return kept


def _is_share_label(line: str) -> bool:
    folded = fold(line).strip(" :：-–—|*•.…")
    if folded in _SHARE:
        return True
    label = next((label for label in _SHARE if folded.startswith((label + " ", label + ":"))), "")
    return bool(label) and _is_networks(folded[len(label) :])


def _is_networks(line: str) -> bool:
    folded = fold(line).strip(" :-–—|*•.…")
    if not folded:
        return False
    names = [name.strip() for name in re.split(r"[|,،/•·\-–—:]|\s{2,}", folded) if name.strip()]
    return all(name in _NETWORKS or all(word in _NETWORKS for word in name.split()) for name in names)


def _paragraphs(lines: list[str]) -> str:
    """Blank lines separate paragraphs; where there is none between the lines, each line is one."""
    while lines and not lines[0]:
        lines = lines[1:]
    while lines and not lines[-1]:
        lines = lines[:-1]
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(re.sub(r"^[:：]\s+", "", line))
        elif blocks[-1]:
            blocks.append([])
    blocks = [block for block in blocks if block]
    if len(blocks) == 1:
        blocks = [[line] for line in blocks[0]]
    return "\n\n".join("\n".join(block) for block in blocks)
