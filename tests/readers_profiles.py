"""What feed readers leave of an article's HTML, and the element they show it in. Read in their sources."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import bidirectional

import feedparser
import html5lib

VOID = frozenset({"br", "hr", "img", "source", "wbr"})
BLOCKS = frozenset({
    "aside", "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "li", "ol", "p", "pre", "summary", "table", "tr", "ul",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Profile:
    """`clean` takes content_html to what the reader keeps; `host` gives the attributes of the element round it."""

    clean: Callable[[str], str]
    host: Callable[[str], str]


def kept(names: str, attributes: str = "", own: Mapping[str, str] | None = None) -> Callable[[str], str]:
    """An allow-list: other elements are unwrapped. `names` "*" keeps all; `attributes` are for every element, `own`
    for single ones."""
    elements, common = frozenset(names.split()), frozenset(attributes.split())

    def serialize(node: Any) -> Iterator[str]:
        name = node.tag if isinstance(node.tag, str) and (names == "*" or node.tag in elements) else ""
        if name:
            allowed = common | frozenset((own or {}).get(name, "").split()) | {"href", "src", "alt"}
            given = "".join(f' {key}="{html.escape(value)}"' for key, value in node.items() if key in allowed)
            yield f"<{name}{given}>"
        yield html.escape(node.text or "", quote=False)
        for child in node:
            yield from serialize(child)
            yield html.escape(child.tail or "", quote=False)
        if name and name not in VOID:
            yield f"</{name}>"

    def clean(source: str) -> str:
        root = html5lib.parseFragment(source, namespaceHTMLElements=False)
        root.tag = "\0"
        return (
            "".join(serialize(root))
            if names != "*"
            else "".join(
                [html.escape(root.text or "", quote=False)]
                + [piece for child in root for piece in (*serialize(child), html.escape(child.tail or "", quote=False))]
            )
        )

    return clean


def through_feedparser(source: str) -> str:
    """The real one, over an Atom entry."""
    entry = f'<content type="html">{html.escape(source, quote=False)}</content>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:a,2025:a</id>{entry}</entry></feed>'
    found: str = feedparser.parse(feed.encode()).entries[0].content[0].value
    return found


def text_only(source: str) -> str:
    """One line for each block, as mail programs and terminals make it; each is laid out by its first strong letter."""
    lines = [""]

    def take(node: Any) -> None:
        if node.tag in BLOCKS:
            lines.append("")
        for index, line in enumerate((node.text or "").split("\n")):
            _append(lines, line, new=index > 0 and node.tag in ("pre", "code"))
        for child in node:
            take(child)
            if child.tag in BLOCKS:
                lines.append("")
            if child.tag in ("td", "th"):
                lines[-1] += "\t"
            _append(lines, (child.tail or "").replace("\n", " "), new=False)

    take(html5lib.parseFragment(source, namespaceHTMLElements=False))
    style = 'style="unicode-bidi: plaintext; white-space: pre; text-align: start"'
    return "".join(f"<div {style}>{html.escape(line.strip(' '))}</div>" for line in lines if line.strip())


def _append(lines: list[str], text: str, *, new: bool) -> None:
    if new:
        lines.append(text)
    else:
        lines[-1] += text


def plain(_: str) -> str:
    return ""


def auto(_: str) -> str:
    return 'dir="auto"'


def by_words(source: str) -> str:
    """CommaFeed: right-to-left if more than 40% of the words with a strong letter begin with a right-to-left one."""
    firsts = [
        next((side for c in word if (side := bidirectional(c)) in ("L", "R", "AL")), "") for word in _words(source)
    ]
    strong = [side for side in firsts if side]
    return 'dir="rtl"' if strong and sum(side != "L" for side in strong) / len(strong) > 0.4 else ""


def by_letters(source: str) -> str:
    """Feedbin: right-to-left if more than half of all characters are, spaces among them."""
    text = " ".join(_words(source))
    return 'dir="rtl"' if text and sum(bidirectional(c) in ("R", "AL") for c in text) / len(text) > 0.5 else ""


def _words(source: str) -> list[str]:
    return "".join(html5lib.parseFragment(source, namespaceHTMLElements=False).itertext()).split()


PROFILES: dict[str, Profile] = {
    # internal/reader/sanitizer: an allow-list without div, span, bdi, and without dir on anything.
    "Miniflux": Profile(
        clean=kept(
            "a abbr acronym aside audio blockquote br caption cite code dd del dfn dl dt em figcaption figure h1 h2 h3 h4 h5 "
            "h6 hr img ins kbd li ol p picture pre q rp rt rtc ruby s samp source strong sub sup table td tfoot th thead time "
            "tr u ul var video wbr"
        ),
        host=auto,
    ),
    # SimplePie strips lists of harmful elements and attributes and keeps the rest.
    "FreshRSS": Profile(clean=kept("*", "dir lang"), host=auto),
    "Tiny Tiny RSS": Profile(
        clean=kept(
            "a abbr address acronym audio article aside b bdi bdo big blockquote body br caption cite center code col colgroup "
            "data dd del details description dfn div dl font dt em footer figure figcaption h1 h2 h3 h4 h5 h6 header hr html i "
            "img ins kbd li main mark nav noscript ol p picture pre q ruby rp rt s samp section small source span strike "
            "strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var wbr video",
            "dir lang",
        ),
        host=plain,
    ),
    # FeedEntryContentCleaningService.
    "CommaFeed": Profile(
        clean=kept(
            "a b blockquote br caption cite code col colgroup dd div dl dt em h1 h2 h3 h4 h5 h6 i img li ol p pre q small "
            "strike strong sub sup table tbody td tfoot th thead tr u ul",
            own={"div": "dir", "pre": "dir", "code": "dir", "table": "dir", "p": "dir"},
        ),
        host=by_words,
    ),
    # ContentFormatter::ALLOWLIST_BASE.
    "Feedbin": Profile(
        clean=kept(
            "h1 h2 h3 h4 h5 h6 h7 h8 br b i strong em a pre code img tt div ins del sup sub p ol ul table thead tbody tfoot "
            "blockquote dl dt dd kbd q samp var hr ruby rt rp li tr td th s strike summary details figure figcaption audio "
            "video source small",
            "dir lang",
        ),
        host=by_letters,
    ),
    "feedparser": Profile(clean=through_feedparser, host=plain),
    "plain text": Profile(clean=text_only, host=plain),
}
