"""A stream of events: the flow driven by hand, then both clients against a server of their own."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parhelion import (
    AsyncClient,
    AsyncHttpTransport,
    Client,
    ConversationReadEvent,
    EventsExpired,
    Forbidden,
    HttpTransport,
    NoAnswer,
    Patience,
    Request,
    Response,
    ServerError,
    Timeout,
    TooManyRequests,
    Unauthorized,
)
from parhelion.client.flow import Sleep
from parhelion.client.http_async import MOST
from parhelion.client.listening import SILENCE, More, Told, listening
from parhelion.client.sse import LIMIT
from parhelion.operations import Events
from parhelion.wire import ApiError, UnknownEvent
from parhelion.wire.reading import Fault
from tests.client.support import NOON, Canned, Peer, serving, settings

CERTIFICATE = Path(__file__).with_name("localhost.pem")
OPEN = Response(200, {"content-type": "text/event-stream; charset=utf-8"}, b"")
BEGIN = b"retry: 1000\nid: 0.9\n\n"
LOST, NEVER = NoAnswer("reset", sent=True), NoAnswer("refused", sent=False)
END = b""


def event(number: int, **changed: Any) -> dict[str, Any]:
    payload = {"conversation": {"id": "c"}, "activity": {"type": "conversation:read"}}
    return {
        "id": f"e{number}",
        "type": "conversation:read",
        "createdAt": "2026-01-01T12:00:00.000Z",
        "payload": payload,
    } | changed


def frame(number: int, **changed: Any) -> bytes:
    said = event(number, **changed)
    return f"id: {number}.9\nevent: {said['type']}\ndata: {json.dumps(said)}\n\n".encode()


def refusal(status: int, code: str = "no", **headers: str) -> list[Response | bytes]:
    body = json.dumps({"errors": [{"code": code, "title": "No"}]}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return [Response(status, named, b""), body, END]


def play(*answers: Response | bytes | NoAnswer, using: Any = None, **arguments: Any) -> list[Any]:
    """What the flow did with these answers: where it went on from, what it told by id, how long it waited, its end."""
    left, steps = list(answers), list[Any]()
    try:
        flow = listening(Events.listen, "app1", arguments, using or settings(), Events.listen.returns)
        step = next(flow)
        while True:
            if isinstance(step, Sleep):
                steps.append(step.seconds)
                step = next(flow)
            elif isinstance(step, Told):
                if step.event is not None:
                    steps.append((step.event.id, step.token))
                elif "open" not in steps:
                    steps.append("open")
                step = next(flow)
            else:
                if isinstance(step, Request):
                    steps.append(step.headers.get("last-event-id", "now"))
                if not left:
                    return steps
                answer = left.pop(0)
                assert isinstance(step, Request) == isinstance(answer, Response) or isinstance(answer, NoAnswer)
                step = flow.throw(answer) if isinstance(answer, NoAnswer) else flow.send(answer)
    except ApiError as error:
        return [*steps, error]
    except NoAnswer as error:
        return [*steps, error]


def asked(**arguments: Any) -> Request:
    step = next(listening(Events.listen, "app1", arguments, settings(), Events.listen.returns))
    assert isinstance(step, Request)
    return step


# The flow


def test_a_stream_is_asked_for_like_anything_else() -> None:
    request = asked(conversation_id="c1", triggers=["conversation:read", "user:remove"], include_full_user=True)
    assert request.method == "GET"
    assert request.path == (
        "/parhelion/v1/apps/app1/events?conversationId=c1&triggers=conversation%3Aread%2Cuser%3Aremove"
        "&includeFullUser=true"
    )
    assert request.headers["accept"] == "text/event-stream"
    assert request.headers["authorization"].startswith("Basic ")
    assert "last-event-id" not in request.headers
    assert asked().path == "/parhelion/v1/apps/app1/events"


def test_where_to_go_on_is_said_in_the_header_only() -> None:
    request = asked(after="5.9")
    assert request.path == "/parhelion/v1/apps/app1/events"
    assert request.headers["last-event-id"] == "5.9"


@pytest.mark.parametrize("token", ["", "a\nb: c", "☀", " 5", "\0"])
def test_a_token_that_no_header_can_carry_is_refused_at_once(token: str) -> None:
    with pytest.raises(ValueError, match="after"):
        listening(Events.listen, "app1", {"after": token}, settings(), Events.listen.returns)


def test_events_are_told_one_by_one_each_with_its_token() -> None:
    assert play(OPEN, BEGIN + frame(1) + frame(2)[:9], frame(2)[9:]) == ["now", "open", ("e1", "1.9"), ("e2", "2.9")]


@pytest.mark.parametrize("trouble", [END, LOST, NEVER])
def test_a_stream_that_ends_is_opened_again_after_the_last_token(trouble: Any) -> None:
    first = [OPEN, BEGIN, frame(1), frame(2)[:-1], trouble]
    assert play(*first, OPEN, BEGIN) == ["now", "open", ("e1", "1.9"), 1.0, "1.9"]


def test_a_heartbeat_moves_the_token_so_that_a_quiet_time_need_not_be_told_again() -> None:
    assert play(OPEN, BEGIN, b": \nid: 7.9\n\n", LOST) == ["now", "open", 1.0, "7.9"]


def test_an_event_that_is_sent_again_is_told_once() -> None:
    again = [OPEN, BEGIN, frame(1), LOST, OPEN, frame(1) + frame(2) + frame(2) + frame(3)]
    assert play(*again) == ["now", "open", ("e1", "1.9"), 1.0, "1.9", ("e2", "2.9"), ("e3", "3.9")]


def test_events_without_a_token_of_their_own_are_all_told() -> None:
    bare = [frame(number).partition(b"\n")[2] for number in (1, 2)]
    assert play(OPEN, BEGIN, *bare) == ["now", "open", ("e1", "0.9"), ("e2", "0.9")]


@pytest.mark.parametrize("token", [b"", b"\xe2\x98\x80", b" ", b"\x1b[2J"])
def test_a_token_that_could_not_be_sent_back_is_passed_over(token: bytes) -> None:
    odd = frame(1).replace(b"id: 1.9", b"id: " + token)
    assert play(OPEN, BEGIN, odd, LOST) == ["now", "open", ("e1", "0.9"), 1.0, "0.9"]


def test_a_stream_is_open_with_its_first_frame_even_if_that_is_an_event() -> None:
    assert play(OPEN, b": hello\n", frame(1)) == ["now", "open", ("e1", "1.9")]


def test_it_is_opened_again_without_end_and_the_pauses_grow_until_something_is_heard() -> None:
    patient = settings(patience=Patience(attempts=1, longest=5, dice=lambda: 1.0))
    steps = play(OPEN, BEGIN, LOST, *[NEVER, LOST, OPEN, LOST, OPEN, END] * 5, OPEN, BEGIN, END, using=patient)
    waited = [each for each in steps if isinstance(each, float)]
    assert waited == [1.0, 2.0, 4.0, *[5.0] * 18, 1.0]


def test_pauses_differ_by_chance_and_never_are_none() -> None:
    lucky = settings(patience=Patience(dice=lambda: 0.0))
    assert play(OPEN, BEGIN, LOST, using=lucky)[-2:] == [0.5, "0.9"]
    assert play(OPEN, b"retry: 0\nid: 1\n\n", END)[-2:] == [0.1, "1"]
    assert play(OPEN, b"id: 1\n\n", END)[-2:] == [0.5, "1"]
    assert play(OPEN, b"retry: 90000\nid: 1\n\n", END, NEVER)[-3:] == ["1", 90.0, "1"]


def test_what_a_stream_says_about_pauses_holds_for_the_next_one_too() -> None:
    assert play(OPEN, b"retry: 3000\nid: 1\n\n", END, OPEN, b"id: 2\n\n", END)[-2:] == [3.0, "2"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501, 302, 204])
@pytest.mark.parametrize("before", [[], [OPEN, BEGIN, LOST]])
def test_a_refusal_ends_it_whenever_it_comes(status: int, before: list[Any]) -> None:
    *_, error = play(*before, *refusal(status))
    assert isinstance(error, ApiError)
    assert (error.status, error.title) == (status, "No")


def test_a_token_that_is_too_old_has_an_error_of_its_own() -> None:
    assert isinstance(play(*refusal(410, "events_expired"), after="1.9")[-1], EventsExpired)


@pytest.mark.parametrize(("status", "seconds"), [(408, 1.0), (429, 1.0), (500, 1.0), (503, 1.0)])
def test_what_may_pass_is_waited_out(status: int, seconds: float) -> None:
    assert play(OPEN, BEGIN, LOST, *refusal(status))[-2:] == [2.0, "0.9"]
    told = refusal(status, retry_after="3600")
    assert play(OPEN, BEGIN, LOST, *told)[-2:] == [3600.5, "0.9"], "an hour, if that is what is asked for"


def test_the_first_opening_is_tried_as_often_as_any_call() -> None:
    assert play(*[NEVER] * 3)[:-1] == ["now", 0.5, "now", 1.0, "now"]
    assert str(play(*[NEVER] * 3)[-1]) == "refused (tried 3 times)"
    assert isinstance(play(*refusal(500) * 3)[-1], ServerError)
    assert isinstance(play(*refusal(429) * 3)[-1], TooManyRequests)
    assert isinstance(play(*[OPEN, b"data: cut off", END] * 3)[-1], NoAnswer), "nothing was heard"


def test_an_answer_that_is_no_stream_says_what_it_is() -> None:
    page = Response(200, {"content-type": "text/html"}, b"")
    [_, error] = play(page, b"<html>Please ", b"sign in", END)
    assert isinstance(error, ApiError)
    assert str(error) == "200 unreadable: <html>Please sign in"


def test_of_an_endless_refusal_no_more_is_read_than_explains_it() -> None:
    [_, error] = play(Response(400, {}, b""), *[b"x" * 30_000] * 3)
    assert isinstance(error, ApiError)
    assert len(error.body) == 65536


def test_an_event_without_end_is_an_error_rather_than_asked_for_again() -> None:
    [_, _, _, error] = play(OPEN, BEGIN, frame(1) + b"data: " + b"x" * LIMIT)
    assert isinstance(error, ApiError)
    assert error.code == "unreadable"


def test_what_is_not_known_yet_is_told_and_what_cannot_be_read_is_left_out_and_said() -> None:
    faults: list[Fault] = []
    new = frame(1, type="conversation:dreamed", payload={"dream": 1})
    odd = frame(2, payload=7)
    broken = [b"id: 3.9\ndata: {\n\n", b"id: 4.9\ndata: []\n\n", b"id: 5.9\ndata: \xff\n\n"]
    steps = play(OPEN, BEGIN, new, odd, *broken, frame(6), LOST, using=settings(tell=faults.append))
    assert steps == ["now", "open", ("e1", "1.9"), ("e2", "2.9"), ("e6", "6.9"), 1.0, "6.9"]
    assert [each.place for each in faults] == ["event 3.9", "event 4.9", "event 5.9"]


def test_who_asks_is_said_anew_at_every_opening() -> None:
    class Counting:
        count = 0

        def authorization(self, now: float) -> str:
            assert now == NOON
            self.count += 1
            return f"Bearer {self.count}"

    flow = listening(Events.listen, "app1", {}, settings(credentials=Counting()), Events.listen.returns)
    first = next(flow)
    assert isinstance(first, Request)
    assert first.headers["authorization"] == "Bearer 1"
    assert isinstance(flow.throw(LOST), Sleep)
    assert first is next(flow)
    assert first.headers["authorization"] == "Bearer 2"
    assert isinstance(flow.send(OPEN), More)


# Both clients, over sockets

CHUNKED = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def until_gone(peer: Peer) -> None:
    """Stay, until the client leaves."""
    with contextlib.suppress(ConnectionResetError):
        while peer.sock.recv(100):
            pass


def quiet(handle: Callable[[Peer], object], peer: Peer) -> None:
    """For a handler that leaves first."""
    with contextlib.suppress(OSError):
        handle(peer)


def opened(peer: Peer) -> str:
    """A stream that has begun. Answers where it was asked to go on."""
    head, _ = peer.request()
    peer.say(CHUNKED)
    peer.say(chunk(BEGIN))
    return next((line.partition(": ")[2] for line in head if line.startswith("last-event-id")), "now")


class Hasty:
    """A transport for which silence is short: the one that is at work, told to wait less."""

    def __init__(self, inner: Any, silence: float | None = None) -> None:
        self.inner, self.silence, self.asked = inner, silence, list[float | None]()

    def send(self, request: Request, timeout: Timeout) -> Any:
        return self.inner.send(request, timeout)

    def stream(self, request: Request, timeout: Timeout) -> Any:
        self.asked.append(timeout.read)
        return self.inner.stream(request, replace(timeout, read=self.silence or timeout.read))

    def close(self) -> Any:
        return self.inner.close()


class Sync:
    """A listening client."""

    def __init__(self, origin: str, silence: float | None = None, **options: Any) -> None:
        self.transport = Hasty(HttpTransport(proxy=False, ssl_context=options.pop("tls", None)), silence)
        self.slept: list[float] = []
        usual = {"app_id": "app1", "token": "t", "sleep": self.slept.append}
        self.client = Client(origin, transport=self.transport, **usual | options)
        self.listening: Any = None

    def listen(self, **arguments: Any) -> None:
        self.listening = self.client.events.listen(**arguments)

    def open(self) -> None:
        self.listening.__enter__()

    def next(self) -> Any:
        return next(self.listening).id

    def close(self) -> None:
        self.listening.close()

    def forget(self) -> None:
        self.listening = None
        gc.collect()

    def cut(self) -> None:
        self.transport.close()

    over = cut

    ended: type[Exception] = StopIteration


class Async:
    """The same, for a test that does not care how it is done."""

    def __init__(self, origin: str, silence: float | None = None, **options: Any) -> None:
        self.transport = Hasty(AsyncHttpTransport(proxy=False, ssl_context=options.pop("tls", None)), silence)
        self.runner = asyncio.Runner()
        self.slept: list[float] = []

        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        usual = {"app_id": "app1", "token": "t", "sleep": sleep}
        self.client = AsyncClient(origin, transport=self.transport, **usual | options)
        self.listening: Any = None

    def run(self, wanted: Any) -> Any:
        async def wait() -> Any:
            return await wanted

        return self.runner.run(wait())

    def listen(self, **arguments: Any) -> None:
        self.listening = self.client.events.listen(**arguments)

    def open(self) -> None:
        self.run(self.listening.__aenter__())

    def next(self) -> Any:
        return self.run(anext(self.listening)).id

    def close(self) -> None:
        self.run(self.listening.close())

    def forget(self) -> None:
        self.listening = None
        gc.collect()
        self.run(asyncio.sleep(0.01))  # the loop closes what nobody holds

    def cut(self) -> None:
        self.run(self.transport.close())

    def over(self) -> None:
        self.cut()
        self.runner.close()

    ended: type[Exception] = StopAsyncIteration


@pytest.fixture(params=[Sync, Async])
def made(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    with contextlib.ExitStack() as stack:

        def make(*arguments: Any, **options: Any) -> Any:
            one = request.param(*arguments, **options)
            stack.callback(one.over)
            return one

        yield make


def test_events_come_as_they_happen_over_one_connection_that_is_asked_to_wait_three_heartbeats(made: Any) -> None:
    happen = threading.Semaphore(0)

    def handle(peer: Peer) -> None:
        opened(peer)
        for number in (1, 2, 3):
            assert happen.acquire(timeout=10)
            peer.say(chunk(frame(number)))
        until_gone(peer)

    with serving(handle) as server:
        one = made(server.origin, timeout=3)
        one.listen()
        assert server.connections == 0
        one.open()
        for number in (1, 2, 3):
            assert one.listening.token == f"{number - 1}.9"
            happen.release()
            assert one.next() == f"e{number}"
        one.close()
        with pytest.raises(one.ended):
            one.next()
    assert server.connections == 1
    assert one.transport.asked == [SILENCE]
    assert one.listening.token == "3.9"


@pytest.mark.parametrize("head", [CHUNKED, ENDLESS, ENDLESS.replace("1.1", "1.0")])
def test_whatever_breaks_off_is_opened_again_and_nothing_is_missed_or_told_twice(made: Any, head: str) -> None:
    """Each connection brings one event, a half of the next, and an end of another kind."""
    ends: list[Callable[[Peer], object]] = [Peer.close, Peer.reset]
    if head == CHUNKED:
        ends += [lambda peer: peer.say("0\r\n\r\n"), lambda peer: peer.say("nonsense\r\n")]
    seen: list[str] = []

    def handle(peer: Peer) -> None:
        lines, _ = peer.request()
        after = next((line.partition(": ")[2] for line in lines if line.startswith("last-event-id")), "0")
        seen.append(after)
        number = int(float(after)) + 1
        piece = BEGIN.replace(b"0.9", after.encode()) + frame(number) + frame(number + 1)[:-1]
        peer.say(head)
        peer.say(chunk(piece) if head == CHUNKED else piece)
        if len(seen) <= len(ends):
            ends[len(seen) - 1](peer)
        until_gone(peer)

    with serving(lambda peer: quiet(handle, peer)) as server:
        one = made(server.origin)
        one.listen()
        numbers = range(1, len(ends) + 2)
        assert [one.next() for _ in numbers] == [f"e{number}" for number in numbers]
        one.close()
    assert seen == ["0", *(f"{number}.9" for number in numbers[:-1])]
    assert all(0.5 <= each <= 1.0 for each in one.slept)
    assert len(one.slept) == len(ends)


def test_silence_is_a_dead_connection(made: Any) -> None:
    places: list[str] = []

    def handle(peer: Peer) -> None:
        places.append(opened(peer))
        if len(places) > 1:  # a busy machine may be silent for longer than it is waited for
            peer.say(chunk(frame(1)))
        until_gone(peer)

    with serving(handle) as server:
        one = made(server.origin, silence=0.05)
        one.listen()
        assert one.next() == "e1"
        one.close()
    assert places[:2] == ["now", "0.9"]


def test_trouble_passes_and_a_server_that_names_a_pause_gets_it(made: Any) -> None:
    answers = iter(["500 Oh", "503 Busy", "429 Slow"])

    def handle(peer: Peer) -> None:
        status = next(answers, None)
        if status is None:
            opened(peer)
            peer.say(chunk(frame(1)))
            until_gone(peer)
        else:
            peer.request()
            peer.answer("{}", status, *(["Retry-After: 7"] if status.startswith("429") else []))

    with serving(handle) as server:
        one = made(server.origin, retries=Patience(attempts=4, dice=lambda: 1.0))
        one.listen()
        assert one.next() == "e1"
        one.close()
    assert one.slept == [0.5, 1.0, 7.25]


@pytest.mark.parametrize(
    ("status", "kind"), [("401 No", Unauthorized), ("403 No", Forbidden), ("410 Gone", EventsExpired)]
)
def test_a_refusal_is_raised_and_the_stream_is_over(made: Any, status: str, kind: type[ApiError]) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        code = {401: "unauthorized", 403: "forbidden", 410: "events_expired"}[int(status[:3])]
        peer.answer(json.dumps({"errors": [{"code": code, "title": "No"}]}), status, "X-Request-Id: r1")
        until_gone(peer)

    with serving(handle) as server:
        one = made(server.origin)
        one.listen()
        with pytest.raises(kind) as caught:
            one.open()
        assert caught.value.request_id == "r1"
        with pytest.raises(one.ended):
            one.next()
    assert server.connections == 1


def test_a_server_that_is_not_there_is_told_after_a_few_attempts(made: Any) -> None:
    one = made("http://127.0.0.1:1", retries=2)
    one.listen()
    with pytest.raises(NoAnswer, match="tried 3 times"):
        one.next()
    assert len(one.slept) == 2


def test_a_call_that_cannot_be_is_refused_before_anything_is_sent(made: Any) -> None:
    one = made("http://127.0.0.1:1", app_id=None)
    with pytest.raises(ValueError, match="needs an app"):
        one.listen()
    with pytest.raises(ValueError, match="after"):
        made("http://127.0.0.1:1").listen(after="\n")


def test_what_nobody_holds_any_more_lets_go_of_its_connection(made: Any) -> None:
    left = threading.Event()

    def handle(peer: Peer) -> None:
        opened(peer)
        peer.say(chunk(frame(1)))
        until_gone(peer)
        left.set()

    with serving(handle) as server:
        one = made(server.origin)
        one.listen()
        assert one.next() == "e1"
        one.forget()
        assert left.wait(10)


def test_closing_the_client_cuts_its_streams_off(made: Any) -> None:
    def handle(peer: Peer) -> None:
        opened(peer)
        until_gone(peer)

    with serving(handle) as server:
        one = made(server.origin)
        one.listen()
        one.open()
        one.cut()
        with pytest.raises(RuntimeError, match="closed"):
            one.next()


def test_closing_what_was_never_opened_is_no_trouble_and_opening_it_then_gives_nothing(made: Any) -> None:
    one = made("http://127.0.0.1:1")
    one.listen()
    one.close()
    one.close()
    one.open()
    with pytest.raises(one.ended):
        one.next()


def test_over_tls_too(made: Any) -> None:
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    here.load_cert_chain(CERTIFICATE)

    def handle(peer: Peer) -> None:
        opened(peer)
        peer.say(chunk(frame(1)))
        until_gone(peer)

    with serving(handle, here) as server:
        one = made(server.origin, tls=ssl.create_default_context(cafile=str(CERTIFICATE)))
        one.listen()
        assert one.next() == "e1"
        one.close()


def test_a_transport_that_cannot_stream_says_so_at_once() -> None:
    with pytest.raises(TypeError, match="Canned cannot listen: it has no method `stream`"):
        Client("https://example.org", app_id="a", token="t", transport=Canned([])).events.listen()


# Closing while somebody waits


def silent(peer: Peer) -> None:
    opened(peer)
    until_gone(peer)


def away(peer: Peer) -> None:
    peer.request()
    peer.answer("{}", "503 Away", "Retry-After: 60")


@pytest.mark.parametrize("tls", [False, True])
def test_another_thread_ends_the_wait_for_the_next_event(tls: bool) -> None:
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    here.load_cert_chain(CERTIFICATE)
    there = ssl.create_default_context(cafile=str(CERTIFICATE))
    with serving(silent, here if tls else None) as server:
        transport = HttpTransport(proxy=False, ssl_context=there)
        with Client(server.origin, app_id="a", token="t", transport=transport) as client:
            with client.events.listen() as events:
                threading.Timer(0.05, events.close).start()
                assert list(events) == []


def test_another_thread_ends_a_pause() -> None:
    with serving(away) as server, Client(server.origin, app_id="a", token="t", proxy=False) as client:
        events = client.events.listen()
        found: list[Any] = []
        waiting = threading.Thread(target=lambda: found.append(list(events)), daemon=True)
        waiting.start()
        waiting.join(0.1)
        events.close()
        waiting.join(10)
        assert found == [[]]


def test_closing_it_while_it_is_being_refused_is_no_error() -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say("HTTP/1.1 500 Oh\r\nContent-Length: 10\r\n\r\nhalf")
        until_gone(peer)

    with serving(handle) as server:
        with Client(server.origin, app_id="a", token="t", proxy=False, retries=0) as client:
            events = client.events.listen()
            threading.Timer(0.1, events.close).start()
            assert list(events) == []


def test_a_signal_may_close_it_in_the_middle_of_a_read() -> None:
    with serving(silent) as server, Client(server.origin, app_id="a", token="t", proxy=False) as client:
        with client.events.listen() as events:
            before = signal.signal(signal.SIGALRM, lambda *_: events.close())
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            try:
                assert list(events) == []
            finally:
                signal.signal(signal.SIGALRM, before)


def test_an_interrupt_goes_through_and_lets_go_of_the_connection() -> None:
    left = threading.Event()

    def handle(peer: Peer) -> None:
        silent(peer)
        left.set()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with serving(handle) as server, Client(server.origin, app_id="a", token="t", proxy=False) as client:
        events = client.events.listen()
        before = signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            with pytest.raises(KeyboardInterrupt):
                next(events)
        finally:
            signal.signal(signal.SIGALRM, before)
        assert left.wait(10)
        assert list(events) == []


class Met:
    """A handler that says when a connection has asked, and when the client has left it."""

    def __init__(self, handle: Callable[[Peer], None]) -> None:
        self._handle = handle
        self.asked, self.left = threading.Event(), threading.Event()

    def __call__(self, peer: Peer) -> None:
        assert peer.sock.recv(1, socket.MSG_PEEK)
        self.asked.set()
        self._handle(peer)
        self.left.set()

    async def until(self, happened: threading.Event) -> None:
        assert await asyncio.to_thread(happened.wait, 10)


@pytest.mark.parametrize("handle", [silent, away])
def test_another_task_ends_the_wait(handle: Callable[[Peer], None]) -> None:
    met = Met(handle)

    async def listen(origin: str) -> None:
        async with AsyncClient(origin, app_id="a", token="t", proxy=False) as client:
            events = client.events.listen()
            waiting = asyncio.ensure_future(anext(events, None))
            await met.until(met.asked)
            with pytest.raises(RuntimeError, match="Another task"):
                await anext(events)
            await events.close()
            assert await waiting is None
            assert [each async for each in events] == []

    with serving(met) as server:
        asyncio.run(listen(server.origin))


def test_who_gives_up_waiting_misses_nothing_and_the_connection_stays() -> None:
    happen = threading.Event()

    def handle(peer: Peer) -> None:
        assert happen.wait(10)
        opened(peer)
        peer.say(chunk(frame(1)))
        until_gone(peer)

    async def listen(origin: str) -> None:
        async with AsyncClient(origin, app_id="a", token="t", proxy=False) as client:
            events = client.events.listen()
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(events), 0.02)
            happen.set()
            found = await anext(events)
            assert isinstance(found, ConversationReadEvent)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(events), 0.02)
            await events.close()

    with serving(handle) as server:
        asyncio.run(listen(server.origin))
    assert server.connections == 1


def test_a_loop_that_ends_takes_its_streams_along() -> None:
    async def listen(origin: str) -> None:
        async with AsyncClient(origin, app_id="a", token="t", proxy=False) as client:
            async with client.events.listen() as events:
                async for each in events:
                    raise AssertionError(each)

    async def cancelled(origin: str) -> None:
        task = asyncio.ensure_future(listen(origin))
        await met.until(met.asked)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    met = Met(silent)
    with serving(met) as server:
        asyncio.run(cancelled(server.origin))
    assert server.connections == 1


def after(peer: Peer) -> int:
    """A stream that goes on where it is asked to. Answers the number of the next event."""
    place = opened(peer).replace("now", "0.9")
    peer.say(chunk(BEGIN.replace(b"0.9", place.encode())))
    return int(float(place)) + 1


def test_the_token_stays_where_it_is_while_an_event_waits_for_somebody() -> None:
    happen, met = threading.Event(), threading.Event()

    def handle(peer: Peer) -> None:
        number = after(peer)
        if number == 1:
            assert happen.wait(10)
        peer.say(chunk(frame(number) + frame(number + 1)))
        met.set()
        until_gone(peer)

    async def listen(origin: str) -> None:
        async with AsyncClient(origin, app_id="a", token="t", proxy=False) as client, asyncio.timeout(20):
            async with client.events.listen() as events:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(events), 0.01)
                happen.set()
                assert await asyncio.to_thread(met.wait, 10)
                await others()  # one of them takes what has come
                assert events.token == "0.9"
            async with client.events.listen(after=events.token) as events:
                assert events.token == "0.9"
                assert await told(events) == ("e1", "1.9")
            async with client.events.listen(after=events.token) as events:
                assert [await told(events), await told(events)] == [("e2", "2.9"), ("e3", "3.9")]

    with serving(handle) as server:
        asyncio.run(listen(server.origin))


async def others() -> None:
    """Wait until all other tasks are done."""
    if tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(tasks)


async def told(events: Any) -> tuple[str, str]:
    """The next event, by id, and the token that is shown with it."""
    return (await anext(events)).id, events.token


def test_a_listener_whose_task_is_cancelled_is_cleared_away() -> None:
    def handle(peer: Peer) -> None:
        opened(peer)
        peer.say(chunk(frame(1)))
        until_gone(peer)

    met, heard = Met(handle), asyncio.Event()

    async def forever(client: AsyncClient) -> None:
        async for _ in client.events.listen():
            heard.set()

    async def listen(origin: str) -> None:
        loop, said = asyncio.get_running_loop(), list[Any]()
        loop.set_exception_handler(lambda _, context: said.append(context))
        async with AsyncClient(origin, app_id="a", token="t", proxy=False) as client:
            task = asyncio.ensure_future(forever(client))
            await heard.wait()  # and is waiting for more by then
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            del task
            gc.collect()
            await met.until(met.left)
            assert asyncio.all_tasks() == {asyncio.current_task()}
        assert said == []

    with serving(met) as server:
        asyncio.run(listen(server.origin))


@pytest.mark.parametrize("held", [True, False])
def test_an_opening_that_is_cancelled_is_cleared_away(held: bool) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        until_gone(peer)

    met, kept = Met(handle), list[Any]()

    async def listen(origin: str) -> None:
        async with AsyncClient(origin, app_id="a", token="t", proxy=False) as client:

            async def enter() -> None:
                events = client.events.listen()
                if held:
                    kept.append(events)
                async with events:
                    raise AssertionError("It never opens")

            task = asyncio.ensure_future(enter())
            await met.until(met.asked)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert asyncio.all_tasks() == {asyncio.current_task()}
            await met.until(met.left)
            for events in kept:
                assert [each async for each in events] == []

    with serving(met) as server:
        asyncio.run(listen(server.origin))


def test_trouble_that_nobody_waits_for_any_more_is_not_reported_behind_their_back() -> None:
    met = Met(silent)

    async def listen(origin: str) -> None:
        loop, said = asyncio.get_running_loop(), list[Any]()
        loop.set_exception_handler(lambda _, context: said.append(context))
        client = AsyncClient(origin, app_id="a", token="t", proxy=False, sleep=passing)
        events = client.events.listen()
        await events.__aenter__()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(events), 0.01)
        await client.close()
        await met.until(met.left)
        await others()  # what was waiting finds the client closed
        del events
        gc.collect()
        assert said == []

    async def passing(_: float) -> None:
        await asyncio.sleep(0)

    with serving(met) as server:
        asyncio.run(listen(server.origin))


def test_a_burst_is_taken_without_a_task_for_each_event() -> None:
    def handle(peer: Peer) -> None:
        opened(peer)
        peer.say(chunk(b"".join(map(frame, range(1, 101)))))
        until_gone(peer)

    async def listen(origin: str) -> None:
        loop, tasks = asyncio.get_running_loop(), list[Any]()

        def counting(_: Any, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
            tasks.append(coroutine)
            return asyncio.Task(coroutine, loop=loop, **options)

        async with AsyncClient(origin, app_id="a", token="t", proxy=False) as client:
            async with client.events.listen() as events:
                loop.set_task_factory(counting)
                for number in range(1, 101):
                    assert await told(events) == (f"e{number}", f"{number}.9")
        assert len(tasks) < 10

    with serving(handle) as server:
        asyncio.run(listen(server.origin))


def test_what_came_before_trouble_is_told_before_it(made: Any) -> None:
    def handle(peer: Peer) -> None:
        opened(peer)
        peer.say(chunk(frame(1) + frame(2) + b"data: " + b"x" * LIMIT))
        until_gone(peer)

    with serving(handle) as server:
        one = made(server.origin)
        one.listen()
        assert [one.next(), one.next()] == ["e1", "e2"]
        with pytest.raises(ApiError, match="more than"):
            one.next()
        assert one.listening.token == "2.9"
        with pytest.raises(one.ended):
            one.next()


def test_a_quiet_time_moves_the_token_for_who_waits(made: Any) -> None:
    def handle(peer: Peer) -> None:
        if server.connections == 1:
            opened(peer)
            peer.say(chunk(b": \nid: 7.9\n\n") + b"0\r\n\r\n")
            until_gone(peer)
        else:
            peer.request()
            peer.answer("{}", "401 No")

    with serving(handle) as server:
        one = made(server.origin)
        one.listen()
        with pytest.raises(Unauthorized):
            one.next()
        assert one.listening.token == "7.9"


def test_a_stream_that_begins_with_an_event_is_opened_without_passing_it(made: Any) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say(CHUNKED)
        peer.say(chunk(frame(1)))
        until_gone(peer)

    with serving(handle) as server:
        one = made(server.origin)
        one.listen(after="0.9")
        one.open()
        assert one.listening.token == "0.9"
        assert (one.next(), one.listening.token) == ("e1", "1.9")
        one.close()


def test_an_event_of_the_future_keeps_what_it_says() -> None:
    def handle(peer: Peer) -> None:
        opened(peer)
        peer.say(chunk(frame(1, type="conversation:dreamed")))
        until_gone(peer)

    with serving(handle) as server, Client(server.origin, app_id="a", token="t", proxy=False) as client:
        found = next(client.events.listen())
        assert isinstance(found, UnknownEvent)
        assert found.fields == event(1, type="conversation:dreamed")


def test_streams_do_not_take_the_places_of_calls() -> None:
    def handle(peer: Peer) -> None:
        while head := peer.request()[0]:
            if "/events" in head[0]:
                peer.say(CHUNKED)
                peer.say(chunk(BEGIN))
                until_gone(peer)
                return
            peer.answer('{"app":{"id":"a","displayName":"x"}}')

    async def listen(origin: str) -> None:
        async with AsyncClient(origin, app_id="a", token="t", proxy=False) as client:
            async with contextlib.AsyncExitStack() as streams, asyncio.timeout(20):
                for _ in range(MOST):
                    await streams.enter_async_context(client.events.listen())
                await client.apps.get()

    with serving(handle) as server:
        asyncio.run(listen(server.origin))
    assert server.connections == MOST + 1
