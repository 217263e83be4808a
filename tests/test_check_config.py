"""`check` names every fault of config.yaml by line and key, and says what is accepted."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest
from cases import NOW
from conftest import Maker
from newsroom import article

REQUIRED = "site:\n  title: ن\n  url: https://news.example\n  language: ar\n  id_domain: news.example,2025\n"


@dataclass(frozen=True, kw_only=True)
class BadConfig:
    text: str
    line: int
    field: str
    texts: tuple[str, ...] = ()


CONFIGS = {
    "unknown section": BadConfig(text=REQUIRED + "sites: {}\n", line=6, field="sites", texts=("site",)),
    "unknown key": BadConfig(text=REQUIRED + "feeds:\n  itms: 3\n", line=7, field="feeds.itms", texts=("items",)),
    "wrong type": BadConfig(text=REQUIRED + "feeds:\n  items: many\n", line=7, field="feeds.items", texts=("many",)),
    "zero items": BadConfig(text=REQUIRED + "feeds:\n  items: 0\n", line=7, field="feeds.items", texts=("0",)),
    "bad choice": BadConfig(
        text=REQUIRED + "feeds:\n  content: some\n", line=7, field="feeds.content", texts=("some", "full", "summary")
    ),
    "bad marks": BadConfig(
        text=REQUIRED + "feeds:\n  title_marks: rlm\n",
        line=7,
        field="feeds.title_marks",
        texts=("rlm", "needed", "isolate", "off"),
    ),
    "bad boolean": BadConfig(
        text=REQUIRED + "feeds:\n  publish_email: perhaps\n",
        line=7,
        field="feeds.publish_email",
        texts=("perhaps", "true", "false"),
    ),
    "bad zone": BadConfig(
        text=REQUIRED + "  timezone: Mars/Phobos\n", line=6, field="site.timezone", texts=("Mars/Phobos",)
    ),
    "bad direction": BadConfig(
        text=REQUIRED + "  direction: up\n", line=6, field="site.direction", texts=("up", "rtl", "ltr")
    ),
    "bad network": BadConfig(
        text=REQUIRED + "share:\n  networks: [x, myspace]\n",
        line=7,
        field="share.networks",
        texts=("myspace", "telegram"),
    ),
    "bad port": BadConfig(
        text=REQUIRED + "server:\n  port: 99999\n", line=7, field="server.port", texts=("99999", "65535")
    ),
    "bad hub": BadConfig(text=REQUIRED + "websub:\n  hubs: [hub]\n", line=7, field="websub.hubs", texts=("hub",)),
    "bad encoding": BadConfig(
        text=REQUIRED + "content:\n  fallback_encoding: klingon\n",
        line=7,
        field="content.fallback_encoding",
        texts=("klingon",),
    ),
    "absent folder": BadConfig(
        text=REQUIRED + "content:\n  path: nowhere\n", line=7, field="content.path", texts=("nowhere",)
    ),
    "not a mapping": BadConfig(text=REQUIRED + "server: 8000\n", line=6, field="server", texts=("8000",)),
    "same key twice": BadConfig(text=REQUIRED + "  title: آخر\n", line=6, field="", texts=("title",)),
    "bad yaml": BadConfig(text="site: {title: [\n", line=0, field=""),
    "an alias": BadConfig(text=REQUIRED + "share: {networks: &a [x]}\nwebsub: {hubs: *a}\n", line=0, field=""),
    "bad url": BadConfig(
        text=REQUIRED.replace("https://news.example", "news.example"), line=3, field="site.url", texts=("news.example",)
    ),
    "url with query": BadConfig(
        text=REQUIRED.replace("https://news.example", "https://n.example/?a"), line=3, field="site.url"
    ),
    "bad language": BadConfig(
        text=REQUIRED.replace(": ar", ": arabic!"), line=4, field="site.language", texts=("arabic!",)
    ),
    "empty title": BadConfig(text=REQUIRED.replace("title: ن", 'title: ""'), line=2, field="site.title"),
    "bad authority": BadConfig(
        text=REQUIRED.replace("news.example,2025", "news example"),
        line=5,
        field="site.id_domain",
        texts=("news example",),
    ),
    "missing title": BadConfig(text=REQUIRED.replace("  title: ن\n", ""), line=1, field="site.title"),
    "missing url": BadConfig(text=REQUIRED.replace("  url: https://news.example\n", ""), line=1, field="site.url"),
    "missing language": BadConfig(text=REQUIRED.replace("  language: ar\n", ""), line=1, field="site.language"),
    "nothing at all": BadConfig(text="", line=1, field="site.title"),
}


@pytest.mark.parametrize("bad", CONFIGS.values(), ids=CONFIGS.keys())
def test_a_wrong_config_is_an_error_with_line_key_and_what_is_accepted(newsroom: Maker, bad: BadConfig) -> None:
    report = newsroom({"a.md": article()}, at=NOW, config=bad.text).check()
    assert report.code == 1
    found = [f for f in report.about("config.yaml") if bad.field in ("", f.field) and f.severity == "error"]
    assert len(found) == 1, report.stdout
    assert bad.line in (0, found[0].line)
    for text in bad.texts:
        assert text in found[0].message
    assert "Traceback" not in report.stderr


def test_every_fault_of_a_config_is_told_at_once(newsroom: Maker) -> None:
    text = "site:\n  title: ن\n  url: nowhere\n  langage: ar\nfeeds: {items: x, content: y}\n"
    found = {(f.line, f.field) for f in newsroom(config=text).check().faults if f.severity == "error"}
    expected = {(3, "site.url"), (4, "site.langage"), (1, "site.language"), (5, "feeds.items"), (5, "feeds.content")}
    assert found == expected


def test_a_site_that_names_no_authority_is_warned(newsroom: Maker) -> None:
    report = newsroom({"a.md": article()}, at=NOW, site={"id_domain": None}).check()
    assert report.code == 0
    (fault,) = report.faults
    assert (fault.path, fault.line, fault.field, fault.severity) == ("config.yaml", 1, "site.id_domain", "warning")


def test_a_config_that_is_not_there_is_a_message_and_no_traceback(newsroom: Maker) -> None:
    room = newsroom()
    room.config_path.unlink()
    report = room.check()
    assert report.code != 0
    assert "config.yaml" in report.stdout + report.stderr
    assert "Traceback" not in report.stderr


# Root reads every file, unless it gives that capability up.
UNPRIVILEGED = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


def test_a_file_that_may_not_be_read_is_reported(newsroom: Maker) -> None:
    room = newsroom({"a.md": article(), "b.md": article()}, at=NOW)
    (room.content / "b.md").chmod(0)
    assert [fault.path for fault in room.run("check", before=UNPRIVILEGED).faults] == ["content/b.md"]


@pytest.mark.parametrize("at", ["yesterday", "2025-02-30", ""])
def test_an_instant_that_is_none_is_refused(newsroom: Maker, at: str) -> None:
    report = newsroom({"a.md": article()}).run("check", "--at", at)
    assert report.code == 2
    assert "--at" in report.stderr and "Traceback" not in report.stderr
