"""The suite of somebody's bot, written with the kit: examples/starlette_bot.py, in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from parhelion import (
    Author,
    Client,
    Conversation,
    ConversationMessageEvent,
    CustomCreate,
    ImageMessage,
    MessagePost,
    TextMessage,
    User,
    UserCreateBody,
    WebhookCreateBody,
)
from parhelion.testing import App, Receiver, Server

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
PATIENCE = 20.0  # seconds


class Bot:
    """The bot, at an address that its webhook knows before it runs: who calls meanwhile waits."""

    def __init__(self, app: App, client: Client) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        target = f"http://127.0.0.1:{self._door.getsockname()[1]}/hook"
        hook = WebhookCreateBody(target=target, triggers=["conversation:message"])
        made = client.integrations.create(CustomCreate(display_name="bot", webhooks=[hook])).integration
        self.environ = {**app.environment, "WEBHOOK_SECRET": made.webhooks[0].secret or ""}  # type: ignore[union-attr]
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        descriptor = self._door.fileno()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "--app-dir", EXAMPLES, "starlette_bot:app", "--fd", str(descriptor)],
            pass_fds=[descriptor],
            env=os.environ | self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @contextmanager
    def asleep(self) -> Generator[None]:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
        self._door.close()


@pytest.fixture
def ada(parhelion_client: Client) -> User:
    return parhelion_client.users.create(UserCreateBody(external_id="ada")).user


@pytest.fixture
def place(parhelion_client: Client, ada: User) -> Conversation:
    return parhelion_client.conversations.start(ada)


@pytest.fixture
def bot(parhelion_app: App, parhelion_client: Client) -> Iterator[Bot]:
    made = Bot(parhelion_app, parhelion_client)
    yield made
    made.stop()


def answered(receiver: Receiver) -> str | None:
    """The next that the business says."""
    event = receiver.wait_for(
        ConversationMessageEvent, PATIENCE, where=lambda event: event.payload.message.author.type == "business"
    )
    assert isinstance(event.payload.message.content, TextMessage)
    return event.payload.message.content.text


def talk(client: Client, place: Conversation) -> list[str | None]:
    return [getattr(message.content, "text", None) for message in client.messages.list(place.id).messages]


def test_it_says_everything_again(
    bot: Bot, ada: User, place: Conversation, parhelion_client: Client, parhelion_receiver: Receiver
) -> None:
    bot.run()
    for said in ("Hello!", "Is anybody there?"):
        parhelion_client.messages.post(place, said, author=ada)
        assert answered(parhelion_receiver) == f"You said: {said}"


def test_it_answers_texts_of_users_only(
    bot: Bot,
    ada: User,
    place: Conversation,
    parhelion_client: Client,
    parhelion_receiver: Receiver,
    parhelion_server: Server,
) -> None:
    bot.run()
    parhelion_client.messages.post(place, "From the business")
    picture = ImageMessage(media_url="https://example.org/sun.png")
    parhelion_client.messages.post(place, MessagePost(author=Author(type="user", user_id=ada.id), content=picture))
    parhelion_client.messages.post(place, "Hello!", author=ada)
    assert parhelion_receiver.wait_for(
        ConversationMessageEvent, PATIENCE, where=lambda event: event.payload.message.author.type == "user", count=2
    )
    parhelion_server.settle(PATIENCE)
    assert talk(parhelion_client, place)[-1] == "You said: Hello!"
    assert len(talk(parhelion_client, place)) == 4


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503, "times": 2},
        {"status": 429, "retry_after": 1, "times": 1},
        {"drop": "before", "times": 2},
        {"drop": "after", "times": 2},
    ],
    ids=["unavailable", "too many", "not heard", "not answered"],
)
def test_it_answers_once_whatever_goes_wrong(
    fault: dict[str, object],
    bot: Bot,
    ada: User,
    place: Conversation,
    parhelion_client: Client,
    parhelion_receiver: Receiver,
    parhelion_server: Server,
) -> None:
    bot.run()
    parhelion_client.messages.post(place, "Hello!", author=ada)
    assert answered(parhelion_receiver) == "You said: Hello!"  # and it knows now that it may ask again
    with bot.asleep():  # so that it is the bot whose requests go wrong, not this test's
        parhelion_client.messages.post(place, "Tea?", author=ada)
        rule = parhelion_server.faults.add("PostMessage", **fault)  # type: ignore[arg-type]
    assert answered(parhelion_receiver) == "You said: Tea?"
    parhelion_server.settle(PATIENCE)
    assert talk(parhelion_client, place) == ["Hello!", "You said: Hello!", "Tea?", "You said: Tea?"]
    assert [(each.id, each.seen) for each in parhelion_server.faults] == [(rule.id, fault["times"])]


def test_what_it_could_not_answer_it_is_told_again(
    bot: Bot,
    ada: User,
    place: Conversation,
    parhelion_client: Client,
    parhelion_receiver: Receiver,
    parhelion_server: Server,
) -> None:
    parhelion_client.messages.post(place, "Hello!", author=ada)
    parhelion_server.faults.add("PostMessage", status=400, times=1)  # it does not ask again
    bot.run()
    parhelion_server.settle(PATIENCE)
    assert talk(parhelion_client, place) == ["Hello!"]
    parhelion_server.clock.advance(10)
    assert answered(parhelion_receiver) == "You said: Hello!"
