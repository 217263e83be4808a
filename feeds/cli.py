"""The command line: serve, check, export, new. Results on stdout, messages on stderr."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from feeds import dates, language, logs, newfile, queries, state
from feeds.catalogue import Catalogue, DatabaseError
from feeds.config import Config, load
from feeds.memory import Memory
from feeds.problems import ConfigError, DateError, FieldError, Problem, StateError, one_line
from feeds.progressbar import bar
from feeds.reading import prefix
from feeds.refresh import refresh

_AT = click.option("--at", metavar="TIME", help="Stop the clock at this ISO 8601 instant (without zone: the site's).")


@click.group(invoke_without_command=True)
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), help="The config file (default: config.yaml)."
)
@click.pass_context
def main(context: click.Context, config_path: Path | None) -> None:
    """Publishes right-to-left feeds from a folder of articles."""
    context.obj = (config_path or Path(os.environ.get("FEEDS_CONFIG", "config.yaml"))).absolute()
    if context.invoked_subcommand is None:
        context.invoke(serve)


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Number of processes.")
@_AT
@click.option("--no-watch", is_flag=True, help="Do not take changes of files in.")
@click.pass_obj
def serve(
    config_path: Path,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    at: str | None = None,
    no_watch: bool = False,
) -> None:
    """Serves the feeds and pages."""
    from feeds.server import run

    try:
        config = load(config_path)
    except ConfigError as error:
        logs.set_up(error.log, UTC)
        for problem in error.problems:
            logs.problem(problem)
        sys.exit(1)
    instant = _instant(at, config)
    run(
        config_path,
        config,
        host=host or config.host,
        port=config.port if port is None else port,
        workers=workers or config.workers,
        at=instant,
        watch=not no_watch,
    )


@main.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of lines.")
@_AT
@click.pass_obj
def check(config_path: Path, as_json: bool, at: str | None) -> None:
    """Reads everything and prints every problem; changes nothing."""
    try:
        config = load(config_path)
    except ConfigError as error:
        problems: list[Problem] = list(error.problems)
    else:
        instant = _instant(at, config)
        catalogue = Catalogue(None)
        now = int(instant.timestamp() if instant else time.time())
        memory = Memory()
        memory.look(state.memory(config.state_path, stopped=at is not None))
        refresh(config, catalogue, memory, now=now, progress=bar("check"))
        memory.close()
        problems = [*config.warnings, *queries.problems(catalogue.connection, prefix(config))]
    if as_json:
        rows = [{name: getattr(p, name) for name in ("path", "line", "field", "severity", "message")} for p in problems]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            click.echo(str(problem))
    sys.exit(1 if any(problem.severity == "error" for problem in problems) else 0)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--full", is_flag=True, help="Make and compare every file, whatever the list of the last export says.")
@_AT
@click.pass_obj
def export(config_path: Path, folder: Path, full: bool, at: str | None) -> None:
    """Writes what `serve` answers as a static tree, and prints what changed."""
    from feeds import export as exporting
    from feeds.publisher import Publisher

    config = _config(config_path)
    instant = _instant(at, config)
    moment = instant.timestamp() if instant else time.time()
    try:
        publisher = Publisher(
            config_path, lambda: moment, watching=False, alone=True, stopped=at is not None, progress=bar("read")
        )
        report = exporting.export(
            config, publisher.site.db, publisher.catalogue, publisher.state.folder,
            publisher.state.validators, folder, int(moment), full=full, progress=bar("write", "documents"),
        )  # fmt: skip
    except exporting.ExportError as error:
        _fail(f"cannot export, {error}")
    except OSError as error:
        _fail(f"cannot write, {error.strerror}: '{error.filename or folder}'")
    except StateError as error:
        _fail(str(error))
    except (DatabaseError, RuntimeError) as error:
        _fail(f"cannot export, {error}; what was written stays, the next export goes on")
    for name in report.written:
        click.echo(f"written {name}")
    for name in report.removed:
        click.echo(f"removed {name}")
    for name in report.refused:
        print(f"nashra: this file system cannot hold the name: '{one_line(name)}'", file=sys.stderr)
    print(
        f"nashra: {len(report.written)} written, {len(report.removed)} removed, {report.unchanged} unchanged",
        file=sys.stderr,
    )


@main.command()
@click.argument("title")
@click.option("--lang", help="Language tag, where it is not the site's.")
@click.pass_obj
def new(config_path: Path, title: str, lang: str | None) -> None:
    """Makes a content file with front matter and a fixed id, and prints its path."""
    config = _config(config_path)
    try:
        spoken = language.normalize(lang) if lang else ""
        path = newfile.create(config, title, spoken, datetime.now(config.zone))
    except FieldError as error:
        _fail(error.message)
    except OSError as error:
        _fail(f"cannot write, {error.strerror}: '{error.filename or config.content_path}'")
    click.echo(path)


def _config(path: Path) -> Config:
    try:
        return load(path)
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        sys.exit(1)


def _instant(text: str | None, config: Config) -> datetime | None:
    if text is None:
        return None
    try:
        return dates.parse(text, zone=config.zone, language="en").instant
    except DateError as error:
        _fail(f"--at must be an instant such as 2025-05-02T09:00:00+03:00, {error}")


def _fail(message: str) -> NoReturn:
    print(f"nashra: {one_line(message)}", file=sys.stderr)
    sys.exit(2)
