"""Newsrooms for tests: each gets its own folder and port, and is stopped at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hub import Hub
from newsroom import WARM, Newsroom

CI = os.environ.get("CI", "").lower() == "true"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where nothing may be skipped, a skip is a failure."""
    report: Any = yield
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped, and CI=true: {item.nodeid}: {report.longrepr}"
    return report


def pytest_sessionfinish() -> None:
    WARM.stop()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Scores that tests record stand at the end of every run, whoever ran the test."""
    reports = [each for name in ("passed", "failed") for each in terminalreporter.stats.get(name, [])]
    scores = [value for each in reports for name, value in getattr(each, "user_properties", ()) if name == "score"]
    if scores:
        terminalreporter.section("scores")
        for score in sorted(scores):
            terminalreporter.write_line(score)


Maker = Callable[..., Newsroom]


def _maker(factory: pytest.TempPathFactory) -> Iterator[Maker]:
    made: list[Newsroom] = []

    def make(files: Any = None, *, serve: bool = False, inside: bool = False, **options: Any) -> Newsroom:
        room = Newsroom(factory.mktemp("newsroom"), files, **options)
        made.append(room)
        if serve:
            room.serve()
        return room.inside() if inside else room

    yield make
    for room in made:
        room.stop()


@pytest.fixture
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    """Makes newsrooms for one test: `newsroom(files, serve=True, at=…, site={…})`."""
    yield from _maker(tmp_path_factory)


@pytest.fixture(scope="module")
def shared_newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    """The same for a whole module, whose tests only read."""
    yield from _maker(tmp_path_factory)


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A WebSub hub that writes down what it is told."""
    made = Hub()
    yield made
    made.close()
