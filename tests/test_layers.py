"""The house is built in layers: imports lead downwards, each library has one door, modules stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

FEEDS = Path(__file__).resolve().parent.parent / "feeds"

# The rooms of feeds/ from the ground up; a package is one room. A room may import only rooms of the
# rows above its own.
LAYERS = (
    "heap problems ltr_runs evidence extension podcast rasterise datauri seats inside layout",
    "svg drawn logs taken",
    "bidi nodes permalink media manifest hub",
    "text words links language walking",
    "article advice dates keys markup options htmlhead rawtext source settings",
    "search branding stored names frontmatter config posts",
    "attachments instants origins newfile card edition",
    "reading cards",
    "content derived database",
    "totals",
    "catalogue validators memory glance inlined tally",
    "queries known renames overtaken",
    "headstart readers paging representation sitepictures translations taking soundness",
    "refresh",
    "firstread",
    "feed cache sharepictures asked relay bodyfiles",
    "rssmedia jsonfeed pages discovery headers routes rawrequest",
    "rss atom",
    "social",
    "feedplan pageplan",
    "searchplan",
    "inventory",
    "overview",
    "site survey redirects replies",
    "websub workshop pulse reports watching state",
    "crew keeper configfile",
    "publisher export",
    "lane progressbar downloads notify signals",
    "metrics mediareply",
    "visit",
    "web door",
    "server",
    "cli",
)
FLOOR = {room: number for number, rooms in enumerate(LAYERS) for room in rooms.split()}

# Libraries and the only modules that know them.
DOORS = {
    "yaml": {"nodes"},
    "tomllib": {"nodes"},
    "nh3": {"markup.sanitize"},
    "markdown_it": {"markup.commonmark"},
    "mdit_py_plugins": {"markup.commonmark"},
    "tinytag": {"media"},
    "feedgen": {"extension"},
    "jinja2": {"pages", "card.drawing"},
    "resvg_py": {"rasterise"},
    "uharfbuzz": {"card.fonts"},
    "watchfiles": {"watching"},
    "granian": {"server"},
    "uvloop": {"door"},
    "prometheus_client": {"metrics"},
    "flask": {"web", "replies", "mediareply"},
    "werkzeug": {"web", "mediareply"},
    "click": {"cli"},
    "hijridate": {"dates.calendars"},
    "jdatetime": {"dates.calendars"},
    "pyluach": {"dates.calendars"},
}
CONNECTS = {"database"}  # opens a database; others are handed a connection
CLOCKS = {
    *("time.time", "time.time_ns", "time.monotonic", "time.localtime", "time.gmtime", "time.sleep"),
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
}
ENVIRONMENT = {"os.environ", "os.getenv", "os.environb", "os.putenv"}
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50

MODULES = {
    ".".join(path.relative_to(FEEDS).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(FEEDS.rglob("*.py"))
    if path != FEEDS / "__init__.py"
}


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


def _room(module: str) -> str:
    return module.partition(".")[0]


def _floor(module: str) -> int:
    """Of a room without a floor (a fault of its own, reported once): the highest."""
    return FLOOR.get(_room(module), len(LAYERS))


def _imports(module: str) -> Iterator[str]:
    """Full names of what a module imports, wherever in it; `from feeds import x` is `feeds.x`."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import in line {node.lineno}"
            name = node.module or ""
            yield from (f"{name}.{alias.name}" for alias in node.names) if name == "feeds" else (name,)


def _names(module: str) -> Iterator[tuple[str, int]]:
    """What a module uses of its imports, by the last two parts of its full name: `os.environ`,
    `datetime.now`, `time.time`, under whatever name it was imported; with lines."""
    full: dict[str, str] = {}
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            full |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom):
            full |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Attribute):
            head, _, rest = ast.unparse(node).partition(".")
            yield ".".join(f"{full.get(head, head)}.{rest}".split(".")[-2:]), node.lineno
        elif isinstance(node, ast.Name) and node.id in full:
            yield full[node.id], node.lineno


def test_every_room_has_a_floor_and_every_floor_is_built() -> None:
    assert {_room(module) for module in MODULES} == set(FLOOR)


def test_the_way_through_the_house_names_every_room_once() -> None:
    """The docstring of the package, for newcomers."""
    told = ast.get_docstring(ast.parse((FEEDS / "__init__.py").read_text("utf-8"))) or ""
    rows = [line.partition(": ")[2] for line in told.splitlines() if line.startswith("    ")]
    assert sorted(" ".join(rows).split()) == sorted(FLOOR)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_lies_below_it(module: str) -> None:
    imported = {name.split(".")[1] for name in _imports(module) if name.startswith("feeds.")} - {_room(module)}
    assert {room for room in imported if _floor(room) >= _floor(module)} == set()


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    importers = {module for module in MODULES if library in {name.partition(".")[0] for name in _imports(module)}}
    assert importers == DOORS[library]


def test_sql_is_known_only_from_the_database_to_the_publisher() -> None:
    importers = {_room(module) for module in MODULES if "sqlite3" in _imports(module)}
    assert {room for room in importers if not FLOOR["database"] <= _floor(room) <= FLOOR["publisher"]} == set()
    connecting = {module for module in MODULES for name, _ in _names(module) if name == "sqlite3.connect"}
    assert connecting == CONNECTS


@pytest.mark.parametrize("module", MODULES)
def test_time_and_environment_are_known_only_at_the_top(module: str) -> None:
    found = [f"{name} in line {line}" for name, line in _names(module) if name in CLOCKS | ENVIRONMENT]
    if _floor(module) < FLOOR["publisher"]:
        assert found == []


@pytest.mark.parametrize("module", MODULES)
def test_modules_and_functions_stay_small(module: str) -> None:
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= LONGEST_MODULE
    functions = [node for node in ast.walk(_tree(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_module_makes_a_hierarchy() -> None:
    """Inheritance is for errors and for what a library wants; see the doors."""
    allowed = {"Exception", "ValueError", "NashraError", "FieldError", "Protocol", "NamedTuple"}
    allowed |= {"BaseExtension", "BaseEntryExtension"}  # feedgen's
    bases = {
        f"{module}.{node.name}({ast.unparse(base)})"
        for module in MODULES
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if ast.unparse(base).split("[")[0].rpartition(".")[2] not in allowed
    }
    assert bases == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import time\ntime.time()", "time.time"),
        ("import time as clock\nclock.time()", "time.time"),
        ("from time import time as now\nnow()", "time.time"),
        ("from datetime import datetime as moment\nmoment.now()", "datetime.now"),
        ("import datetime\ndatetime.datetime.now(datetime.UTC)", "datetime.now"),
        ("import os\nos.environ['x']", "os.environ"),
        ("from os import environ\nenviron.get('x')", "os.environ"),
        ("import sqlite3\nsqlite3.connect('x')", "sqlite3.connect"),
    ],
)
def test_no_spelling_of_the_clock_escapes(
    text: str, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "probe.py"
    path.write_text(text, "utf-8")
    monkeypatch.setitem(MODULES, text, path)
    assert name in {found for found, _ in _names(text)}
