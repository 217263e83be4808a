"""Shapes that Markdown does not know — Liquid, shortcodes, wiki links, containers — as Markdown and HTML.

Works on the text of one paragraph, heading or cell at a time, outside code; what cannot be kept is
left out and reported, never shown as raw markup. The result is sanitised later.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict, deque
from dataclasses import dataclass, field

from feeds.markup.allowed import ELEMENTS, RENAMED
from feeds.markup.embeds import BY_ID
from feeds.problems import quote

_OPENING = re.compile(
    r"\\[\\`\[{=<]|`++|\{\{</\*|\{\{%/\*|\{\{[<%]|\{\{|\{%|\{:|!?\[\[|==(?=[^\s=])|<(?=[A-Z][A-Z0-9]{0,20}[a-z.])"
)
_OPENS = re.compile(r"[\\`{\[=<]")  # a sign of every opening
_ARGUMENT = re.compile(
    r"""([\w.-]+)\s*=\s*(?:"([^"]*+)"|'([^']*+)'|`([^`]*+)`|([^\s"'`]++))|"([^"]*+)"|'([^']*+)'|(\S++)"""
)
_ATTRIBUTE_LIST = re.compile(r"\{:[^{}\n]*+\}")
_HEADING_ATTRIBUTES = re.compile(r"[ \t]*+\{:?[ \t]*+([#.][^{}\n]*+)\}[ \t]*+$")
_WIKI = re.compile(r"\[\[([^\[\]\n|]++)(?:\|([^\[\]\n]*+))?\]\](?!\()")
_MARKED = re.compile(r"==([^=\n]++)(?<!\s)==(?!=)")
_COMPONENT_NAME = re.compile(r"<([A-Z][\w.]*+)")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg|bmp)$", re.IGNORECASE)
_ESM = re.compile(
    r"(?:import\s+(?:[\w*{}\s,$]{1,200}\sfrom\s+)?['\"][^'\"\n]+['\"];?\s*|export\s+(?:const|let|var|default|function|async|type)\b.*)",
    re.DOTALL,
)
# Tags of Liquid that stand for nothing a reader should miss.
_SILENT = frozenset((
    "if", "elsif", "else", "endif", "unless", "endunless", "for", "endfor", "case", "when", "endcase", "assign",
    "capture", "endcapture", "comment", "endcomment", "raw", "endraw", "toc",
))  # fmt: skip


@dataclass(slots=True)
class Shapes:
    """Degrades the texts of one body, in order (a Liquid `raw` may reach over paragraphs)."""

    warnings: list[tuple[int, str]] = field(default_factory=list)
    _raw: bool = False

    def degrade(self, text: str, line: int) -> str:
        """The text of one block; `line` is where it begins, from 1."""
        if not _OPENS.search(text):
            return text
        out: list[str] = []
        position = done = counted = 0
        spans = _code_spans(text)
        closers: dict[str, int] = {}
        while found := _OPENING.search(text, position):
            start = found.start()
            line += text.count("\n", counted, start)
            counted = start
            if start in spans:
                replaced: tuple[str, int] | None = (_without_raw(text[start : spans[start]]), spans[start])
            else:
                replaced = self._replace(text, found[0], start, closers, line)
            if replaced is None:
                position = found.end()
                continue
            out += (text[done:start], replaced[0])
            position = done = replaced[1]
        return "".join(out) + text[done:]

    def _replace(
        self, text: str, opening: str, start: int, closers: dict[str, int], line: int
    ) -> tuple[str, int] | None:
        if opening.startswith(("\\", "`")):
            return None
        if opening in ("[[", "![["):
            return _wiki(text, start, embedded=opening[0] == "!")
        if opening == "==":
            marked = _MARKED.match(text, start)
            return (f"<mark>{marked[1]}</mark>", marked.end()) if marked else None
        if opening == "{:":  # kramdown: on a line of its own, or right behind what it is about
            attributes = _ATTRIBUTE_LIST.match(text, start)
            return ("", attributes.end()) if attributes and text[start - 1 : start] in "\n)]*_`>~" else None
        if opening == "<":
            return _component(text, start)
        closer = _CLOSERS[opening]
        if closers.get(closer, -1) < start + len(opening):
            at = text.find(closer, start + len(opening))
            closers[closer] = len(text) if at < 0 else at
        end = closers[closer]
        if end == len(text):
            return None
        inside = text[start + len(opening) : end]
        return self._template(opening, inside, closer, line), end + len(closer)

    def _template(self, opening: str, inside: str, closer: str, line: int) -> str:
        name, arguments, named = _arguments(inside.strip("-"))
        if self._raw and not (opening == "{%" and name == "endraw"):
            return html.escape(opening + inside + closer, quote=False)
        if opening.endswith("*"):  # Hugo's way of showing a shortcode
            return html.escape(opening[:-2] + inside + closer[2:], quote=False)
        if opening == "{{":
            return _liquid_value(inside)
        if opening == "{%" and name in _SILENT:
            self._raw = name == "raw"
            return ""
        return self._call(name, arguments, named, inside, line)

    def _call(self, name: str, arguments: list[str], named: dict[str, str], inside: str, line: int) -> str:
        first = arguments[0] if arguments else ""
        if name in ("figure", "image", "img") and (src := named.get("src") or first):
            return _figure(src, named)
        if name in BY_ID and (identity := named.get("id", "/".join(arguments))):
            site, page = BY_ID[name]
            return _link(page.format(identity), named.get("title") or site)
        if name in ("tweet", "x", "twitter") and "user" in named and "id" in named:
            user, identity = named["user"], named["id"]
            return _link(f"https://x.com/{user}/status/{identity}", "X")
        if name in ("ref", "relref", "link"):
            return named.get("path") or first
        if name in ("video", "audio") and (src := named.get("src") or first):
            return f'<{name} src="{html.escape(src)}"></{name}>'
        if title := named.get("title", first if name in ("details", "expand") else ""):
            return f"<strong>{html.escape(title, quote=False)}</strong> "
        if name.startswith(("/", "end")):
            return ""
        if name not in ("post_url", "highlight", "details", "notice", "br", "toc", ""):
            self.warnings.append(
                (line, f"has a shortcode that is not known here and is left out: {quote(inside.strip())}")
            )
        return ""


_CLOSERS = {
    "{{</*": "*/>}}",
    "{{%/*": "*/%}}",
    "{{<": ">}}",
    "{{%": "%}}",
    "{{": "}}",
    "{%": "%}",
}


def heading(text: str) -> tuple[str, str]:
    """A heading without its attribute list (`{#id .class}`), and the id that this gives."""
    found = _HEADING_ATTRIBUTES.search(text) if text.rstrip().endswith("}") else None
    if not found:
        return text, ""
    identity = next((word[1:] for word in found[1].split() if word.startswith("#")), "")
    return text[: found.start()], identity


def is_module_code(text: str) -> bool:
    """Whether the paragraph is an MDX import or export."""
    return text.startswith(("import", "export")) and all(
        _ESM.fullmatch(text if text.startswith("export") else part) for part in text.splitlines()
    )


def code(text: str) -> str:
    """Source code as Jekyll and Hugo would show it: `raw` and the escape for shortcodes are theirs."""
    text = text.replace("{{</*", "{{<").replace("*/>}}", ">}}").replace("{{%/*", "{{%").replace("*/%}}", "%}}")
    return _without_raw(text)


def _without_raw(text: str) -> str:
    if not (_RAW.search(text) and _END_RAW.search(text)):
        return text
    return _END_RAW.sub("", _RAW.sub("", text))


_RAW = re.compile(r"\{%-?\s{0,9}raw\s{0,9}-?%\}\n?")
_END_RAW = re.compile(r"\{%-?\s{0,9}endraw\s{0,9}-?%\}\n?")


def _code_spans(text: str) -> dict[int, int]:
    """Places where inline code begins → where it ends (CommonMark 6.1)."""
    runs = [(found.start(), found.end()) for found in re.finditer("`++", text)]
    later: dict[int, deque[int]] = defaultdict(deque)
    for index, (start, end) in enumerate(runs):
        later[end - start].append(index)
    spans: dict[int, int] = {}
    index = 0
    while index < len(runs):
        start, end = runs[index]
        same = later[end - start]
        while same and same[0] <= index:
            same.popleft()
        if same and (start == 0 or text[start - 1] != "\\"):
            spans[start] = runs[same[0]][1]
            index = same[0]
        index += 1
    return spans


def _wiki(text: str, start: int, *, embedded: bool) -> tuple[str, int] | None:
    found = _WIKI.match(text, start + embedded)
    if not found:
        return None
    page, label = found[1].strip(), (found[2] or "").strip()
    if not page or page.isdigit() or (not embedded and found[1] != found[1].strip()):
        return None
    if embedded and _PICTURE.search(page):
        alt = "" if re.fullmatch(r"\d+(?:x\d+)?", label) else label
        return f'<img src="{html.escape(page)}" alt="{html.escape(alt)}">', found.end()
    return label or page.lstrip("#").replace("#", " › "), found.end()


def _component(text: str, start: int) -> tuple[str, int] | None:
    """The place behind a tag of an MDX component, whose attributes may hold code in braces."""
    name = _COMPONENT_NAME.match(text, start)
    if not name or name[1].lower() in ELEMENTS or name[1].lower() in RENAMED:
        return None
    depth, position = 0, name.end()
    limit = min(len(text), position + 2000)
    while position < limit:
        character = text[position]
        depth += (character == "{") - (character == "}")
        if character == ">" and depth <= 0:
            return "", position + 1
        if character == "<" and depth <= 0:
            return None
        position += 1
    return None


def _arguments(inside: str) -> tuple[str, list[str], dict[str, str]]:
    name, _, rest = inside.strip().removesuffix("/").strip().replace("\n", " ").partition(" ")
    arguments: list[str] = []
    named: dict[str, str] = {}
    for found in _ARGUMENT.finditer(rest):
        values = [group for group in found.groups()[1:] if group is not None]
        if found[1] is not None:
            named.setdefault(found[1].lower(), values[0] if values else "")
        elif values:
            arguments.append(values[0])
    return name.lower() if not name.startswith("/") else name, arguments, named


def _liquid_value(inside: str) -> str:
    """`{{ "/a.png" | relative_url }}` is the text; variables are unknown and leave nothing."""
    literal = re.match(r"""-?\s*(?:"([^"]*+)"|'([^']*+)')""", inside)
    if literal:
        return literal[1] if literal[1] is not None else literal[2]
    return ""


def _figure(src: str, named: dict[str, str]) -> str:
    caption = named.get("caption") or named.get("title") or ""
    alt = named.get("alt", "")
    picture = f'<img src="{html.escape(src)}" alt="{html.escape(alt)}">'
    if not caption:
        return picture
    return f"<figure>{picture}<figcaption>{html.escape(caption, quote=False)}</figcaption></figure>"


def _link(url: str, label: str) -> str:
    return f'<a href="{html.escape(url)}">{html.escape(label, quote=False)}</a>'
