"""The allow-list: which elements and attributes an article may carry into a feed reader."""

from __future__ import annotations

import re

ELEMENTS = frozenset((
    "a", "abbr", "aside", "audio", "b", "bdi", "blockquote", "br", "caption", "cite", "code", "dd", "del",
    "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp",
    "small", "source", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "u", "ul", "var", "video", "wbr",
))  # fmt: skip
# What has the same meaning under a name that every reader keeps.
RENAMED = {
    "acronym": "abbr", "bdo": "bdi", "dir": "ul", "image": "img", "legend": "p", "listing": "pre", "menu": "ul",
    "strike": "s", "tt": "code", "xmp": "pre",
} | dict.fromkeys((
    "address", "article", "center", "dialog", "fieldset", "footer", "form", "header", "hgroup", "main", "nav",
    "search", "section", "optgroup",
), "div")  # fmt: skip
# Never text for readers, whatever stands inside.
DROPPED_WITH_CONTENT = frozenset({"annotation", "datalist", "select", "template"})
# The HTML parser reopens these in every later paragraph when they are not closed (13.2.4.3), once
# for each set of attributes; without attributes that stays bounded.
FORMATTING = frozenset({"b", "code", "em", "i", "s", "small", "strong", "u"})

_GLOBAL = ("dir", "lang", "id")
_OWN = {
    "a": ("href", "title"),
    "abbr": ("title",),
    "aside": ("data-kind",),
    "audio": ("src", "controls"),
    "blockquote": ("cite",),
    "del": ("cite", "datetime"),
    "details": ("open",),
    "div": ("data-role",),
    "img": ("src", "srcset", "sizes", "alt", "title", "width", "height"),
    "ins": ("cite", "datetime"),
    "li": ("value",),
    "ol": ("start", "reversed", "type"),
    "q": ("cite",),
    "source": ("src", "srcset", "media", "type", "sizes"),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
    "time": ("datetime",),
    "video": ("src", "poster", "controls", "width", "height"),
}
ATTRIBUTES: dict[str, frozenset[str]] = {
    name: frozenset(_OWN.get(name, ()) + (() if name in ("img", "source", "br", "wbr") else _GLOBAL))
    for name in ELEMENTS
}
URL_SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_SMALL_NUMBER = re.compile(r"\d{1,5}")
_VALUES = {
    "dir": re.compile("rtl|ltr"),
    "lang": re.compile(r"(?i:[a-z]{2,8}(-[a-z0-9]{1,8}){0,4})"),
    "id": re.compile(r"[^\s\"'<>&`\x00-\x1f]{1,200}"),
    "width": _SMALL_NUMBER,
    "height": _SMALL_NUMBER,
    "colspan": re.compile(r"\d{1,3}"),
    "rowspan": re.compile(r"\d{1,3}"),
    "start": re.compile(r"-?\d{1,9}"),
    "value": re.compile(r"-?\d{1,9}"),
    "type": re.compile(r"[1aAiI]|[\w.+-]+/[\w.+-]+"),
    "scope": re.compile("(?:row|col)(?:group)?"),
    "datetime": re.compile(r"[\w:+., -]{1,64}", re.ASCII),
    "media": re.compile(r"[\w:(), .-]{1,200}", re.ASCII),
    "sizes": re.compile(r"[\w:(), .%+*/-]{1,200}", re.ASCII),
    "data-kind": re.compile("[a-z]{1,20}"),
    "data-role": re.compile("notes"),
}
_BOOLEAN = frozenset({"controls", "open", "reversed"})


def attributes(name: str, attrs: dict[str, str]) -> dict[str, str]:
    """The attributes that the element may keep, in the order of the source, values checked."""
    kept: dict[str, str] = {}
    for key, value in attrs.items():
        if key not in ATTRIBUTES[name]:
            continue
        if key in _BOOLEAN:
            kept[key] = ""
            continue
        value = value.strip()
        if key in ("width", "height"):
            value = value.removesuffix("px")
        if key == "dir":
            value = value.lower()
        if key not in _VALUES or _VALUES[key].fullmatch(value):
            kept[key] = value
    return kept
