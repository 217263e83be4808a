"""The servers that are measured, each one worker on a loopback port, and the load."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import machine

ROOT = Path(__file__).resolve().parent.parent
NGINX = """daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{ access_log off; gzip_static on; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  types {{ }} default_type "application/rss+xml; charset=utf-8";
  server {{ listen 127.0.0.1:{port}; root {root}; }} }}
"""


@dataclass(frozen=True)
class Load:
    """What one run of wrk measured. Latency in milliseconds; CPU seconds are the server's for 100,000 requests."""

    rate: float
    p99: float
    cpu: float
    errors: int


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, path: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, from its first answer to the end of the block."""
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **env}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        end = time.monotonic() + 900
        while True:
            try:
                if httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 200:
                    break
            except httpx.TransportError:
                if time.monotonic() > end or process.poll() is not None:
                    raise
            time.sleep(0.05)
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def nashra(config: Path, port: int, *options: str, watch: bool = False) -> list[str]:
    command = [sys.executable, "app.py", "--config", str(config), "serve", "--port", str(port), *options]
    return command if watch else [*command, "--no-watch"]


def settled(process: subprocess.Popen[bytes], seconds: float = 900) -> None:
    """Waits until the server rests: what it reads when it starts is read then."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = machine.cpu_seconds(process.pid)
        time.sleep(3)
        if machine.cpu_seconds(process.pid) - before < 0.1:
            return
    raise TimeoutError(f"still busy after {seconds:.0f} s")


def granian(target: str, port: int, *options: str) -> list[str]:
    """With the settings that `serve` gives it; what is said twice counts the last time."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1",
        "--blocking-threads", "16", "--no-log", *options, target,
    ]  # fmt: skip


def nginx(folder: Path, root: Path, port: int) -> list[str]:
    conf = folder / "nginx.conf"
    conf.write_text(NGINX.format(folder=folder, root=root, port=port))
    return [machine.program("nginx"), "-p", str(folder), "-c", str(conf)]


def load(process: subprocess.Popen[bytes], url: str, connections: int, seconds: int, **headers: str) -> Load:
    """wrk with one thread for some seconds."""
    named = [word for name, value in headers.items() for word in ("-H", f"{name.replace('_', '-')}: {value}")]
    before = machine.cpu_seconds(process.pid)
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *named, url],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    spent = machine.cpu_seconds(process.pid) - before
    requests = int(re.search(r"(\d+) requests in", out)[1])
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return Load(
        rate=float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
        p99=float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]],
        cpu=spent / requests * 100_000,
        errors=int(bad[1]) if bad else 0,
    )
