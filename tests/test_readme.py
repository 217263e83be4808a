"""What README promises is run: its commands, its content file, its feed, its tables."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import Maker
from newsroom import ROOT, article

README = (ROOT / "README.md").read_text("utf-8")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="9" height="9"/></svg>'
NOW = "2026-06-01T00:00:00+00:00"


def _fence(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)[1]


def _table(heading: str) -> list[list[str]]:
    """Cells of the rows of the first table below a heading."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]


def test_the_two_commands_are_targets_of_make_and_ci_runs_the_same() -> None:
    commands = re.findall(r"^\$ (.+?)\s+#", _fence("console"), re.MULTILINE)
    assert commands == ["make serve", "make test"]
    for command in commands:
        plan = subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=True)
        assert "app.py serve" in plan.stdout or "pytest" in plan.stdout
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec make test")


def test_the_content_file_becomes_the_item_that_stands_below_it(newsroom: Maker) -> None:
    site = {
        "url": "http://127.0.0.1:8000",
        "title": "نشرة",
        "timezone": "Asia/Damascus",
        "id_domain": "nashra.example,2026",
    }
    room = newsroom({"maktaba.txt": _fence("text")}, at=NOW, inside=True, site=site)
    feed = room.ok("http://127.0.0.1:8000/feeds/rss.xml").text
    for shown in _fence("xml").splitlines():
        for part in shown.split("…")[0].strip(), shown.split("…")[-1].strip():
            assert part in feed


@pytest.mark.parametrize("row", _table("Commands"), ids=lambda row: row[0][:40])
def test_every_command_and_option_is_there(row: list[str]) -> None:
    words = row[0].strip("`").split()
    command = next(word for word in words if word in ("serve", "check", "export", "new"))
    help_text = subprocess.run(
        [sys.executable, "app.py", command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for option in re.findall(r"--[a-z-]+", row[0]):
        if option != "--config":
            assert option in help_text


def test_new_makes_the_file_that_it_prints(newsroom: Maker) -> None:
    room = newsroom({})
    report = room.run("new", "عنوان", "--lang", "fa")
    made = Path(report.stdout.strip())
    assert made.parent == room.content and "lang: fa" in made.read_text("utf-8")
    assert room.check().code == 0


@pytest.mark.parametrize("row", _table("Content files"), ids=lambda row: row[0])
def test_every_spelling_of_a_key_is_known(newsroom: Maker, row: list[str]) -> None:
    names = re.findall(r"`([^`]+)`", row[0]) + [n.strip("` ") for n in re.split("[,،]", row[1]) if n.strip()]
    lines = [f"{name.split(':')[0]}: x" for name in names]
    files = {f"{i}.md": f"---\n{line}\n---\nنص\n" for i, line in enumerate(lines)}
    found = newsroom(files, at=NOW).check().stdout
    assert "did you mean" not in found


def test_every_setting_has_the_default_that_stands_in_the_table(newsroom: Maker) -> None:
    sections: dict[str, dict[str, object]] = {}
    for names, default, *_ in _table("config.yaml"):
        keys, values = re.findall(r"`([a-z_.]+)`", names), re.findall(r"`([^`]+)`", default)
        for key, value in zip(keys, values, strict=False):
            section, _, name = key.rpartition(".")
            if section:
                sections.setdefault(section, {})[name] = yaml.safe_load(value)
    bare = newsroom({"a.md": article(tags="[س]")}, at=NOW, inside=True)
    stated = newsroom({"a.md": article(tags="[س]")}, at=NOW, inside=True, **sections)
    assert sections["feeds"]["items"] == 20
    assert [bare.ok(url).body for url in bare.feed_urls] == [stated.ok(url).body for url in stated.feed_urls]
    assert stated.check().code == 0


@pytest.mark.parametrize("row", _table("Addresses"), ids=lambda row: row[0][:40])
def test_every_address_answers(newsroom: Maker, row: list[str]) -> None:
    content = {f"{n}.md": article(tags="[س]", author="كاتب", image="p.svg") for n in range(21)}
    room = newsroom({**content, "p.svg": SVG}, at=NOW, inside=True)
    values = {
        "<tag>": "س",
        "<lang>": "ar",
        "<name>": "كاتب",
        "<token>": "1",
        "<path>": "p.svg",
        "<permalink>": "https://news.example/s/1",
        "N": "2",
        "<words>": "نص",
        "…": "rss.xml",
    }
    for address in re.findall(r"`(/[^`]*)`", row[0] + row[1]):
        for name, value in values.items():
            address = address.replace(name, value)
        address = address.replace("archive/2", "archive/1")
        assert room.get(address, follow=True).status == 200, address


def test_the_example_of_a_problem_is_what_check_prints(newsroom: Maker) -> None:
    example = re.search(r"`(content/a\.md:3: [^`]+)`", README)[1]
    room = newsroom({"a.md": "---\ntitle: خبر\ndate: 2025-02-30\n---\nنص\n"}, at=NOW)
    assert example in room.check().stdout.splitlines()


def test_configuration_of_the_repository_is_without_problems() -> None:
    found = subprocess.run([sys.executable, "app.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")
