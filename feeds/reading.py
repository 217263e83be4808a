"""One content file → one Article, or the problems that keep it from being one.

The reader's way: source (bytes, front matter) → raw text or HTML head → markup → language → dates → links.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from feeds import (
    advice,
    attachments,
    bidi,
    dates,
    htmlhead,
    language,
    markup,
    names,
    origins,
    permalink,
    rawtext,
    source,
)
from feeds.article import Article
from feeds.bidi import Direction
from feeds.config import Config
from feeds.frontmatter import Faults, FrontMatter
from feeds.instants import Instants
from feeds.links import Links
from feeds.markup import pieces
from feeds.media import MediaFile
from feeds.problems import DateError, FieldError, Problem, quote
from feeds.text import excerpt, one_line, plain, shortened


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one file gave. `article` is None when there is an error. `used` are the media paths that
    the result depends on, whether they exist or not; `inline` the name and bytes of each picture that the file holds."""

    article: Article | None
    problems: tuple[Problem, ...]
    used: tuple[str, ...] = ()
    inline: tuple[tuple[str, bytes], ...] = ()
    id_line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A file taken apart, before any meaning is given to dates and links."""

    front: FrontMatter
    fence: str
    title: str
    titled: bool  # the title is the editor's own, not the start of the text
    title_line: int
    date: str
    date_line: int
    updated: str
    updated_line: int
    document: markup.Document
    body: str
    body_line: int

    def line_of(self, reference: str) -> int:
        """Line of the file on which the body names something; 1 where it is spelled otherwise."""
        place = self.body.find(reference)
        return self.body_line + self.body.count("\n", 0, place) if place >= 0 else 1


def read(
    path: str, data: bytes, *, config: Config, media: Callable[[str], MediaFile | None], shared: bool = False,
    remembered: str = "",
) -> Reading:  # fmt: skip
    """`path` is relative to the content folder; `media` finds a media file by its NFC path;
    `shared` says that a file beside this one has the same name in another language; `remembered` is the id of a
    file that has none, where not its name gives it. Never raises."""
    faults = Faults()
    name = names.parse(path)
    assert name is not None, path
    article, links, id_line = None, None, 1
    try:
        parts = _take_apart(name, data, config, faults)
        id_line = parts.front.line("id")
        article_id = _id(name, parts, name.default_id(config.language, shared=shared), remembered, faults)
        article, links = _article(path, name, parts, article_id, config=config, media=media, faults=faults)
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
    return Reading(
        article=article, problems=problems, used=tuple(sorted(links.used)) if links else (),
        inline=tuple(sorted(links.inline.items())) if links else (), id_line=id_line,
    )  # fmt: skip


def shown_path(path: str, config: Config) -> str:
    """A path below content/ as problems name it: relative to the config file."""
    return prefix(config) + path


def prefix(config: Config) -> str:
    """What stands before a path below content/ when problems name it."""
    if config.content_path.is_relative_to(config.root):
        relative = config.content_path.relative_to(config.root).as_posix()
        return "" if relative == "." else relative + "/"
    return config.content_path.as_posix() + "/"


def _take_apart(name: names.Name, data: bytes, config: Config, faults: Faults) -> _Parts:
    found = source.read(data, config.fallback_encoding)
    for line, field, message in found.warnings:
        faults.warn(line, field, message)
    fields, body = found.fields, found.body
    if name.form == "html" and not fields.entries and htmlhead.is_document(body):
        fields = htmlhead.fields(body, found.body_line)
    front = FrontMatter(fields, faults)
    title, title_line, date, date_line = front.text("title"), front.line("title"), front.raw("date"), front.line("date")
    updated, updated_line = front.raw("updated"), front.line("updated")
    if not body.strip() and not title:
        raise source.SourceError(1, "content", "is empty; write a date, a title and the text: ''")
    if line := pieces.overflow(body, name.form):
        message = f"has more than {pieces.MOST_PIECES} lines and signs of markup; split it: '{len(body)} characters'"
        raise source.SourceError(found.body_line + line - 1, "content", message)
    if name.form == "text":
        raw = rawtext.read(body, lambda line: _is_date(line, config), known_title=title)
        shift = found.body_line - 1
        if not title and raw.title:
            title, title_line = plain(raw.title), raw.title_line + shift
            if raw.title_is_cut:
                faults.warn(title_line, "title", f"is missing; the start of the text serves: {quote(title)}")
        if not date and raw.date:
            date, date_line = raw.date, raw.date_line + shift
        if not updated and raw.updated:
            updated, updated_line = raw.updated, raw.updated_line + shift
        body = raw.body
    titled = bool(title)
    document = markup.parse(body, name.form)
    for line, message in document.warnings:
        faults.warn(found.body_line + line - 1, "content", message)
    if not title and front.node("title") is None:
        title, title_line = _fallback_title(document), found.body_line
        if title:
            faults.warn(1, "title", f"is missing; the first heading or the start of the text serves: {quote(title)}")
    return _Parts(
        front=front, fence=found.fence, title=title, titled=titled, title_line=title_line, date=date, date_line=date_line, updated=updated,
        updated_line=updated_line, document=document, body=found.body, body_line=found.body_line,
    )  # fmt: skip


def _advise(parts: _Parts, spoken: str, direction: Direction, config: Config, faults: Faults) -> None:
    """What an editor should look at, less what the file or the site has silenced."""
    front = parts.front
    silenced = {*config.silence, *(name for name, _ in front.paths("silence"))}
    for name, line in front.paths("silence"):
        if name not in advice.NAMES:
            faults.warn(line, "silence", f"knows {', '.join(advice.NAMES)}: {quote(name)}")
    for each in advice.advise(
        title=(front.raw("title") or parts.title) if parts.titled else "",
        title_line=parts.title_line,
        body=parts.body,
        body_line=parts.body_line,
        text=parts.document.text,
        lang=spoken,
        lang_line=front.line("lang") if front.raw("lang") and not front.raw("dir") else 0,
        direction=direction,
        isolates=config.feeds.title_marks == "isolate",
    ):
        if each.name not in silenced:
            faults.warn(each.line, each.field, f"{each.message} (silence: {each.name})")


def _is_date(line: str, config: Config) -> bool:
    """Whether a line of raw text is meant as a date; a wrong or ambiguous one is, a sentence is not."""
    try:
        dates.parse(line, zone=config.zone, language=config.language)
    except DateError as error:
        return error.kind != "absent"
    return True


def _fallback_title(document: markup.Document) -> str:
    return plain(shortened(document.heading or document.prose or document.text, rawtext.FALLBACK_TITLE_GRAPHEMES))


def _article(
    path: str,
    name: names.Name,
    parts: _Parts,
    article_id: str,
    *,
    config: Config,
    media: Callable[[str], MediaFile | None],
    faults: Faults,
) -> tuple[Article | None, Links]:
    front = parts.front
    spoken = _language(name, parts, config, faults)
    direction = _direction(front, spoken)
    instants = Instants(front=front, zone=config.zone, language=spoken, faults=faults)
    published = instants.published(parts.date or name.day, parts.date_line)
    own_url = config.absolute(permalink.share_path(permalink.token(article_id)))
    _advise(parts, spoken, direction, config, faults)
    links = Links(site_url=config.url, permalink=own_url, folder=PurePosixPath(path).parent.as_posix(), media=media)
    image = attachments.image(front, links, faults)
    enclosures = attachments.enclosures(front, links, faults)
    body = markup.finish(parts.document, title=parts.title, language=spoken, direction=direction, resolve=links)
    _report_missing(parts, links, faults)
    if published is None or not parts.title:
        return None, links
    withdrawn, reason = instants.withdrawn(published)
    return Article(
        id=article_id,
        title=parts.title,
        published=published,
        updated=instants.updated(published, parts.updated, parts.updated_line),
        language=spoken,
        direction=direction,
        summary=front.text("summary") or excerpt(bidi.clean(parts.document.prose), config.feeds.summary_length),
        content_html=body,
        tags=front.tags(),
        authors=front.authors(),
        image=image,
        enclosures=enclosures,
        aliases=origins.aliases(front, config.url),
        canonical=origins.canonical(front, faults),
        source=origins.source(front, faults),
        expires=instants.expires(published),
        withdrawn=withdrawn,
        withdrawn_reason=reason,
        draft=front.draft(),
        in_feeds=front.flag("feed", True),
        translation_key=front.text("translation_key"),
    ), links


def _id(name: names.Name, parts: _Parts, default: str, remembered: str, faults: Faults) -> str:
    given = bidi.strip(one_line(parts.front.raw("id")))
    if not given and remembered not in ("", default):
        faults.warn(1, "id", origins.lasting_id(remembered, parts.fence, is_html=name.form == "html"))
    return given or remembered or default


def _report_missing(parts: _Parts, links: Links, faults: Faults) -> None:
    for missing in dict.fromkeys(links.missing):
        message = f"names a file that is not there; put it beside the article: {quote(missing)}"
        faults.warn(parts.line_of(missing), "content", message)
    if not parts.title and parts.front.node("title") is None:
        faults.error(1, "title", "is missing and the text has none; write a line such as 'title: …'")


def _language(name: names.Name, parts: _Parts, config: Config, faults: Faults) -> str:
    given = parts.front.raw("lang")
    if given:
        try:
            return language.normalize(given)
        except FieldError as error:
            faults.error(parts.front.line("lang"), "lang", error.message)
            return config.language
    return name.language or language.guess(_words(f"{parts.title}\n{parts.document.text}"), config.language)


def _words(text: str) -> str:
    """The text without addresses, which are Latin in every language."""
    if not any(sign in text for sign in ("://", "@", "www.")):
        return text
    return " ".join(
        word for word in text.split() if "://" not in word and "@" not in word and not word.startswith("www.")
    )


def _direction(front: FrontMatter, spoken: str) -> Direction:
    return "rtl" if (front.choice("dir", ("rtl", "ltr")) or language.direction_of(spoken)) == "rtl" else "ltr"
