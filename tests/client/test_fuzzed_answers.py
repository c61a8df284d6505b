"""Answers that nobody thought of: what comes back is a value of its type or an ApiError; nothing else, and soon.

Answers are made from the types that the table declares, and then damaged: see `made_up`. `make fuzz ANSWERS=1000` makes
more of them, `SEED=2` others.
"""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import suppress
from functools import cache
from types import NoneType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed as seeded, settings, strategies as st

from parhelion import AsyncClient, Client
from parhelion.client import Request, Response, Timeout
from parhelion.operations import TABLE, Browse, Declared, Events, Listen, Users, Walk, operations
from parhelion.receive import Receiver, Refused
from parhelion.wire import ApiError, Envelope, Error, MessageListResponse, NoAnswer, UnknownContent
from parhelion.wire.reading import DEEPEST, Fault
from tests.client.made_up import (
    HEADERS,
    HELD,
    NOT_OURS,
    STATUSES,
    bodies,
    damaged,
    items_of,
    said,
    smallest,
    unfit,
    written,
)
from tests.client.support import serving

KEY: dict[str, Any] = {"app_id": "app1", "key_id": "app_1", "secret": "x"}
CALLS = [each for each in operations() if not isinstance(each, (Browse, Listen))]
PAGES = [each for each in CALLS if items_of(each.returns)]
WALKS = [each for each in PAGES if hasattr(each.returns, "walks")]
EVENT: Any = Events.listen.returns
GOOD = st.sampled_from([200, 201, 202, 204, 206, 299])
Often = Callable[..., None]


def named(operation: Declared[Any]) -> str:
    return operation.operation_id


@pytest.fixture
def often(request: pytest.FixtureRequest) -> Often:
    """Runs a test with so many made-up answers, the same ones every time."""
    many, seed = (request.config.getoption(each) for each in ("--answers", "--seed"))

    def run(test: Callable[..., None], share: float = 1, **strategies: Any) -> None:
        bounded = settings(
            max_examples=max(2, round(many * share)),
            phases=[Phase.generate, Phase.shrink],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        seeded(seed)(bounded(given(**strategies)(test)))()

    return run


class Scripted:
    """A transport that gives these answers, one after the other and then again from the first."""

    def __init__(self, *answers: Response, most: int = 10) -> None:
        self.answers, self.most, self.asked = answers, most, 0

    def send(self, request: Request, timeout: Timeout) -> Response:
        assert self.asked < self.most, "it asks and asks"
        self.asked += 1
        return self.answers[(self.asked - 1) % len(self.answers)]

    def close(self) -> None: ...


class AsyncScripted(Scripted):
    async def send(self, request: Request, timeout: Timeout) -> Response:  # type: ignore[override]
        return Scripted.send(self, request, timeout)

    async def close(self) -> None: ...  # type: ignore[override]


def slept(seconds: float) -> None:
    assert 0 <= seconds <= 31, "nobody waits as long as a server likes"


async def slept_too(seconds: float) -> None:
    slept(seconds)


def done(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What comes of a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


@cache
def arguments(operation: Declared[Any]) -> dict[str, Any]:
    needed = [each for each in operation.parameters if each.required]
    return {each.name: b"%PDF-" if each.place == "file" else smallest(each.type) for each in needed}


def method(client: Any, operation: Declared[Any], name: str = "") -> Callable[..., Any]:
    resource = next(each for each in vars(client).values() if type(each).__name__ == operation.tag)
    found: Callable[..., Any] = getattr(resource, name or operation.__name__)
    return found


def walk_of(operation: Declared[Any]) -> str:
    """What the walk through a list is called."""
    resource = next(each for each in TABLE if each.__name__ == operation.tag)
    return next(name for name, it in vars(resource).items() if isinstance(it, Walk) and it.listing is operation)


def sync(transport: Any, told: list[Fault]) -> Client:
    return Client("https://example.org", **KEY, transport=transport, retries=2, tell=told.append, sleep=slept)


def awaiting(transport: Any, told: list[Fault]) -> AsyncClient:
    return AsyncClient("https://example.org", **KEY, transport=transport, retries=2, tell=told.append, sleep=slept_too)


def answer(operation: Declared[Any], *answers: Response) -> tuple[Any, list[Fault]]:
    """What both clients make of these answers, and what they tell: it has to be the same."""
    found: list[tuple[Any, list[Fault]]] = []
    for is_async in (False, True):
        told: list[Fault] = []
        try:
            if is_async:
                result = done(method(awaiting(AsyncScripted(*answers), told), operation)(**arguments(operation)))
            else:
                result = method(sync(Scripted(*answers), told), operation)(**arguments(operation))
        except (ApiError, NoAnswer) as error:
            result = error
        found.append((result, told))
    (one, told), (other, also_told) = found
    assert told == also_told
    assert repr(one) == repr(other) if isinstance(one, Exception) else one == other
    return one, told


# Calls


@pytest.mark.parametrize("operation", CALLS, ids=named)
def test_an_answer_is_a_value_of_its_type_or_an_api_error(operation: Declared[Any], often: Often) -> None:
    def check(status: int, headers: dict[str, str], body: bytes) -> None:
        result, told = answer(operation, Response(status, headers, body))
        if isinstance(result, ApiError):
            assert result.status == status
            assert result.code == "unreadable" or not 200 <= status < 300
            assert result.errors
            assert not unfit(result.errors, list[Error])
            assert str(pickle.loads(pickle.dumps(result))) == str(result)
            assert not told, "what is not answered was not left out"
        else:
            assert 200 <= status < 300
            assert not unfit(result, operation.returns)
            assert len({fault.place for fault in told}) == len(told)

    often(check, status=GOOD, headers=HEADERS, body=bodies(operation.returns))
    often(check, 0.5, status=STATUSES, headers=HEADERS, body=st.sampled_from(NOT_OURS) | st.binary(max_size=50))


@pytest.mark.parametrize("operation", CALLS, ids=named)
def test_what_is_said_as_it_is_declared_is_read_whole(operation: Declared[Any], often: Often) -> None:
    def check(value: Any) -> None:
        result, told = answer(operation, Response(200, {}, written(value)))
        assert not unfit(result, operation.returns)
        assert told == []

    if operation.returns is not NoneType:
        often(check, 0.5, value=said(operation.returns))


@pytest.mark.parametrize("operation", PAGES, ids=named)
def test_one_strange_thing_costs_itself_and_no_page(operation: Declared[Any], often: Often) -> None:
    name, python_name, item = items_of(operation.returns)[0]

    def check(data: st.DataObject) -> None:
        things = data.draw(st.lists(said(item), min_size=2, max_size=4))
        place = data.draw(st.integers(0, len(things) - 1))
        strange = data.draw(damaged(things[place], ways=HELD, most=1))
        good, _ = answer(operation, Response(200, {}, written({name: things})))
        others = getattr(good, python_name)[:]
        del others[place]
        things[place] = strange
        result, told = answer(operation, Response(200, {}, written({name: things})))
        assert not unfit(result, operation.returns)
        found = getattr(result, python_name)
        if len(found) == len(others):
            assert found == others
            assert [fault.place for fault in told] == [f"{name}[{place}]"]
        else:
            del found[place]
            assert found == others
            assert len({fault.place for fault in told}) == len(told)
            assert all(fault.place.startswith(f"{name}[{place}].") for fault in told)

    often(check, 2, data=st.data())


# Pages


@pytest.mark.parametrize("operation", WALKS, ids=named)
def test_a_walk_ends(operation: Declared[Any], often: Often) -> None:
    name, _, item = items_of(operation.returns)[0]
    cursors = st.sampled_from(["a" * 24, "b" * 24, "c", "", "é ", None, 1])
    meta = st.fixed_dictionaries(
        {"hasMore": st.sampled_from([True, True, False, None, "yes"])},
        optional={"beforeCursor": cursors, "afterCursor": cursors},
    )
    page = st.fixed_dictionaries({name: st.lists(said(item), max_size=2), "meta": meta})
    pages = st.lists(page.flatmap(damaged) | page, min_size=1, max_size=5)

    def check(pages: list[Any]) -> None:
        answers, most = [Response(200, {}, written(each)) for each in pages], len(pages) + 2
        walk = walk_of(operation)
        named = {key: value for key, value in arguments(operation).items() if key != "page"}
        met: list[Any] = []
        also_met: list[Any] = []
        with suppress(ApiError):
            for thing in method(sync(Scripted(*answers, most=most), []), operation, walk)(**named):
                met.append(thing)  # noqa: PERF402 - until it is refused
        things = method(awaiting(AsyncScripted(*answers, most=most), []), operation, walk)(**named)

        async def meet() -> None:
            with suppress(ApiError):
                async for thing in things:
                    also_met.append(thing)  # noqa: PERF401 - the same

        done(meet())
        assert met == also_met
        assert not unfit(met, list[item])

    often(check, pages=pages)


def message(number: int, **changed: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "id": f"{number:024x}",
        "received": "2026-01-31T12:00:00.000Z",
        "author": {"type": "user", "userId": "u", "displayName": "Ada"},
        "content": {"type": "text", "text": "Hello there, how may I help you today?"},
        "metadata": {"number": number},
    }
    return usual | changed


MANY = 100_000
UNKNOWN = {"type": "hologram", "depth": 3}


def long_page(*strange: tuple[int, dict[str, Any]], many: int = MANY) -> bytes:
    changed = dict(strange)
    return written({"messages": [message(number, **changed.get(number, {})) for number in range(many)]})


def read(body: bytes) -> tuple[list[Any], list[Fault], float]:
    """The messages, what was told, and the CPU seconds that it took."""
    told: list[Fault] = []
    begun = time.process_time()
    result = sync(Scripted(Response(200, {}, body)), told).messages.list("c")
    return result.messages, told, time.process_time() - begun


def test_a_hundred_thousand_messages_of_which_a_few_are_strange_are_soon_read() -> None:
    good, told, usual = read(long_page())
    assert (len(good), told) == (MANY, [])
    strange = (0, {"content": UNKNOWN}), (50_000, {"deleted": "perhaps"}), (MANY - 1, {"metadata": {"a": None, "b": 1}})
    found, told, took = read(long_page(*strange))
    assert len(found) == MANY
    assert [place for place in range(MANY) if found[place] != good[place]] == [0, MANY - 1]
    assert found[0].content == UnknownContent(type="hologram", fields=UNKNOWN)  # type: ignore[arg-type]
    assert found[-1].metadata == {"b": 1}
    assert [fault.place for fault in told] == ["messages[50000].deleted", f"messages[{MANY - 1}].metadata"]
    assert took < 20 * usual, f"{took / usual:.1f} times as long"

    # What stands in the way of all of it being JSON.
    half = (7, {"content": {"type": "text", "text": "\0half a pair"}}), (9, {"mood": "\0deep array"})
    found, told, took = read(long_page(*half))
    assert [place for place in range(MANY) if found[place] != good[place]] == [7]
    assert (len(found), found[7].content.text, told) == (MANY, "\ufffd and so", [])
    assert took < 60 * usual, f"{took / usual:.1f} times as long"


def test_a_page_of_strange_messages_only_takes_its_time_and_no_more() -> None:
    for changed, is_left in (({"content": UNKNOWN}, True), ({"id": None}, False)):
        times: list[float] = []
        for many in (2_000, 20_000):
            found, told, took = read(long_page(*((number, changed) for number in range(many)), many=many))
            assert (len(found), len(told)) == ((many, 0) if is_left else (0, many))
            times.append(took)
        assert times[1] < 40 * times[0], f"ten times as many take {times[1] / times[0]:.1f} times as long"


def test_the_memory_for_a_strange_page_is_as_much_again_and_no_more() -> None:
    def peak(body: bytes) -> int:
        tracemalloc.start()
        read(body)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    usual = peak(long_page(many=10_000))
    assert peak(long_page((5000, {"id": None}), many=10_000)) < 2 * usual
    assert peak(long_page((5000, {"mood": "\0half a pair"}), many=10_000)) < 4 * usual


@pytest.mark.parametrize("depth", [10, DEEPEST, 250, 400, 2000])
def test_quotes_within_quotes_without_end_are_read_as_far_as_anybody_would(depth: int) -> None:
    inner = b'{"id":"' + b'1","received":"2026-01-31T12:00:00Z","author":{"type":"user"},"content":{"type":"text"}'
    deep = (inner + b',"quotedMessage":{"type":"message","message":') * depth + inner + b',"deleted":7}' + b"}}" * depth
    body = b'{"messages":[' + deep + b"," + inner + b"}]}"
    found, told, _ = read(body)
    assert len(found) == 2
    assert not unfit(found, list[Any])
    assert told == []  # a quote can be kept whole, and so it is


@pytest.mark.parametrize(
    ("body", "code", "title"),
    [
        (b'{"errors":[{"code":"user_not_found"}]}', "user_not_found", "No reason was given"),
        (b'{"errors":[{"title":"Gone"}]}', "unreadable", "Gone"),
        (
            b'{"errors":[7,{"code":"conversation_not_found","title":"\xff\\ud83d"}]}',
            "conversation_not_found",
            "\ufffd" * 2,
        ),
        (b'{"errors":[{"message":"no"}]}', "unreadable", '{"errors":[{"message":"no"}]}'),
        (b"\xff\xfe", "unreadable", "\ufffd" * 2),
        (b'{"errors":[]}', "not_found", "Resource not found"),
    ],
)
def test_a_refusal_says_what_can_be_read_of_it(body: bytes, code: str, title: str) -> None:
    error, _ = answer(Users.get, Response(404, {}, body))
    assert isinstance(error, ApiError)
    assert (error.code, error.title) == (code, title)


# The stream and webhooks


class Stream:
    """An answer of which these pieces come."""

    def __init__(self, status: int, headers: dict[str, str], pieces: list[bytes]) -> None:
        self.status, self.headers, self._pieces = status, headers, pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


class SyncStream(Stream):
    def close(self) -> None: ...


class AsyncStream(Stream):
    async def close(self) -> None: ...


class Enough(Exception):
    """No more streams: what is listened to has no end of its own."""


class Streaming(Scripted):
    def stream(self, request: Request, timeout: Timeout) -> Any:
        if self.asked == len(self.answers):
            raise Enough
        return SyncStream(*self._next())

    def _next(self) -> Any:
        self.asked += 1
        return self.answers[self.asked - 1]


class AsyncStreaming(Streaming):
    async def stream(self, request: Request, timeout: Timeout) -> Any:  # type: ignore[override]
        if self.asked == len(self.answers):
            raise Enough
        return AsyncStream(*self._next())


@st.composite
def streams(draw: st.DrawFn) -> tuple[int, dict[str, str], list[bytes]]:
    event = bodies(EVENT)
    lines = st.sampled_from(
        [b"retry: 0", b"retry: 9999999999999", b"id: \xff", b"id", b": hi", b"event", b"x: y", b"\0"]
    )
    frame = st.tuples(st.integers(0, 3), lines, event.map(lambda said: said.replace(b"\n", b"\ndata: "))).map(
        lambda parts: b"id: %d\nevent: a\n%b\ndata: %b\n\n" % parts
    )
    body = b"".join(draw(st.lists(frame | st.binary(max_size=30) | lines, max_size=4)))
    size = draw(st.sampled_from([1_000_000, 1_000_000, 97, 7]))
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    kind = draw(st.sampled_from(["text/event-stream", "text/event-stream", "Text/Event-Stream;x", "text/html", ""]))
    return draw(st.just(200) | STATUSES), draw(HEADERS) | {"content-type": kind}, pieces


def test_a_stream_gives_events_or_ends_with_an_error_that_is_told_of(often: Often) -> None:
    waits = threading.TIMEOUT_MAX  # what a program can sleep

    def patient(seconds: float) -> None:
        assert 0 <= seconds <= waits

    async def patient_too(seconds: float) -> None:
        patient(seconds)

    def check(script: list[Any]) -> None:
        heard: list[list[Any]] = [[], []]
        ends: list[type[Exception]] = []
        transport: Any = Streaming(*script)
        client = Client("https://example.org", **KEY, transport=transport, retries=1, tell=[].append, sleep=patient)
        try:
            for event in client.events.listen():
                heard[0].append(event)
        except (ApiError, NoAnswer, Enough) as error:
            ends.append(type(error))

        async def listen() -> None:
            transport: Any = AsyncStreaming(*script)
            client = AsyncClient(
                "https://example.org", **KEY, transport=transport, retries=1, tell=[].append, sleep=patient_too
            )
            async with client.events.listen() as events:
                async for event in events:
                    heard[1].append(event)

        try:
            asyncio.run(listen())
        except (ApiError, NoAnswer, Enough) as error:
            ends.append(type(error))
        assert len(ends) == 2
        assert ends[0] is ends[1]
        assert heard[0] == heard[1]
        assert not unfit(heard[0], list[EVENT])

    often(check, 10, script=st.lists(streams(), min_size=1, max_size=3))


def test_webhooks_are_events_or_are_refused(often: Often) -> None:
    odd = st.dictionaries(
        st.sampled_from(["webhook-signature", "webhook-id", "webhook-timestamp", "Content-Type", "X-API-KEY", ""]),
        st.sampled_from(["", "v1,", "v1,AAAA", "x" * 9000, "\xff", "1", "-1", "9" * 400, "²", "secret", "\ud83d"]),
        max_size=3,
    )

    def check(headers: dict[str, str], body: bytes, signed: bool) -> None:
        told: list[Fault] = []
        receiver = Receiver("secret", signed=signed, tell=told.append)
        with suppress(Refused):
            assert not unfit(receiver.receive({"x-api-key": "secret"} | headers, body), list[EVENT])

    often(check, 20, headers=odd, body=bodies(Envelope), signed=st.sampled_from([False, False, False, True]))


# Bytes over a socket

HELLO = b'{"messages":[]}'
OK = b"HTTP/1.1 200 OK\r\n"
LENGTHS = [b"15", b"-5", b"x", b"15, 15", b"1.5", b"", b"9" * 5000]
CHUNKS = [b"f", b"zz", b"-5", b"", b"f;" + b"x" * 70_000]
STATUS_LINES = [
    b"",
    b"HTTP/1.1",
    b"HTTP/1.1 abc",
    b"HTTP/1.1 2000 OK",
    b"HTTP/9.9 200 OK",
    b"ICY 200 OK",
    b"\xff\xfe\0",
]
HEADER_LINES = [b": b", b"no colon", b"a\xff: \xff", b" folded", b"a: b\r\n c", b"a" * 70_000, b"a: b\r\n" * 2000]
ANSWERS = [
    b"",
    b"x" * 100_000,
    *(b"%b\r\n\r\n" % each for each in (*STATUS_LINES, b"HTTP/1.1 000 No", b"HTTP/1.1 999 OK", b"HTTP/1.1 101 Go")),
    *(OK + each + b"\r\n\r\n" for each in HEADER_LINES),
    *(OK + b"content-length: %b\r\n\r\n%b" % (each, HELLO) for each in LENGTHS),
    *(OK + b"transfer-encoding: chunked\r\n\r\n%b\r\n%b\r\n0\r\n\r\n" % (each, HELLO) for each in CHUNKS),
    b"HTTP/1.1 100 Go on\r\n\r\n" * 3000,
    b"HTTP/1.1 204 No\r\ncontent-length: 5\r\n\r\nabcde",
]


def test_bytes_that_are_hardly_an_answer_are_a_value_or_an_error_of_ours(often: Often) -> None:
    given = [b""]

    def handle(peer: Any) -> None:
        peer.head()
        peer.say(given[0])

    async def list_() -> Any:
        async with AsyncClient(server.origin, **KEY, retries=0, proxy=False) as client:
            return await client.messages.list("c")

    def check(said: bytes) -> None:
        given[0] = said
        for ask in (sync_list, lambda: asyncio.run(list_())):
            with suppress(ApiError, NoAnswer):
                assert not unfit(ask(), MessageListResponse)

    with serving(handle) as server, Client(server.origin, **KEY, retries=0, proxy=False) as client:

        def sync_list() -> Any:
            return client.messages.list("c")

        for each in ANSWERS:
            check(each)
        head = st.sampled_from(
            [b"", b"HTTP/1.1 ", OK, OK + b"content-length: 15\r\n", OK + b"transfer-encoding: chunked\r\n\r\n"]
        )
        often(check, 5, said=st.builds(lambda *parts: b"".join(parts), head, st.binary(max_size=40)))
