"""How `serve` ends and how it is told to read its config again, by signals sent to the real processes."""

from __future__ import annotations

import os
import pty
import signal
import socket
import sys
import time
from contextlib import ExitStack

import pytest
import service_process
from conftest import Maker
from newsroom import ROOT, Newsroom, article, configuration
from service_process import Service

LONG_BYTES = 24_000_000  # more than the buffers of a local socket hold
GUNICORN = ("-m", "gunicorn", "--workers", "2", "--bind", "127.0.0.1:{port}", "app:app")


def _room(newsroom: Maker) -> Newsroom:
    room = newsroom({"a.md": article("أول")})
    with (room.content / "long.mp3").open("wb") as file:
        file.truncate(LONG_BYTES)
    return room


def _request(service: Service, path: str) -> socket.socket:
    connection = service.connect()
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    return connection


def _whole(connection: socket.socket, begun: bytes = b"") -> tuple[bytes, int, int]:
    """(status line, length that was promised, length that came)."""
    parts = [begun]
    while part := connection.recv(1 << 20):
        parts.append(part)
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    promised = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
    return lines[0], promised, len(body)


def _is_refused(service: Service) -> bool:
    try:
        service.connect().close()
    except OSError:
        return True
    return False


@pytest.mark.parametrize("how", ["SIGTERM", "Ctrl-C", "gunicorn"])
def test_answers_on_their_way_are_finished_and_no_connection_is_taken(newsroom: Maker, how: str) -> None:
    room = _room(newsroom)
    command = GUNICORN if how == "gunicorn" else None
    env = {"FEEDS_CONFIG": str(room.config_path)}
    running = service_process.running(room, "--workers", "2", command=command, env=env)
    with running as service, ExitStack() as stack:
        with _request(service, "/media/long.mp3") as slow:
            begun = slow.recv(65536)
            assert service.ask("/healthz")[0] == 200  # one of gunicorn's two processes is held by the slow reader
            drawn = stack.enter_context(_request(service, "/s/a/card.png"))
            time.sleep(0.5)  # so that both are in work
            start = time.monotonic()
            if how == "Ctrl-C":  # a terminal sends it to all processes
                os.killpg(service.process.pid, signal.SIGINT)
            else:
                service.process.send_signal(signal.SIGTERM)
            if how != "gunicorn":  # its busy workers hold the socket that listens
                service.eventually(lambda: _is_refused(service), 10)
            assert service.process.poll() is None
            status, promised, came = _whole(drawn)
            assert (status, came) == (b"http/1.1 200 ok", promised) and came > 1000
            status, promised, came = _whole(slow, begun)
            assert (status, promised, came) == (b"http/1.1 200 ok", LONG_BYTES, LONG_BYTES)
        assert service.process.wait(20) == 0
        assert time.monotonic() - start < 20
        assert "Traceback" not in service.text


def test_a_client_that_takes_nothing_does_not_keep_the_service_from_ending(newsroom: Maker) -> None:
    room = _room(newsroom)
    shortened = "from feeds import cli, server; server.ENDING_SECONDS = 2; cli.main()"
    command = ("-c", shortened, "--config", str(room.config_path), "serve", "--port", "{port}", "--workers", "2")
    with service_process.running(room, command=command) as service, _request(service, "/media/long.mp3") as idle:
        idle.recv(1)
        start = time.monotonic()
        service.process.terminate()
        assert service.process.wait(15) == 0
        assert time.monotonic() - start >= 1.5  # it had its time


def test_the_service_ends_at_once_while_its_processes_are_only_starting(newsroom: Maker) -> None:
    room = newsroom({f"{n}.md": article(f"خبر {n}") for n in range(300)})
    for pause in (0.0, 0.1):  # before the first read, and in it
        with service_process.running(room, "--workers", "2", ready=False) as service:
            service.eventually(lambda: "serving" in service.text)
            time.sleep(pause)
            service.process.terminate()
            assert service.process.wait(10) == 0


def _titles(service: Service) -> set[bool]:
    """Whether the feed has the new title, asked of every process."""
    return {"اسم جديد" in service.ask("/feeds/rss.xml")[1] for _ in range(24)}


def test_sighup_reads_the_config_and_the_content_again_and_a_bad_config_keeps_the_old(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")})
    with service_process.running(room, "--workers", "2", "--no-watch") as service:
        workers = service.workers
        room.config_path.write_text(configuration(site={"title": "اسم جديد"}, server={"port": 1}), "utf-8")
        room.write("b.md", article("ثان"))
        time.sleep(0.8)
        assert _titles(service) == {False}
        service.process.send_signal(signal.SIGHUP)
        service.eventually(lambda: _titles(service) == {True})
        assert service.health()["articles"] == 2
        (taken,) = [line for line in service.log if "config.yaml has changed and is taken in" in line]
        assert "server.port will be read when the service starts next" in taken
        good = room.config_path.read_text("utf-8")
        for _ in range(2):
            room.config_path.write_text(good + "feeds: {itmes: 3}\n", "utf-8")
            told = service.text.count("the last good one stays")
            service.process.send_signal(signal.SIGHUP)
            service.eventually(lambda told=told: service.text.count("the last good one stays") == told + 1)  # type: ignore[misc]
            assert _titles(service) == {True}
        faults = [line for line in service.log if line.startswith("config.yaml:")]
        assert len(faults) == 1 and "itmes" in faults[0]
        room.config_path.write_text(good, "utf-8")
        service.process.send_signal(signal.SIGHUP)
        service.eventually(lambda: "config.yaml was read again, nothing in it has changed" in service.text)
        assert service.workers == workers and service.process.poll() is None


def test_a_terminal_that_is_closed_ends_the_service(newsroom: Maker) -> None:
    room = newsroom({"a.md": article("أول")})
    terminal, other = pty.openpty()
    # The program makes the terminal its own, as a shell's would be.
    program = (
        "import fcntl, os, signal, sys, termios; signal.signal(signal.SIGHUP, signal.SIG_DFL); "  # or nohup's would stay
        "fcntl.ioctl(2, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
    )
    arguments = (str(ROOT / "app.py"), "--config", str(room.config_path), "serve", "--port", "{port}")
    command = ("-c", program, sys.executable, *arguments)
    with service_process.running(room, command=command, stdout=other, stderr=other) as service:
        os.close(other)
        os.read(terminal, 65536)
        os.close(terminal)
        assert service.process.wait(10) == 0
