"""What all journeys share: where to look whether something really happened."""

from __future__ import annotations

import time
from typing import Any

from parhelion.client import KeyJWT
from tests.live import Answer, Caller

DRAWING = b"A sun, and a bright spot on either side of it.\n"


def token(app: Caller) -> str:
    """A JWT made from the app's key."""
    return KeyJWT(app.key_id, app.secret).authorization(time.time()).removeprefix("Bearer ")


def stored(app: Caller, conversation: str) -> list[dict[str, Any]]:
    """The messages that the server has, read without any client."""
    answer = app.get(app.messages(conversation))
    assert answer.status == 200, answer
    return answer.json["messages"]


def texts(app: Caller, conversation: str) -> list[str]:
    return [message["content"].get("text") for message in stored(app, conversation)]


def fetched(app: Caller, url: str) -> Answer:
    """What is at an attachment's address; it is asked without credentials, as a browser would."""
    return app.send("GET", url.removeprefix(app.url), headers={"authorization": None})  # type: ignore[dict-item]
