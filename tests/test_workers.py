"""Of any number of processes exactly one publishes, under every server; when it is killed another does at once."""

from __future__ import annotations

import os
import signal
import time

import pytest
from conftest import Maker
from fleet import SERVERS, feed, fleet, hand_over
from hub import Hub
from newsroom import article

HAND_OVER_SECONDS = 2.0
SLACK_SECONDS = 4.0  # of a machine that does other things


@pytest.mark.parametrize("server", SERVERS)
def test_exactly_one_process_publishes_and_its_death_hands_the_role_on(newsroom: Maker, server: str) -> None:
    room = newsroom({"a.md": article("أول")})
    with fleet(room, server) as made:
        assert len(made.processes()) == (2 if server == "granian" else 3)
        assert len(made.publishers()) == 1 and made.publishers() <= made.processes()
        room.write("b.md", article("ثان"))
        made.eventually(lambda: made.serves("ثان"), within=5)
        before = made.processes()
        role, served = hand_over(made, 1, article("بعد الموت"), "بعد الموت")
        assert role < HAND_OVER_SECONDS + SLACK_SECONDS and served < HAND_OVER_SECONDS + SLACK_SECONDS
        if server != "flask":  # granian and gunicorn start another process for the dead one
            made.eventually(lambda: len(made.processes()) == len(before) and made.processes() != before)
        assert len(made.publishers()) == 1 and made.publishers() <= made.processes()
        assert "Traceback" not in room.log()


def test_a_late_a_paused_and_a_dead_publisher_and_what_hubs_are_told(newsroom: Maker, hub: Hub) -> None:
    room = newsroom({"a.md": article("أول")}, websub={"hubs": [hub.url]})
    with fleet(room, "flask") as made:
        first = made.publishers()
        made.launch()  # a process that comes late follows
        made.eventually(lambda: all(feed(port) for port in made.ports))
        assert made.publishers() == first and len(made.processes()) == 4

        (pid,) = first
        (port,) = [made.ports[n] for n, each in enumerate(made.started) if each.pid == pid]
        os.kill(pid, signal.SIGSTOP)  # it keeps the role: nobody can know that it will not go on
        made.ports.remove(port)
        room.write("b.md", article("ثان"))
        time.sleep(1.5)
        assert made.serves("أول") and not made.serves("ثان") and made.publishers() == first
        os.kill(pid, signal.SIGCONT)
        made.ports.insert([each.pid for each in made.started].index(pid), port)
        made.eventually(lambda: made.serves("ثان"))
        made.eventually(lambda: len(hub.pings) == 6)  # the main feed and that of its language, each in three formats
        told = set(hub.pings)

        hand_over(made, 1, article("ثالث"), "ثالث")
        made.eventually(lambda: len(hub.pings) == 12)
        assert len(told) == 6 and set(hub.pings[6:]) == told


def test_a_hub_that_fetches_at_once_gets_the_new_bytes_from_every_process(newsroom: Maker, hub: Hub) -> None:
    room = newsroom({"a.md": article("أول")}, websub={"hubs": [hub.url]})
    fetched: list[tuple[str, str | None]] = []
    with fleet(room, "flask") as made:
        assert hub.quiet() == []
        for number in range(12):
            title = f"خبر {number}"
            hub.fetch = lambda topic, title=title: fetched.extend(  # type: ignore[misc]
                (title, feed(port)) for port in made.ports if topic.endswith("/feeds/rss.xml")
            )
            time.sleep(0.37 + number / 40)  # at every moment of the publisher's rounds
            room.write(f"n{number}.md", article(title, date=f"2025-06-{number + 1:02}"))
            made.eventually(lambda number=number: len(fetched) == (number + 1) * len(made.ports))  # type: ignore[misc]
        hub.fetch = lambda topic: None
    assert [title for title, text in fetched if title not in (text or "")] == []
