"""The yardstick for streams: a GET is held open, and a POST writes one and the same frame to all that are.

python -m bench.fanning SIZE
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

OPEN = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
POSTED = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Connection(asyncio.Protocol):
    """Of a subscriber, or of one who posts."""

    def __init__(self, subscribers: set[asyncio.Transport], frame: bytes) -> None:
        self._subscribers, self._frame = subscribers, frame
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._held += data
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            return
        if self._held.startswith(b"GET"):
            self._subscribers.add(self._transport)
            self._transport.write(OPEN + chunk(b"retry: 1000\nid: 0.0\n\n"))
            self._held = b""
            return
        at = self._held.index(b"content-length: ") + 16
        if len(self._held) < end + 4 + int(self._held[at : self._held.index(b"\r", at)]):
            return
        self._held = b""
        for subscriber in self._subscribers:
            subscriber.write(self._frame)
        self._transport.write(POSTED)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio gives it
        self._subscribers.discard(self._transport)


async def main(size: int) -> None:
    frame = b"id: 1.1700000000\nevent: conversation:message\ndata: "
    frame = chunk(frame + b"x" * (size - len(frame) - 2) + b"\n\n")
    subscribers: set[asyncio.Transport] = set()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(subscribers, frame), "127.0.0.1", 0)
    print(f"Ready at http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        uvloop.run(main(int(sys.argv[1])))
    except KeyboardInterrupt:
        sys.exit(0)
