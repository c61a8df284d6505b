"""What a call can be given, and what it shows of itself: raw answers, options, hooks."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager, suppress

import pytest

from parhelion import AsyncClient, BadRequest, Call, Client, MessageListResponse, NoAnswer, NotFound, Response, Timeout
from tests.client.support import HELLO, PATIENCE, AsyncCanned, Canned

PAGE = (
    b'{"messages": [{"id": "1", "received": "2026-01-01T12:00:00Z", "author": {"type": "business"},'
    b' "content": {"type": "text", "text": "hi"}}]}'
)
OK = Response(200, {"x-request-id": "r1", "content-type": "application/json"}, PAGE)
POSTED = Response(201, {"x-request-id": "r2"}, PAGE)
BUSY = Response(503, {"x-request-id": "r0"}, b'{"errors": [{"code": "busy", "title": "Busy"}]}')
WRONG = Response(400, {"x-request-id": "r9"}, b'{"errors": [{"code": "bad_request", "title": "No"}]}')
GONE = Response(404, {}, b'{"errors": [{"code": "message_not_found", "title": "No"}]}')


def client(*answers: object, **options: object) -> tuple[Client, Canned]:
    transport = Canned(list(answers))
    usual = {"retries": PATIENCE, "app_id": "a", "token": "t", "sleep": lambda seconds: None}
    return Client("https://example.org", transport=transport, **(usual | options)), transport  # type: ignore[arg-type]


# -- raw answers ------------------------------------------------------------------------------------------------------


def test_a_raw_answer_is_what_came_and_can_be_read() -> None:
    here, _ = client(OK)
    raw = here.with_raw_response.messages.list("c")
    assert (raw.status, raw.body, raw.request_id, raw.headers["content-type"]) == (200, PAGE, "r1", "application/json")
    assert isinstance(raw.parse(), MessageListResponse)
    assert raw.parse() == client(OK)[0].messages.list("c")


def test_a_raw_answer_does_not_show_what_it_holds() -> None:
    raw = client(OK)[0].with_raw_response.messages.list("c")
    assert "hi" not in repr(raw)


def test_a_refusal_is_an_error_also_when_raw() -> None:
    with pytest.raises(BadRequest) as refused:
        client(WRONG)[0].with_raw_response.messages.post("c", "x")
    assert (refused.value.status, refused.value.request_id) == (400, "r9")


def test_what_is_deleted_already_is_raw_as_it_came() -> None:
    raw = client(NoAnswer("lost", sent=True), GONE)[0].with_raw_response.messages.delete("c", "m")
    assert raw.status == 404
    raw.parse()


def test_what_is_more_than_one_request_has_no_raw_answer() -> None:
    raw = client()[0].with_raw_response
    for wrong in (
        lambda: raw.messages.iterate("c"),  # type: ignore[misc]
        raw.events.listen,  # type: ignore[misc]
        lambda: raw.conversations.start("u"),  # type: ignore[misc]
        lambda: raw.oauth.authorize("c"),  # type: ignore[misc]
    ):
        with pytest.raises(TypeError, match="single request"):
            wrong()
    assert repr(raw).endswith(".with_raw_response")


def test_raw_when_awaited() -> None:
    async def story() -> None:
        here = AsyncClient("https://example.org", app_id="a", token="t", transport=AsyncCanned([OK]))
        raw = await here.with_raw_response.messages.list("c")
        assert raw.request_id == "r1"
        assert raw.parse().messages[0].id == "1"

    asyncio.run(story())


# -- options ----------------------------------------------------------------------------------------------------------


def test_options_are_for_one_call_and_leave_the_client_as_it_was() -> None:
    here, seen = client(OK, OK, timeout=7)
    here.with_options(timeout=Timeout(1, 2), headers={"X-Team": "blue"}).messages.list("c")
    here.messages.list("c")
    assert [each.headers.get("x-team") for each in seen.seen] == ["blue", None]
    assert seen.timeouts == [Timeout(1, 2), Timeout(7, 7)]


def test_options_pile_up() -> None:
    here, seen = client(OK, headers={"x-a": "1"})
    here.with_options(headers={"x-b": "2"}).with_options(headers={"x-a": "3"}, retries=0).for_app("b").messages.list(
        "c"
    )
    assert (seen.seen[0].headers["x-a"], seen.seen[0].headers["x-b"]) == ("3", "2")


@pytest.mark.parametrize("wrong", [{"Authorization": "x"}, {"idempotency-key": "x"}, {"a b": "x"}, {"a": "x\ny"}])
def test_a_header_that_is_ours_or_cannot_be_sent_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="header"):
        client()[0].with_options(headers=wrong)


def test_a_post_goes_under_the_key_that_was_given() -> None:
    here, seen = client(BUSY, POSTED, POSTED, idempotent=True)
    here.with_options(idempotency_key="order-17").messages.post("c", HELLO)
    here.messages.post("c", HELLO)
    keys = [each.headers["idempotency-key"] for each in seen.seen]
    assert keys[:2] == ["order-17"] * 2
    assert keys[2] != "order-17"


@pytest.mark.parametrize("wrong", ["", "a b", "é", "x" * 256, "a\n"])
def test_a_key_that_cannot_be_sent_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="idempotency_key"):
        client()[0].with_options(idempotency_key=wrong)


# -- hooks ------------------------------------------------------------------------------------------------------------


class Watching:
    """A hook that keeps what it saw."""

    def __init__(self) -> None:
        self.calls, self.trouble = list[Call](), list[BaseException]()

    @contextmanager
    def __call__(self, call: Call) -> Generator[None]:
        self.calls.append(call)
        call.headers["Traceparent"] = "00-1-2-01"
        try:
            yield
        except BaseException as trouble:
            self.trouble.append(trouble)
            raise


def test_a_hook_is_around_all_attempts_of_a_call() -> None:
    watching = Watching()
    here, seen = client(BUSY, OK, around=watching)
    here.messages.list("c")
    (call,) = watching.calls
    assert (call.operation_id, call.method, call.app_id) == ("ListMessages", "GET", "a")
    assert call.path == "/v2/apps/{app_id}/conversations/{conversation_id}/messages"
    assert (call.attempts, call.status, call.request_id) == (2, 200, "r1")
    assert [each.headers["traceparent"] for each in seen.seen] == ["00-1-2-01"] * 2
    assert "traceparent" not in here._settings.headers  # noqa: SLF001 - the next call begins without it


def test_a_hook_sees_what_goes_wrong() -> None:
    watching = Watching()
    here, _ = client(WRONG, NoAnswer("lost", sent=False), around=watching, retries=0)
    with pytest.raises(BadRequest):
        here.messages.post("c", "x")
    with pytest.raises(NoAnswer):
        here.messages.list("c")
    with pytest.raises(ValueError, match="conversation_id"):
        here.messages.list("")
    assert [type(each) for each in watching.trouble] == [BadRequest, NoAnswer, ValueError]
    assert [(each.attempts, each.status) for each in watching.calls] == [(1, 400), (1, None), (0, None)]


def test_a_hook_sees_an_answer_that_cannot_be_read_as_answered() -> None:
    watching = Watching()
    here, _ = client(Response(200, {}, b"<html>"), around=watching)
    with suppress(Exception):
        here.messages.list("c")
    assert watching.calls[0].status == 200


def test_a_hook_sees_that_it_was_interrupted() -> None:
    class Interrupted:
        def send(self, request: object, timeout: Timeout) -> Response:
            raise KeyboardInterrupt

    watching = Watching()
    here = Client("https://example.org", app_id="a", token="t", transport=Interrupted(), around=watching)
    with pytest.raises(KeyboardInterrupt):
        here.messages.list("c")
    assert [type(each) for each in watching.trouble] == [KeyboardInterrupt]


def test_a_hook_sees_a_cancelled_task() -> None:
    watching = Watching()

    class Silent:
        async def send(self, request: object, timeout: Timeout) -> Response:
            await asyncio.get_running_loop().create_future()
            raise AssertionError

    async def story() -> None:
        here = AsyncClient("https://example.org", app_id="a", token="t", transport=Silent(), around=watching)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(here.messages.list("c"), 0.01)

    asyncio.run(story())
    assert [type(each) for each in watching.trouble] == [asyncio.CancelledError]


def test_a_hook_may_not_keep_trouble_to_itself() -> None:
    @contextmanager
    def quiet(call: Call) -> Generator[None]:
        with suppress(NotFound):
            yield

    with pytest.raises(RuntimeError, match="ListMessages"):
        client(GONE, around=quiet)[0].messages.list("c")


def test_a_hooks_headers_are_looked_at() -> None:
    @contextmanager
    def forging(call: Call) -> Generator[None]:
        call.headers["authorization"] = "Bearer mine"
        yield

    here, seen = client(OK, around=forging)
    with pytest.raises(ValueError, match="authorization"):
        here.messages.list("c")
    assert not seen.seen
