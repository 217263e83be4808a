"""The front door of `serve`: reads requests off the socket and answers the fast lane's two kinds by itself.

Pollers send the same bytes again and again, so a request is parsed once and then known by its bytes. Whatever
is not one whole plain request that the fast lane can answer goes, byte for byte, to the WSGI server behind.
"""

from __future__ import annotations

import asyncio
import socket
import threading

import uvloop

from feeds.bodyfiles import BodyFiles
from feeds.lane import FastLane
from feeds.visit import Hall, Visit

IDLE_SECONDS = 75  # a connection on which nothing moves for so long is closed
LINGER_SECONDS = 25  # how long answers that are being sent may take after the end


class Door:
    """Listens on a socket in a thread of its own, from `open` to `close`."""

    def __init__(self, lane: FastLane, listener: socket.socket, inner: str, idle_seconds: float = IDLE_SECONDS) -> None:
        """`inner` is the path of the local socket on which the server behind listens."""
        self.loop = uvloop.new_event_loop()
        self._hall = Hall(lane, self.loop, inner)
        self.port = int(listener.getsockname()[1])
        self._listener = listener
        self._idle_seconds = idle_seconds
        self._thread = threading.Thread(target=lambda: self.loop.run_until_complete(self._serve()), daemon=True)

    def open(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Takes no more connections and ends the idle ones, at once."""
        self.loop.call_soon_threadsafe(self._hall.ending.set)

    def close(self) -> None:
        """Ends, and waits for answers that are being sent."""
        self.end()
        self._thread.join(LINGER_SECONDS + 1)

    @property
    def visits(self) -> set[Visit]:
        return self._hall.visits

    @property
    def files(self) -> BodyFiles:
        return self._hall.files

    async def _serve(self) -> None:
        server = await self.loop.create_server(lambda: Visit(self._hall), sock=self._listener, backlog=1024)
        while not self._hall.ending.is_set():
            try:
                await asyncio.wait_for(self._hall.ending.wait(), self._idle_seconds / 5)
            except TimeoutError:
                self.files.tidy()
                for visit in list(self.visits):
                    visit.look_after()
        server.close()
        for visit in list(self.visits):
            visit.finish()
        end = self.loop.time() + LINGER_SECONDS
        while self.visits and self.loop.time() < end:
            await asyncio.sleep(0.02)
        for visit in list(self.visits):
            visit.abort()  # else the server behind waits for those clients
        await asyncio.sleep(0.02)
        self.files.clear()
