"""A new content file with front matter and a fixed id."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from feeds.config import Config
from feeds.dates import rfc3339
from feeds.problems import FieldError
from feeds.text import plain


def create(config: Config, title: str, language: str, now: datetime) -> Path:
    """Writes `content/<id>.md` and returns its path. The id is made of the instant, so that neither
    title nor language will ever change it. Raises FieldError for an empty title, OSError where it cannot be written."""
    clean = plain(title)
    if not clean:
        raise FieldError("title", "the title is empty; write one")
    base = now.strftime("%Y%m%d-%H%M%S")
    number, stem = 1, base
    while (path := config.content_path / f"{stem}.md").exists():
        number += 1
        stem = f"{base}-{number}"
    lines = ["---", f"id: {stem}", f"title: {_quoted(clean)}", f"date: {rfc3339(now.replace(microsecond=0))}"]
    lines += [f"lang: {language}"] if language else []
    with path.open("x", encoding="utf-8") as file:
        file.write("\n".join([*lines, "---", "", clean, ""]))
    return path


def _quoted(text: str) -> str:
    """A YAML single-quoted scalar (YAML 1.2 section 7.3.2)."""
    return "'" + text.replace("'", "''") + "'"
