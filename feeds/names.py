"""What a content file's name says: suffix, language, day, default id. Pure functions of a path."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from feeds.language import is_language, normalize, primary
from feeds.markup.pieces import Form

FORMS: dict[str, Form] = {
    ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".txt": "text",
}  # fmt: skip
_JEKYLL = re.compile(r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})-(?=.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """`stem` is the name without suffix and language; `language` is `""` where the name says none;
    `day` is a Jekyll prefix such as `2025-04-30` or `""`."""

    form: Form
    stem: str
    language: str
    day: str

    def default_id(self, site_language: str, *, shared: bool) -> str:
        """The id of a file without one. `shared`: another file beside it has the same stem in
        another language, so only the site's language keeps the bare stem."""
        own = self.language or site_language
        if shared and primary(own) != primary(site_language):
            return f"{self.stem}.{own}"
        return self.stem


def parse(path: str) -> Name | None:
    """None for a file that is no article source. `path` is relative to the content folder, with `/`."""
    pure = PurePosixPath(unicodedata.normalize("NFC", path))
    form = FORMS.get(pure.suffix.lower())
    if form is None:
        return None
    stem, language = pure.stem, ""
    head, dot, last = stem.rpartition(".")
    if dot and head and is_language(last):
        stem, language = head, normalize(last)
    if stem.lower() in ("index", "_index") and pure.parent.name:
        stem = pure.parent.name
    day = _JEKYLL.match(stem)
    return Name(form=form, stem=stem, language=language, day=day.group(1) if day else "")
