"""Markdown as people write it → HTML, not yet safe.

CommonMark with tables, footnotes, strikethrough, task lists and definition lists; containers,
callouts, and Markdown inside `<div dir="rtl">` as other tools read them. Raw HTML passes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feeds.markup import shapes

MAX_NESTING = 80
LONGEST_TERM = 80
_SENTENCE_ENDS = (".", "!", "?", "؟", "…", ":", "۔")

# Kinds of asides that documentation tools name (VitePress, Docusaurus, Obsidian, GitHub).
_KINDS = {
    "note": "note", "info": "info", "tip": "tip", "hint": "tip", "success": "tip", "important": "important",
    "warning": "warning", "attention": "warning", "caution": "caution", "danger": "danger", "error": "danger",
    "failure": "danger", "bug": "danger", "example": "example", "question": "question", "faq": "question",
    "quote": "quote", "cite": "quote", "abstract": "summary", "summary": "summary", "tldr": "summary", "todo": "todo",
}  # fmt: skip
_CONTAINER = re.compile(
    r"\s*\{?\.?([\w-]+)\}?\s*(?:\[([^\]\n]*)\]|\{[^}\n]*?title=\"([^\"\n]*)\"[^}\n]*\}|\{[^}\n]*\}|(.*))\s*$"
)
_CALLOUT = re.compile(r"\[!([A-Za-z-]{1,30})\][+-]?[ \t]*([^\n]*)(?:\n|$)")
_TASK = re.compile(r"\[([ xX])\]\s")
_STRAY_CLOSER = re.compile(r"^:{3,}[ \t]*$\n?", re.MULTILINE)
_OPAQUE = re.compile(r"\s*<(?:pre|script|style|textarea|!--)", re.IGNORECASE)
_DIRECTED = re.compile(
    r"<(div|section|article|aside|center|p|span|blockquote|main)(?=\s)[^<>]*?\s(?:dir|markdown)\s*=[^<>]*>(.*)$",
    re.IGNORECASE,
)
_END_TAG_LINE = re.compile(r"</(?:div|section|article|aside|center|main|p|span|blockquote)>\s*$", re.IGNORECASE)
_CODE_TAG = re.compile(r"\{(?:%-?\s*highlight\b[^%\n]*%|\{[<%]\s*highlight\b[^\n]*?[>%]\})\}?\s*$")
_CODE_END = re.compile(r"\{(?:%-?\s*endhighlight\s*-?%|\{[<%]\s*/\s*highlight\s*[>%]\})\}?\s*$")
_HIDDEN_TAG = re.compile(r"\{(?:%-?\s*comment\s*-?%|\{[<%]\s*comment\s*[>%]\})\}?\s*$")
_HIDDEN_END = re.compile(r"\{(?:%-?\s*endcomment\s*-?%|\{[<%]\s*/\s*comment\s*[>%]\})\}?\s*$")
_MARKERS = re.compile(r"^[ \t]*(?:(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]*){8,}", re.MULTILINE)


def render(body: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """HTML of the Markdown, and (line from 1, message) for what was left out. Linear time."""
    env: dict[str, Any] = {"shapes": shapes.Shapes()}
    tokens = _MARKDOWN.parse(body, env)
    if any(token.level >= MAX_NESTING - 2 for token in tokens):
        # The parser drops what is nested deeper; nobody means such depth, but the words may matter.
        flat = _MARKERS.sub("> ", "\n".join(line.lstrip(" \t") for line in body.split("\n")))
        env = {"shapes": shapes.Shapes()}
        tokens = _MARKDOWN.parse(_STRAY_CLOSER.sub("", re.sub(r"^:{3,}.*$", "", flat, flags=re.MULTILINE)), env)
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env)), tuple(env["shapes"].warnings)


def _degrade(state: StateCore) -> None:
    """Between blocks and inline parsing: texts are known to be no code, and not yet taken apart."""
    degrader: shapes.Shapes = state.env["shapes"]
    tokens = state.tokens
    for index, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "inline":
            _before_inline(tokens, index)
            token.content = degrader.degrade(_STRAY_CLOSER.sub("", token.content), line)
        elif token.type == "html_block" and not _OPAQUE.match(token.content):
            token.content = degrader.degrade(token.content, line)
        elif token.type in ("fence", "code_block"):
            token.content = shapes.code(token.content)
            token.info = ""
        elif token.type == "dl_open":
            _plain_if_no_term(tokens, index)
    _drop_contents_lists(tokens)


def _before_inline(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    parent = tokens[index - 1].type if index else ""
    before = tokens[index - 2].type if index > 1 else ""
    if parent == "heading_open":
        token.content, identity = shapes.heading(token.content)
        if identity:
            tokens[index - 1].attrSet("id", identity)
    elif parent == "paragraph_open" and before == "list_item_open" and (task := _TASK.match(token.content)):
        token.content = ("☐ " if task[1] == " " else "☑ ") + token.content[task.end() :]
    elif parent == "paragraph_open" and before == "blockquote_open" and (callout := _CALLOUT.match(token.content)):
        _aside(tokens, index - 2, callout[1].lower())
        title, rest = callout[2].strip(), token.content[callout.end() :]
        token.content = (f"**{title}**\n" if title else "") + rest
        if title:
            del tokens[index - 2].attrs["data-kind"]
    elif parent == "paragraph_open" and shapes.is_module_code(token.content):
        token.content = ""


def _aside(tokens: list[Token], index: int, kind: str) -> None:
    level = tokens[index].level
    tokens[index].tag = "aside"
    tokens[index].attrSet("data-kind", _KINDS.get(kind, "note"))
    closing = next(i for i in range(index + 1, len(tokens)) if tokens[i].level == level and tokens[i].nesting == -1)
    tokens[closing].tag = "aside"


def _plain_if_no_term(tokens: list[Token], index: int) -> None:
    """A newsroom's paragraph that begins with `: ` makes no definition of the paragraph before it."""
    level = tokens[index].level
    end = next(i for i in range(index + 1, len(tokens)) if tokens[i].level == level and tokens[i].nesting == -1)
    inside = tokens[index : end + 1]
    terms = [inside[i + 1].content for i, token in enumerate(inside) if token.type == "dt_open"]
    if all(len(term) <= LONGEST_TERM and not term.rstrip().endswith(_SENTENCE_ENDS) for term in terms):
        return
    for i, token in enumerate(inside):
        if token.level <= level + 1 and token.tag in ("dl", "dd"):
            token.tag = "div"
        elif token.level == level + 1 and token.tag == "dt":
            token.tag = "p"
        if token.type == "dd_open":
            first = next(later for later in inside[i:] if later.type == "inline" or later.type == "dd_close")
            first.content = ": " + first.content


def _drop_contents_lists(tokens: list[Token]) -> None:
    """kramdown replaces the list before `{:toc}` by a table of contents, which a feed has no use for."""
    for index, token in enumerate(tokens):
        if token.type == "inline" and token.content.strip() in ("TOC", "toc", "") and index >= 3:
            opening = tokens[index - 3]
            closing = tokens[index + 3] if index + 3 < len(tokens) else None
            if opening.type.endswith("list_open") and closing and closing.type.endswith("list_close"):
                token.content = ""


def _container(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    kind, title = _container_parts(token)
    tag = "details" if kind == "details" else "aside" if kind in _KINDS else "div"
    if token.nesting == -1:
        return f"</{tag}>\n"
    escaped = html.escape(title, quote=False)
    if tag == "details":
        return f"<details><summary>{escaped or '…'}</summary>\n"
    if title:
        return f"<{tag}><p><strong>{escaped}</strong></p>\n"
    return f'<aside data-kind="{_KINDS[kind]}">\n' if tag == "aside" else "<div>\n"


def _container_parts(token: Token) -> tuple[str, str]:
    found = _CONTAINER.match(token.info)
    if not found:
        return "", token.info.strip()
    title = next((group for group in found.groups()[1:] if group), "")
    return found[1].lower(), title.strip().strip("*")


def _close_containers(state: StateCore) -> None:
    """The closing token does not know its kind; it learns it from the opening one."""
    opened: list[str] = []
    for token in state.tokens:
        if token.type == "container_box_open":
            opened.append(token.info)
        elif token.type == "container_box_close":
            token.info = opened.pop()


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _tagged_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`{% highlight x %}` … `{% endhighlight %}` and Hugo's like; comments that span lines."""
    first = _line(state, start)
    if not first.startswith("{") or state.is_code_block(start):
        return False
    is_code = bool(_CODE_TAG.match(first))
    closing = _CODE_END if is_code else _HIDDEN_END
    if not is_code and not _HIDDEN_TAG.match(first):
        return False
    absent_from, absent_to = state.env.get(closing.pattern, (end, start))
    if start >= absent_from and end <= absent_to:
        return False
    last = next((line for line in range(start + 1, end) if closing.match(_line(state, line))), None)
    if last is None:
        state.env[closing.pattern] = (start, end)
        return False
    if silent:
        return True
    if is_code:
        token = state.push("fence", "code", 0)
        token.content = state.getLines(start + 1, last, state.blkIndent, True)
        token.map = [start, last + 1]
    state.line = last + 1
    return True


def _directed_html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`<div dir="rtl">` or `<div markdown="1">`: what stands inside is Markdown, without the blank
    line that CommonMark asks for (kramdown's rule; what editors of right-to-left text expect)."""
    first = _line(state, start)
    if not first.startswith("<") or state.is_code_block(start):
        return False
    if _END_TAG_LINE.match(first):
        if not silent:
            _push_html(state, first, start)
            state.line = start + 1
        return True
    found = _DIRECTED.match(first)
    if not found:
        return False
    rest = found[2].strip()
    if not rest and start + 1 < end and state.sCount[start + 1] - state.blkIndent >= 4:
        return False  # indented HTML, not code
    if silent:
        return True
    _push_html(state, first[: found.start(2)], start)
    state.line = start + 1
    if rest:
        last = start + 1
        while last < end and not state.isEmpty(last) and not _END_TAG_LINE.match(_line(state, last)):
            last += 1
        token = state.push("inline", "", 0)
        token.content = "\n".join([rest, *(_line(state, line) for line in range(start + 1, last))])
        token.map = [start, last]
        token.children = []
        state.line = last
    return True


def _push_html(state: StateBlock, content: str, line: int) -> None:
    token = state.push("html_block", "", 0)
    token.content = content + "\n"
    token.map = [line, line + 1]


def _as_written(url: str) -> str:
    return url


def _any_link(_url: str) -> bool:
    return True


def _footnotes_open(_self: Any, _tokens: Any, _index: int, _options: Any, _env: Any) -> str:
    return '<hr>\n<section class="footnotes">\n<ol>\n'


def _footnote_caption(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return f"[{int(tokens[index].meta['id']) + 1}]"


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING, "html": True})
    markdown.enable(["table", "strikethrough"])
    footnote_plugin(markdown)
    deflist_plugin(markdown)
    container_plugin(markdown, "box", ":", validate=lambda params, _markup: bool(params.strip()), render=_container)
    interrupting: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown.block.ruler.before("fence", "tagged_code", _tagged_code, interrupting)
    markdown.block.ruler.before("html_block", "directed_html", _directed_html, interrupting)
    markdown.core.ruler.after("block", "degrade", _degrade)
    markdown.core.ruler.after("degrade", "close_containers", _close_containers)
    markdown.add_render_rule("footnote_block_open", _footnotes_open)
    markdown.add_render_rule("footnote_caption", _footnote_caption)
    # Which addresses may be linked, and how they are encoded, is decided once, for every form.
    markdown.normalizeLink = _as_written  # type: ignore[method-assign]
    markdown.validateLink = _any_link  # type: ignore[method-assign, assignment]
    return markdown


_MARKDOWN = _markdown()
