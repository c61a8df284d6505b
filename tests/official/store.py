"""Messages that the API does not let anyone post, and yet answers: put into the store beside the server that runs."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from parhelion.server import rows
from tests.inside import engines
from tests.live import Caller, Live

RECEIVED = "2026-01-31T12:00:00.000Z"
BUTTON = {"type": "postback", "text": "Take it", "payload": "TAKE"}

# What the hosted service may answer today or tomorrow, and a client of yesterday has not seen.
STRANGE: dict[str, dict[str, Any]] = {
    "text as HTML": {"content": {"type": "text", "text": "Hello", "htmlText": "<p>Hello</p>"}},
    "a text of 5000 characters": {"content": {"type": "text", "text": "x" * 5000}},
    "an activity as author": {"author": {"type": "business", "subtypes": ["activity"]}},
    "an agent as author": {"author": {"type": "business", "subtypes": ["agent"]}},
    "an empty carousel": {"content": {"type": "carousel", "items": []}},
    "an unknown form field": {"content": {"type": "form", "fields": [{"type": "date", "name": "a", "label": "When?"}]}},
    "an unknown content": {"content": {"type": "hologram", "depth": 3, "text": "Look"}},
    "an unknown action": {
        "content": {"type": "text", "text": "a", "actions": [{"type": "wave", "text": "Hi"}, BUTTON]}
    },
    "an unknown field": {"mood": {"isGood": True}},
    "metadata": {"metadata": {"order": 17, "paid": True}},
}


def strange(name: str) -> dict[str, Any]:
    """That message, but for its id."""
    usual = {
        "received": RECEIVED,
        "author": {"type": "business"},
        "content": {"type": "text", "text": "Hello"},
        "source": {"type": "zd:agentWorkspace"},
    }
    return usual | STRANGE[name]


def put(live: Live, app: Caller, conversation: str, message: dict[str, Any]) -> str:
    """Store a message as it is, and answer its id."""

    async def write() -> str:
        async with engines(live.data) as opened:
            id = opened.ids.next()
            body = json.dumps({"id": id, **message}).encode()
            now = int(time.time() * 1000)
            await opened.database.write(rows.messages.post(app.app_id, conversation, id, now, body, []))
            return id

    return asyncio.run(write())


def form_response(form: dict[str, Any], user: str) -> dict[str, Any]:
    """A user's answer to a form: users give them through their channels."""
    return {
        "received": RECEIVED,
        "author": {"type": "user", "userId": user, "displayName": "Ada"},
        "content": {
            "type": "formResponse",
            "fields": [
                {"type": "text", "name": "a", "label": "Where?", "text": "Here", "quotedMessageId": form["id"]},
                {"type": "email", "name": "b", "label": "Your email?", "email": "ada@example.org"},
                {"type": "select", "name": "c", "label": "How?", "select": [{"name": "x", "label": "Like this"}]},
            ],
            "textFallback": "Where?: Here",
        },
        "source": {"type": "web", "integrationId": "0" * 24, "originalMessageId": "abc"},
        "quotedMessage": {"type": "message", "message": form},
    }
