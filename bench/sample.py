"""What is sent and answered while measuring: a post of 308 bytes, a page of 100 mixed messages, a file of 50 MB."""

from __future__ import annotations

import json
import os
from typing import Any

CONVERSATIONS = 500
PAGE = 100
MIB = 1024 * 1024
FILE = 50 * MIB
POST: dict[str, Any] = {
    "author": {"type": "business", "displayName": "Alice Smith", "avatarUrl": "https://example.org/avatars/smith.png"},
    "content": {
        "type": "text",
        "text": "Hello there, how may I help you today with your order?",
        "actions": [{"type": "link", "text": "Open", "uri": "https://example.org/o/1"}],
    },
    "metadata": {"lang": "en", "k": "v1"},
}
POST_BODY = json.dumps(POST, separators=(",", ":")).encode()
APP, CONVERSATION = "5f0000000000000000000001", "5f0000000000000000000002"
LINK = {"type": "link", "text": "Open your order", "uri": "https://example.org/orders/1", "extraChannelOptions": {}}
REPLY = {"type": "reply", "text": "Yes, please do", "payload": "yes"}
BUY = {"type": "buy", "text": "Buy it now", "amount": 1999, "currency": "EUR", "state": "offered"}
ITEM = {"title": "A blue umbrella", "description": "Against rain", "actions": [{**LINK, "default": True}]}
WORDS = "the parcel left us this morning, it will be with you before Friday noon, and may be followed on its way"
CONTENTS: tuple[dict[str, Any], ...] = (
    *({"type": "text", "text": f"Hello, this is number {each}, and plain words as ever: {WORDS}"} for each in range(8)),
    {"type": "text", "text": "Shall we send it?", "actions": [REPLY, {**REPLY, "text": "No", "payload": "no"}]},
    {"type": "text", "text": "Here you are", "htmlText": "<p>Here <b>you</b> are</p>", "actions": [BUY]},
    {"type": "image", "mediaUrl": "https://example.org/sun.png", "mediaType": "image/png", "mediaSize": 12345},
    {"type": "file", "mediaUrl": "https://example.org/bill.pdf", "mediaType": "application/pdf", "mediaSize": 99999},
    {"type": "location", "coordinates": {"lat": 45.5, "long": -73.6}, "location": {"name": "Us", "address": "1 Way"}},
    {"type": "carousel", "items": [ITEM, ITEM]},
    {"type": "list", "items": [ITEM], "actions": [LINK]},
    {"type": "form", "fields": [{"type": "email", "name": "mail", "label": "Your address"}], "submitted": False},
    {"type": "formResponse", "fields": [{"type": "text", "name": "name", "label": "Your name", "text": "Jo"}]},
)


def message(number: int) -> dict[str, Any]:
    """A stored message; every third one is a user's."""
    business = {"type": "business", "displayName": "Alice Smith", "avatarUrl": "https://example.org/avatars/smith.png"}
    user = {"type": "user", "userId": f"{number:024x}", "displayName": "Jo March"}
    return {
        "id": f"5f{number:022x}",
        "received": f"2026-01-01T00:{number // 60:02}:{number % 60:02}.123Z",
        "author": user if number % 3 == 0 else business,
        "content": CONTENTS[number % len(CONTENTS)],
        "source": {"type": "api:conversations"},
        "metadata": {"lang": "en", "k": f"v{number}"},
    }


def page() -> bytes:
    """What a list answers: 100 messages of all types, about 45 KB."""
    messages = [message(number) for number in range(PAGE)]
    edges = {"beforeCursor": messages[0]["id"], "afterCursor": messages[-1]["id"]}
    links = {"prev": f"https://example.org/v2/apps/{APP}/conversations/{CONVERSATION}/messages?page%5Bbefore%5D=5f"}
    said = {"messages": messages, "meta": {"hasMore": True, **edges}, "links": links}
    return json.dumps(said, separators=(",", ":")).encode()


def posted() -> bytes:
    """What a post answers."""
    return json.dumps({"messages": [{**message(1), "content": POST["content"]}]}, separators=(",", ":")).encode()


def uploaded() -> bytes:
    """What an upload answers."""
    attachment = {"mediaUrl": "https://example.org/attachments/film.pdf", "mediaType": "application/pdf"}
    return json.dumps({"attachment": attachment}, separators=(",", ":")).encode()


def film(size: int = FILE) -> bytes:
    """A file of that size that passes for a PDF; beyond its first bytes it is noise, as films are."""
    noise = os.urandom(MIB)
    return (b"%PDF-1.7\n" + noise * (size // MIB + 1))[:size]
