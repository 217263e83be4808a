"""A process that has imported the service and waits: each command runs in a fork of it, which spares the second that
imports take. Run as a program it is that process; `Warm` is its other end."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = str(ROOT / "app.py")
LIKE_ANY = {"PATH", "HOME", "TMPDIR"}  # what else the environment says may be read by imports
_LONGEST = 1 << 16


class Warm:
    """Does what `subprocess.run` does with `python app.py …`, for one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def run(
        self, args: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str] | None:
        """None where a process of its own has to do it."""
        if not env.keys() <= LIKE_ANY or not self._lock.acquire(blocking=False):
            return None
        try:
            return self._run(args, cwd, env, timeout)
        finally:
            self._lock.release()

    def _run(
        self, args: Sequence[str], cwd: Path, env: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        connection = self._started()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            job = json.dumps({"argv": [APP, *args], "cwd": str(cwd), "env": dict(env)}).encode()
            socket.send_fds(connection, [job], [out.fileno(), err.fileno()])
            pid = int(connection.recv(_LONGEST))
            connection.settimeout(timeout)
            try:
                code = int(connection.recv(_LONGEST))
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                connection.settimeout(None)
                connection.recv(_LONGEST)
                raise subprocess.TimeoutExpired([APP, *args], timeout) from None
            connection.settimeout(None)
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess([APP, *args], code, _text(out.read()), _text(err.read()))

    def _started(self) -> socket.socket:
        if self._socket is None:
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()], cwd=ROOT,
                    env={name: value for name, value in os.environ.items() if name in LIKE_ANY},
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
        return self._socket

    def stop(self) -> None:
        if self._socket is not None and self._process is not None:
            self._socket.close()
            self._process.wait(10)
            self._socket = self._process = None


def _text(said: bytes) -> str:
    """As `subprocess` reads it, line ends too."""
    return said.decode().replace("\r\n", "\n").replace("\r", "\n")


def _job(connection: socket.socket) -> None:
    """Comes back in a fork that is to do a job, and never in the process that waits for jobs."""
    while True:
        message, fds, _, _ = socket.recv_fds(connection, _LONGEST, 2)
        if not message:
            os._exit(0)
        pid = os.fork()
        if not pid:
            job = json.loads(message)
            os.setsid()
            os.dup2(fds[0], 1)
            os.dup2(fds[1], 2)
            for each in (*fds, connection.detach()):
                os.close(each)
            os.environ.update(job["env"])
            os.chdir(job["cwd"])
            sys.argv = job["argv"]
            return
        for each in fds:
            os.close(each)
        connection.send(str(pid).encode())
        connection.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def _import_all() -> None:
    """What the commands import at once, what they import when they need it, and the words of dates."""
    import feeds.card
    import feeds.cli
    import feeds.export
    import feeds.publisher
    import feeds.web  # noqa: F401
    from feeds.dates import parse
    from feeds.problems import DateError

    with contextlib.suppress(DateError):
        parse("?", zone=UTC, language="ar")
    gc.collect()
    gc.freeze()  # a fork that ends need not look at it


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    _import_all()
    _job(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_path(APP, run_name="__main__")
