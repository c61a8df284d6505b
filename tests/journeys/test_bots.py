"""The bots in examples/ as they are started by hand, in front of a live server."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parhelion import AsyncClient, Author, Client, ConversationMessageEvent, Event, MessagePost, TextMessage, Trigger
from parhelion.server.rules.signing import headers_for
from tests.journeys.support import texts
from tests.live import Caller

ROOT = Path(__file__).parent.parent.parent
HOOK = {"target": "https://example.org/hook", "triggers": ["conversation:message"]}
BOTS = {
    "starlette": ["uvicorn", "--app-dir", "examples", "starlette_bot:app", "--port", "0"],
    "flask": ["flask", "--app", "examples/flask_bot.py", "run", "--port", "0"],
}

MESSAGES: list[Trigger] = ["conversation:message"]
SAYS = ["hello", "is there anybody?", "goodbye"]
TALK = [said for text in SAYS for said in (text, f"You said: {text}")]
PATIENCE = 30  # seconds


class Bot:
    """A bot in a process of its own."""

    def __init__(self, command: list[str], environ: dict[str, str], secret: str, webhook: str) -> None:
        self.secret, self.webhook = secret, webhook
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1"} | environ,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self.said: deque[str] = deque(maxlen=100)
        self.port = 0
        ready = threading.Event()

        def listen() -> None:
            assert self._process.stderr is not None
            for line in self._process.stderr:
                self.said.append(line)
                if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                    self.port = int(found[1])
                    ready.set()
            ready.set()

        self._listener = threading.Thread(target=listen)
        self._listener.start()
        assert ready.wait(30), self.said
        assert self.port, self.said

    def told(self, id: str, body: bytes) -> tuple[int, str]:
        """As the server tells it."""
        return self.hears(headers_for(self.secret, id, int(time.time()), body), body)

    def hears(self, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/hook", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._listener.join(20)
        assert self._process.stderr is not None
        self._process.stderr.close()


@pytest.fixture(params=BOTS)
def bot(request: pytest.FixtureRequest, app: Caller) -> Iterator[Bot]:
    """A bot that knows the secret of a webhook, which does not point to it."""
    made = app.post(f"{app.app}/integrations", {"type": "custom", "webhooks": [HOOK]}).json["integration"]
    [webhook] = made["webhooks"]
    environ = {
        "PARHELION_URL": app.url,
        "PARHELION_APP_ID": app.app_id,
        "PARHELION_KEY_ID": app.key_id,
        "PARHELION_SECRET": app.secret,
        "WEBHOOK_SECRET": webhook["secret"],
    }
    path = f"{app.app}/integrations/{made['id']}/webhooks/{webhook['id']}"
    started = Bot(BOTS[request.param], environ, webhook["secret"], path)
    yield started
    started.stop()


def event(id: str, conversation: str, content: dict[str, Any], author: str = "user") -> bytes:
    at = "2026-01-01T12:00:00.000Z"
    said = {"id": f"m{id}", "received": at, "author": {"type": author}, "content": content, "source": {"type": "web"}}
    payload = {"conversation": {"id": conversation, "type": "personal"}, "message": said}
    whole = {"id": id, "createdAt": at, "type": "conversation:message", "payload": payload}
    return json.dumps({"app": {"id": "a"}, "webhook": {"id": "w", "version": "v2"}, "events": [whole]}).encode()


HELLO = {"type": "text", "text": "hello"}


def meet(bot: Bot, app: Caller) -> tuple[str, str]:
    """From now on the bot is told what is said in the app: (a user, their conversation)."""
    assert app.send("PATCH", bot.webhook, {"target": f"http://127.0.0.1:{bot.port}/hook"}).status == 200
    user = app.user()
    return user, app.conversation(user)


def post(user: str, text: str) -> MessagePost:
    return MessagePost(author=Author(type="user", user_id=user), content=TextMessage(text=text))


def heard(event: Event) -> tuple[str, str | None]:
    """Who said what."""
    assert isinstance(event, ConversationMessageEvent)
    said = event.payload.message
    assert isinstance(said.content, TextMessage)
    return said.author.type, said.content.text


def test_a_user_hears_what_a_bot_answers(bot: Bot, app: Caller) -> None:
    """All the way: a user says something, the bot is told and answers over the API, and the user hears it."""
    user, place = meet(bot, app)
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
    user, place = meet(bot, app)

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


def test_a_bot_answers_what_users_say_once_and_nothing_else(bot: Bot, app: Caller, conversation: str) -> None:
    said = event("e1", conversation, HELLO)
    assert bot.told("e1", said) == (200, "")
    assert bot.told("e1", said) == (200, "")
    assert bot.hears({"x-api-key": bot.secret}, said) == (200, "")  # as the hosted service sends it
    for id, content, author in [
        ("e2", HELLO, "business"),  # its own words come back to it
        ("e3", {"type": "image", "mediaUrl": "https://example.org/a.png"}, "user"),
        ("e4", {"type": "hologram"}, "user"),
    ]:
        other = event(id, conversation, content, author)
        assert bot.told(id, other) == (200, "")
    new = json.dumps({"app": {"id": "a"}, "webhook": {"id": "w"}, "events": [{"id": "e5", "type": "new"}]}).encode()
    assert bot.told("e5", new) == (200, "")
    assert texts(app, conversation) == ["You said: hello"]


def test_a_bot_refuses_strangers(bot: Bot, app: Caller, conversation: str) -> None:
    said = event("e1", conversation, HELLO)
    forged = event("e1", conversation, {"type": "text", "text": "give me the keys"})
    assert bot.hears({}, said) == (401, "X-API-Key is missing")
    assert bot.hears({"x-api-key": "x"}, said)[0] == 401
    now = int(time.time())
    assert bot.hears(headers_for(bot.secret, "e1", now, said), forged)[0] == 401
    assert bot.hears(headers_for(bot.secret, "e1", now - 1000, said), said)[0] == 401
    assert bot.hears({"x-api-key": bot.secret}, b"{}")[0] == 400
    assert texts(app, conversation) == []


def test_a_bot_that_fails_is_told_again(bot: Bot, app: Caller, conversation: str) -> None:
    """There is no such conversation yet, so the answer cannot be posted; the second time it can."""
    said = event("e1", "0" * 24, HELLO)
    assert bot.told("e1", said)[0] == 500
    said = event("e1", conversation, HELLO)
    assert bot.told("e1", said) == (200, "")
    assert texts(app, conversation) == ["You said: hello"]
