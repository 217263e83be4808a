"""What decides, beside content and pictures, which bytes a document has: settings, this package, its libraries."""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

from feeds.config import Config

# The packages that shape bytes after an article has been read, and those that only what reading it gives.
MAKERS = frozenset(
    [
        "babel",
        "brotli",
        "feedgen",
        "fontpkg",
        "fontpkg-noto-sans",
        "fontpkg-noto-sans-arabic",
        "fontpkg-rubik",
        "jinja2",
        "lxml",
        "markupsafe",
        "pillow",
        "python-dateutil",
        "regex",
        "resvg-py",
        "tzdata",
        "uharfbuzz",
    ]
)
READERS = frozenset(
    ["hijridate", "jdatetime", "markdown-it-py", "mdit-py-plugins", "nh3", "pyluach", "pyyaml", "tinytag"]
)
_HERE = Path(__file__).parent
_NOWHERE = Path()


def edition(config: Config) -> str:
    """Equal editions make equal bytes of equal content. Where things lie, who listens and what is told of it is no
    part of it."""
    settings = replace(
        config, root=_NOWHERE, content_path=_NOWHERE, content_name=_NOWHERE, state_path=_NOWHERE, card_template=None
    )
    digest = _of(settings, MAKERS)
    if config.card_template:
        digest.update(config.card_template.read_bytes())
    return digest.hexdigest()[:32]


def reading_edition(config: Config) -> str:
    """Equal ones read equal articles, and see equal problems, in equal files."""
    return _of(config, MAKERS | READERS).hexdigest()[:16]


def _of(config: Config, packages: frozenset[str]) -> hashlib._Hash:
    settings = replace(config, warnings=(), host="", port=0, workers=1, metrics=False, log="")
    digest = hashlib.sha256(f"{settings!r}\n{sys.version}\n{installed(packages)}\n".encode())
    sources = (path for path in _HERE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    for path in sorted(sources):
        digest.update(f"{path.relative_to(_HERE)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest


def installed(packages: frozenset[str]) -> list[str]:
    """Name and version of each of these that is here, as their folders say it."""
    folders = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    found = {path.stem for folder in folders for path in folder.glob("*.dist-info")}
    return sorted(name for name in found if name.partition("-")[0].lower().replace("_", "-") in packages)
