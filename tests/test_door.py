"""The front door: what it answers by itself and what goes to the server behind are the same to the client."""

from __future__ import annotations

import asyncio
import http.client
import io
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from conftest import Maker
from newsroom import Newsroom, article

from feeds.door import Door
from feeds.lane import FastLane
from feeds.rawrequest import cleaned, parse
from feeds.relay import Owed
from feeds.web import create_app

PATHS = ("/feeds/rss.xml", "/feeds/feed.json?since=1", "/", "/s/a", "/feeds/tag/%D8%B3/atom.xml", "/%66eeds/rss.xml")
HEAD = b"GET /feeds/rss.xml HTTP/1.1\r\nHost: x\r\n"


# Feeds of about 400 kB, more than a socket takes at once.
BODY = "\n\n".join("نص طويل للتجربة " * 40 for _ in range(30))
FILES = {f"{name}.md": article(f"خبر {name}", body=BODY, tags="[س]", date="2025-04-01") for name in "abcdefghij"}


@pytest.fixture(scope="module")
def room(shared_newsroom: Maker) -> Newsroom:
    return shared_newsroom(FILES | {"x.png": b"\x89PNG\r\n\x1a\n"}, serve=True)


class _Reader(io.BufferedReader):
    def close(self) -> None:
        """Stays open: what it has read beyond one answer belongs to the next."""


class Client:
    """One connection; `ask` sends one request and reads its answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = _Reader(socket.SocketIO(self.socket, "rb"), 1 << 20)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return self._reader

    def ask(
        self, target: str = "/feeds/rss.xml", method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        self.send(target, method, **headers)
        return self.read(method)

    def send(self, target: str = "/feeds/rss.xml", method: str = "GET", **headers: str) -> None:
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in {"Host": "x", **headers}.items())
        self.socket.sendall(f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode())

    def read(self, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        response = http.client.HTTPResponse(self, method=method)  # type: ignore[arg-type]
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        assert len(headers) == len(response.getheaders()), "a header is sent twice"
        return response.status, headers, response.read()


@pytest.fixture
def visit() -> Iterator[Callable[[int], Client]]:
    """Makes clients of a port."""
    made: list[Client] = []

    def make(port: int) -> Client:
        made.append(Client(port))
        return made[-1]

    yield make
    for client in made:
        client.socket.close()


Visit = Callable[[int], Client]


@pytest.fixture
def client(room: Newsroom, visit: Visit) -> Client:
    return visit(room.port)


@pytest.fixture(scope="module")
def lane(shared_newsroom: Maker) -> FastLane:
    """Of an application in this process, whose main feed is ready."""
    app = create_app(shared_newsroom(FILES).config_path, watch=False)
    app.extensions["nashra"].site.answer("/feeds/rss.xml", int(time.time()))
    found = app.extensions["nashra.lane"]
    assert isinstance(found, FastLane)
    return found


@pytest.fixture
def door(lane: FastLane, tmp_path: Path) -> Iterator[Door]:
    """One in this process, with little patience; the server behind accepts everything and says nothing."""
    with socket.socket(socket.AF_UNIX) as inner:
        inner.bind(str(tmp_path / "inner"))
        inner.listen()
        door = Door(lane, socket.create_server(("127.0.0.1", 0)), str(tmp_path / "inner"), idle_seconds=0.5)
        door.open()
        yield door
        door.close()


def _same(one: tuple[int, dict[str, str], bytes], other: tuple[int, dict[str, str], bytes]) -> None:
    dates = [answer[1].pop("date") for answer in (one, other)]
    assert all(date.endswith(" GMT") for date in dates)
    assert one == other


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accepted", ["", "gzip", "br", "gzip, deflate, br"])
def test_the_door_and_the_server_behind_send_the_same(room: Newsroom, visit: Visit, path: str, accepted: str) -> None:
    headers = {"Accept_Encoding": accepted} if accepted else {}
    # A length, though it is of nothing, is more than the door reads.
    behind = visit(room.port).ask(path, **headers, Content_Length="0")
    assert behind[0] == 200
    _same(visit(room.port).ask(path, **headers), behind)
    headers["If_None_Match"] = behind[1]["etag"]
    unchanged = visit(room.port).ask(path, **headers, Content_Length="0")
    assert unchanged[0] == 304
    _same(visit(room.port).ask(path, **headers), unchanged)


def test_one_connection_goes_to_and_fro(client: Client) -> None:
    """Plain requests between those that go behind: answers come in order, each whole."""
    status, headers, body = client.ask()
    for _ in range(2):
        assert client.ask(If_None_Match=headers["etag"])[0] == 304
        assert client.ask(method="HEAD")[1]["content-length"] == str(len(body))
        assert client.ask(If_Modified_Since=headers["last-modified"])[0] == 304
        assert client.ask("/nothing")[0] == 404
        assert client.ask(If_None_Match=f'"other", {headers["etag"]}')[0] == 304
        assert client.ask("/media/x.png")[2] == b"\x89PNG\r\n\x1a\n"
        assert client.ask() == (status, {**headers, "date": client.ask()[1]["date"]}, body)
        assert client.ask("/healthz")[0] == 200


def test_many_requests_in_one_packet_are_answered_in_order(client: Client) -> None:
    post = b"POST /feeds/rss.xml HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    client.socket.sendall(HEAD + b"\r\n" + HEAD.replace(b"rss", b"none") + b"\r\n" + post)
    assert [client.read()[0] for _ in range(3)] == [200, 404, 405]


def test_more_is_asked_before_the_answer_from_behind_has_come(client: Client) -> None:
    client.send("/nothing")
    client.send()
    client.send("/none")
    assert [client.read()[0] for _ in range(3)] == [404, 200, 404]


class Behind(threading.Thread):
    """A server behind the door that answers what it is told, a while later, and writes down what it has got by then."""

    def __init__(self, path: Path, answer: bytes) -> None:
        super().__init__(daemon=True)
        self.got: list[bytes] = []
        self._answer = answer
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()

    def run(self) -> None:
        while True:
            try:
                one = self._listener.accept()[0]
            except OSError:
                return
            with one:
                while data := one.recv(65536):
                    time.sleep(0.03)
                    one.setblocking(False)
                    with suppress(BlockingIOError):
                        data += one.recv(65536)
                    one.setblocking(True)
                    self.got.append(data)
                    one.sendall(self._answer * data.count(b"\r\n\r\n"))

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class Dripping(Behind):
    """Sends 20 bytes, one every 0.1 seconds."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, b"x")

    def run(self) -> None:
        one = self._listener.accept()[0]
        with one:
            one.recv(65536)
            one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
            for _ in range(20):
                time.sleep(0.1)
                one.sendall(b"x")


@contextmanager
def _before(lane: FastLane, behind: Behind, idle_seconds: float = 75) -> Iterator[Door]:
    behind.start()
    listener = socket.create_server(("127.0.0.1", 0))
    door = Door(lane, listener, behind._listener.getsockname(), idle_seconds)
    door.open()
    try:
        yield door
    finally:
        door.close()
        behind.close()


@pytest.mark.parametrize("at_once", [True, False])
def test_the_server_behind_never_has_two_plain_requests_at_once(
    lane: FastLane, visit: Visit, tmp_path: Path, at_once: bool
) -> None:
    behind = Behind(tmp_path / "behind", b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
    targets = ["/one", "/feeds/rss.xml", "/two", "/three", "/feeds/rss.xml", "/feeds/rss.xml", "/four"]
    requests = [f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for target in targets]
    with _before(lane, behind) as door:
        client = visit(door.port)
        for piece in [b"".join(requests)] if at_once else requests:
            client.socket.sendall(piece)
            time.sleep(0.002)
        client.socket.shutdown(socket.SHUT_WR)
        for target in targets:
            status, _, body = client.read()
            assert (status, body == b"no") == ((200, False) if "feeds" in target else (404, True))
        assert client.socket.recv(1) == b""
    assert behind.got == [each for each in requests if b"feeds" not in each]


def test_an_answer_without_a_known_end_leaves_the_order_to_the_server_behind(
    lane: FastLane, visit: Visit, tmp_path: Path
) -> None:
    behind = Behind(tmp_path / "behind", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n")
    with _before(lane, behind) as door:
        client = visit(door.port)
        client.socket.sendall(b"".join(f"GET /{n} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for n in range(5)))
        assert [client.read()[2] for _ in range(5)] == [b"yes"] * 5
        client.socket.close()
    assert b"".join(behind.got).count(b"GET /") == 5 and behind.got[0].count(b"GET /") == 1


def test_a_packet_of_many_requests_is_answered_as_fast_as_the_client_reads(door: Door, visit: Visit) -> None:
    client = visit(door.port)
    body = client.ask()[2]
    client.socket.sendall((HEAD + b"\r\n") * 200)
    waiting = []
    for _ in range(20):
        time.sleep(0.01)
        waiting += [each.unsent_bytes() for each in door.visits]
    assert 0 < max(waiting) < 1_000_000 + 2 * len(body) < 100 * len(body)
    assert [client.read()[2] == body for _ in range(200)] == [True] * 200


def test_a_request_may_come_in_pieces(client: Client) -> None:
    for piece in (HEAD[:9], HEAD[9:], b"Accept-Encoding: gz", b"ip\r\n", b"\r\n"):
        client.socket.sendall(piece)
        time.sleep(0.01)
    status, headers, _ = client.read()
    assert (status, headers["content-encoding"]) == (200, "gzip")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_client_that_closes_its_half_reads_its_answer(client: Client, method: str) -> None:
    client.send(method=method)
    client.socket.shutdown(socket.SHUT_WR)
    assert client.read(method)[0] == 200
    assert client.socket.recv(1) == b""


@pytest.mark.parametrize("target", ["/none", "/search?q=x", "/s/a", "/feeds/rss.xml"])
@pytest.mark.parametrize("line", ["Connection: close", "Connection: close\r\nX_Y: 1", "Content-Length: 0"])
def test_whatever_was_asked_before_the_half_was_closed_is_answered(room: Newsroom, target: str, line: str) -> None:
    """granian alone would drop nine of ten."""
    for number in range(1 if "Length" in line else 8):
        with socket.create_connection(("127.0.0.1", room.port), timeout=10) as one:
            one.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nX: {number}\r\n{line}\r\n\r\n".encode())
            one.shutdown(socket.SHUT_WR)
            answer = b""
            while data := one.recv(65536):
                answer += data
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        assert (head[9:12], len(body)) == ({"/none": b"404", "/search?q=x": b"303"}.get(target, b"200"), length)


def test_http_2_is_spoken_behind_the_door(client: Client) -> None:
    client.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)))
    frame = client.socket.recv(9)
    assert frame[3] == 4, "the first frame is SETTINGS (RFC 9113 section 3.4)"


def test_a_client_that_reads_nothing_is_not_served_without_end(door: Door, visit: Visit) -> None:
    client = visit(door.port)
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    length = len(client.ask()[2])
    waiting = []
    for _ in range(40):
        client.send()
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.001), door.loop).result(5)  # each comes by itself
        waiting += [each.unsent_bytes() for each in door.visits]
    assert 0 < max(waiting) < 3 * length + 1_000_000 < 8 * length


def test_a_client_that_reads_late_gets_all_that_it_asked_for(client: Client) -> None:
    length = len(client.ask()[2])
    for _ in range(60):
        client.send()
        time.sleep(0.002)
    assert [len(client.read()[2]) for _ in range(60)] == [length] * 60


def test_what_many_ask_for_is_sent_out_of_a_file(door: Door, visit: Visit) -> None:
    client = visit(door.port)
    answers = [client.ask() for _ in range(6)]
    for _, headers, body in answers:
        assert headers["content-length"] == str(len(body)) and body == answers[0][2]
    assert len(door.files) == 1
    assert client.ask(If_None_Match=answers[0][1]["etag"])[0] == 304
    client.socket.close()
    end = time.monotonic() + 5
    while len(door.files) and time.monotonic() < end:
        time.sleep(0.01)
    assert not len(door.files), "nobody is there"


def test_what_the_socket_does_not_take_at_once_follows(client: Client) -> None:
    """Whole answers and short ones in order, whether they go by the file, by the transport, or begin in one and end in
    the other."""
    status, headers, body = [client.ask() for _ in range(4)][-1]
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    asked = [number % 3 == 0 for number in range(30)]
    for is_known in asked:
        client.send(**({"If_None_Match": headers["etag"]} if is_known else {}))
        time.sleep(0.002)
    for is_known in asked:
        answer = client.read()
        assert (answer[0], answer[2]) == ((304, b"") if is_known else (status, body))


@pytest.mark.parametrize("error", [BlockingIOError(), OSError(22, "not with such a file"), BrokenPipeError()])
def test_what_cannot_be_sent_out_of_a_file_is_sent_as_bytes(
    door: Door, visit: Visit, error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visit(door.port)
    body = [client.ask()[2] for _ in range(4)][-1]
    tried: list[int] = []

    def fails(*_: object) -> int:
        tried.append(1)
        raise error

    monkeypatch.setattr("os.sendfile", fails)
    assert [client.ask()[2] for _ in range(3)] == [body] * 3 and len(tried) == 3


def test_a_client_that_has_gone_leaves_nothing_behind(door: Door, visit: Visit) -> None:
    client = visit(door.port)
    for _ in range(4):
        client.ask()
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.send()
    client.socket.close()  # with a reset
    end = time.monotonic() + 5
    while door.visits and time.monotonic() < end:
        time.sleep(0.01)
    assert not door.visits and not len(door.files)
    assert visit(door.port).ask()[0] == 200


def test_an_answer_that_is_being_sent_is_finished_at_the_end(newsroom: Maker, visit: Visit) -> None:
    room = newsroom({"a.md": article("خبر", body="نص " * 200_000)}, serve=True)
    client = visit(room.port)
    length = int(client.ask(method="HEAD")[1]["content-length"])
    client.ask(Accept_Encoding="gzip")
    client.send()
    time.sleep(0.2)
    assert room._process is not None
    room._process.terminate()
    time.sleep(0.5)
    assert len(client.read()[2]) == length
    assert room._process.wait(5) == 0


def test_silent_connections_are_closed(door: Door, visit: Visit) -> None:
    client = visit(door.port)
    for _ in range(4):
        assert client.ask()[0] == 200
        time.sleep(0.2)
    assert client.socket.recv(1) == b""
    assert visit(door.port).socket.recv(1) == b"", "one that never asks is closed too"


def test_a_client_that_reads_slowly_is_no_silent_one(door: Door, visit: Visit) -> None:
    """The system takes megabytes at a time, and nothing for longer than the door's patience between them."""
    client = visit(door.port)
    length = len(client.ask()[2])
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    client.socket.sendall((HEAD + b"\r\n") * 20)
    left = 2 * length
    while left > 0:
        got = client.socket.recv(32768)
        assert got, f"ended {left} bytes too early"
        left -= len(got)
        time.sleep(0.06)


def test_a_long_answer_for_a_fast_client_is_no_silence(lane: FastLane, visit: Visit, tmp_path: Path) -> None:
    behind = Dripping(tmp_path / "behind")
    with _before(lane, behind, idle_seconds=0.5) as door:
        client = visit(door.port)
        client.send("/none")
        assert client.read()[2] == b"x" * 20


def test_where_nobody_is_behind_the_door_a_connection_is_closed(lane: FastLane, visit: Visit) -> None:
    door = Door(lane, socket.create_server(("127.0.0.1", 0)), "/nowhere")
    door.open()
    client = visit(door.port)
    client.send("/nothing")
    assert client.socket.recv(1) == b""
    door.close()


@pytest.mark.parametrize(
    "data",
    [
        HEAD,
        HEAD + b"\r\n" + HEAD + b"\r\n",
        HEAD + b"\r\nbody",
        b"GET /feeds/rss.xml HTTP/1.0\r\nHost: x\r\n\r\n",
        b"GET /feeds/rss.xml HTTP/1.1\r\n\r\n",
        b"GET http://x/feeds/rss.xml HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET  /feeds/rss.xml HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /feeds/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /feeds/rss.xml HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\r\n" + HEAD + b"\r\n",
        HEAD + b"Host: y\r\n\r\n",
        HEAD + b"Content-Length: 0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        HEAD + b"Connection: close\r\n\r\n",
        HEAD + b"Connection: keep-alive\r\nConnection: close\r\n\r\n",
        HEAD + b"Upgrade: h2c\r\n\r\n",
        HEAD + b"Expect: 100-continue\r\n\r\n",
        HEAD + b"X : y\r\n\r\n",
        HEAD + b"X: y\r\n folded\r\n\r\n",
        HEAD + b"X: y\nAccept-Encoding: br\r\n\r\n",
        HEAD + b"X: y\rz\r\n\r\n",
        HEAD + b"X: \x00\r\n\r\n",
        HEAD + b"no colon\r\n\r\n",
    ],
)
def test_the_door_reads_nothing_that_is_not_one_whole_plain_request(data: bytes) -> None:
    assert parse(data) is None


@pytest.mark.parametrize(
    "line",
    ["Range: bytes=0-1", "If-Match: *", "If-Modified-Since: x", "If-Range: x", "Accept-Encoding: br"],
)
def test_what_is_to_be_weighed_goes_behind(line: str) -> None:
    asked = parse(HEAD + f"Accept-Encoding: gzip\r\n{line}\r\n\r\n".encode())
    assert asked is not None and not asked.plain


@pytest.mark.parametrize(
    "method, pieces, states",
    [
        (b"GET", [b"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc"], ["whole"]),
        (
            b"GET",
            [b"HTTP/1.1 200 OK\r\ncontent-le", b"ngth: 3\r\n\r\na", b"b", b"c"],
            ["more", "more", "more", "whole"],
        ),
        (b"HEAD", [b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n"], ["whole"]),
        (b"GET", [b"HTTP/1.1 304 Not Modified\r\ncontent-length: 3\r\n\r\n"], ["whole"]),
        (b"GET", [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"], ["unclear"]),
        (b"GET", [b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\na"], ["unclear"]),
        (b"GET", [b"HTTP/1.1 100 Continue\r\n\r\n"], ["unclear"]),
        (b"GET", [b"HTTP/1.1 200 OK\r\n\r\n"], ["unclear"]),
        (b"GET", [b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab"], ["unclear"]),
    ],
)
def test_the_end_of_an_answer_is_known_or_said_to_be_unclear(
    method: bytes, pieces: list[bytes], states: list[str]
) -> None:
    owed = Owed(method)
    assert [owed.take(piece) for piece in pieces] == states


def test_whoever_comes_before_the_server_behind_is_there_waits_for_it(lane: FastLane, tmp_path: Path) -> None:
    door = Door(lane, socket.create_server(("127.0.0.1", 0)), str(tmp_path / "inner"))
    door.open()
    asked = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    try:
        with socket.create_connection(("127.0.0.1", door.port)) as client, socket.socket(socket.AF_UNIX) as inner:
            client.settimeout(0.3)
            client.sendall(asked)
            with pytest.raises(TimeoutError):  # neither an answer nor an end
                client.recv(1)
            client.settimeout(10)
            inner.bind(str(tmp_path / "inner"))
            inner.listen()
            behind = inner.accept()[0]
            assert behind.recv(1000) == asked
            behind.sendall(answer)
            assert client.recv(1000) == answer
            behind.close()
    finally:
        door.close()


# --- where a request ends ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pieces",
    [
        [b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHo", b"st: x\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\n\r\n"],
        [b"G", b"ET /1 HTTP/1.1\r\nHost: x\r\n\r", b"\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\n\r\n"],
        [
            b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
            b"POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nGET /n"
            b"GET /3 HTTP/1.1\r\nHost: x\r\n\r\n"
        ],
        [
            b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET http://x/2 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
            b"GET /3 HTTP/1.1\r\nHost: x\r\n\r\n"
        ],
    ],
)  # fmt: skip
def test_the_server_behind_has_one_whole_request_at_a_time(
    lane: FastLane, visit: Visit, tmp_path: Path, pieces: list[bytes]
) -> None:
    behind = Behind(tmp_path / "behind", b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
    with _before(lane, behind) as door:
        client = visit(door.port)
        for piece in pieces:
            client.socket.sendall(piece)
            time.sleep(0.05)
        assert [client.read()[0] for _ in range(3)] == [404, 404, 404]
    assert len(behind.got) == 3 and b"".join(behind.got) == b"".join(pieces)


def test_a_body_that_comes_late_is_no_request(lane: FastLane, visit: Visit, tmp_path: Path) -> None:
    behind = Behind(tmp_path / "behind", b"HTTP/1.1 405 No\r\nContent-Length: 2\r\n\r\nno")
    body = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    with _before(lane, behind) as door:
        client = visit(door.port)
        client.socket.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert client.read()[0] == 405
        client.socket.sendall(body)
        assert client.socket.recv(1) == b"", "it was answered before it was whole, which ends the connection"
    assert b"smuggled" not in b"".join(behind.got)


@pytest.mark.parametrize(
    "lines", [b"Transfer-Encoding: chunked", b"Content-Length: 3\r\nContent-Length: 3", b"Host: y", b"Expect: 100-continue",
              b"Content-Length: +3", b"Connection: x", b"Content-Length: 3\r\nTransfer-Encoding: chunked"],
)  # fmt: skip
def test_a_request_of_doubtful_extent_is_the_last(client: Client, lines: bytes) -> None:
    client.socket.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n\r\n")
    assert client.read()[0] in (400, 405)
    with suppress(ConnectionError):
        client.socket.sendall(b"3\r\nabc\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.socket.recv(1) == b""


def test_a_head_that_does_not_come_to_its_end_ends_the_connection(door: Door, visit: Visit) -> None:
    client, began = visit(door.port), time.monotonic()
    assert client.ask()[0] == 200
    with suppress(ConnectionError):
        for letter in b"GET /feeds/rss.xml HTTP/1.1\r\nX: " + b"x" * 100:
            client.socket.sendall(bytes([letter]))
            time.sleep(0.05)  # the longest silence is 0.5
    assert 0.2 < time.monotonic() - began < 3


def test_a_head_that_was_cut_off_is_nobody_s_request(client: Client) -> None:
    client.socket.sendall(HEAD)
    client.socket.shutdown(socket.SHUT_WR)
    began = time.monotonic()
    assert client.socket.recv(1) == b"" and time.monotonic() - began < 1


@pytest.mark.parametrize(
    "before",
    [
        b"", b"GET /none HTTP/1.1\r\nHost: x\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
        b"GET http://x/none HTTP/1.1\r\nHost: x\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_header_with_a_line_in_its_name_is_not_the_one_with_a_hyphen(
    room: Newsroom, before: bytes, version: bytes, at_once: bool
) -> None:
    """WSGI cannot tell them apart; a cache does, and would keep the answer for everybody."""
    told = room.get("/feeds/rss.xml")
    for lines in (
        b"Accept_Encoding: br", b"If_None_Match: " + told.headers["ETag"].encode(), b"Range: bytes=0-1\r\nIf_Match: \"x\"",
        b"A_Im: feed\r\nIf_None-Match: \"x\"", b"X_: 1\r\nIF-MODIFIED_SINCE: " + told.headers["Last-Modified"].encode(),
        b"accept_encoding: br\r\nY_z:\r\nAccept-Encoding: identity",
    ):  # fmt: skip
        head = b"GET /feeds/rss.xml HTTP/" + version + b"\r\nHost: x\r\n" + lines + b"\r\n\r\n"
        with socket.create_connection(("127.0.0.1", room.port), timeout=10) as one:
            client = Client.__new__(Client)
            client.socket, client._reader = one, _Reader(socket.SocketIO(one, "rb"), 1 << 20)
            for piece in (before + head,) if at_once else (before, head[:40], head[40:]):
                one.sendall(piece)
                time.sleep(0 if at_once else 0.02)
            if before:
                client.read(before.split()[0].decode())
            status, headers, body = client.read()
        assert (status, body) == (200, told.body), (lines, status)
        assert "content-encoding" not in headers


@pytest.mark.parametrize(
    ("data", "left"),
    [
        (b"GET /a_b HTTP/1.1\r\nHost: a_b\r\nA_b: c\r\nD-e: f_g\r\n\r\n", b"GET /a_b HTTP/1.1\r\nHost: a_b\r\nD-e: f_g\r\n\r\n"),
        (b"GET /a_b HTTP/1.1\nA_b: c\nA_b: d\nHost: x\n\na_b: d\n\n", b"GET /a_b HTTP/1.1\nHost: x\n\na_b: d\n\n"),
        (b"POST / HTTP/1.1\r\n_:\r\nX: y\r\n\r\nbody_of: it\r\n\r\n", b"POST / HTTP/1.1\r\nX: y\r\n\r\nbody_of: it\r\n\r\n"),
        (b"GET / HTTP/1.1\r\nX: y\r\n fol_ded: z\r\n\r\n", b"GET / HTTP/1.1\r\nX: y\r\n fol_ded: z\r\n\r\n"),
        (b"GET / HTTP/1.1\r\nno_colon\r\n\r\n", b"GET / HTTP/1.1\r\nno_colon\r\n\r\n"),
        (b"GET / HTTP/1.1\r\nX: " + b"a_b:" * 15000, b"GET / HTTP/1.1\r\nX: " + b"a_b:" * 15000),
    ],
)  # fmt: skip
def test_what_is_dropped_of_a_request(data: bytes, left: bytes) -> None:
    assert cleaned(data) == left


@pytest.mark.parametrize(
    "line", [b"_" * 60000, b"a_" * 30000 + b"\r", b"\n_" * 30000, b"\n" + b"_:" * 30000, b"_\r" * 30000]
)
def test_a_long_head_is_cleaned_in_linear_time(line: bytes) -> None:
    data = b"GET / HTTP/1.1\r\n" + line
    began = time.process_time()
    cleaned(data + b"\n\r\n")
    cleaned(data)
    assert time.process_time() - began < 1, "in quadratic time it is a minute"


def test_a_client_that_asks_for_http_2_in_passing_keeps_its_connection(client: Client) -> None:
    """As Java's and curl's do; the answer is one of HTTP/1.1."""
    more = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2_Settings": "AAMAAABkAAQAoAAAAAIAAAAA"}
    for _ in range(3):
        assert client.ask("/feeds/atom.xml", **more)[0] == 200
        assert client.ask()[0] == 200


@pytest.mark.parametrize("at_once", [True, False])
def test_an_empty_line_before_a_request_is_overlooked(
    lane: FastLane, visit: Visit, tmp_path: Path, at_once: bool
) -> None:
    """RFC 9112 section 2.2: old clients send one behind a body."""
    requests = [
        b"\r\nGET /a_b?x=1:2 HTTP/1.1\r\nHost: x\r\nA_b: c\r\n\r\n",
        b"\r\n\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
        b"\r\nGET /3 HTTP/1.1\r\nHost: x\r\nA_b: c\r\n\r\n", b"\r\nGET /feeds/rss.xml HTTP/1.1\r\nHost: x\r\n\r\n",
    ]  # fmt: skip
    behind = Behind(tmp_path / "behind", b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
    with _before(lane, behind) as door:
        client = visit(door.port)
        data = b"".join(requests)
        for piece in [data] if at_once else [bytes([each]) for each in data]:
            client.socket.sendall(piece)
            time.sleep(0.001)
        assert [client.read()[0] for _ in requests] == [404, 404, 404, 200]
    assert b"".join(behind.got) == b"".join(each.lstrip() for each in requests[:3]).replace(b"A_b: c\r\n", b"")
    assert at_once is False or len(behind.got) == 3


def test_a_head_that_is_too_long_is_refused(client: Client) -> None:
    with suppress(ConnectionError):
        client.socket.sendall(HEAD + b"X: " + b"x" * 66000 + b"\r\n")
        time.sleep(0.1)
        client.socket.sendall(b"Accept_Encoding: br\r\n\r\n")
    assert client.read()[0] == 431
    assert client.socket.recv(1) == b""


def test_a_slow_client_that_has_closed_its_half_gets_all_of_a_long_answer(newsroom: Maker, visit: Visit) -> None:
    room = newsroom({"a.md": article(), "x.mp3": b"ID3\3" + bytes(8_000_000)}, serve=True)
    for version, line in ((b"1.0", b""), (b"1.1", b"Connection: close\r\n")):
        client = visit(room.port)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.socket.sendall(b"GET /media/x.mp3 HTTP/" + version + b"\r\nHost: x\r\n" + line + b"\r\n")
        client.socket.shutdown(socket.SHUT_WR)
        got = len(client.socket.recv(65536))
        time.sleep(3)
        while data := client.socket.recv(65536):
            got += len(data)
        assert got > 8_000_004


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
@pytest.mark.parametrize("length", [100, 300_000, 3_000_000])
def test_who_sends_a_body_that_nobody_wants_reads_the_refusal(
    room: Newsroom, visit: Visit, version: bytes, length: int
) -> None:
    for _ in range(5):
        client = visit(room.port)
        client.socket.sendall(b"POST / HTTP/%s\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (version, length))
        with suppress(ConnectionError):
            client.socket.sendall(bytes(length))
        assert client.read()[0] == 405
