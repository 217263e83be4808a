"""Marks the direction of every block, so that the article comes out right where `dir` survives and
where only the text does. Works on the tree of `blocks`; changes it in place.

The rules are those of W3C "Structural markup and right-to-left text in HTML" and of what readers
keep: `dir` on common blocks, invisible marks as text, `bdi` inside; never style, class or `auto`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import regex

from feeds import bidi
from feeds.bidi import LRM, RLM, Direction
from feeds.language import direction_of, guess
from feeds.markup.htmltree import BLOCKS, Element, Node, text_of
from feeds.markup.passages import CODE, Tally, passage_direction, tallies

# These turn with their whole, so that bullets and columns stay in line.
_PARTS = frozenset({"li", "td", "th", "tr", "thead", "tbody", "tfoot", "dt", "dd", "summary", "caption"})
_CONTROLS = regex.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# Readers that keep `dir` on few elements (CommaFeed: div, p, pre, code, table) need a div round these.
_CARRIED = frozenset({"aside", "blockquote", "details", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "ul"})

_KINDS = ("note", "info", "tip", "important", "warning", "caution", "danger", "example", "question", "quote", "summary", "todo")  # fmt: skip
_TITLES = {
    "ar": ("ملاحظة", "معلومة", "نصيحة", "مهم", "تحذير", "تنبيه", "خطر", "مثال", "سؤال", "اقتباس", "خلاصة", "مهمة"),
    "fa": ("نکته", "آگاهی", "راهنمایی", "مهم", "هشدار", "احتیاط", "خطر", "مثال", "پرسش", "نقل قول", "چکیده", "کار"),
    "ur": ("نوٹ", "معلومات", "مشورہ", "اہم", "انتباہ", "احتیاط", "خطرہ", "مثال", "سوال", "اقتباس", "خلاصہ", "کام"),
    "he": ("הערה", "מידע", "טיפ", "חשוב", "אזהרה", "זהירות", "סכנה", "דוגמה", "שאלה", "ציטוט", "תקציר", "משימה"),
    "en": ("Note", "Info", "Tip", "Important", "Warning", "Caution", "Danger", "Example", "Question", "Quote", "Summary", "Task"),
}  # fmt: skip


def direct(blocks: Sequence[Node], *, language: str, direction: Direction) -> tuple[str, Element]:
    """The whole of the content: a mark as first text ("" if none) if the stripped text would be laid out against
    `direction`, then one `div` with `dir` and `lang` round the blocks."""
    root = Element("div", {"dir": direction, "lang": language}, list(blocks))
    misleads = _misleads(blocks, direction, or_nothing=True)
    for block in blocks:
        if isinstance(block, Element):
            _name_asides(block, language)
            _settle(block, direction, language, tallies(block), top=True)
    root.children = [_carried(block, direction) for block in blocks]
    return (LRM if direction == "ltr" else RLM) if misleads else "", root


def _settle(block: Element, around: Direction, language: str, known: dict[int, Tally], *, top: bool) -> None:
    """Gives the block its direction, and what stands in it."""
    if block.name == "pre":
        _settle_code(block)
        return
    own = _direction_of(block, around, known)
    if top or own != around or "dir" in block.attrs:
        _set_first(block, "dir", own)
    if own != around:
        block.attrs.setdefault("lang", _language(block.children, own))
        language = block.attrs["lang"]
    elif block.attrs.get("lang", language) == language:
        block.attrs.pop("lang", None)
    for child in block.children:
        if isinstance(child, Element) and child.name in BLOCKS:
            _settle(child, own, language, known, top=False)
    block.children = [_carried(child, own) for child in block.children]
    for start, end in _inline_runs(block.children):
        block.children[start:end] = _settle_run(block, block.children[start:end], own, first=start == 0)


def _carried(node: Node, around: Direction) -> Node:
    """The node; in a `div` with its direction if that is not the one around and it cannot carry it everywhere."""
    if isinstance(node, str) or node.name not in _CARRIED or node.attrs.get("dir", around) == around:
        return node
    return Element("div", {"dir": node.attrs["dir"]}, [node])


def _direction_of(block: Element, around: Direction, known: dict[int, Tally]) -> Direction:
    explicit = block.attrs.get("dir")
    if explicit in ("rtl", "ltr"):
        return "rtl" if explicit == "rtl" else "ltr"
    if block.name in _PARTS or block.name == "hr":
        return around
    return known[id(block)].direction(around)


def _settle_run(block: Element, run: list[Node], direction: Direction, *, first: bool) -> list[Node]:
    """One run of inline nodes: cleaned, its left-to-right spans isolated, a mark at its head."""
    run = _cleaned(run)
    misleads = first and _misleads(run, direction)
    passage = passage_direction(text_of(run), direction) if block.name in _PARTS and block.name != "tr" else direction
    run = list(_isolated(run, passage))
    if passage != direction and text_of(run).strip():
        run = [Element("bdi", {"dir": passage, "lang": _language(run, passage)}, run)]
    if misleads:
        run.insert(0, LRM if direction == "ltr" else RLM)
    return run


def _inline_runs(children: Sequence[Node]) -> list[tuple[int, int]]:
    """Spans of inline children that show text, the last one first."""
    runs: list[tuple[int, int]] = []
    start = 0
    for index, child in enumerate([*children, Element("hr")]):
        if isinstance(child, Element) and child.name in BLOCKS:
            if any(not isinstance(node, str) or node.strip() for node in children[start:index]):
                runs.append((start, index))
            start = index + 1
    return runs[::-1]


def _misleads(nodes: Sequence[Node], direction: Direction, *, or_nothing: bool = False) -> bool:
    """Whether the first strong letter is of the other direction for a reader that strips all tags, or
    for one that goes by HTML's dir=auto, which skips `bdi` and what has a `dir` of its own."""
    wrong: Literal["L", "R"] = "L" if direction == "rtl" else "R"
    stripped = text_of(nodes)
    found = {
        bidi.first_strong(text, through_isolates=through)
        for text in (stripped, _auto_text(nodes))
        for through in (True, False)
    }
    if wrong in found:
        return True
    return (
        or_nothing
        and direction == "rtl"
        and bool(stripped.strip())
        and bidi.first_strong(stripped, through_isolates=True) == ""
    )


def _auto_text(nodes: Iterable[Node]) -> str:
    """The text that dir=auto looks at in one run."""
    out: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif node.name not in ("bdi", *CODE) and "dir" not in node.attrs and node.name not in BLOCKS:
            out.append(_auto_text(node.children))
        elif node.name in BLOCKS:
            out.append(_auto_text(node.children) if node.name != "pre" else "")
    return "".join(out)


def _isolated(nodes: Iterable[Node], direction: Direction) -> Iterator[Node]:
    """The nodes with `dir` on code, and `bdi` or a link's own `dir` where right-to-left order would
    scramble what is written left to right."""
    for node in nodes:
        if isinstance(node, str):
            yield from _text_isolated(node, direction)
        elif node.name in CODE:
            _settle_code(node)
            yield node
        else:
            inside: Direction = "ltr" if node.attrs.get("dir") == "ltr" else "rtl" if "dir" in node.attrs else direction
            if node.name == "bdi" and "dir" not in node.attrs:
                inside = passage_direction(text_of(node.children), direction)
                _set_first(node, "dir", inside)
            for name in ("alt", "title"):
                if name in node.attrs:
                    node.attrs[name] = bidi.mark(bidi.clean(node.attrs[name]), inside)
            if node.name == "a" and inside == "rtl" and "dir" not in node.attrs and _is_one_run(node):
                _set_first(node, "dir", "ltr")
                inside = "ltr"
            node.children = list(_isolated(node.children, inside))
            yield node


def _text_isolated(text: str, direction: Direction) -> Iterator[Node]:
    done = 0
    if direction == "rtl":
        for start, end in bidi.ltr_runs(text):
            if start > done:
                yield text[done:start]
            yield Element("bdi", {"dir": "ltr"}, [text[start:end]])
            done = end
    if done < len(text):
        yield text[done:]


def _is_one_run(node: Element) -> bool:
    text = text_of(node.children).strip()
    return any((start, end) == (0, len(text)) for start, end in bidi.ltr_runs(text))


def _settle_code(node: Element) -> None:
    """Left to right, and without any invisible control: code is copied, and read as it runs."""
    if node.name == "pre":
        node.attrs.pop("lang", None)
    _set_first(node, "dir", "ltr")
    _without_controls(node)


def _without_controls(node: Element) -> None:
    for index, child in enumerate(node.children):
        if isinstance(child, str):
            node.children[index] = _CONTROLS.sub("", child)
        else:
            if child.name in CODE:
                _set_first(child, "dir", "ltr")
            else:
                child.attrs.pop("dir", None)
            _without_controls(child)


def _cleaned(run: list[Node]) -> list[Node]:
    """The run without harmful controls; a pair may stand round an element."""
    text = "".join(_texts(run))
    return run if bidi.clean(text) == text else _each_cleaned(run)


def _texts(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node.name not in CODE:
            yield from _texts(node.children)


def _each_cleaned(nodes: Iterable[Node]) -> list[Node]:
    out: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and node.name not in CODE:
            node.children = _each_cleaned(node.children)
        out.append(bidi.clean(node) if isinstance(node, str) else node)
    return out


def _language(nodes: Sequence[Node], direction: Direction) -> str:
    usual = "ar" if direction == "rtl" else "en"
    guessed = guess(text_of(nodes), usual)
    return guessed if direction_of(guessed) == direction else usual


def _name_asides(block: Element, language: str) -> None:
    """A box whose kind the source only names gets the word for it in the article's language."""
    kind = block.attrs.pop("data-kind", "")
    if kind in _KINDS:
        words = _TITLES.get(re.split("[-_]", language)[0], _TITLES["en"])
        block.children.insert(0, Element("p", {}, [Element("strong", {}, [words[_KINDS.index(kind)]])]))
    for child in block.children:
        if isinstance(child, Element):
            _name_asides(child, language)


def _set_first(element: Element, key: str, value: str) -> None:
    element.attrs = {key: value} | {other: kept for other, kept in element.attrs.items() if other != key}
