"""The yardstick for reading, and the other end for clients: uvicorn as the server runs it, over a dozen lines of ASGI.

A GET is answered with the bytes of a file, a POST of JSON with a message, any other POST with an attachment once its
body has been received.

    python -m bench.constant FILE
"""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from bench import sample


class Constant:
    def __init__(self, page: bytes) -> None:
        self._page = self._answer(200, page)
        self._posted = self._answer(201, sample.posted())
        self._uploaded = self._answer(201, sample.uploaded())

    @staticmethod
    def _answer(status: int, body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
        kind, length = (b"content-type", b"application/json; charset=utf-8"), (b"content-length", b"%d" % len(body))
        start = {"type": "http.response.start", "status": status, "headers": [kind, length]}
        return start, {"type": "http.response.body", "body": body}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        answer = self._page
        if scope["method"] == "POST":
            answer = self._posted if dict(scope["headers"]).get(b"content-type") == JSON else self._uploaded
            while (await receive()).get("more_body"):
                pass
        for part in answer:
            await send(part)


JSON = b"application/json"


async def main(page: bytes) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Constant(page), http="httptools", lifespan="off", access_log=False, log_config=None, server_header=False
    )
    server = uvicorn.Server(config)
    running = asyncio.ensure_future(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - it has nothing to wait for
        await asyncio.sleep(0.01)
    print(f"Ready at http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    await running


if __name__ == "__main__":
    try:
        uvloop.run(main(Path(sys.argv[1]).read_bytes()))
    except KeyboardInterrupt:
        sys.exit(0)
