"""Every line must pass both type checkers. Never run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, assert_type

from parhelion import AsyncClient, Client, ConversationCreateEvent, ConversationMessageEvent, ConversationMessagePayload
from parhelion.testing import App, Call, Clock, Fault, Faults, Receiver, Server, Snapshot


def server(server: Server) -> None:
    with Server.start() as started:
        assert_type(started, Server)
    assert_type(Server.at("http://127.0.0.1:8000"), Server)
    assert_type(server.create_app(), App)
    assert_type(server.create_app("Support"), App)
    snapshot = assert_type(server.snapshot(), Snapshot)
    server.restore(snapshot)
    server.reset()
    server.settle(timeout=1)
    assert_type(server.client, Client)
    assert_type(server.clock, Clock)
    assert_type(server.clock.advance(60), datetime)
    server.clock.advance(timedelta(days=1))
    server.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    assert_type(server.clock.frozen, bool)
    assert_type(server.faults, Faults)
    fault = assert_type(server.faults.add("PostMessage", status=503, times=2), Fault)
    server.faults.add(drop="after", probability=0.1, seed=1)
    server.faults.remove(fault)
    for each in server.faults:
        assert_type(each, Fault)


def app(app: App) -> None:
    assert_type(app.client(retries=0), Client)
    assert_type(app.async_client(), AsyncClient)
    assert_type(app.environment, dict[str, str])
    with app.receiver(triggers=["conversation:message"]) as receiver:
        assert_type(receiver, Receiver)
    app.receiver(triggers=["*"], signed=True, include_full_user=True, include_full_source=True)


def receiver(receiver: Receiver) -> None:
    event = assert_type(receiver.wait_for(ConversationMessageEvent), ConversationMessageEvent)
    assert_type(event.payload, ConversationMessagePayload)
    assert_type(receiver.wait_for(ConversationCreateEvent, 1.0, count=2), list[ConversationCreateEvent])
    receiver.wait_for(ConversationMessageEvent, where=lambda event: event.payload.message.author.type == "user")
    assert_type(receiver.wait_for("conversation:message", timeout=1, where=lambda event: event.payload), Any)
    assert_type(receiver.wait_for("*", count=2), list[Any])
    receiver.answer(503, times=None, trigger="conversation:message", delay=0.5)
    receiver.answer(drop=True)
    assert_type(receiver.requests, list[Call])


async def waiting(receiver: Receiver) -> None:
    assert_type(await receiver.arrives(ConversationMessageEvent), ConversationMessageEvent)
    assert_type(await receiver.arrives(ConversationMessageEvent, count=1), list[ConversationMessageEvent])
    assert_type(await receiver.arrives("conversation:typing"), Any)
    assert_type(await receiver.arrives("*", count=3), list[Any])
