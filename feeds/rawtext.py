"""Raw newsroom text, as a site copies out: date line, title, title again, paragraphs, share label.

Finds the parts; whether the date is one is the reader's question, asked through `is_date`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from feeds.text import fold, graphemes, one_line, shortened

LONGEST_TITLE_GRAPHEMES = 200
LONGEST_LOOKED_AT = 32 * LONGEST_TITLE_GRAPHEMES  # characters; a grapheme has some marks at most
FALLBACK_TITLE_GRAPHEMES = 80
MOST_DATES = 4  # in each place: publication and last change, in two calendars

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
_UNSEEN = " \t\r\f\v\xa0\u200b\u200e\u200f\u061c\u2060"
_LABELS = r"(?:ال)?(?:خبر|عنوان)|عنوان (?:الخبر|المقال|خبر)|تیتر|כותרת|title|headline|titre"
_TITLE_LABEL = re.compile(rf"(?:{_LABELS})?\s*[:：]\s*(?=\S)", re.IGNORECASE)
# A label that stands alone on its line, before the date, the title or the text.
_BARE_LABEL = re.compile(
    rf"(?:{_LABELS}|(?:ال)?(?:تاريخ(?: النشر)?|نص(?: الخبر| المقال)?|تفاصيل(?: الخبر)?)|تاریخ(?: انتشار)?|متن(?: خبر)?|"
    r"תאריך|תוכן|date|published|text|body)\s*[:：]",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"(?:آخر |تاريخ )?(?:ال)?(?:تحديث|تعديل)|(?:آخرین |تاریخ )?به[ \u200c]?روز ?رسانی|עודכן|עדכון|(?:last )?(?:updated|modified)|mis à jour",
    re.IGNORECASE,
)
_TIME_ALONE = re.compile(r"\d{1,2}\s*[:.٫]\s*\d{2}\b.{0,20}")
_BEHIND_KICKER = re.compile(r"[|:：/•\-–—…]\s*$|\.\.\s*$")
_SENTENCE_END = re.compile(r"[.!?؟۔…:؛][\"'»”’)\]]*$")


Lines = deque[tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawText:
    """The parts, each with its line counted from 1 within the body; line 0: there is no such part."""

    title: str
    title_line: int
    date: str
    date_line: int
    updated: str  # a date that says of itself that it is the last change's
    updated_line: int
    body: str  # paragraphs, separated by one blank line
    title_is_cut: bool  # no line was a title, so the start of the text serves


def read(text: str, is_date: Callable[[str], bool], known_title: str = "") -> RawText:
    """`is_date` says whether a line is meant as a date, right or wrong. Where the title is known
    from elsewhere, a line that repeats it is dropped and any other is text."""
    lines = [(number, line.strip() if line.strip(_UNSEEN) else "") for number, line in enumerate(text.split("\n"), 1)]
    lines = _without_furniture(lines)
    rest = deque((number, line) for number, line in lines if line)
    found = _take_dates(rest, is_date)
    title, title_line, cut = "", 0, False
    _drop_bare_labels(rest)
    if rest:
        title_line, title = rest[0]
        title = known_title or _without_label(title)
        if not known_title and len(graphemes(title[:LONGEST_LOOKED_AT])) > LONGEST_TITLE_GRAPHEMES:
            title, cut = shortened(title, FALLBACK_TITLE_GRAPHEMES), True
        else:
            if not known_title:
                rest.popleft()
            _drop_repeated(rest, title)
            if below := _take_dates(rest, is_date):
                found += below
                _drop_repeated(rest, title)
            _drop_bare_labels(rest)
    first = rest[0][0] if rest else len(lines) + 1
    changes = [(line, text) for line, text in found if _CHANGE.match(text)]
    date_line, date = next((each for each in found if each not in changes), next(iter(found), (0, "")))
    updated_line, updated = next((each for each in changes if each != (date_line, date)), (0, ""))
    return RawText(
        title=one_line(title),
        title_line=title_line,
        date=date,
        date_line=date_line,
        updated=updated,
        updated_line=updated_line,
        body=_paragraphs([line for number, line in lines if number >= first]),
        title_is_cut=cut,
    )


def _take_dates(rest: Lines, is_date: Callable[[str], bool]) -> list[tuple[int, str]]:
    """Takes the lines that the text begins with and that are dates: the day, its time on a line of its
    own, the same day in another calendar, the last change."""
    found: list[tuple[int, str]] = []
    _drop_bare_labels(rest, before=is_date)
    while rest and len(found) < MOST_DATES and is_date(rest[0][1]):
        if found and not any(character.isdigit() for character in rest[0][1]):
            break  # a title such as `اليوم`
        line, date = rest.popleft()
        if rest and _TIME_ALONE.fullmatch(rest[0][1]) and is_date(f"{date} {rest[0][1]}"):
            date = f"{date} {rest.popleft()[1]}"
        found.append((line, date))
    return found


def _drop_bare_labels(rest: Lines, before: Callable[[str], bool] | None = None) -> None:
    """Drops labels such as `العنوان:` that stand alone; with `before` only one whose next line is that."""
    while len(rest) > 1 and _BARE_LABEL.fullmatch(rest[0][1]) and (before is None or before(rest[1][1])):
        rest.popleft()


def _drop_repeated(rest: Lines, title: str) -> None:
    folded, last = fold(title), ""
    while rest and (rest[0][1] == last or _repeats(fold(_without_label(rest[0][1])), folded)):
        last = rest.popleft()[1]


def _repeats(line: str, title: str) -> bool:
    """Whether a folded line is the title again, perhaps without the kicker before it."""
    return line == title or (
        bool(line) and title.endswith(line) and _BEHIND_KICKER.search(title[: -len(line)].rstrip()) is not None
    )


def _without_label(line: str) -> str:
    return line[label.end() :] if (label := _TITLE_LABEL.match(line)) else line


def _without_furniture(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Drops a share label at the end, with the names or addresses of networks that may follow it."""
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
    folded = _core(line)
    if folded in _SHARE:
        return True
    return any(folded.startswith((f"{label} ", f"{label}:")) and _is_networks(folded[len(label) :]) for label in _SHARE)


def _core(line: str) -> str:
    """The folded line without the signs, arrows and pictures round it."""
    folded = fold(line)
    start, end = 0, len(folded)
    while start < end and not folded[start].isalnum():
        start += 1
    while end > start and not folded[end - 1].isalnum():
        end -= 1
    return folded[start:end]


def _is_networks(line: str) -> bool:
    folded = _core(line)
    if not folded:
        return False
    if re.fullmatch(r"https?://\S+", folded):
        return True
    names = [name.strip() for name in re.split(r"[|,،/•·\-–—:()\[\]]", folded) if name.strip()]
    return all(name in _NETWORKS or all(word in _NETWORKS for word in name.split()) for name in names)


def _paragraphs(lines: list[str]) -> str:
    """Blank lines separate paragraphs; where there is none between the lines, or every line ends a
    sentence, each line is one."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(re.sub(r"^[:：]\s+", "", line))
        elif blocks[-1]:
            blocks.append([])
    blocks = [block for block in blocks if block]
    paragraphs = []
    for block in blocks:
        # A text that is only wrapped at a width ends its lines in the middle of sentences.
        separate = len(blocks) == 1 or all(_SENTENCE_END.search(line) for line in block)
        paragraphs += block if separate else ["\n".join(block)]
    return "\n\n".join(paragraphs)
