"""The load generator, against servers that answer in other ways than ours."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from bench.load import main

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


def run(answer: bytes, pieces: int = 1, **asked: Any) -> tuple[dict[str, Any], list[str]]:
    """What it found, and the heads that the server was sent."""
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
                size = -(-len(answer) // pieces)
                for start in range(0, len(answer), size):
                    writer.write(answer[start : start + size])
                    await writer.drain()
                    await asyncio.sleep(0)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def story() -> dict[str, Any]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        usual = {"connections": 1, "warm": 0.0, "seconds": 0.0, "authorization": "Basic eDp5", "method": "GET"}
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await main({**usual, "paths": ["/a"], "port": port, **asked})

    return asyncio.run(asyncio.wait_for(story(), 30)), heads


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED])
@pytest.mark.parametrize("pieces", [1, 2, 7, 50])
def test_an_answer_is_whole_when_its_end_has_come(answer: bytes, pieces: int) -> None:
    found, heads = run(answer, pieces, most=20)
    assert found["done"] == len(heads) == 20


def test_paths_are_taken_once_and_in_their_order() -> None:
    found, heads = run(PLAIN, paths=[f"/{each}" for each in range(10)], once=True, method="DELETE")
    assert [head.split()[1] for head in heads] == [f"/{each}" for each in range(10)]
    assert found["done"] == 10


def test_each_request_has_another_number() -> None:
    _, heads = run(PLAIN, paths=["/sent/{number}"], headers=["idempotency-key: {number}"], most=30, connections=3)
    paths = [head.split()[1] for head in heads]
    assert len(set(paths)) == len(paths) >= 30
    assert all(
        f"idempotency-key: {path.rpartition('/')[2]}\r\n" in head for path, head in zip(paths, heads, strict=True)
    )


def test_a_trace_says_when_answers_came() -> None:
    begun = time.monotonic()
    found, _ = run(PLAIN, most=5, trace=True)
    assert len(found["trace"]) == 5
    assert all(begun < at - took < at < time.monotonic() for at, took in found["trace"])


def test_another_answer_ends_it() -> None:
    with pytest.raises(RuntimeError, match="503 No"):
        run(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", most=5)
