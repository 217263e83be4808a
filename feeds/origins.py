"""Where an article was before: its old paths here, its first publication elsewhere, whom it was taken from."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import unquote, urlsplit

from feeds import bidi, permalink
from feeds.article import Source
from feeds.frontmatter import Faults, FrontMatter
from feeds.problems import quote
from feeds.text import one_line, plain


def lasting_id(article_id: str, fence: str, *, is_html: bool) -> str:
    """What is to be told of an id that no file says: the very line that makes it last, for the kind of front matter
    that there is (`---`, `+++` or `""`)."""
    quoted = json.dumps(article_id, ensure_ascii=False)
    spelt = article_id if re.fullmatch(r"\w(?:[\w .-]*[\w.-])?", article_id) else quoted  # what YAML reads as it stands
    how = f"add this line to the front matter: 'id: {spelt}'"
    if fence == "+++":
        how = f"add this line to the front matter, before any table: 'id = {quoted}'"
    elif not fence and is_html:
        how = f'add this line to the head: \'<meta name="nashra-id" content="{html.escape(article_id)}">\''
    elif not fence:
        how = f"put these three lines before the text: '---', 'id: {spelt}', '---'"
    return f"is known from the time before a file was renamed, and only to the state folder; to keep it {how}"


def aliases(front: FrontMatter, site_url: str) -> tuple[str, ...]:
    """Old site paths, decoded, NFC, without trailing slash; addresses of other sites are none of ours."""
    found: dict[str, None] = {}
    for name in ("aliases", "slug"):
        for text, _ in front.paths(name):
            if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://|//", text):
                if not (text + "/").startswith(site_url + "/"):
                    continue
                text = text[len(site_url) :]
            path = unquote(urlsplit(text).path) if not re.search(r"/:\w|^:\w", text) else ""
            clean = "/" + bidi.strip(one_line(path)).strip("/")
            if clean != "/":
                found[clean] = None
    return tuple(found)


def canonical(front: FrontMatter, faults: Faults) -> str:
    """The absolute URL of the first publication elsewhere, as ASCII; `""` where there is none."""
    text = front.raw("canonical")
    if not text:
        return ""
    try:
        return permalink.encode_url(text)
    except (ValueError, UnicodeError):
        faults.warn(front.line("canonical"), "canonical", f"must be an absolute URL; dropped: {quote(text)}")
        return ""


def source(front: FrontMatter, faults: Faults) -> Source | None:
    """Where a repost came from; a text that is a URL is its address, any other its title."""
    for values, line in front.maps("source", ("title", "name", "url")):
        title, url = plain(values["title"]), values.get("url", "")
        if not url and permalink.has_scheme(title):
            url = title
        if url:
            try:
                url = permalink.encode_url(url)
            except (ValueError, UnicodeError):
                faults.warn(line, "source", f"has no absolute URL; dropped: {quote(url)}")
                url = ""
        return Source(title=title, url=url)
    return None
