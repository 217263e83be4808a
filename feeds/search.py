"""Words that are searched for: what an article has of them, and the one spelling of a search in an address."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import regex

from feeds import bidi
from feeds.article import Article, Author
from feeds.markup.htmltree import BLOCKS
from feeds.text import fold, is_ordinary, one_line

MOST_CHARACTERS, MOST_WORDS = 100, 8  # of one search
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_ORDINARY_WORD = re.compile(r"[^\W_]+")  # the same in ordinary text
_TAG = re.compile("<[^>]*+>")
_BREAK = re.compile(rf"</?(?:br|{'|'.join(sorted(BLOCKS))})(?=[ />])[^>]*+>")
_WRITTEN = regex.compile(r"[\p{L}\p{M}\p{N}\u200c]+")  # ZWNJ stands within Persian words


def words(text: str) -> list[str]:
    """The words in the form in which they are compared (`text.fold`), each once, in order."""
    folded = fold(text)
    found = _ORDINARY_WORD.findall(folded) if is_ordinary(folded) else _WORD.findall(folded)
    return list(dict.fromkeys(found))


def key(text: str) -> str:
    """The search as one segment of a path: its words as written, each once, joined by `-`; `""` where there
    is no word, or more than `MOST_CHARACTERS` or `MOST_WORDS`. Idempotent."""
    if len(text) > MOST_CHARACTERS:
        return ""
    written: dict[str, str] = {}
    for piece in _WRITTEN.findall(bidi.strip(one_line(text))):
        folded = fold(piece)
        if _WORD.search(folded):
            written.setdefault(folded, piece.strip("\u200c"))
    joined = "-".join(written.values())
    return joined if len(joined) <= MOST_CHARACTERS and 0 < len(words(joined)) <= MOST_WORDS else ""


def shown(search_key: str) -> str:
    """The words of a key for people."""
    return search_key.replace("-", " ")


def match(search_key: str) -> str:
    """The words of a key as an FTS5 query that asks for all of them (sqlite.org/fts5.html section 3)."""
    return " AND ".join(f'"{word}"' for word in words(search_key))


def document(article: Article) -> str:
    """Every word of an article once: of its title, summary, text, tags and authors. Equal for equal articles."""
    return _document(article.title, article.summary, article.content_html, article.tags, _names(article.authors))


def document_of(stored: Mapping[str, Any]) -> str:
    """The same of an article's members as they are stored (`stored.members`)."""
    names = [author["name"] for author in stored.get("authors", ())]
    return _document(stored["title"], stored.get("summary", ""), stored["content_html"], stored.get("tags", ()), names)


def _document(title: str, summary: str, content_html: str, tags: Iterable[str], authors: Iterable[str]) -> str:
    return " ".join(sorted(words("\n".join([title, summary, _text(content_html), *tags, *authors]))))


def _names(authors: Iterable[Author]) -> Iterator[str]:
    return (author.name for author in authors)


def _text(content_html: str) -> str:
    """The text of HTML that `markup` has written, in which `>` stands at the end of tags alone."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", content_html)))
