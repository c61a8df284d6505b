"""What a Receiver tells a test, and what it answers a server."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from parhelion import (
    AnyEvent,
    Client,
    Conversation,
    ConversationCreateEvent,
    ConversationMessageEvent,
    MessagePost,
    TextMessage,
    UserCreateBody,
)
from parhelion.server.rules.signing import headers_for
from parhelion.testing import App, Receiver, Server

MESSAGE = "conversation:message"
PATIENCE = 10  # seconds


@pytest.fixture
def place(parhelion_client: Client) -> Conversation:
    """A conversation of Ada's. What is told of making it has been told."""
    user = parhelion_client.users.create(UserCreateBody(external_id="ada")).user
    return parhelion_client.conversations.start(user)


@pytest.fixture
def say(parhelion_client: Client, place: Conversation) -> Callable[..., None]:
    def say(*texts: str) -> None:
        for text in texts:
            parhelion_client.messages.post(place.id, text)

    return say


def text(event: ConversationMessageEvent) -> str | None:
    assert isinstance(event.payload.message.content, TextMessage)
    return event.payload.message.content.text


def soon(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


def post(
    receiver: Receiver, body: bytes, headers: dict[str, str], path: str = "/", timeout: float = PATIENCE
) -> tuple[int, str]:
    """What a stranger is answered, or somebody who knows the secret."""
    connection = http.client.HTTPConnection(receiver.url.removeprefix("http://").rstrip("/"), timeout=timeout)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def made_up(id: str) -> bytes:
    event = {"id": id, "createdAt": "2026-01-01T00:00:00Z", "type": "conversation:read", "payload": {}}
    return json.dumps({"app": {"id": "a"}, "webhook": {"id": "w"}, "events": [event]}).encode()


def test_an_event_arrives_in_its_shape(
    parhelion_receiver: Receiver, say: Callable[..., None], place: Conversation
) -> None:
    say("Hello!")
    event = parhelion_receiver.wait_for(ConversationMessageEvent)
    assert (text(event), event.payload.conversation.id, event.payload.message.author.type) == (
        "Hello!",
        place.id,
        "business",
    )
    assert event in parhelion_receiver.events
    [call] = [call for call in parhelion_receiver.requests if event in call.events]
    assert (call.method, call.path, call.status, call.is_well, call.why) == ("POST", "/", 200, True, "")
    assert call.json["events"][0]["id"] == event.id == call.headers["webhook-id"]
    assert parhelion_receiver.secret == call.headers["x-api-key"]
    assert parhelion_receiver.secret not in repr(call)


def test_each_event_is_handed_out_once(parhelion_receiver: Receiver, say: Callable[..., None]) -> None:
    say("one", "two")
    assert [text(parhelion_receiver.wait_for(MESSAGE)) for _ in range(2)] == ["one", "two"]
    with pytest.raises(AssertionError):
        parhelion_receiver.wait_for(MESSAGE, timeout=0.01)
    say("three")
    assert text(parhelion_receiver.wait_for(MESSAGE)) == "three"
    assert [text(event) for event in parhelion_receiver.events if isinstance(event, ConversationMessageEvent)] == [
        "one",
        "two",
        "three",
    ]


def test_several_are_waited_for_at_once_and_taken_all_or_none(
    parhelion_server: Server, parhelion_receiver: Receiver, say: Callable[..., None]
) -> None:
    say("one", "two")
    parhelion_server.settle(PATIENCE)
    with pytest.raises(AssertionError, match=r"2 of 3 events of conversation:message came within 0\.01 s"):
        parhelion_receiver.wait_for(MESSAGE, timeout=0.01, count=3)
    say("three")
    assert [text(each) for each in parhelion_receiver.wait_for(MESSAGE, count=3)] == ["one", "two", "three"]
    assert [each.type for each in parhelion_receiver.wait_for("conversation:create", count=1)] == [
        "conversation:create"
    ]


def test_where_chooses_and_leaves_the_others(parhelion_receiver: Receiver, say: Callable[..., None]) -> None:
    say("one", "two", "three")
    found = parhelion_receiver.wait_for(ConversationMessageEvent, where=lambda event: text(event) == "two")
    assert text(found) == "two"
    assert [text(each) for each in parhelion_receiver.wait_for(MESSAGE, count=2)] == ["one", "three"]
    with pytest.raises(ZeroDivisionError):
        parhelion_receiver.wait_for("*", where=lambda _: 1 / 0)
    assert isinstance(parhelion_receiver.wait_for("*"), ConversationCreateEvent)


def test_any_class_of_events_may_be_waited_for(parhelion_receiver: Receiver, say: Callable[..., None]) -> None:
    say("one")
    kinds = {event.type for event in parhelion_receiver.wait_for(AnyEvent, count=2)}
    assert kinds == {"conversation:create", MESSAGE}


def test_a_wait_that_fails_says_what_came(parhelion_receiver: Receiver, say: Callable[..., None]) -> None:
    with pytest.raises(AssertionError) as silence:
        parhelion_receiver.wait_for("conversation:typing", timeout=0.01)
    assert str(silence.value).startswith("No event of conversation:typing came within 0.01 s.\n")
    parhelion_receiver.answer(404, trigger=MESSAGE)
    say("lost", "Tea or coffee?")
    event = parhelion_receiver.wait_for(MESSAGE)
    first = parhelion_receiver.events[0]
    lost = next(call.events[0] for call in parhelion_receiver.requests if not call.is_well)
    assert post(parhelion_receiver, b"{}", {}, "/favicon.ico")[0] == 401
    with pytest.raises(AssertionError) as failed:
        parhelion_receiver.wait_for(MESSAGE, timeout=0.01, where=lambda _: True)
    assert str(failed.value).splitlines() == [
        "No event of conversation:message came within 0.01 s for which `where` holds.",
        "What did arrive (2):",
        f"  conversation:create {first.id}",
        f"  conversation:message {event.id}  business: Tea or coffee?  (handed out)",
        "Requests that were answered otherwise than 2xx, as programmed (1):",
        f"  404: conversation:message {lost.id}  business: lost",
        "Requests that were refused (1):",
        "  401 POST /favicon.ico: X-API-Key is missing",
    ]


def test_a_long_story_is_told_briefly(parhelion_receiver: Receiver, say: Callable[..., None]) -> None:
    say(*map(str, range(12)))
    parhelion_receiver.wait_for(MESSAGE, count=12)
    told = parhelion_receiver.told().splitlines()
    assert told[0] == "What did arrive (13):"
    assert told[1] == "  before: 1 x conversation:create, 2 x conversation:message"
    assert len(told) == 12


def test_what_nobody_could_send_is_not_waited_for(parhelion_app: App) -> None:
    with parhelion_app.receiver(triggers=["conversation:read"]) as receiver:
        with pytest.raises(ValueError, match=r"'conversation:message' is not one of those .*: conversation:read"):
            receiver.wait_for(MESSAGE)
        with pytest.raises(ValueError, match="is not a trigger"):
            receiver.wait_for("conversation:messages")  # type: ignore[call-overload]
        with pytest.raises(ValueError, match="is not one of those"):
            receiver.wait_for(ConversationMessageEvent)
        with pytest.raises(TypeError, match="TextMessage is no event"):
            receiver.wait_for(TextMessage)
        with pytest.raises(ValueError, match="count"):
            receiver.wait_for("conversation:read", count=0)


def test_what_fails_is_sent_again_when_the_clock_is_moved(
    parhelion_server: Server, parhelion_receiver: Receiver, say: Callable[..., None]
) -> None:
    parhelion_receiver.answer(503, times=2, trigger=MESSAGE)
    say("Hello!")
    for _ in range(2):
        parhelion_server.settle()
        with pytest.raises(AssertionError, match="503: conversation:message"):
            parhelion_receiver.wait_for(MESSAGE, timeout=0.01)
        parhelion_server.clock.advance(timedelta(minutes=1))
    event = parhelion_receiver.wait_for(MESSAGE)
    tries = [call for call in parhelion_receiver.requests if call.headers["webhook-id"] == event.id]
    assert [call.status for call in tries] == [503, 503, 200]
    assert parhelion_receiver.events.count(event) == 1


def test_a_connection_that_is_dropped_has_brought_nothing(
    parhelion_server: Server, parhelion_receiver: Receiver, say: Callable[..., None]
) -> None:
    parhelion_receiver.answer(drop=True, trigger=MESSAGE)
    say("Hello!")
    parhelion_server.settle()
    assert "no answer: conversation:message" in parhelion_receiver.told()
    parhelion_server.clock.advance(60)
    assert text(parhelion_receiver.wait_for(MESSAGE)) == "Hello!"
    assert [call.status for call in parhelion_receiver.requests if call.json["events"][0]["type"] == MESSAGE] == [
        None,
        200,
    ]


def test_a_slow_answer_keeps_an_event_under_way(
    parhelion_server: Server, parhelion_receiver: Receiver, say: Callable[..., None]
) -> None:
    parhelion_receiver.answer(200, delay=0.01, trigger=MESSAGE)
    parhelion_receiver.answer(200, delay=60, trigger=MESSAGE)
    say("Hello!", "bye")
    assert text(parhelion_receiver.wait_for(MESSAGE)) == "Hello!"
    with pytest.raises(TimeoutError, match="under way"):
        parhelion_server.settle(timeout=0.05)
    with pytest.raises(AssertionError):
        parhelion_receiver.wait_for(MESSAGE, timeout=0.01)


def test_an_outage_lasts_until_it_is_over(
    parhelion_server: Server, parhelion_receiver: Receiver, say: Callable[..., None]
) -> None:
    parhelion_server.settle()
    parhelion_receiver.answer(200)
    parhelion_receiver.answer(500, times=None)
    say("Hello!")
    for _ in range(2):
        parhelion_server.settle()
        parhelion_server.clock.advance(60)
    parhelion_server.settle()
    assert [call.status for call in parhelion_receiver.requests[-3:]] == [500, 500, 500]
    parhelion_receiver.answer(204, times=None, trigger=MESSAGE)
    parhelion_server.clock.advance(300)
    assert text(parhelion_receiver.wait_for(MESSAGE)) == "Hello!"
    assert parhelion_receiver.requests[-1].status == 204


@pytest.mark.parametrize(
    "said", [{"status": 199}, {"status": 600}, {"delay": -1}, {"delay": float("nan")}, {"times": 0}]
)
def test_an_answer_that_cannot_be_is_refused(parhelion_receiver: Receiver, said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(said))):
        parhelion_receiver.answer(**said)


def test_an_answer_is_programmed_for_what_may_come_only(parhelion_app: App) -> None:
    with parhelion_app.receiver(triggers=["conversation:read"]) as receiver, pytest.raises(ValueError, match="not one"):
        receiver.answer(500, trigger=MESSAGE)


def test_strangers_are_refused_and_kept_apart(parhelion_server: Server, parhelion_receiver: Receiver) -> None:
    receiver, body, now = parhelion_receiver, made_up("e1"), int(time.time())
    parhelion_server.settle()
    receiver.answer(503)  # not for strangers
    signed = headers_for(receiver.secret, "e1", now, body)
    for headers in ({}, {"x-api-key": "guessed"}, headers_for("guessed", "e1", now, body)):
        assert post(receiver, body, headers)[0] == 401
    assert post(receiver, made_up("e2"), signed)[0] == 401
    assert post(receiver, b"no JSON", {"x-api-key": receiver.secret})[0] == 400
    assert [call.status for call in receiver.refused] == [401, 401, 401, 401, 400]
    assert receiver.refused[0].why == "X-API-Key is missing"
    assert receiver.events == receiver.requests == []
    assert post(receiver, body, signed)[0] == 503


def test_an_old_signature_is_taken_since_clocks_are_moved_here(parhelion_receiver: Receiver) -> None:
    body = made_up("e1")
    assert post(parhelion_receiver, body, headers_for(parhelion_receiver.secret, "e1", 1, body)) == (200, "")


def test_one_that_wants_signatures_refuses_what_has_none(
    parhelion_app: App, place: Conversation, say: Callable[..., None]
) -> None:
    with parhelion_app.receiver(signed=True) as receiver:
        assert post(receiver, made_up("e1"), {"x-api-key": receiver.secret}) == (401, "webhook-signature is missing")
        say("Hello!")
        assert text(receiver.wait_for(MESSAGE)) == "Hello!"


def test_the_same_event_arrives_once_until_all_is_cleared(parhelion_receiver: Receiver) -> None:
    receiver, known = parhelion_receiver, {"x-api-key": parhelion_receiver.secret}
    for _ in range(2):
        assert post(receiver, made_up("e1"), known) == (200, "")
    assert [event.id for event in receiver.events] == ["e1"]
    assert [len(call.events) for call in receiver.requests] == [1, 0]
    receiver.answer(500, times=None)
    receiver.clear()
    assert receiver.events == receiver.requests == receiver.refused == []
    assert post(receiver, made_up("e1"), known) == (200, "")
    assert receiver.wait_for("*").id == "e1"


def test_what_is_in_hand_is_asked_for_later(parhelion_receiver: Receiver) -> None:
    receiver, known = parhelion_receiver, {"x-api-key": parhelion_receiver.secret}
    receiver.answer(200, delay=60)

    def later() -> bool:
        try:
            return post(receiver, made_up("e1"), known, timeout=0.1)[0] == 503
        except TimeoutError:  # this is the one that is in hand
            return False

    soon(later)
    assert not receiver.refused
    assert {call.status for call in receiver.requests} == {503}
    receiver.close()
    assert [event.id for event in receiver.events] == ["e1"]


def test_a_webhook_tells_as_much_as_was_asked_for(
    parhelion_app: App, parhelion_client: Client, place: Conversation
) -> None:
    with parhelion_app.receiver(triggers=[MESSAGE], include_full_user=True) as receiver:
        hook = parhelion_client.integrations.list().integrations[-1].webhooks[0]  # type: ignore[union-attr]
        assert (hook.target, hook.triggers, hook.include_full_user) == (receiver.url, [MESSAGE], True)
        assert receiver.webhook.id == hook.id
        parhelion_client.messages.post(place.id, "Hello!")
        receiver.wait_for("*")
        assert [event.type for event in receiver.events] == [MESSAGE]


def test_many_who_wait_get_an_event_each(parhelion_receiver: Receiver, say: Callable[..., None]) -> None:
    got: list[str | None] = []
    waiting = [
        threading.Thread(target=lambda: got.append(text(parhelion_receiver.wait_for(MESSAGE, PATIENCE))))
        for _ in range(5)
    ]
    for thread in waiting:
        thread.start()
    say(*"abcde")
    for thread in waiting:
        thread.join(PATIENCE)
    assert sorted(map(str, got)) == list("abcde")


def test_a_task_waits_and_lets_others_work(parhelion_receiver: Receiver, say: Callable[..., None]) -> None:
    async def story() -> list[str | None]:
        first = asyncio.create_task(parhelion_receiver.arrives(ConversationMessageEvent, PATIENCE))
        await asyncio.sleep(0)
        await asyncio.to_thread(say, "one", "two", "three")
        rest = await parhelion_receiver.arrives(MESSAGE, count=2)
        return [text(await first), *map(text, rest)]

    assert asyncio.run(story()) == ["one", "two", "three"]


def test_a_task_that_waits_in_vain_is_told_and_one_that_gives_up_takes_nothing(
    parhelion_receiver: Receiver, say: Callable[..., None]
) -> None:
    async def story() -> None:
        with pytest.raises(AssertionError, match=r"No event of conversation:message came within 0\.01 s"):
            await parhelion_receiver.arrives(MESSAGE, timeout=0.01)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await parhelion_receiver.arrives(MESSAGE)
        await asyncio.to_thread(say, "Hello!")
        assert text(await parhelion_receiver.arrives(MESSAGE)) == "Hello!"

    asyncio.run(story())
    say("bye")  # no task is called that is not there any more
    assert text(parhelion_receiver.wait_for(MESSAGE)) == "bye"


def test_a_receiver_that_is_closed_leaves_nothing_behind(
    parhelion_server: Server, parhelion_app: App, parhelion_client: Client
) -> None:
    before = set(threading.enumerate())
    receiver = parhelion_app.receiver()
    port = int(receiver.url.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as silent:  # who has begun a request and says no more
        silent.sendall(b"POST / HT")
        soon(lambda: len(set(threading.enumerate()) - before) >= 2)
        began = time.monotonic()
        receiver.close()
        assert time.monotonic() - began < PATIENCE / 2
    receiver.close()
    soon(lambda: not set(threading.enumerate()) - before)
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", port))
    assert parhelion_client.integrations.list().integrations == []


def test_closing_comes_before_a_long_delay_is_over(parhelion_server: Server, parhelion_app: App) -> None:
    before = set(threading.enumerate())
    receiver = parhelion_app.receiver()
    receiver.answer(200, delay=1000, times=None)
    user = parhelion_app.client().users.create(UserCreateBody(external_id="ada")).user
    parhelion_app.client().conversations.start(user)
    with pytest.raises(TimeoutError):
        parhelion_server.settle(timeout=0.05)
    receiver.close()
    soon(lambda: not set(threading.enumerate()) - before)


def test_a_receiver_outlives_its_app_and_its_server() -> None:
    with Server.start() as server:
        app, other = server.create_app(), server.create_app()
        left = other.receiver()
        with app.receiver():
            server.reset()  # no such integration any more
    left.close()  # no such server any more
    other.close()


def test_a_webhook_that_is_refused_leaves_no_thread_behind(parhelion_app: App) -> None:
    before = set(threading.enumerate())
    with pytest.raises(Exception, match="triggers"):
        parhelion_app.receiver(triggers=["conversation:messages"])  # type: ignore[list-item]
    with pytest.raises(Exception, match="triggers"):
        parhelion_app.receiver(triggers=[])
    assert not set(threading.enumerate()) - before


def test_a_post_may_be_whole(parhelion_receiver: Receiver, parhelion_client: Client, place: Conversation) -> None:
    body = MessagePost(author={"type": "business"}, content={"type": "text", "text": "as JSON"})  # type: ignore[arg-type]
    parhelion_client.messages.post(place.id, body)
    assert text(parhelion_receiver.wait_for(MESSAGE)) == "as JSON"
