"""What a row's body has to say to be what it was written as: read as who reads the API does, so tolerantly."""

from __future__ import annotations

from typing import Any

import msgspec

from ...wire import (
    TRIGGERS,
    App,
    Client,
    ConversationTruncated,
    Device,
    Event,
    Integration,
    Message,
    SwitchboardIntegration,
    User,
    Webhook,
)
from ...wire.reading import tolerant

BODIES: dict[str, Any] = {  # by the table that has them
    "app": App,
    "app_user": User,
    "conversation": ConversationTruncated,
    "message": Message,
    "integration": Integration,
    "webhook": Webhook,
    "switchboard_integration": SwitchboardIntegration,
    "client": Client,
    "device": Device,
    "event": Event,
}


def is_readable(table: str, id: str, body: bytes) -> bool:
    """Whether it is a thing of its kind, and the one that it is kept as."""
    try:
        read = tolerant(body, BODIES[table])
    except msgspec.DecodeError:
        return False
    return bool(read.id == id)


def hears(body: bytes) -> tuple[str, ...] | None:
    """The triggers that a webhook's body names, of those that there are, sorted; None where it cannot be read."""
    try:
        webhook: Webhook = tolerant(body, Webhook)
    except msgspec.DecodeError:
        return None
    return tuple(sorted(set(webhook.triggers) & set(TRIGGERS)))
