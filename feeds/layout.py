"""Where an exported tree keeps what answers at an address: pure functions of names, which are paths with `/`.

A page stands under its path with `.html`, everything else under its own path; `.gz` and `.br` beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

VARIANTS = ("", ".gz", ".br")
APART = "_apart/"  # nothing that has an address of its own begins with `_`
GONE = "_gone/"
HIDDEN = "_(?:apart|gone|oembed)/"  # a pattern of what is no address itself


def page(path: str) -> str:
    """The name of a people's page."""
    return f"{path.strip('/') or 'index'}.html"


def gone(token: str) -> str:
    """The name of the page that tells what became of a permalink; no id can have it."""
    return f"{GONE}s/{token}.html"


def oembed(token: str) -> str:
    """The name of a permalink's oEmbed, whose address is told apart by its query alone."""
    return f"_oembed/{token}.json"


def is_safe(name: str) -> bool:
    """Whether a name stays inside its folder."""
    return all(part not in ("", ".", "..") and "\0" not in part for part in name.split("/"))


def settle(names: Iterable[str]) -> dict[str, str]:
    """Where those names go that cannot stand where they should, because a folder of theirs is another's file: `post.html`
    is the page of `post`, and the folder of the pictures of an article whose id is `post.html`. Such go below `_apart/`,
    where nginx.conf looks too; `""` for the few that have no place there either."""
    known = set(names)
    moved = {name: APART + name for name in known if _is_below_a_file(name, known)}
    there = set(moved.values())
    return {name: "" if _is_below_a_file(new, there) else new for name, new in moved.items()}


def folders(name: str) -> Iterator[str]:
    """Every folder that a name stands in, the deepest first."""
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name


def _is_below_a_file(name: str, names: set[str]) -> bool:
    return any(
        folder in names or (folder.endswith((".gz", ".br")) and folder[:-3] in names)
        for folder in folders(name)
        if "." in folder
    )
