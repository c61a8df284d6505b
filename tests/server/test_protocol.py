"""What one connection may cost before anybody knows who it is, and what is HTTP and what is not."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from parhelion.cli.serve import run
from parhelion.server.assemble import Store
from parhelion.server.commands import Engines
from parhelion.server.http import protocol
from parhelion.server.rules.targets import Reach
from tests.live import Caller, Live, pages

HELLO = json.dumps({"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}).encode()


def line_to(live: Live) -> socket.socket:
    url = urlsplit(live.url)
    return socket.create_connection((url.hostname or "", url.port or 0), timeout=20)


def taken(line: socket.socket, piece: bytes, times: int) -> int:
    """How often a piece could be sent before the line was cut, or nobody took it any more."""
    for time in range(times):
        try:
            line.sendall(piece)
        except OSError:
            return time
    return times


def all_of(line: socket.socket) -> bytes:
    answer = b""
    try:
        while piece := line.recv(65536):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


def head(app: Caller, conversation: str, *more: str, length: int = len(HELLO)) -> bytes:
    lines = [
        f"POST {app.messages(conversation)} HTTP/1.1",
        "Host: here",
        f"Authorization: {app.basic()}",
        "Content-Type: application/json",
        *([f"Content-Length: {length}"] if length else []),
        "Connection: close" if not more else "X: y",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def memory(live: Live) -> int:
    status = Path(f"/proc/{live.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def test_an_endless_head_is_refused(live: Live) -> None:
    for start, more in ((b"GET / HTTP/1.1\r\n", b"x-a: " + b"b" * 1000 + b"\r\n"), (b"GET /", b"a" * 1000)):
        with line_to(live) as line:
            line.sendall(start)
            assert taken(line, more, 20_000) < 20_000
        assert Caller(live.url).get("/nothing").status == 404


def test_a_head_of_60_kb_is_taken(app: Caller) -> None:
    assert app.get(app.app, x_long="a" * 60_000).status == 200


def test_endless_trailers_are_refused(live: Live) -> None:
    with line_to(live) as line:
        line.sendall(b"POST /v2/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        assert taken(line, b"x-a: " + b"b" * 1000 + b"\r\n", 20_000) < 20_000


def test_a_tunnel_is_not_made(live: Live) -> None:
    with line_to(live) as line:
        line.sendall(b"CONNECT elsewhere:80 HTTP/1.1\r\nHost: elsewhere\r\n\r\n")
        assert all_of(line).startswith(b"HTTP/1.1 400")


def test_garbage_behind_a_request_is_not_answered_in_its_place(live: Live, app: Caller, conversation: str) -> None:
    with line_to(live) as line:
        line.sendall(head(app, conversation, "A: b") + HELLO + b"GARBAGE\r\n\r\n")
        assert b"HTTP/1.1 400" not in all_of(line)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is read from /proc")
def test_requests_without_end_whose_answers_nobody_reads_cost_no_memory(live: Live) -> None:
    before = memory(live)
    with line_to(live) as line:
        line.settimeout(1)
        assert taken(line, b"GET /v2/apps HTTP/1.1\r\nHost: a\r\n\r\n" * 1000, 1000) < 1000
    assert memory(live) - before < 20_000_000


def test_pipelined_requests_are_answered_in_their_order(live: Live, app: Caller, conversation: str) -> None:
    with line_to(live) as line:
        line.sendall((head(app, conversation, "A: b") + HELLO) * 20 + head(app, conversation) + HELLO)
        assert all_of(line).count(b"HTTP/1.1 201") == 21
    assert len(pages(app, conversation)) == 21


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("wants", ["h2c", "websocket", "TLS/1.0"])
def test_an_upgrade_is_not_made_and_its_request_is_answered(
    live: Live, app: Caller, conversation: str, wants: str, together: bool
) -> None:
    asked = head(app, conversation, f"Upgrade: {wants}", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMA")
    with line_to(live) as line:
        if together:
            line.sendall(asked + HELLO + head(app, conversation) + HELLO)
        else:
            line.sendall(asked)
            line.settimeout(0.2)
            with pytest.raises(TimeoutError):
                line.recv(1)  # it waits for the body
            line.settimeout(20)
            line.sendall(HELLO + head(app, conversation) + HELLO)
        assert all_of(line).count(b"HTTP/1.1 201") == 2


def test_what_comes_after_a_body_is_no_header(live: Live, app: Caller, conversation: str) -> None:
    chunked = head(app, conversation, "Transfer-Encoding: chunked", length=0)
    body = b"%x\r\n%b\r\n0\r\n" % (len(HELLO), HELLO)
    with line_to(live) as line:
        line.sendall(chunked + body + b"Authorization: Basic eDp5\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 201")
    secretly = chunked.replace(f"Authorization: {app.basic()}\r\n".encode(), b"")
    with line_to(live) as line:
        line.sendall(secretly + body + f"Authorization: {app.basic()}\r\n\r\n".encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize("name", ["Authorization", "Host", "Content-Type", "Idempotency-Key"])
def test_what_decides_is_said_once(live: Live, app: Caller, conversation: str, name: str) -> None:
    with line_to(live) as line:
        line.sendall(head(app, conversation, f"{name}: a", f"{name}: a", "Connection: close") + HELLO)
        answer = all_of(line)
    assert answer.startswith(b"HTTP/1.1 400")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["errors"][0]["title"] == f"{name.lower()}: should be given once"


@pytest.mark.parametrize(
    "raw", [b"GARBAGE\r\n\r\n", b"BREW /pot HTCPCP/1.0\r\n\r\n", "GET /é HTTP/1.1\r\n\r\n".encode()]
)
def test_what_is_not_http_is_refused_in_the_apis_words(live: Live, raw: bytes) -> None:
    with line_to(live) as line:
        line.sendall(raw)
        answer = all_of(line)
    assert answer.startswith(b"HTTP/1.1 400")
    assert [each["code"] for each in json.loads(answer.partition(b"\r\n\r\n")[2])["errors"]] == ["bad_request"]


def test_who_never_finishes_a_head_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_TIME", 0.5)

    async def story() -> list[bytes]:
        told: asyncio.Future[list[bytes]] = asyncio.get_running_loop().create_future()

        async def ready(url: str, engines: Engines) -> None:
            told.set_result(await asyncio.gather(*[said(url, start) for start in starts]))

        async def said(url: str, start: bytes) -> bytes:
            parts = urlsplit(url)
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(start)
            try:
                return await asyncio.wait_for(reader.read(), 10)
            except ConnectionResetError:
                return b""
            finally:
                writer.close()

        whole = b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
        starts = (b"", b"GET /v2", b"GET /v2/apps HTTP/1.1\r\nHost: a\r\n", whole + b"GET /v2")
        store = Store(tmp_path / "data")
        serving: asyncio.Task[Any] = asyncio.create_task(run("127.0.0.1", 0, store, None, Reach(), ready))
        answers = await told
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return answers

    *nothing, one = asyncio.run(story())
    assert nothing == [b"", b"", b""]
    assert one.count(b"HTTP/1.1 404") == 1
