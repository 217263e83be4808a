"""Totals that are kept as articles come and go are what counting would find."""

from __future__ import annotations

import random
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from newsroom import Newsroom, article

from feeds import queries, totals
from feeds.catalogue import Catalogue
from feeds.config import load
from feeds.queries import LISTED, Selection
from feeds.refresh import refresh

NOW = datetime(2025, 5, 1, tzinfo=UTC)


def _counted(db: sqlite3.Connection, selection: Selection, now: int) -> int:
    """The slow and plain way."""
    values = {"kind": selection.kind, "key": selection.key, "now": now}
    return int(db.execute(f"SELECT count(*) FROM {selection.sql()} {LISTED}", values).fetchone()[0])


def _some(rng: random.Random) -> str:
    """An article that is public, a draft, unlisted, still to come, expired or withdrawn, or has a taken id."""
    date = NOW + timedelta(days=rng.choice((-9, -1, 1)))
    fields: dict[str, object] = {"date": date.isoformat(), "tags": f"[{', '.join(rng.sample('أبجد', 2))}]"}
    fields |= rng.choice(({}, {}, {"draft": "true"}, {"feed": "false"}, {"id": "taken"}, {"lang": "en"}))
    ending = (NOW + timedelta(days=rng.choice((-1, 1)))).isoformat()
    fields |= rng.choice(({}, {}, {"expires": ending}, {"withdrawn": ending}, {"author": "كاتب"}))
    return article("خبر", **fields)


@pytest.mark.parametrize("seed", range(4))
def test_totals_are_what_counting_finds_through_any_changes(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    room = Newsroom(tmp_path)
    config, catalogue = load(room.config_path), Catalogue(None)
    selections = [Selection(), Selection(kind="lang", key="ar"), Selection(kind="lang", key="en")]
    selections += [Selection(kind="tag", key=tag) for tag in "أبجدx"] + [Selection(kind="author", key="كاتب")]
    seen = set()
    for _ in range(12):
        for name in rng.sample(range(14), 5):
            if rng.random() < 0.3:
                (room.content / f"{name}.md").unlink(missing_ok=True)
            else:
                room.write(f"{name}.md", _some(rng))
        refresh(config, catalogue, now=0)
        for days in (-20, -2, 0, 2):
            now = int((NOW + timedelta(days=days)).timestamp())
            for selection in selections:
                found = totals.visible(catalogue.connection, selection.kind, selection.key, now)
                assert found == _counted(catalogue.connection, selection, now), (selection, days)
                seen.add(found)
    assert len(seen) > 3
    catalogue.close()


# Walks through the whole archive, or through all of its language, though an index is named.
_WALK = re.compile(
    r"^SCAN (?!\(subquery|CONSTANT|h$|ended$|files USING (?:COVERING )?INDEX files_problems$|a USING INDEX articles_beaten$)|\(lang=\?[^<>]*\)$|\(live=\?[^<>]*\)$"
)


@pytest.mark.parametrize("kind, key", [("", ""), ("lang", "ar"), ("tag", "x"), ("author", "x")])
def test_what_every_edit_asks_walks_through_no_archive(kind: Any, key: str) -> None:
    """The plans of the questions, so that an edit costs as much among 100,000 articles as among 1,000."""
    asked: list[str] = []
    db, selection = Catalogue(None).connection, Selection(kind=kind, key=key)
    db.execute("INSERT INTO totals VALUES (?, ?, 1)", (kind, key))
    db.set_trace_callback(asked.append)
    queries.count(db, selection, 0)
    queries.rows(db, selection, 0, limit=20)
    queries.gone(db, selection, 0)
    if kind in ("tag", "author"):
        queries.label_name(db, selection, 0)
    queries.next_change(db, 0)
    queries.problems(db, "")
    db.set_trace_callback(None)
    assert len(asked) >= 8
    for question in asked:
        plan = [step for *_, step in db.execute(f"EXPLAIN QUERY PLAN {question}")]
        assert not [step for step in plan if _WALK.search(step)], (plan, question)
        if kind in ("tag", "author") and "labels AS l CROSS" in question:
            assert plan[0].startswith("SEARCH l "), (plan, question)
    db.close()
