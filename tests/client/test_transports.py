"""Both transports over real sockets, with servers that behave well and badly."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from parhelion import AsyncHttpTransport, HttpTransport, NoAnswer, Request, Response, Timeout, UploadFile
from parhelion.client import Headers
from parhelion.client.uploads import Multipart
from tests.client.support import Peer, polite, serving

CERTIFICATE = Path(__file__).with_name("localhost.pem")
QUICK = Timeout(connect=2, read=0.1)
USUAL = Timeout(connect=5, read=5)
MUCH = b"0123456789abcdef" * 2**20  # more than any socket holds

Send = Callable[..., Response]


class Sync:
    def __init__(self, **options: Any) -> None:
        self.transport = HttpTransport(**{"proxy": False} | options)

    def send(self, request: Request, timeout: Timeout = USUAL) -> Response:
        return self.transport.send(request, timeout)

    def close(self) -> None:
        self.transport.close()


class Async:
    """The same, for a test that does not care how it is done."""

    def __init__(self, **options: Any) -> None:
        self.transport = AsyncHttpTransport(**{"proxy": False} | options)
        self.runner = asyncio.Runner()

    def send(self, request: Request, timeout: Timeout = USUAL) -> Response:
        return self.runner.run(self.transport.send(request, timeout))

    def close(self) -> None:
        """Close the connections; the event loop ends with the test."""
        self.runner.run(self.transport.close())


@pytest.fixture(params=[Sync, Async])
def kind(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Makes transports."""
    with contextlib.ExitStack() as stack:

        def make(**options: Any) -> Any:
            made = request.param(**options)
            if request.param is Async:
                stack.enter_context(made.runner)
            stack.callback(made.close)
            return made

        yield make


@pytest.fixture
def transport(kind: Any) -> Any:
    return kind()


def get(origin: str, *, harmless: bool = True) -> Request:
    return Request("GET", origin, "/v2/x?y=1", Headers(accept="application/json"), harmless=harmless)


def post(origin: str, body: Any = b"{}", *, harmless: bool = False) -> Request:
    upload = Multipart("source", body) if not isinstance(body, bytes) or len(body) > 1000 else None
    length = len(body) if upload is None else upload.length
    framing = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    return Request("POST", origin, "/v2/x", Headers(framing), upload or body, harmless)


# What goes well


def test_a_request_is_what_it_says(transport: Any) -> None:
    seen: list[Any] = []

    def handle(peer: Peer) -> None:
        seen.append(peer.request())
        peer.answer('{"a":1}', "201 Created", "X-Request-Id: r1", "Vary: a", "Vary: b")
        seen.append(peer.request())
        peer.answer()

    with serving(handle) as server:
        answer = transport.send(get(server.origin))
        assert (answer.status, answer.body) == (201, b'{"a":1}')
        assert answer.headers["x-request-id"] == "r1"
        assert answer.headers["vary"] == "a, b"
        transport.send(post(server.origin, b"abc"))
        transport.close()
    assert seen[0] == (
        ["GET /v2/x?y=1 HTTP/1.1", f"host: 127.0.0.1:{server.port}", "accept: application/json"],
        b"",
    )
    assert seen[1][1] == b"abc"
    assert server.connections == 1


@pytest.mark.parametrize(
    "written",
    [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
        "HTTP/1.1 100 Wait\r\n\r\nHTTP/1.1 103 Wait\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcd",
        "HTTP/1.0 200 OK\r\n\r\nabcd",
        "HTTP/1.1 200 \r\nContent-Length: 4\r\n\r\nabcd",
    ],
)
def test_an_answer_may_be_written_in_many_ways(transport: Any, written: str) -> None:
    def handle(peer: Peer) -> None:
        if peer.request()[0]:
            for character in written:
                peer.say(character)

    with serving(handle) as server:
        for _ in range(2):
            answer = transport.send(get(server.origin))
            assert (answer.status, answer.body) == (200, b"abcd")
            assert "link" not in answer.headers
        transport.close()


def test_an_answer_may_have_no_body(transport: Any) -> None:
    def handle(peer: Peer) -> None:
        while peer.request()[0]:
            peer.say("HTTP/1.1 204 No Content\r\n\r\n")

    with serving(handle) as server:
        assert [transport.send(get(server.origin)).status for _ in range(2)] == [204, 204]
        transport.close()
    assert server.connections == 1


def test_a_connection_that_the_server_closes_is_not_used_again(transport: Any) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.answer("{}", "200 OK", "Connection: close")

    with serving(handle) as server:
        for _ in range(3):
            assert transport.send(post(server.origin)).status == 200
    assert server.connections == 3


def test_a_redirect_is_not_followed(transport: Any) -> None:
    def handle(peer: Peer) -> None:
        while peer.request()[0]:
            peer.answer("", "302 Found", "Location: /elsewhere")

    with serving(handle) as server:
        assert transport.send(get(server.origin)).status == 302
        transport.close()
    assert server.connections == 1


@pytest.mark.parametrize("source", [MUCH, [MUCH[:100_000]] * 3, (b"a", b"b"), b"x" * 1001])
def test_a_file_arrives_whole(transport: Any, source: Any) -> None:
    arrived: list[bytes] = []

    def handle(peer: Peer) -> None:
        while True:
            head, body = peer.request()
            if not head:
                return
            arrived.append(body)
            peer.answer()

    with serving(handle) as server:
        request = post(server.origin, source)
        transport.send(request)
        transport.send(get(server.origin))
        transport.close()
    assert isinstance(request.body, Multipart)
    whole = source if isinstance(source, bytes) else b"".join(source)
    assert arrived[0] == request.body.head + whole + request.body.tail
    assert server.connections == 1


def test_progress_is_told_while_a_file_goes(transport: Any, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    path = tmp_path / "x.bin"
    path.write_bytes(MUCH[:200_000])
    with serving(polite) as server:
        transport.send(post(server.origin, UploadFile(path, progress=lambda *each: told.append(each))))
        transport.close()
    assert told[0] == (0, 200_000)
    assert told[-1] == (200_000, 200_000)
    assert told == sorted(told)


# What goes wrong before anything is done


def test_nobody_listens(transport: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NoAnswer, match="No connection to http://127") as error:
        transport.send(post(f"http://127.0.0.1:{port}"))
    assert not error.value.sent


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "..", "no-such-host.invalid"])
def test_there_is_no_such_host(transport: Any, host: str) -> None:
    with pytest.raises(NoAnswer) as error:
        transport.send(get(f"http://{host}"))
    assert not error.value.sent


def test_a_server_that_stops_listening_has_not_done_it(transport: Any) -> None:
    done = threading.Event()

    def handle(peer: Peer) -> None:
        peer.head()
        done.wait(5)

    with serving(handle) as server:
        with pytest.raises(NoAnswer) as error:
            transport.send(post(server.origin, MUCH), QUICK)
        done.set()
    assert not error.value.sent


def test_a_server_that_goes_while_it_is_told_has_not_done_it(transport: Any) -> None:
    def handle(peer: Peer) -> None:
        peer.head()
        peer.reset()

    with serving(handle) as server:
        with pytest.raises(NoAnswer) as error:
            transport.send(post(server.origin, MUCH))
    assert not error.value.sent


# What goes wrong when it may have been done


@pytest.mark.parametrize(
    "said",
    [
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/1.1 what OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: " + "x" * 200_000 + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\n" + "".join(f"X-{n}: {'x' * 1000}\r\n" for n in range(1000)) + "\r\n",
    ],
    ids=[
        "nothing",
        "short",
        "short chunks",
        "no chunks",
        "half a head",
        "half a line",
        "ssh",
        "no status",
        "long",
        "many",
    ],
)
@pytest.mark.parametrize("used", [False, True])
def test_an_answer_that_is_none(transport: Any, said: str, used: bool) -> None:
    def handle(peer: Peer) -> None:
        if used:
            peer.request()
            peer.answer()
        if peer.request()[0]:
            peer.say(said)

    with serving(handle) as server:
        if used:
            transport.send(get(server.origin))
        with pytest.raises(NoAnswer, match=r"127\.0\.0\.1") as error:
            transport.send(post(server.origin))
    assert error.value.sent
    assert server.connections == 1


@pytest.mark.parametrize("said", ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
def test_a_silence_has_an_end(transport: Any, said: str) -> None:
    done = threading.Event()

    def handle(peer: Peer) -> None:
        peer.request()
        peer.say(said)
        done.wait(5)

    with serving(handle) as server:
        with pytest.raises(NoAnswer, match=r"timed out|nothing came for 0.1 s") as error:
            transport.send(get(server.origin), QUICK)
        done.set()
    assert error.value.sent
    assert server.connections == 1


# Connections that have died meanwhile


def test_an_idle_connection_that_was_closed_is_replaced(transport: Any) -> None:
    closed = threading.Event()

    def handle(peer: Peer) -> None:
        peer.request()
        peer.answer()
        peer.close()
        closed.set()

    with serving(handle) as server:
        for _ in range(3):
            assert transport.send(post(server.origin)).status == 200
            assert closed.wait(5)
            closed.clear()
    assert server.connections == 3


@pytest.mark.parametrize("end", [Peer.close, Peer.reset])
def test_a_used_connection_that_dies_is_replaced_once_if_nothing_is_lost(transport: Any, end: Any) -> None:
    asked: list[str] = []

    def handle(peer: Peer) -> None:
        for number in range(2):
            head, _ = peer.request()
            if not head:
                return
            asked.append(head[0].split()[0])
            if number:
                end(peer)
                return
            peer.answer()

    with serving(handle) as server:
        transport.send(get(server.origin))
        assert transport.send(get(server.origin)).status == 200
        assert (asked, server.connections) == (["GET"] * 3, 2)
        with pytest.raises(NoAnswer) as error:
            transport.send(post(server.origin))
        transport.close()
    assert error.value.sent
    assert asked.count("POST") == 1


def test_a_new_connection_that_dies_is_not_replaced(transport: Any) -> None:
    with serving(lambda peer: peer.request()) as server:
        with pytest.raises(NoAnswer):
            transport.send(get(server.origin))
    assert server.connections == 1


# Answers that come early


@pytest.mark.parametrize("end", ["close", "reset later", "stay"])
@pytest.mark.parametrize("source", [MUCH, [MUCH]])
def test_an_answer_may_come_before_all_is_told(transport: Any, end: str, source: Any) -> None:
    done = threading.Event()

    def handle(peer: Peer) -> None:
        peer.head()
        peer.answer("no", "413 Payload Too Large")
        if end == "stay":
            done.wait(5)
        elif end == "reset later":
            done.wait(0.05)

    with serving(handle) as server:
        answer = transport.send(post(server.origin, source))
        done.set()
        assert (answer.status, answer.body) == (413, b"no")
    assert server.connections == 1


def test_after_an_early_answer_the_connection_is_not_used_again(transport: Any) -> None:
    first = threading.Event()

    def handle(peer: Peer) -> None:
        if not first.is_set():
            first.set()
            peer.head()
            peer.answer("no", "413 Payload Too Large")
            listen(peer)
        else:
            polite(peer)

    with serving(handle) as server:
        assert transport.send(post(server.origin, MUCH)).status == 413
        assert transport.send(get(server.origin)).status == 200
        transport.close()
    assert server.connections == 2


# What is the caller's


def listen(peer: Peer) -> None:
    with contextlib.suppress(OSError):
        while peer.sock.recv(65536):
            pass


def test_trouble_with_the_file_is_not_trouble_with_the_network(transport: Any, tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x"
        raise ConnectionResetError("the disk, not the net")

    path = tmp_path / "x.bin"
    path.write_bytes(b"x" * 10)
    with serving(listen) as server:
        with pytest.raises(ConnectionResetError, match="disk"):
            transport.send(post(server.origin, broken()))
        request = post(server.origin, path)
        path.write_bytes(b"")
        with pytest.raises(ValueError, match="shorter"):
            transport.send(request)
        with pytest.raises(IsADirectoryError):
            transport.send(post(server.origin, tmp_path))


def test_a_closed_client_is_closed(transport: Any) -> None:
    with serving(polite) as server:
        transport.send(get(server.origin))
        transport.close()
        with pytest.raises(RuntimeError, match="closed"):
            transport.send(get(server.origin))


# TLS


@pytest.fixture
def certified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
def trusting(kind: Any) -> Any:
    return kind(ssl_context=ssl.create_default_context(cafile=str(CERTIFICATE)))


def test_tls_is_spoken_and_kept(trusting: Any, certified: ssl.SSLContext) -> None:
    with serving(polite, certified) as server:
        for _ in range(3):
            assert trusting.send(post(server.origin, MUCH)).status == 200
        trusting.close()
    assert server.connections == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(transport: Any, certified: ssl.SSLContext) -> None:
    with serving(polite, certified) as server:
        with pytest.raises(NoAnswer, match="CERTIFICATE_VERIFY_FAILED") as error:
            transport.send(get(server.origin))
    assert not error.value.sent


def test_a_certificate_for_another_name_is_refused(trusting: Any, certified: ssl.SSLContext) -> None:
    with serving(polite, certified) as server:
        with pytest.raises(NoAnswer, match="certificate"):
            trusting.send(get(server.origin.replace("localhost", "127.0.0.1")))


def test_a_server_that_does_not_speak_tls_is_refused(trusting: Any) -> None:
    with serving(lambda peer: peer.say("HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        with pytest.raises(NoAnswer) as error:
            trusting.send(get(f"https://localhost:{server.port}"))
    assert not error.value.sent


def test_a_handshake_that_does_not_end_is_ended(trusting: Any) -> None:
    done = threading.Event()
    with serving(lambda peer: done.wait(5)) as server:
        with pytest.raises(NoAnswer) as error:
            trusting.send(get(f"https://localhost:{server.port}"), Timeout(connect=0.1, read=5))
        done.set()
    assert not error.value.sent


def test_an_early_answer_is_seen_under_tls(trusting: Any, certified: ssl.SSLContext) -> None:
    def handle(peer: Peer) -> None:
        peer.head()
        peer.answer("no", "413 Payload Too Large")
        listen(peer)

    with serving(handle, certified) as server:
        assert trusting.send(post(server.origin, MUCH)).status == 413


# Proxies


def test_http_goes_through_a_proxy_by_its_whole_address(kind: Any) -> None:
    seen: list[list[str]] = []

    def handle(peer: Peer) -> None:
        while head := peer.request()[0]:
            seen.append([line.lower() for line in head])
            peer.answer("{}", "200 OK")

    with serving(handle) as proxy:
        through = kind(proxy=f"http://ann:p%40ss@127.0.0.1:{proxy.port}")
        assert [through.send(get("http://example.invalid")).status for _ in range(2)] == [200, 200]
        through.close()
    for head in seen:
        assert head[0] == "get http://example.invalid/v2/x?y=1 http/1.1"
        assert "host: example.invalid" in head
        assert "proxy-authorization: basic yw5uonbac3m=" in head
    assert proxy.connections == 1


def test_https_goes_through_a_proxys_connect(kind: Any, certified: ssl.SSLContext) -> None:
    seen: list[list[str]] = []

    def handle(peer: Peer) -> None:
        head = peer.head()
        seen.append(head)
        peer.say("HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", int(head[0].split()[1].rpartition(":")[2]))) as further:
            there = threading.Thread(target=pump, args=(further, peer.sock))
            there.start()
            pump(peer.sock, further)
            there.join()

    with serving(polite, certified) as server, serving(handle) as proxy:
        through = kind(
            proxy=f"http://ann:x@127.0.0.1:{proxy.port}",
            ssl_context=ssl.create_default_context(cafile=str(CERTIFICATE)),
        )
        assert [through.send(post(server.origin, MUCH)).status for _ in range(2)] == [200, 200]
        through.close()
    [head] = seen
    assert head[0] == f"CONNECT localhost:{server.port} HTTP/1.1"
    assert "proxy-authorization: Basic YW5uOng=" in [
        f"{a.lower()}:{b}" for a, _, b in (line.partition(":") for line in head)
    ]
    assert (server.connections, proxy.connections) == (1, 1)


def pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("answer", ["HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n", "", "SSH-2.0\r\n"])
def test_a_proxy_that_refuses_was_not_asked_to_do_anything(kind: Any, answer: str) -> None:
    def handle(peer: Peer) -> None:
        peer.head()
        peer.say(answer)

    with serving(handle) as proxy:
        through = kind(proxy=f"http://ann:hush@127.0.0.1:{proxy.port}")
        with pytest.raises(NoAnswer) as error:
            through.send(post("https://example.invalid"))
        through.close()
    assert not error.value.sent
    assert "hush" not in str(error.value)


def test_the_environment_names_a_proxy_and_who_needs_none(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(polite) as proxy, serving(polite) as server:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "127.0.0.1,.internal")
        through = kind(proxy=None)
        assert through.send(get("http://example.invalid")).status == 200
        assert (proxy.connections, server.connections) == (1, 0)
        assert through.send(get(server.origin)).status == 200
        assert (proxy.connections, server.connections) == (1, 1)
        through.close()


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "https://proxy", "http://", "http://x:hush@:port"])
def test_a_proxy_we_do_not_speak_with_is_refused(transport: Any, kind: Any, proxy: str) -> None:
    through = kind(proxy=proxy)
    with pytest.raises(ValueError, match="proxy") as error:
        through.send(get("http://example.invalid"))
    through.close()
    assert "hush" not in str(error.value)
