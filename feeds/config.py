"""config.yaml → a frozen Config. An unknown key, a wrong type or an invalid value is a Problem."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from feeds import language as languages
from feeds.article import Author, Direction
from feeds.nodes import NodeError, parse_yaml
from feeds.options import Reader
from feeds.permalink import encode_url
from feeds.problems import ConfigError, Problem, quote
from feeds.text import legal

NETWORKS = ("x", "facebook", "telegram", "whatsapp", "mastodon", "bluesky", "linkedin", "email", "copy")
DEFAULT_NETWORKS = ("x", "facebook", "telegram", "whatsapp", "mastodon", "bluesky", "email", "copy")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """What feeds hold. `summary_length` counts graphemes; `items` is the newest N of each document."""

    items: int = 20
    content: str = "full"
    summary_length: int = 280
    title_marks: str = "needed"
    publish_email: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings, valid. `url` has no trailing slash; `base_path` is its path (`""` or `/ar`)."""

    root: Path  # the folder of the config file; problems name paths relative to it
    title: str
    url: str
    base_path: str
    language: str
    direction: Direction
    id_domain: str
    zone: ZoneInfo
    description: str = ""
    author: Author | None = None
    icon: str = ""
    image: str = ""
    copyright: str = ""
    content_path: Path = Path("content")
    fallback_encoding: str = "windows-1256"
    feeds: FeedOptions = field(default_factory=FeedOptions)
    share_networks: tuple[str, ...] = DEFAULT_NETWORKS
    fediverse_creator: str = ""
    x_site: str = ""
    hubs: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    state_path: Path = Path("var")
    warnings: tuple[Problem, ...] = ()

    def absolute(self, path: str) -> str:
        """URL of a path of ours (ASCII, begins with `/`), on site.url whatever the Host header says."""
        return self.url + path


def load(path: Path) -> Config:
    """The settings in a file. Raises ConfigError with every problem of the file."""
    root = path.parent.resolve()
    try:
        text = legal(path.read_bytes().decode("utf-8-sig"))
        tree = parse_yaml(text)
    except OSError as error:
        problem = _problem(path, 1, "config", f"cannot be read, {error.strerror}: {quote(str(path))}")
        raise ConfigError((problem,)) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError((_problem(path, line, "config", "is not UTF-8; save it as UTF-8"),)) from error
    except NodeError as error:
        raise ConfigError((_problem(path, error.line, error.key or "config", error.message),)) from error
    reader = Reader(tree)
    config = _read(reader, root, path.name)
    problems = tuple(_problem(path, line, name, message) for line, name, message in reader.errors)
    if config is None or problems:
        raise ConfigError(problems)
    return config


def _problem(path: Path, line: int, name: str, message: str) -> Problem:
    return Problem(path=path.name, line=line, field=name, message=message)


def _read(reader: Reader, root: Path, name: str) -> Config | None:
    site = reader.section(
        "site",
        "title url description language direction timezone author id_domain icon image copyright",
    )
    content = reader.section("content", "path fallback_encoding")
    feeds = reader.section("feeds", "items content summary_length title_marks publish_email")
    share = reader.section("share", "networks fediverse_creator x_site")
    websub = reader.section("websub", "hubs")
    server = reader.section("server", "host port workers")
    reader.top("state")

    title = site.text("title", required=True)
    url = site.checked("url", _site_url, "an absolute URL such as https://news.example", required=True)
    language = site.checked("language", languages.normalize, "a language tag such as ar, fa, he or en", required=True)
    zone = site.checked("timezone", _zone, "an IANA name such as Asia/Damascus") or ZoneInfo("UTC")
    direction = site.choice("direction", ("rtl", "ltr"), "")
    author = _author(site)
    id_domain = site.checked("id_domain", _id_domain, "a domain and a year such as 'news.example,2025' (RFC 4151)")
    encoding = content.checked("fallback_encoding", _encoding, "an encoding such as windows-1256") or "windows-1256"
    options = FeedOptions(
        items=feeds.whole("items", 20, 1, 1000),
        content=feeds.choice("content", ("full", "summary"), "full"),
        summary_length=feeds.whole("summary_length", 280, 20, 5000),
        title_marks=feeds.choice("title_marks", ("needed", "isolate", "off"), "needed"),
        publish_email=feeds.flag("publish_email", False),
    )
    hubs = tuple(websub.list_checked("hubs", encode_url, "an absolute URL such as https://hub.example/"))
    networks = share.list_choice("networks", NETWORKS, DEFAULT_NETWORKS)
    creator = share.checked("fediverse_creator", _handle, "a handle such as @desk@social.example") or ""
    x_site = share.checked("x_site", _x_handle, "a handle such as @example") or ""
    content_path = root / (content.text("path") or "content")
    if not content_path.is_dir():
        content.refuse("path", f"is no folder; make it or name another: {quote(content.text('path') or 'content')}")
    port = server.whole("port", 8000, 0, 65535)
    workers = server.whole("workers", 1, 1, 64)
    host = server.text("host") or "127.0.0.1"
    state = reader.text("state") or "var"
    icon, image = _reference(site, "icon"), _reference(site, "image")
    description, rights = site.text("description"), site.text("copyright")
    if reader.errors or not (title and url and language):
        return None
    warnings: tuple[Problem, ...] = ()
    if not id_domain:
        host_name = re.sub(r"^https?://([^/:]+).*", r"\1", url)
        id_domain = f"{host_name},2025"
        message = (
            f"is missing; ids are made from site.url and would all change with it, write site.id_domain: '{id_domain}'"
        )
        warnings = (Problem(path=name, line=1, field="site.id_domain", message=message, severity="warning"),)
    return Config(
        root=root,
        title=title,
        url=url,
        base_path=re.sub(r"^https?://[^/]+", "", url),
        language=language,
        direction="rtl" if (direction or languages.direction_of(language)) == "rtl" else "ltr",
        id_domain=id_domain,
        zone=zone,
        description=description,
        author=author,
        icon=icon,
        image=image,
        copyright=rights,
        content_path=content_path.resolve(),
        fallback_encoding=encoding,
        feeds=options,
        share_networks=networks,
        fediverse_creator=creator,
        x_site=x_site,
        hubs=hubs,
        host=host,
        port=port,
        workers=workers,
        state_path=root / state,
        warnings=warnings,
    )


def _author(site: Reader) -> Author | None:
    author = site.section("author", "name email url")
    if not author.given:
        return None
    name = author.text("name", required=True)
    email = author.checked("email", _email, "an address such as desk@news.example") or ""
    url = author.checked("url", encode_url, "an absolute URL such as https://news.example/desk") or ""
    return Author(name=name, email=email, url=url) if name else None


def _reference(site: Reader, name: str) -> str:
    return site.checked(name, _path_or_url, "a path under content/ or an absolute URL") or ""


def _path_or_url(text: str) -> str:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
        return encode_url(text)
    if ".." in Path(text).parts or text.startswith("//"):
        raise ValueError
    return text.strip("/")


def _site_url(text: str) -> str:
    url = encode_url(text)
    if "?" in url or "#" in url or "@" in text or "/../" in url + "/":
        raise ValueError
    return url.rstrip("/")


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (OSError, LookupError) as error:
        raise ValueError from error


def _encoding(text: str) -> str:
    try:
        if not codecs.lookup(text)._is_text_encoding:
            raise ValueError
        "".encode(text)
    except (LookupError, UnicodeError) as error:
        raise ValueError from error
    return text


def _id_domain(text: str) -> str:
    # RFC 4151 section 2.1: DNS name or e-mail address, then a date.
    if not re.fullmatch(
        r"(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?,\d{4}(?:-\d\d(?:-\d\d)?)?", text
    ):
        raise ValueError
    return text


def _email(text: str) -> str:
    if not re.fullmatch(r"[^\s@<>()]+@[^\s@<>()]+", text):
        raise ValueError
    return text


def _handle(text: str) -> str:
    if not re.fullmatch(r"@?[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+", text):
        raise ValueError
    return "@" + text.lstrip("@")


def _x_handle(text: str) -> str:
    if not re.fullmatch(r"@?[A-Za-z0-9_]{1,15}", text):
        raise ValueError
    return "@" + text.lstrip("@")
