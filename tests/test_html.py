"""The Nu HTML checker finds no fault in any kind of page, nor in the style sheet."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from clients import programs
from every_page import every_page

from feeds.pages.assets import ASSETS

JAR = programs.NODE_MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"


def messages(folder: Path, files: dict[str, bytes]) -> dict[str, list[str]]:
    """Errors and warnings of the checker by file."""
    programs.need("java", package="default-jre-headless")
    if not JAR.is_file():
        programs.missing("no vnu-jar here; install npm and run `sh tests/npm.sh`")
    for name, body in files.items():
        (folder / name).write_bytes(body)
    command = ["java", "-Xss1m", "-jar", str(JAR), "--format", "json", "--stdout", "--also-check-css", *sorted(files)]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    found: dict[str, list[str]] = {name: [] for name in files}
    for each in json.loads(done.stdout)["messages"]:
        found[Path(each["url"]).name].append(_line(each))
    return found


def _line(message: dict[str, Any]) -> str:
    return f"{message.get('subType', message['type'])}: {message['message']} {message.get('extract', '')!r}"


def test_every_kind_of_page_is_valid_html(tmp_path: Path) -> None:
    files = {f"{name.replace(' ', '-')}.html": body for name, body in every_page().items()}
    files["unclosed.html"] = b'<!DOCTYPE html><html lang="ar"><title>x</title><p><b>x'
    found = messages(tmp_path, files)
    assert [line for line in found.pop("unclosed.html") if line.startswith("error")]
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_style_sheet_is_valid(tmp_path: Path) -> None:
    found = messages(tmp_path, {"nashra.css": ASSETS["/assets/nashra.css"][0], "wrong.css": b"p { colour: red }"})
    assert found.pop("wrong.css")
    assert found == {"nashra.css": []}
