"""One content file → one Article, or the problems that keep it from being one.

The reader's way: source (bytes, front matter) → raw text or HTML head → markup → language → dates → links.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from feeds import attachments, bidi, dates, htmlhead, language, markup, names, nodes, permalink, rawtext, source
from feeds.article import Article, Direction, Source
from feeds.config import Config
from feeds.frontmatter import Faults, FrontMatter
from feeds.links import Links
from feeds.media import MediaFile
from feeds.problems import DateError, FieldError, Problem, quote
from feeds.text import excerpt, one_line

FALLBACK_TITLE_GRAPHEMES = 80
DATE_HINT = "write a day such as 'date: 2025-04-30', or with a time '2025-04-30 13:30'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one file gave. `article` is None when there is an error. `used` are the media paths that
    the result depends on, whether they exist or not."""

    article: Article | None
    problems: tuple[Problem, ...]
    used: tuple[str, ...] = ()
    id_line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A file taken apart, before any meaning is given to dates and links."""

    front: FrontMatter
    title: str
    title_line: int
    date: str
    date_line: int
    document: markup.Document


def read(
    path: str, data: bytes, *, config: Config, media: Callable[[str], MediaFile | None], shared: bool = False
) -> Reading:
    """`path` is relative to the content folder; `media` finds a media file by its NFC path;
    `shared` says that a file beside this one has the same name in another language. Never raises."""
    faults = Faults()
    name = names.parse(path)
    assert name is not None, path
    article, used, id_line = None, frozenset[str](), 1
    try:
        parts = _take_apart(name, data, config, faults)
        id_line = parts.front.line("id")
        article, used = _article(path, name, parts, config=config, media=media, shared=shared, faults=faults)
    except source.SourceError as error:
        faults.error(error.line, error.field, error.message)
    except FieldError as error:
        faults.error(1, error.field, error.message)
    shown = shown_path(path, config)
    problems = tuple(
        Problem(path=shown, line=line, field=field, message=message, severity=severity)
        for line, field, message, severity in sorted(set(faults.found))
    )
    article = None if faults.fatal else article
    return Reading(article=article, problems=problems, used=tuple(sorted(used)), id_line=id_line)


def shown_path(path: str, config: Config) -> str:
    """A path below content/ as problems name it: relative to the config file."""
    full = config.content_path / path
    return full.relative_to(config.root).as_posix() if full.is_relative_to(config.root) else full.as_posix()


def _take_apart(name: names.Name, data: bytes, config: Config, faults: Faults) -> _Parts:
    found = source.read(data, config.fallback_encoding)
    for line, field, message in found.warnings:
        faults.warn(line, field, message)
    fields, body = found.fields, found.body
    if name.form == "html" and htmlhead.is_document(body):
        head, body = htmlhead.split(body, found.body_line)
        fields = fields if found.has_front_matter else head
    front = FrontMatter(fields, faults)
    title, title_line, date, date_line = front.text("title"), front.line("title"), front.raw("date"), front.line("date")
    if not body.strip() and not title:
        raise source.SourceError(1, "content", "is empty; write a date, a title and the text: ''")
    if name.form == "text":
        raw = rawtext.read(body, lambda line: _is_date(line, config), known_title=title)
        shift = found.body_line - 1
        if not title and raw.title:
            title, title_line = bidi.clean(raw.title), raw.title_line + shift
            if raw.title_is_cut:
                faults.warn(title_line, "title", f"is missing; the start of the text serves: {quote(title)}")
        if not date and raw.date:
            date, date_line = raw.date, raw.date_line + shift
        body = raw.body
    document = markup.parse(body, name.form)
    for line, message in document.warnings:
        faults.warn(found.body_line + line - 1, "content", message)
    if not title and front.node("title") is None:
        title, title_line = _fallback_title(document), found.body_line
        faults.warn(1, "title", f"is missing; the first heading or the start of the text serves: {quote(title)}")
    return _Parts(front=front, title=title, title_line=title_line, date=date, date_line=date_line, document=document)


def _is_date(line: str, config: Config) -> bool:
    """Whether a line of raw text is meant as a date; a wrong or ambiguous one is, a sentence is not."""
    try:
        dates.parse(line, zone=config.zone, language=config.language)
    except DateError as error:
        return error.kind != "absent"
    return True


def _fallback_title(document: markup.Document) -> str:
    return bidi.clean(document.heading or excerpt(document.prose or document.text, FALLBACK_TITLE_GRAPHEMES))


def _article(
    path: str,
    name: names.Name,
    parts: _Parts,
    *,
    config: Config,
    media: Callable[[str], MediaFile | None],
    shared: bool,
    faults: Faults,
) -> tuple[Article | None, frozenset[str]]:
    front = parts.front
    spoken = _language(name, parts, config, faults)
    direction = _direction(front, spoken)
    published = _published(name, parts, config, spoken, faults)
    article_id = bidi.strip(one_line(front.raw("id"))) or name.default_id(config.language, shared=shared)
    links = Links(
        site_url=config.url,
        permalink=config.absolute(permalink.share_path(permalink.token(article_id))),
        folder=PurePosixPath(path).parent.as_posix(),
        media=media,
    )
    image = attachments.image(front, links, faults)
    enclosures = attachments.enclosures(front, links, faults)
    body = markup.finish(parts.document, title=parts.title, language=spoken, direction=direction, resolve=links)
    for missing in dict.fromkeys(links.missing):
        faults.warn(1, "content", f"names a file that is not there; put it beside the article: {quote(missing)}")
    if published is None or not parts.title:
        if not parts.title and front.node("title") is None:
            faults.error(1, "title", "is missing and the text has none; write a line such as 'title: …'")
        return None, frozenset(links.used)
    updated = _updated(front, published, config, spoken, faults)
    withdrawn, reason = _withdrawn(front, published, config, spoken, faults)
    return Article(
        id=article_id,
        title=parts.title,
        published=published,
        updated=updated,
        language=spoken,
        direction=direction,
        summary=front.text("summary") or excerpt(bidi.clean(parts.document.prose), config.feeds.summary_length),
        content_html=body,
        tags=front.tags(),
        authors=front.authors(),
        image=image,
        enclosures=enclosures,
        aliases=_aliases(front, config),
        canonical=_canonical(front, faults),
        source=_source(front, faults),
        expires=_instant(front, "expires", published, config, spoken, faults),
        withdrawn=withdrawn,
        withdrawn_reason=reason,
        draft=front.draft(),
        in_feeds=front.flag("feed", True),
        translation_key=front.text("translation_key"),
    ), frozenset(links.used)


def _language(name: names.Name, parts: _Parts, config: Config, faults: Faults) -> str:
    given = parts.front.raw("lang")
    if given:
        try:
            return language.normalize(given)
        except FieldError as error:
            faults.error(parts.front.line("lang"), "lang", error.message)
            return config.language
    return name.language or language.guess(f"{parts.title}\n{parts.document.text}", config.language)


def _direction(front: FrontMatter, spoken: str) -> Direction:
    return "rtl" if (front.choice("dir", ("rtl", "ltr")) or language.direction_of(spoken)) == "rtl" else "ltr"


def _published(name: names.Name, parts: _Parts, config: Config, spoken: str, faults: Faults) -> datetime | None:
    front, text, line = parts.front, parts.date or name.day, parts.date_line
    if not text and front.node("date") is None:
        faults.error(line or 1, "date", f"is missing; {DATE_HINT}")
    if not text:
        return None
    return _parse_date(text, line, "date", None, config, spoken, faults)


def _parse_date(
    text: str, line: int, field: str, reference: datetime | None, config: Config, spoken: str, faults: Faults
) -> datetime | None:
    try:
        moment = dates.parse(text, zone=config.zone, language=spoken, reference=reference)
    except DateError as error:
        faults.error(line, field, str(error))
        return None
    for warning in moment.warnings:
        faults.warn(line, field, f"{warning}: {quote(text)}")
    return moment.instant


def _instant(
    front: FrontMatter, field: str, published: datetime, config: Config, spoken: str, faults: Faults
) -> datetime | None:
    text = front.raw(field)
    return _parse_date(text, front.line(field), field, published, config, spoken, faults) if text else None


def _updated(front: FrontMatter, published: datetime, config: Config, spoken: str, faults: Faults) -> datetime:
    updated = _instant(front, "updated", published, config, spoken, faults)
    if updated is not None and updated < published:
        message = f"is before the date of publication, which serves instead: {quote(front.raw('updated'))}"
        faults.warn(front.line("updated"), "updated", message)
        return published
    return updated or published


def _withdrawn(
    front: FrontMatter, published: datetime, config: Config, spoken: str, faults: Faults
) -> tuple[datetime | None, str]:
    node = front.node("withdrawn")
    if node is None:
        return None, ""
    text, reason, line = "", "", front.line("withdrawn")
    if isinstance(node, nodes.Scalar):
        text = node.text.strip()
    elif isinstance(node, nodes.Mapping):
        values = {key.lower(): child for key, _, child in node.entries if isinstance(child, nodes.Scalar)}
        text = values["date"].text.strip() if "date" in values else ""
        line = values["date"].line if "date" in values else line
        reason = bidi.clean(one_line(values["reason"].text)) if "reason" in values else ""
    if not text:
        faults.error(
            line, "withdrawn", "has no instant; write 'withdrawn: 2025-05-02 08:30', or a map with date and reason"
        )
        return None, ""
    return _parse_date(text, line, "withdrawn", published, config, spoken, faults), reason


def _aliases(front: FrontMatter, config: Config) -> tuple[str, ...]:
    """Old site paths, decoded, NFC, without trailing slash; addresses of other sites are none of ours."""
    found: dict[str, None] = {}
    for name in ("aliases", "slug"):
        for text, _ in front.paths(name):
            if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://|//", text):
                if not (text + "/").startswith(config.url + "/"):
                    continue
                text = text[len(config.url) :]
            path = unquote(urlsplit(text).path) if not re.search(r"/:\w|^:\w", text) else ""
            clean = "/" + bidi.strip(one_line(path)).strip("/")
            if clean != "/":
                found[clean] = None
    return tuple(found)


def _canonical(front: FrontMatter, faults: Faults) -> str:
    text = front.raw("canonical")
    if not text:
        return ""
    try:
        return permalink.encode_url(text)
    except (ValueError, UnicodeError):
        faults.warn(front.line("canonical"), "canonical", f"must be an absolute URL; dropped: {quote(text)}")
        return ""


def _source(front: FrontMatter, faults: Faults) -> Source | None:
    for values, line in front.maps("source", ("title", "name", "url")):
        title, url = bidi.clean(one_line(values["title"])), values.get("url", "")
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
