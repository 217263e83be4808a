"""An answer sees one state of the catalogue, whatever is taken in while it is made."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import pytest
from conftest import Maker
from newsroom import article

from feeds import queries
from feeds.publisher import Publisher
from feeds.web import create_app


def test_an_article_that_goes_while_a_feed_is_made_is_still_whole_in_it(
    newsroom: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = newsroom({"a.md": article("باق", id="kept"), "b.md": article("ذاهب", id="going")})
    app = create_app(room.config_path, watch=False)
    publisher: Publisher = app.extensions["nashra"]
    (path,) = (room.folder / "var").glob("catalogue-*.sqlite")
    rows = queries.rows

    def then_somebody_deletes(*args: Any, **named: Any) -> list[queries.Row]:
        found = rows(*args, **named)
        with sqlite3.connect(path) as other:
            other.execute("DELETE FROM articles WHERE id = 'going'")
        return found

    monkeypatch.setattr(queries, "rows", then_somebody_deletes)
    with app.test_client() as client:
        answer = client.get("/feeds/rss.xml")
        assert answer.status_code == 200 and "ذاهب" in answer.text
        monkeypatch.setattr(queries, "rows", rows)
        publisher.site.notice(int(time.time()))
        answer = client.get("/feeds/rss.xml")
        assert answer.status_code == 200 and "ذاهب" not in answer.text and "باق" in answer.text
    publisher.stop()
