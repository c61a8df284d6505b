"""Events: how much of one is told to whom. Stored is all of it; what was not asked for is left out when it is sent."""

from __future__ import annotations

from typing import Any

import msgspec

from ...wire import Webhook
from ...wire.reading import is_object

KEPT = 7 * 24 * 60 * 60  # seconds
_OF_A_USER = ("id", "authenticated", "externalId", "zendeskId", "brandId")
_OF_A_SOURCE = (b'"client":', b'"device":')


def as_told(body: bytes, *, full_user: bool, full_source: bool) -> bytes:
    """An event for somebody who asked for the full user, for the full source, for both or for neither."""
    users = not full_user and b'"user":' in body
    sources = not full_source and any(each in body for each in _OF_A_SOURCE)
    if not (users or sources):
        return body
    event: dict[str, Any] = msgspec.json.decode(body)
    payload = event["payload"]
    said = [each for each in (payload, payload.get("message"), payload.get("activity")) if is_object(each)]
    if users:
        for each in [*said, *(each["author"] for each in said if is_object(each.get("author")))]:
            if is_object(user := each.get("user")):
                each["user"] = {key: user[key] for key in _OF_A_USER if key in user}
    if sources:
        for each in said:
            if is_object(source := each.get("source")):
                source.pop("client", None)
                source.pop("device", None)
    return msgspec.json.encode(event)


def envelope(app: str, webhook: Webhook, body: bytes) -> bytes:
    """What a webhook is sent of an event: as much of it as the webhook asks for."""
    told = as_told(body, full_user=bool(webhook.include_full_user), full_source=bool(webhook.include_full_source))
    return b'{"app":{"id":%b},"webhook":{"id":%b,"version":%b},"events":[%b]}' % (
        *map(msgspec.json.encode, (app, webhook.id, webhook.version)),
        told,
    )
