"""config.yaml → a frozen Config. An unknown key, a wrong type or an invalid value is a Problem."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feeds import language as languages
from feeds import podcast, settings
from feeds.advice import NAMES as ADVICE
from feeds.article import Author
from feeds.bidi import Direction
from feeds.logs import STYLES
from feeds.nodes import Mapping as Section
from feeds.nodes import NodeError, Scalar, parse_yaml
from feeds.options import Reader
from feeds.permalink import encode_url, has_scheme
from feeds.problems import ConfigError, Problem, quote
from feeds.text import legal

NETWORKS = ("x", "facebook", "telegram", "whatsapp", "mastodon", "bluesky", "linkedin", "email", "copy")
TTL_MINUTES = ("5", "6", "10", "12", "15", "20", "30", "60")  # whole numbers of times an hour
DEFAULT_NETWORKS = ("x", "facebook", "telegram", "whatsapp", "mastodon", "bluesky", "email", "copy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """What podcast directories ask for. `category` is one or two of their names; `image` a path or URL."""

    category: tuple[str, ...]
    explicit: bool = False
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """What feeds hold. `summary_length` counts graphemes; `items` is the newest N of each document;
    `ttl_minutes` is how long an answer stays fresh, said in Cache-Control, ttl and sy:updateFrequency
    alike; `search` is off for a site that is only exported, where nobody can answer; `titles` maps (kind, key) of a
    tag, language or author to the title of its feed."""

    items: int = 20
    content: str = "full"
    summary_length: int = 280
    title_marks: str = "needed"
    publish_email: bool = False
    ttl_minutes: int = 10
    search: bool = True
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)


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
    logo: str = ""
    accent_color: str = ""  # six hex digits
    managing_editor: Author | None = None  # with an e-mail address, as is the next
    web_master: Author | None = None
    copyright: str = ""
    podcast: Podcast | None = None
    content_path: Path = Path("content")  # where it leads
    content_name: Path = Path("content")  # a link, perhaps
    fallback_encoding: str = "windows-1256"
    feeds: FeedOptions = field(default_factory=FeedOptions)
    share_networks: tuple[str, ...] = DEFAULT_NETWORKS
    fediverse_creator: str = ""
    x_site: str = ""
    silence: tuple[str, ...] = ()  # names of advice that nobody wants
    hashtags: int = 3  # the most that a ready post has
    card_template: Path | None = None  # an SVG of the site's own for share pictures
    hubs: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    metrics: bool = False
    log: str = "plain"
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
        raise ConfigError(problems, _log(tree))
    return config


def _log(tree: Section) -> str:
    """`server.log`, whatever is wrong elsewhere."""
    server = tree.get("server")
    style = server.get("log") if isinstance(server, Section) else None
    return style.text if isinstance(style, Scalar) and style.text in STYLES else "plain"


def _problem(path: Path, line: int, name: str, message: str) -> Problem:
    return Problem(path=path.name, line=line, field=name, message=message)


def _read(reader: Reader, root: Path, name: str) -> Config | None:
    values = _site(reader)
    values |= _podcast(reader)
    values |= _content(reader, root)
    values["feeds"] = _feed_options(reader)
    values |= _share(reader, root)
    websub = reader.section("websub", "hubs")
    values["hubs"] = tuple(websub.list_checked("hubs", encode_url, "an absolute URL such as https://hub.example/"))
    values["silence"] = reader.section("check", "silence").list_choice("silence", ADVICE, ())
    server = reader.section("server", "host port workers metrics log")
    values["port"] = server.whole("port", 8000, 0, 65535)
    values["workers"] = server.whole("workers", 1, 1, 64)
    values["host"] = server.text("host") or "127.0.0.1"
    values["metrics"] = server.flag("metrics", False)
    values["log"] = server.choice("log", STYLES, "plain")
    reader.top("state")
    values["state_path"] = root / (reader.text("state") or "var")
    if reader.errors or not (values["title"] and values["url"] and values["language"]):
        return None
    values["warnings"] = tuple(_missing_pictures(reader, values, name))
    if not values["id_domain"]:
        values["id_domain"], warning = _default_id_domain(values["url"], name)
        values["warnings"] = (warning, *values["warnings"])
    values["base_path"] = re.sub(r"^https?://[^/]+", "", values["url"])
    values["direction"] = values["direction"] or languages.direction_of(values["language"])
    return Config(root=root, **values)


def _default_id_domain(url: str, name: str) -> tuple[str, Problem]:
    host_name = re.sub(r"^https?://([^/:]+).*", r"\1", url)
    id_domain = f"{host_name},2025"
    message = (
        f"is missing; ids are made from site.url and would all change with it, write site.id_domain: '{id_domain}'"
    )
    warning = Problem(path=name, line=1, field="site.id_domain", message=message, severity="warning")
    return id_domain, warning


def _missing_pictures(reader: Reader, values: dict[str, Any], name: str) -> Iterator[Problem]:
    show = values.get("podcast")
    named = [("site", key, values[key]) for key in ("icon", "image", "logo")]
    for section, key, reference in [*named, ("podcast", "image", show.image if show else "")]:
        spellings = {reference, unicodedata.normalize("NFC", reference), unicodedata.normalize("NFD", reference)}
        folder: Path = values["content_path"]
        if reference and not has_scheme(reference) and not any(os.path.isfile(folder / each) for each in spellings):
            message = f"names a file that is not there; put it under {folder.name}/: {quote(reference)}"
            line = reader.line_at(section, key)
            yield Problem(path=name, line=line, field=f"{section}.{key}", message=message, severity="warning")


def _site(reader: Reader) -> dict[str, Any]:
    site = reader.section(
        "site",
        "title url description language direction timezone author id_domain icon image logo accent_color "
        "managing_editor web_master copyright",
    )
    tag = "a language tag such as ar, fa, he or en"
    domain = "a domain and a year such as 'news.example,2025' (RFC 4151)"
    if site.blank("accent_color"):
        site.refuse(
            "accent_color", "is empty; # begins a comment in YAML, write the six digits alone, such as 'B4002A'"
        )
    return {
        "title": site.text("title", required=True),
        "url": site.checked("url", settings.site_url, "an absolute URL such as https://news.example", required=True),
        "language": site.checked("language", languages.normalize, tag, required=True),
        "zone": site.checked("timezone", settings.zone, "an IANA name such as Asia/Damascus") or ZoneInfo("UTC"),
        "direction": site.choice("direction", ("rtl", "ltr"), ""),
        "author": _person(site, "author", "name email url"),
        "managing_editor": _person(site, "managing_editor", "name email", reachable=True),
        "web_master": _person(site, "web_master", "name email", reachable=True),
        "id_domain": site.checked("id_domain", settings.id_domain, domain),
        "icon": _reference(site, "icon"),
        "image": _reference(site, "image"),
        "logo": _reference(site, "logo"),
        "accent_color": site.checked("accent_color", settings.color, "six hex digits such as 'B4002A'") or "",
        "description": site.text("description"),
        "copyright": site.text("copyright"),
    }


def _podcast(reader: Reader) -> dict[str, Any]:
    section = reader.section("podcast", "category explicit image")
    if not section.given:
        return {}
    accepted = "a podcast directory's category such as 'News' or 'News > Politics'"
    category = section.checked("category", podcast.category, accepted, required=True)
    explicit, image = section.flag("explicit", False), _reference(section, "image")
    return {"podcast": Podcast(category=category, explicit=explicit, image=image) if category else None}


def _content(reader: Reader, root: Path) -> dict[str, Any]:
    content = reader.section("content", "path fallback_encoding")
    path = content.text("path") or "content"
    if not os.path.isdir(root / path):  # False also for a name that no file system takes
        content.refuse("path", f"is no folder; make it or name another: {quote(path)}")
    encoding = content.checked("fallback_encoding", settings.encoding, "an encoding such as windows-1256")
    named = {"content_path": (root / path).resolve(), "content_name": root / path}
    return {**named, "fallback_encoding": encoding or "windows-1256"}


def _feed_options(reader: Reader) -> FeedOptions:
    feeds = reader.section("feeds", "items content summary_length title_marks publish_email ttl_minutes search titles")
    names = "tag/NAME, lang/CODE or author/NAME"
    return FeedOptions(
        items=feeds.whole("items", 20, 1, 1000),
        content=feeds.choice("content", ("full", "summary"), "full"),
        summary_length=feeds.whole("summary_length", 280, 20, 5000),
        title_marks=feeds.choice("title_marks", ("needed", "isolate", "off"), "needed"),
        publish_email=feeds.flag("publish_email", False),
        ttl_minutes=int(feeds.choice("ttl_minutes", TTL_MINUTES, "10")),
        search=feeds.flag("search", True),
        titles=feeds.texts("titles", settings.feed_name, names),
    )


def _share(reader: Reader, root: Path) -> dict[str, Any]:
    share = reader.section("share", "networks fediverse_creator x_site card_template hashtags")
    creator = share.checked("fediverse_creator", settings.handle, "a handle such as @desk@social.example") or ""
    return {
        "share_networks": share.list_choice("networks", NETWORKS, DEFAULT_NETWORKS),
        "fediverse_creator": creator,
        "x_site": share.checked("x_site", settings.x_handle, "a handle such as @example") or "",
        "card_template": _card_template(share, root),
        "hashtags": share.whole("hashtags", 3, 0, 30),
    }


def _card_template(share: Reader, root: Path) -> Path | None:
    name = share.text("card_template")
    if name and not os.path.isfile(root / name):
        share.refuse("card_template", f"is no file; the path is relative to the config file: {quote(name)}")
    return root / name if name else None


def _person(site: Reader, key: str, keys: str, *, reachable: bool = False) -> Author | None:
    """`reachable`: the address is what the key is for, so it is required."""
    person = site.section(key, keys)
    if not person.given:
        return None
    name = person.text("name", required=True)
    address = person.checked("email", settings.email, "an address such as desk@news.example", required=reachable)
    url = person.checked("url", encode_url, "an absolute URL such as https://news.example/desk") or ""
    return Author(name=name, email=address or "", url=url) if name else None


def _reference(section: Reader, name: str) -> str:
    return section.checked(name, settings.path_or_url, "a path under content/ or an absolute URL") or ""
