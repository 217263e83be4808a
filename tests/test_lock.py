"""Nothing is installed that is not locked with its hash, and what is installed is what is locked."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from newsroom import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from feeds.edition import MAKERS, READERS, installed

LOCKS = ("requirements-build", "requirements", "requirements-dev")
HASH = re.compile(r" --hash=sha256:[0-9a-f]{64}")


def _lines(name: str) -> Iterator[str]:
    """Of a requirements file, comments left out and continued lines joined."""
    text = (ROOT / name).read_text("utf-8").replace("\\\n", "")
    for line in text.splitlines():
        if bare := re.sub(r"\s*(?:^|\s)#.*", "", line).strip():
            yield bare


def _locked(name: str) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for line in _lines(f"{name}.lock"):
        wanted = Requirement(HASH.sub("", line).strip())
        found.setdefault(canonicalize_name(wanted.name), []).append(wanted)
    return found


def _asked(name: str) -> dict[str, Requirement]:
    found: dict[str, Requirement] = {}
    for line in _lines(f"{name}.txt"):
        if line.startswith("-r "):
            found |= _asked(line.removeprefix("-r ").removesuffix(".txt"))
        else:
            wanted = Requirement(line)
            found[canonicalize_name(wanted.name)] = wanted
    return found


def _here(wanted: list[Requirement]) -> list[Requirement]:
    return [each for each in wanted if each.marker is None or each.marker.evaluate()]


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_one_version_and_its_hashes(name: str) -> None:
    for line in _lines(f"{name}.lock"):
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*(?: ; [^\\]+?)?(?: +--hash=sha256:[0-9a-f]{64})+", line), line
    assert all(len(_here(each)) <= 1 for each in _locked(name).values())


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_made_of_its_requirements_and_of_nothing_else(name: str) -> None:
    asked, locked = _asked(name), _locked(name)
    for package, wanted in asked.items():
        assert [str(each.specifier) for each in locked[package]] == [str(wanted.specifier)], f"run make lock: {package}"
    needed, waiting = set(asked), list(asked)
    while waiting:
        for text in metadata.requires(waiting.pop()) or []:
            each = Requirement(text)
            package = canonicalize_name(each.name)
            if package not in needed and (each.marker is None or each.marker.evaluate({"extra": ""})):
                needed.add(package)
                waiting.append(package)
    # What only other systems and other versions of Python need is locked too.
    assert needed == {package for package, each in locked.items() if _here(each)}


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_installed_is_what_is_locked(name: str) -> None:
    for package, wanted in _locked(name).items():
        for each in _here(wanted):
            assert each.specifier.contains(metadata.version(package)), package


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_to_fetch_from(name: str) -> None:
    text = (ROOT / f"{name}.lock").read_text("utf-8")
    assert not re.search(r"://|--(?:extra-)?index|--find-links|--trusted|[a-z0-9-]+\.(?:org|com|net|io|dev)\b", text)


# What only answers or watches.
OTHERS = frozenset(["click", "flask", "granian", "prometheus-client", "uvloop", "watchfiles", "werkzeug"])


def test_every_requirement_is_known_as_one_that_reads_makes_bytes_or_does_neither() -> None:
    """An article is read again, an exported document made again, when another version is there."""
    assert set(_asked("requirements")) - OTHERS == MAKERS | READERS
    assert not MAKERS & READERS
    names = {re.split(r"-\d", name)[0].lower().replace("_", "-") for name in installed(MAKERS | READERS)}
    assert names == MAKERS | READERS


def test_serve_and_test_install_nothing_but_what_is_locked(tmp_path: Path) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "--always-make", "serve", "test"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    installs = [line for line in told.splitlines() if " pip install " in line]
    assert len(installs) == 3
    for line in installs:
        assert "--require-hashes" in line and "--only-binary :all:" in line and line.endswith(".lock")
