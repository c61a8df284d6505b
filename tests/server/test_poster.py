"""Posting events over real sockets: to receivers that behave, and to those that do not or must not be called."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop

from parhelion.server.dispatch.posting import (
    BODY,
    CONNECTIONS,
    KEPT,
    LOOKUPS,
    LOOKUPS_EACH,
    MOMENT,
    ORIGINS,
    Answer,
    Poster,
)
from parhelion.server.rules.targets import OUTSIDE, Reach
from tests.client.support import Peer, Server, polite, serving

CERTIFICATE = Path(__file__).parent.parent / "client" / "localhost.pem"
HERE = Reach(loopback=True)
SAID = {"content-type": "application/json", "x-api-key": "the secret", "webhook-id": "e1"}
EVENT = b'{"events":[]}'

Test = Callable[[Poster], Awaitable[Any]]
Play = Callable[..., Any]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def play(request: pytest.FixtureRequest) -> Iterator[Play]:
    """Runs a story with a poster of its own, on either event loop; nothing may be left open."""
    with asyncio.Runner(loop_factory=request.param) as runner:

        def run(story: Test, reach: Reach = HERE, **options: Any) -> Any:
            async def whole() -> Any:
                poster = Poster(reach, **{"timeout": 5.0} | options)
                try:
                    return await story(poster)
                finally:
                    await poster.close()

            return runner.run(whole())

        yield run


def once(target: str) -> Test:
    async def story(poster: Poster) -> Answer:
        return await poster.post(target, SAID, EVENT)

    return story


def names(*addresses: str) -> Callable[[str, int], Awaitable[list[str]]]:
    """Every name stands for these addresses."""

    async def resolve(name: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


def until(done: threading.Event, *said: bytes) -> Callable[[Peer], None]:
    """Takes a request, says something, and then nothing until the test is over."""

    def handle(peer: Peer) -> None:
        peer.request()
        for piece in said:
            peer.say(piece)
        assert done.wait(20)

    return handle


@pytest.fixture
def done() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


# What goes well


def test_an_event_arrives_as_it_was_signed(play: Play) -> None:
    seen: list[Any] = []

    def handle(peer: Peer) -> None:
        seen.append(peer.request())
        peer.answer('{"ok":true}', "202 Accepted", "Retry-After: 7", "X-A: 1", "X-A: 2")

    with serving(handle) as server:
        answer = play(once(f"{server.origin}/hook/b\N{LATIN SMALL LETTER U WITH DIAERESIS}?a=%20b&c#part"))
    assert (answer.status, answer.body, answer.error) == (202, b'{"ok":true}', None)
    assert 0 <= answer.seconds < 5
    assert ("retry-after", "7") in answer.headers
    assert [value for name, value in answer.headers if name == "x-a"] == ["1", "2"]
    head, body = seen[0]
    assert head[0] == "POST /hook/b%C3%BC?a=%20b&c HTTP/1.1"
    assert set(head[1:]) == {
        f"host: 127.0.0.1:{server.port}",
        f"content-length: {len(EVENT)}",
        "accept-encoding: identity",
        "content-type: application/json",
        "x-api-key: the secret",
        "webhook-id: e1",
    }
    assert body == EVENT


def test_a_connection_is_kept_and_used_again(play: Play) -> None:
    async def story(poster: Poster) -> None:
        for path in ("/a", "/b", "/a"):
            assert (await poster.post(server.origin + path, SAID, EVENT)).status == 200

    with serving(polite) as server:
        play(story)
    assert server.connections == 1


def test_a_kept_connection_does_not_wear_out(play: Play) -> None:
    """What may be heard is counted for each answer anew."""

    def handle(peer: Peer) -> None:
        while peer.request()[0]:
            peer.answer("a" * BODY)

    async def story(poster: Poster) -> None:
        for _ in range(50):
            assert (await poster.post(server.origin, SAID, EVENT)).body == b"a" * BODY

    with serving(handle) as server:
        play(story)
    assert server.connections == 1


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 400, 404, 410, 429, 500, 503, 599])
def test_every_status_is_an_answer(play: Play, status: int) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say(f"HTTP/1.1 {status} \r\nConnection: close\r\n\r\n")

    with serving(handle) as server:
        answer = play(once(server.origin))
    assert (answer.status, answer.error) == (status, None)


def test_news_on_the_way_to_an_answer_is_passed_by(play: Play) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        peer.answer("late")

    with serving(handle) as server:
        answer = play(once(server.origin))
    assert (answer.status, answer.body) == (200, b"late")


def test_a_name_is_called_where_it_stands_and_by_its_name(play: Play) -> None:
    seen: list[Any] = []

    def handle(peer: Peer) -> None:
        seen.append(peer.request())
        peer.answer()

    with serving(handle) as server:
        target = f"http://Bot.Example.org.:{server.port}/"
        assert play(once(target), resolve=names("127.0.0.1")).status == 200
    assert f"host: bot.example.org:{server.port}" in seen[0][0]


def test_the_system_is_asked_where_a_name_stands(play: Play) -> None:
    with serving(polite) as server:
        assert play(once(f"http://localhost:{server.port}/")).status == 200
    assert server.connections == 1


def test_a_name_is_looked_up_once_for_all_who_ask_at_the_same_time(
    play: Play, monkeypatch: pytest.MonkeyPatch, done: threading.Event
) -> None:
    """A lookup holds a thread until it ends; who stops waiting for it leaves it to the others."""
    asked: list[str] = []
    begun = threading.Event()

    def slow(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        begun.set()
        assert done.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    async def story(poster: Poster) -> None:
        target = f"http://bot.example.org:{server.port}/"
        posts = [asyncio.ensure_future(poster.post(target, SAID, EVENT)) for _ in range(20)]
        assert await asyncio.to_thread(begun.wait, 5)
        posts.pop(0).cancel()
        done.set()
        assert {answer.status for answer in await asyncio.gather(*posts)} == {200}

    with serving(polite) as server:
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        play(story)
    assert asked == ["bot.example.org"]


def test_an_app_whose_names_hang_delays_nobody_else(
    play: Play, monkeypatch: pytest.MonkeyPatch, done: threading.Event
) -> None:
    asked: list[str] = []

    def slow(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        assert host == "bot.example.org" or done.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    async def story(poster: Poster) -> None:
        def post(name: str, app: str) -> asyncio.Future[Answer]:
            return asyncio.ensure_future(poster.post(f"http://{name}.example.org:{server.port}/", SAID, EVENT, app))

        theirs = [post(f"n{number}", "theirs") for number in range(2 * LOOKUPS)]
        while len(asked) < LOOKUPS_EACH:  # noqa: ASYNC110 - threads say it
            await asyncio.sleep(0.005)
        assert (await post("bot", "ours")).status == 200
        assert len(asked) == LOOKUPS_EACH + 1
        theirs.pop().cancel()
        done.set()
        assert {answer.status for answer in await asyncio.gather(*theirs)} == {200}
        assert len(asked) == 2 * LOOKUPS

    with serving(polite) as server:
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        play(story)


def test_when_an_address_does_not_answer_the_next_one_is_called(play: Play) -> None:
    with serving(polite) as server:
        target = f"http://bot.example.org:{server.port}/"
        assert play(once(target), resolve=names("127.0.0.2", "::1", "127.0.0.1", "127.0.0.1")).status == 200


# Where events must not go


INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "::1",
    "::ffff:127.0.0.1",
    "fe80::1%lo",
    "0.0.0.0",
    "fd00:ec2::254",
]


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_stands_inside_is_not_called(play: Play, address: str) -> None:
    """The name is innocent when the webhook is written; what it stands for is known only now."""
    with serving(polite) as server:
        answer = play(once(f"http://bot.example.org:{server.port}/"), OUTSIDE, resolve=names(address))
    assert (answer.status, server.connections) == (None, 0)
    assert answer.error == "bot.example.org leads inside: this server sends no events there"


def test_one_address_inside_refuses_the_whole_name(play: Play) -> None:
    with serving(polite) as server:
        target = f"http://bot.example.org:{server.port}/"
        for addresses in (["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"]):
            answer = play(once(target), HERE, resolve=names(*addresses))
            assert answer.error == "bot.example.org leads inside: this server sends no events there"
    assert server.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"])
def test_an_address_inside_is_not_called_however_it_is_spelled(play: Play, host: str) -> None:
    with serving(polite) as server:
        answer = play(once(f"http://{host}:{server.port}/"), OUTSIDE)
    assert (answer.status, server.connections) == (None, 0)
    assert ("leads inside" if host == "localhost" else "an address of this machine") in answer.error


def test_a_name_that_moves_inside_after_it_was_judged_is_called_where_it_was_judged(play: Play) -> None:
    """DNS rebinding: the answer is another one every time, and the second one is never asked for."""
    asked: list[str] = []

    async def rebinding(name: str, port: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    async def story(poster: Poster) -> None:
        assert (await poster.post(target, SAID, EVENT)).status == 200
        assert len(asked) == 1
        answer = await poster.post(target, SAID, EVENT)
        assert answer.status is None
        assert "leads inside" in str(answer.error)

    def handle(peer: Peer) -> None:
        peer.request()
        peer.answer("{}", "200 OK", "Connection: close")

    with serving(handle) as server:
        target = f"http://bot.example.org:{server.port}/"
        play(story, resolve=rebinding)
    assert server.connections == 1


@pytest.mark.parametrize("resolved", ["bot.example.org", "127.1", "0x7f000001", "2130706433", "", "[::1]"])
def test_what_a_resolver_says_that_is_no_address_is_not_looked_up_again(play: Play, resolved: str) -> None:
    with serving(polite) as server:
        answer = play(once(f"http://bot.example.org:{server.port}/"), resolve=names(resolved))
    assert answer.error == "bot.example.org leads inside: this server sends no events there"
    assert server.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(play: Play, status: int) -> None:
    with serving(polite) as inner:

        def handle(peer: Peer) -> None:
            peer.request()
            peer.answer("", f"{status} Found", f"Location: {inner.origin}/secrets")

        with serving(handle) as server:
            answer = play(once(server.origin))
    assert (answer.status, answer.error, inner.connections) == (status, None, 0)


def test_no_proxy_of_the_environment_is_asked(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(polite) as proxy, serving(polite) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        assert play(once(server.origin)).status == 200
    assert proxy.connections == 0


@pytest.mark.parametrize(
    "target", ["", "hook", "ftp://127.0.0.1/", "http://a@127.0.0.1/", "http://127.0.0.1:0/", "http://[::1"]
)
def test_what_is_no_target_is_said(play: Play, target: str) -> None:
    answer = play(once(target))
    assert answer.status is None
    assert answer.error.startswith("the target should")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.255.255.255"])  # nobody there; no way there
def test_where_a_name_stands_is_not_said_by_a_failure_either(play: Play, address: str) -> None:
    with serving(polite) as server:
        pass
    answer = play(once(f"http://bot.example.org:{server.port}/"), resolve=names(address))
    assert answer.error.startswith("no connection to bot.example.org: ")
    assert "127." not in answer.error


# Receivers that misbehave


def test_nobody_there_is_said(play: Play) -> None:
    with serving(polite) as server:
        pass
    answer = play(once(server.origin))
    assert (answer.status, answer.error) == (None, "no connection to 127.0.0.1: it was refused")


def test_a_name_that_nobody_knows_is_said(play: Play) -> None:
    async def unknown(name: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    answer = play(once("http://nobody.example/"), resolve=unknown)
    assert answer.error == "nobody.example has no address: Name or service not known"
    assert play(once("http://nobody.example/"), resolve=names()).error == "nobody.example has no address"


def test_a_name_that_is_looked_up_for_ever_is_given_up(play: Play) -> None:
    async def slow(name: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError

    answer = play(once("http://slow.example/"), resolve=slow, timeout=0.2)
    assert answer.error == "nobody said within 0.1 s where slow.example is"
    assert answer.seconds < 2


def test_a_receiver_that_says_nothing_is_given_up(play: Play, done: threading.Event) -> None:
    with serving(until(done)) as server:
        answer = play(once(server.origin), timeout=0.2)
        done.set()
    assert (answer.status, answer.error) == (None, "no answer within 0.2 s")
    assert 0.2 <= answer.seconds < 2


def test_a_receiver_that_takes_nothing_is_given_up(play: Play, done: threading.Event) -> None:
    async def story(poster: Poster) -> Answer:
        return await poster.post(server.origin, SAID, b"x" * 2**25)

    with serving(lambda peer: done.wait(20)) as server:
        answer = play(story, timeout=0.3)
        done.set()
    assert (answer.status, answer.error) == (None, "no answer within 0.3 s")


@pytest.mark.parametrize("part", [b"H", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX"])
def test_a_head_that_does_not_end_is_given_up(play: Play, done: threading.Event, part: bytes) -> None:
    with serving(until(done, part)) as server:
        answer = play(once(server.origin), timeout=0.2)
        done.set()
    assert (answer.status, answer.error) == (None, "no answer within 0.2 s")


def drip(done: threading.Event, head: bytes, piece: bytes) -> Callable[[Peer], None]:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say(head)
        while not done.wait(0.02):
            peer.say(piece)

    return handle


def test_a_head_that_drips_is_given_up_all_the_same(play: Play, done: threading.Event) -> None:
    with serving(drip(done, b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n")) as server:
        answer = play(once(server.origin), timeout=0.3)
        done.set()
    assert (answer.status, answer.error) == (None, "no answer within 0.3 s")
    assert answer.seconds < 2


def test_a_body_that_drips_is_cut_off_and_the_status_counts(play: Play, done: threading.Event) -> None:
    with serving(drip(done, b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b".")) as server:
        answer = play(once(server.origin), timeout=0.3)
        done.set()
    assert (answer.status, answer.error) == (200, None)
    assert 1 <= len(answer.body) < 100
    assert answer.seconds < 2


def test_a_success_is_told_although_its_body_does_not_come(play: Play, done: threading.Event) -> None:
    with serving(drip(done, b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b".")) as server:
        answer = play(once(server.origin), timeout=20.0)
        done.set()
    assert (answer.status, answer.error) == (200, None)
    assert MOMENT <= answer.seconds < MOMENT + 2


def test_a_connection_whose_body_did_not_come_is_closed(play: Play, done: threading.Event) -> None:
    async def story(poster: Poster) -> None:
        for _ in range(2):
            assert (await poster.post(server.origin, SAID, EVENT)).status == 201

    with serving(until(done, b"HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n")) as server:
        play(story)
        done.set()
    assert server.connections == 2


def test_of_a_failure_the_body_is_waited_for(play: Play, done: threading.Event) -> None:
    """It says what was wrong, and nobody is told of a success late."""
    with serving(drip(done, b"HTTP/1.1 500 Oh\r\nContent-Length: 1000000\r\n\r\n", b".")) as server:
        answer = play(once(server.origin), timeout=MOMENT + 0.5)
        done.set()
    assert (answer.status, answer.error) == (500, None)
    assert answer.seconds >= MOMENT + 0.5


def endless(piece: bytes) -> Callable[[Peer], None]:
    """Says it until the other side has gone."""

    def handle(peer: Peer) -> None:
        peer.request()
        while True:
            peer.say(piece)

    return handle


@pytest.mark.parametrize(
    "piece",
    [
        b"X-A: b\r\n" * 1000,  # no status line
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
        b"A" * 10_000,
        b"\r\n" * 5000,
        b"\x00" * 10_000,
    ],
)
def test_an_answer_that_never_comes_to_the_point_is_cut_off(play: Play, piece: bytes) -> None:
    with serving(endless(piece)) as server:
        answer = play(once(server.origin))
    assert answer.status is None
    assert answer.error
    assert len(answer.error) <= 500
    assert answer.seconds < 4


def test_headers_without_end_are_cut_off(play: Play) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say("HTTP/1.1 200 OK\r\n")
        while True:
            peer.say(b"X-A: " + b"b" * 1000 + b"\r\n")

    with serving(handle) as server:
        answer = play(once(server.origin))
    assert answer == (None, [], b"", "the answer has more than 65536 bytes before its body ends", answer.seconds)
    assert answer.seconds < 4


@pytest.mark.parametrize("length", ["Content-Length: 10485760", "Transfer-Encoding: chunked", "Connection: close"])
def test_of_a_long_answer_only_the_beginning_is_kept_and_the_connection_is_closed(play: Play, length: str) -> None:
    gone = threading.Event()

    def handle(peer: Peer) -> None:
        peer.request()
        peer.say(f"HTTP/1.1 200 OK\r\n{length}\r\n\r\n")
        piece = b"a" * 1024
        piece = b"400\r\n" + piece + b"\r\n" if "chunked" in length else piece
        try:
            for _ in range(10 * 1024):
                peer.say(piece)
        except OSError:
            gone.set()

    async def story(poster: Poster) -> Answer:
        answer = await poster.post(server.origin, SAID, EVENT)
        assert await asyncio.to_thread(gone.wait, 5)  # while the poster is still open
        return answer

    with serving(handle) as server:
        answer = play(story)
    assert (answer.status, answer.body, answer.error) == (200, b"a" * BODY, None)


@pytest.mark.parametrize(("size", "connections"), [(BODY, 1), (BODY + 1, 2)])
def test_an_answer_of_just_that_length_is_read_whole(play: Play, size: int, connections: int) -> None:
    def handle(peer: Peer) -> None:
        while peer.request()[0]:
            peer.answer("a" * size)

    async def story(poster: Poster) -> None:
        for _ in range(2):
            assert (await poster.post(server.origin, SAID, EVENT)).body == b"a" * BODY

    with serving(handle) as server:
        play(story)
    assert server.connections == connections


def test_a_body_in_crumbs_costs_no_more_than_it_may(play: Play) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            peer.say(b"1;" + b"x" * 100 + b"\r\na\r\n")

    with serving(handle) as server:
        answer = play(once(server.origin))
    assert (answer.status, answer.error) == (200, None)
    assert 100 < len(answer.body) < BODY


@pytest.mark.parametrize(
    "said",
    [
        b"hello\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 999999 Oh\r\n\r\n",
        b"HTTP/1.1 abc Oh\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n no: name\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nna me: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n",
        b"\xff" * 100,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"HTTP/1.1 200 OK\r\nX: y",
    ],
)
def test_garbage_is_said_to_be_garbage(play: Play, said: bytes) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say(said)

    with serving(handle) as server:
        answer = play(once(server.origin))
    assert answer.status is None
    assert answer.error.startswith("the answer is not HTTP: ")


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nnonsense\r\n\r\n",
    ],
)
def test_a_body_that_breaks_off_is_what_came_of_it(play: Play, said: bytes) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say(said)

    with serving(handle) as server:
        answer = play(once(server.origin))
    assert (answer.status, answer.error) == (200, None)
    assert answer.body in (b"half", b"")


def test_a_switch_of_protocols_that_nobody_proposed_is_no_answer(play: Play) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nfree text")

    with serving(handle) as server:
        answer = play(once(server.origin))
    assert answer.status is None
    assert answer.error.startswith("the answer is not HTTP: ")


@pytest.mark.parametrize("leave", [Peer.close, Peer.reset])
def test_a_receiver_that_leaves_without_an_answer_is_said(play: Play, leave: Callable[[Peer], None]) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        leave(peer)

    with serving(handle) as server:
        answer = play(once(server.origin))
    assert answer.status is None
    assert answer.error
    assert server.connections == 1  # a new connection that fails is not tried again


def test_a_receiver_that_leaves_at_once_is_said(play: Play) -> None:
    with serving(lambda peer: peer.reset()) as server:
        answer = play(once(server.origin))
    assert answer.status is None
    assert answer.error


# Kept connections


def test_a_kept_connection_that_has_died_is_replaced(play: Play) -> None:
    """It dies after the second request was sent: only then is it known."""
    seen: list[Any] = []

    def handle(peer: Peer) -> None:
        seen.append(peer.request()[1])
        peer.answer()
        seen.append(peer.request()[1])
        if len(seen) == 2:
            peer.close()
        else:
            peer.answer()

    async def story(poster: Poster) -> None:
        assert (await poster.post(server.origin, SAID, b"1")).status == 200
        assert (await poster.post(server.origin, SAID, b"2")).status == 200

    with serving(handle) as server:
        play(story)
    assert seen[:3] == [b"1", b"2", b"2"]
    assert server.connections == 2


def test_a_kept_connection_is_replaced_once_and_not_for_ever(play: Play) -> None:
    seen: list[bytes] = []

    def handle(peer: Peer) -> None:
        seen.append(peer.request()[1])
        if b"first" in seen[-1]:
            peer.answer()
            seen.append(peer.request()[1])

    async def story(poster: Poster) -> Answer:
        assert (await poster.post(server.origin, SAID, b"first")).status == 200
        return await poster.post(server.origin, SAID, b"second")

    with serving(handle) as server:
        answer = play(story)
    assert seen == [b"first", b"second", b"second"]
    assert (answer.status, answer.error) == (None, "the connection was closed without an answer")


def test_a_connection_that_speaks_out_of_turn_is_not_used_again(play: Play) -> None:
    """What is said before it is asked for could be taken for the answer to the next event."""
    heard, said = threading.Event(), threading.Event()

    def handle(peer: Peer) -> None:
        peer.request()
        peer.answer()
        if not said.is_set():
            assert heard.wait(10)
            peer.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse")
            said.set()
        peer.request()

    async def story(poster: Poster) -> Answer:
        assert (await poster.post(server.origin, SAID, EVENT)).body == b"{}"
        heard.set()
        assert await asyncio.to_thread(said.wait, 5)
        return await poster.post(server.origin, SAID, EVENT)

    with serving(handle) as server:
        assert play(story).body == b"{}"
    assert server.connections == 2


HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
FORGED = b"HTTP/1.1 500 Oh\r\nContent-Length: 6\r\n\r\nforged"


@pytest.mark.parametrize(
    "said",
    [
        HELLO + HELLO,
        HELLO + FORGED,
        HELLO + FORGED[:20],
        HELLO + b"\n",
        b"HTTP/1.1 204 No Content\r\n\r\n{}",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n{}",
        CHUNKED + FORGED,
        CHUNKED + b"0\r\n\r\n",
        CHUNKED + CHUNKED,
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n" + FORGED,
        b"HTTP/1.1 100 Continue\r\n\r\n" + HELLO + FORGED,
        b"HTTP/1.1 100 Continue\r\n\r\n" + CHUNKED + FORGED,
    ],
)
@pytest.mark.parametrize("app", ["ours", "theirs"])
def test_what_is_left_of_an_answer_is_not_the_answer_to_the_next_event(play: Play, said: bytes, app: str) -> None:
    def handle(peer: Peer) -> None:
        if peer.request()[1] == b"1":
            peer.say(said)
            peer.request()
        else:
            peer.answer("true", "201 Created")

    async def story(poster: Poster) -> Answer:
        assert (await poster.post(server.origin, SAID, b"1", "theirs")).status in {200, 204, 304}
        return await poster.post(server.origin, SAID, b"2", app)

    with serving(handle) as server:
        answer = play(story)
    assert (answer.status, answer.body, answer.error) == (201, b"true", None)
    assert server.connections == 2


@pytest.mark.parametrize(
    "said",
    [
        HELLO,
        CHUNKED,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0001\r\n}\r\n0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 Oh\nContent-Length: 1\n\n.",
    ],
)
@pytest.mark.parametrize("crumbs", [False, True])
def test_after_one_whole_answer_a_connection_is_kept(play: Play, said: bytes, crumbs: bool) -> None:
    def handle(peer: Peer) -> None:
        while peer.request()[0]:
            for piece in [bytes([byte]) for byte in said] if crumbs else [said]:
                peer.say(piece)

    async def story(poster: Poster) -> None:
        for _ in range(3):
            assert (await poster.post(server.origin, SAID, EVENT)).error is None

    with serving(handle) as server:
        play(story)
    assert server.connections == 1


def test_no_more_connections_are_kept_than_needed(play: Play) -> None:
    together = threading.Barrier(KEPT * 3)
    gone: list[Peer] = []

    def handle(peer: Peer) -> None:
        peer.request()
        together.wait(10)
        peer.answer()
        if not peer.request()[0]:
            gone.append(peer)

    async def story(poster: Poster) -> None:
        await asyncio.gather(*(poster.post(server.origin, SAID, EVENT) for _ in range(KEPT * 3)))
        for _ in range(500):
            if len(gone) == KEPT * 2:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(len(gone))

    with serving(handle) as server:
        play(story)


def test_origins_that_are_not_used_are_let_go(play: Play) -> None:
    """Each of many names has a connection of its own, and no more than so many are kept."""
    gone: list[Peer] = []

    def handle(peer: Peer) -> None:
        while peer.request()[0]:
            peer.answer()
        gone.append(peer)

    async def story(poster: Poster) -> None:
        for number in range(ORIGINS + 10):
            assert (await poster.post(f"http://bot{number}.example:{server.port}", SAID, EVENT)).status == 200
        for _ in range(500):
            if len(gone) >= 10:
                break
            await asyncio.sleep(0.01)
        assert 10 <= len(gone) < 20
        before = server.connections
        assert (await poster.post(f"http://bot{ORIGINS}.example:{server.port}", SAID, EVENT)).status == 200
        assert server.connections == before  # the one used last is still there

    with serving(handle) as server:
        play(story, resolve=names("127.0.0.1"))
    assert len(gone) == ORIGINS + 10  # all are closed with the poster


# Others


def test_a_slow_receiver_keeps_nobody_else_waiting(play: Play, done: threading.Event) -> None:
    async def story(poster: Poster) -> None:
        slow = [asyncio.ensure_future(poster.post(lame.origin, SAID, EVENT)) for _ in range(CONNECTIONS + 20)]
        for _ in range(10):
            assert (await poster.post(quick.origin, SAID, EVENT)).status == 200
        assert not any(each.done() for each in slow)
        done.set()
        assert {answer.status for answer in await asyncio.gather(*slow)} == {200}

    def handle(peer: Peer) -> None:
        while peer.request()[0]:
            assert done.wait(20)
            peer.answer()

    with serving(handle) as lame, serving(polite) as quick:
        play(story, timeout=20.0)
    assert lame.connections == CONNECTIONS


def test_an_app_keeps_no_other_app_with_the_same_receiver_waiting(play: Play, done: threading.Event) -> None:
    async def story(poster: Poster) -> None:
        slow = [asyncio.ensure_future(poster.post(server.origin, SAID, b"slow", "a")) for _ in range(CONNECTIONS + 20)]
        for _ in range(5):
            assert (await poster.post(server.origin, SAID, EVENT, "b")).status == 200
        assert not any(each.done() for each in slow)
        done.set()
        assert {answer.status for answer in await asyncio.gather(*slow)} == {200}

    def handle(peer: Peer) -> None:
        while (asked := peer.request())[0]:
            assert asked[1] != b"slow" or done.wait(20)
            peer.answer()

    with serving(handle) as server:
        play(story)


def test_who_stops_waiting_is_let_go_and_others_are_not_disturbed(play: Play, done: threading.Event) -> None:
    async def story(poster: Poster) -> None:
        for _ in range(5):
            waiting = asyncio.ensure_future(poster.post(lame.origin, SAID, EVENT))
            await asyncio.to_thread(asked.acquire, timeout=5)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        done.set()
        assert (await poster.post(lame.origin, SAID, EVENT)).status == 200

    asked = threading.Semaphore(0)

    def handle(peer: Peer) -> None:
        if peer.request()[0]:
            asked.release()
            assert done.wait(20)
            peer.answer()

    with serving(handle) as lame:
        play(story)


def test_many_at_once_each_have_their_own_answer(play: Play) -> None:
    def handle(peer: Peer) -> None:
        while (asked := peer.request())[0]:
            peer.answer(asked[1].decode())

    async def story(poster: Poster) -> list[Answer]:
        return await asyncio.gather(*(poster.post(server.origin, SAID, str(n).encode()) for n in range(200)))

    with serving(handle) as server:
        answers = play(story)
    assert [answer.body for answer in answers] == [str(n).encode() for n in range(200)]
    assert server.connections <= CONNECTIONS


def test_nothing_is_loaded_when_an_event_is_posted() -> None:
    """There may be no file left to open."""
    story = """
import asyncio, sys
from parhelion.server.dispatch.posting import Poster
from parhelion.server.rules.targets import Reach

async def main():
    async def handle(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        poster, before = Poster(Reach(loopback=True)), set(sys.modules)
        answer = await poster.post(f"http://localhost:{server.sockets[0].getsockname()[1]}/", {}, b"")
        await poster.close()
    print(answer.status, *(set(sys.modules) - before))

asyncio.run(main())
"""
    ran = subprocess.run([sys.executable, "-c", story], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == "200\n"


# TLS


@pytest.fixture
def certified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def secured(server: Server, host: str = "localhost") -> str:
    return f"https://{host}:{server.port}/"


def test_tls_is_spoken_by_name_to_the_address_and_kept(
    play: Play, certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    asked: list[str | None] = []

    def heard(_: Any, name: str | None, __: Any) -> None:
        asked.append(name)

    certified.sni_callback = heard

    async def story(poster: Poster) -> None:
        for _ in range(3):
            assert (await poster.post(secured(server), SAID, EVENT)).status == 200

    with serving(polite, certified) as server:
        play(story, ssl_context=trusting, resolve=names("127.0.0.1"))
    assert server.connections == 1
    assert asked == ["localhost"]


def test_a_certificate_that_nobody_vouches_for_is_refused(play: Play, certified: ssl.SSLContext) -> None:
    with serving(polite, certified) as server:
        answer = play(once(secured(server)))
    assert answer.status is None
    assert answer.error.startswith("no TLS with localhost: its certificate is not good: self")


@pytest.mark.parametrize("host", ["bot.example.org", "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(
    play: Play, certified: ssl.SSLContext, trusting: ssl.SSLContext, host: str
) -> None:
    with serving(polite, certified) as server:
        answer = play(once(secured(server, host)), ssl_context=trusting, resolve=names("127.0.0.1"))
    assert answer.status is None
    assert f"no TLS with {host}: its certificate is not good" in answer.error


def test_a_receiver_that_does_not_speak_tls_is_said(play: Play, trusting: ssl.SSLContext) -> None:
    with serving(lambda peer: peer.say("HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        answer = play(once(secured(server)), ssl_context=trusting)
    assert answer.status is None
    assert answer.error.startswith("no TLS with localhost: ")


def test_a_handshake_that_does_not_end_is_given_up(play: Play, trusting: ssl.SSLContext, done: threading.Event) -> None:
    with serving(lambda peer: done.wait(20)) as server:
        answer = play(once(secured(server)), ssl_context=trusting, timeout=0.4)
        done.set()
    assert answer.status is None
    assert "handshake" in answer.error
    assert answer.seconds < 2


def test_a_kept_connection_under_tls_that_has_died_is_replaced(
    play: Play, certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.answer()
        peer.request()

    async def story(poster: Poster) -> None:
        for _ in range(3):
            assert (await poster.post(secured(server), SAID, EVENT)).status == 200

    with serving(handle, certified) as server:
        play(story, ssl_context=trusting)
    assert server.connections == 3
