"""What stands at the edge: bytes as attackers send them, over a socket to the real server and through nginx before it."""

from __future__ import annotations

from collections.abc import Iterator

import nginx_process
import pytest
import raw_http
from conftest import Maker
from http_site import serve_site
from newsroom import Newsroom
from raw_http import Reply
from wire_rows import BROKEN, CLOSE, ROWS, Row


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return serve_site(shared_newsroom)


@pytest.fixture(scope="module")
def front(room: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of nginx as a cache before the server."""
    if nginx_process.MISSING:
        pytest.skip(nginx_process.MISSING)
    prefix = tmp_path_factory.mktemp("nginx")
    changes = {
        "127.0.0.1:8000": f"127.0.0.1:{room.port}",
        "/var/cache/nginx/nashra": str(prefix / "cache"),
    }
    with nginx_process.running(prefix, "nginx-proxy.conf", changes) as started:
        yield started.port


def _holds(row: Row, replies: tuple[Reply, ...], port: int, statuses: tuple[int, ...]) -> None:
    last = replies[-1]
    assert last.status in statuses, (last.status, last.body[:300])
    assert not any(reply.status in BROKEN for reply in replies)
    assert not any(character.isdigit() for reply in replies for character in reply.header("server"))
    if last.status == 200 and row.same:
        assert last.body == raw_http.get(port, row.same.encode()).body


def _serves(row: Row, data: bytes, port: int) -> None:
    talk, after = raw_http.exchange_and_look(port, data, row.answers)
    assert after.closed and [reply.body[:11] for reply in after.replies] in ([], [b'{"articles"']), after
    if row.long and not talk.replies:
        assert talk.closed
        return
    assert len(talk.replies) == row.answers and not talk.rest, talk
    _holds(row, talk.replies, port, row.statuses)
    assert talk.replies[-1].status != 405 or talk.replies[-1].header("allow") == "GET, HEAD, OPTIONS"
    assert not row.closes or not after.replies


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_serve_answers_what_the_rfc_says_and_sees_no_request_that_was_not_sent(room: Newsroom, row: Row) -> None:
    _serves(row, row.data, room.port)


@pytest.mark.parametrize("row", [row for row in ROWS if CLOSE in row.data], ids=lambda row: row.name)
def test_the_front_door_takes_nothing_for_a_plain_request_that_is_none(room: Newsroom, row: Row) -> None:
    """On a connection that stays open it answers by itself, and knows what it has seen before by its bytes."""
    for _ in range(2):
        _serves(row, row.data.replace(CLOSE, b""), room.port)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_nginx_before_serve_gives_nobody_the_answer_of_another(room: Newsroom, front: int, row: Row) -> None:
    talk = raw_http.exchange(front, row.data, row.answers, 0.5 if row.waits else 10.0)
    assert len(talk.replies) <= row.answers + (row.name == "a request after a bad one")
    if talk.replies:
        _holds(row, talk.replies, room.port, (*row.statuses, *row.front))
    else:
        assert row.waits or (row.long and talk.closed)
    assert raw_http.ask(front, b"/robots.txt").body == raw_http.get(room.port, b"/robots.txt").body
    assert raw_http.ask(front, b"/healthz").body.startswith(b'{"articles"')
