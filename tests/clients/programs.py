"""Finding and running the programs; what is missing is skipped with a reason, and fails where CI=true."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest
from newsroom import ROOT

SECONDS = 30
NODE_MODULES = ROOT / ".venv" / "npm" / "node_modules"


def need(*names: str, package: str = "") -> None:
    """Each program must be on this machine; `package` is the Debian package, when it is not named alike."""
    for name in names:
        if not shutil.which(name):
            missing(f"no {name} here; on Debian and Ubuntu: apt-get install {package or name}")


def missing(reason: str) -> NoReturn:
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def run(*command: str | Path, home: Path, env: Mapping[str, str] | None = None, alarm: str = "") -> str:
    """Runs the program with a home of its own and a UTF-8 locale; what it wrote on stdout. It must succeed, and not
    write the `alarm` word on stderr, for programs whose exit code hides an error."""
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", **(env or {})}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=home,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    said = done.stderr.decode("utf-8", "replace")
    failed = done.returncode != 0 or bool(alarm and alarm in said)
    assert not failed, f"{command[0]} ended with {done.returncode}: {said}{done.stdout.decode()}"
    return done.stdout.decode("utf-8")
