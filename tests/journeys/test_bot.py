"""A user talks with the bots in examples/, and hears what they answer as it happens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from parhelion import AsyncClient, Author, Client, ConversationMessageEvent, Event, MessagePost, TextMessage, Trigger
from tests.journeys.support import texts
from tests.journeys.test_bots import BOTS, HOOK, Bot
from tests.live import Caller

MESSAGES: list[Trigger] = ["conversation:message"]
SAYS = ["hello", "is there anybody?", "goodbye"]
TALK = [said for text in SAYS for said in (text, f"You said: {text}")]
PATIENCE = 30  # seconds


@pytest.fixture(params=BOTS)
def bot(request: pytest.FixtureRequest, app: Caller) -> Iterator[Bot]:
    """A bot that is told what is said in an app."""
    made = app.post(f"{app.app}/integrations", {"type": "custom", "webhooks": [HOOK]}).json["integration"]
    [hook] = made["webhooks"]
    keys = {
        "PARHELION_URL": app.url,
        "PARHELION_APP_ID": app.app_id,
        "PARHELION_KEY_ID": app.key_id,
        "PARHELION_SECRET": app.secret,
        "WEBHOOK_SECRET": hook["secret"],
    }
    path = f"{app.app}/integrations/{made['id']}/webhooks/{hook['id']}"
    started = Bot(BOTS[request.param], keys, hook["secret"], path)
    answer = app.send("PATCH", path, {"target": f"http://127.0.0.1:{started.port}/hook"})
    yield started
    started.stop()
    assert answer.status == 200, answer


def post(user: str, text: str) -> MessagePost:
    return MessagePost(author=Author(type="user", user_id=user), content=TextMessage(text=text))


def heard(event: Event) -> tuple[str, str | None]:
    """Who said what."""
    assert isinstance(event, ConversationMessageEvent)
    said = event.payload.message
    assert isinstance(said.content, TextMessage)
    return said.author.type, said.content.text


def test_a_user_hears_what_a_bot_answers(bot: Bot, app: Caller) -> None:
    user = app.user()
    place = app.conversation(user)
    with (
        Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client,
        client.events.listen(conversation_id=place, triggers=MESSAGES) as events,
    ):
        too_late = threading.Timer(PATIENCE, events.close)
        too_late.daemon = True
        too_late.start()
        for text in SAYS:
            client.messages.post(place, post(user, text))
            spoken = [heard(event) for _, event in zip(range(2), events, strict=False)]
            assert spoken == [("user", text), ("business", f"You said: {text}")], bot.said
        too_late.cancel()
    assert texts(app, place) == TALK


def test_a_user_with_an_async_client_hears_it_too(bot: Bot, app: Caller) -> None:
    user = app.user()
    place = app.conversation(user)

    async def story() -> None:
        async with (
            asyncio.timeout(PATIENCE),
            AsyncClient(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client,
            client.events.listen(conversation_id=place, triggers=MESSAGES) as events,
        ):
            for text in SAYS:
                await client.messages.post(place, post(user, text))
                spoken = [heard(await anext(events)) for _ in range(2)]
                assert spoken == [("user", text), ("business", f"You said: {text}")], bot.said

    asyncio.run(story())
    assert texts(app, place) == TALK
