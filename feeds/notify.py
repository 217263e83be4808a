"""What systemd is told (sd_notify(3)): that the service is ready, how it is, and that it still answers.

All of it is seen from outside, as a client sees it: requests for /healthz. Where no service manager asked to be told,
nothing runs.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from typing import Any

_PROBES = 8  # for each process, when there are several: the system chooses which one answers
_PATIENCE_SECONDS = 5.0
_LOOK_SECONDS, _STATUS_SECONDS = 0.25, 30.0
_READING_SECONDS = 120  # how long a start may go on without more articles


def send(address: str, *lines: str) -> None:
    """One datagram to the socket of that address; a manager that is gone is nobody's trouble."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.settimeout(_PATIENCE_SECONDS)
        try:
            out.sendto("\n".join(lines).encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            return


class Notifier:
    """Of a service that listens on `host` and `port`. `watchdog_seconds` is how long the manager waits for
    a word before it ends the service, 0 where it does not."""

    def __init__(self, address: str, *, host: str, port: int, workers: int, watchdog_seconds: float) -> None:
        self._address = address
        self._host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        self._port = port
        self._probes = 1 if workers == 1 else _PROBES * workers
        self._watchdog_seconds = watchdog_seconds

    def start(self, ending: threading.Event) -> None:
        threading.Thread(target=self._run, args=(ending,), name="notifier", daemon=True).start()

    def _run(self, ending: threading.Event) -> None:
        generation = 0
        while not ending.wait(_LOOK_SECONDS):
            found = self._ask()
            if found and found["status"] == "ok":
                send(self._address, "READY=1", _status(found))
                break
            if found and found["generation"] > generation:  # a first read moves
                generation = found["generation"]
                send(self._address, f"EXTEND_TIMEOUT_USEC={_READING_SECONDS * 1_000_000}", _status(found))
        pause = min(_STATUS_SECONDS, self._watchdog_seconds / 4 or _STATUS_SECONDS)
        while not ending.wait(pause):
            self._look()
        send(self._address, "STOPPING=1", "WATCHDOG=1", "STATUS=finishing the answers that are on their way")

    def _look(self) -> None:
        """Every process must answer, and whoever keeps the catalogue must have moved. A refresh that fails
        is no reason: a new start would serve less."""
        found: dict[str, Any] | None = None
        for _ in range(self._probes):
            found = self._ask()
            if found is None or (self._watchdog_seconds and found["idle_seconds"] >= self._watchdog_seconds):
                send(self._address, "STATUS=does not answer" if found is None else _status(found))
                return
        if found:
            send(self._address, "WATCHDOG=1", _status(found))

    def _ask(self) -> dict[str, Any] | None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request("GET", "/healthz")
            found = json.loads(connection.getresponse().read())
            return found if isinstance(found, dict) and "status" in found else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()


def _status(found: dict[str, Any]) -> str:
    state = "serving" if found["status"] == "ok" else found["status"]
    return f"STATUS={state}, {found['articles']:,} articles, {found['problems']:,} problems, refreshed {found['refreshed']}"
