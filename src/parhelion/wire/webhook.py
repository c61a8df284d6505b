"""Webhooks: where an app's events are sent, and which of them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from ._wire import Discreet, Uri, Wire

Trigger = Literal[
    "client:add",
    "client:remove",
    "client:update",
    "conversation:create",
    "conversation:join",
    "conversation:leave",
    "conversation:message",
    "conversation:message:delivery:channel",
    "conversation:message:delivery:failure",
    "conversation:message:delivery:user",
    "conversation:postback",
    "conversation:read",
    "conversation:referral",
    "conversation:remove",
    "conversation:typing",
    "passthrough:messaging",
    "switchboard:acceptControl",
    "switchboard:acceptControl:failure",
    "switchboard:offerControl",
    "switchboard:offerControl:failure",
    "switchboard:passControl",
    "switchboard:passControl:failure",
    "switchboard:releaseControl",
    "user:merge",
    "user:remove",
    "user:update",
]
TRIGGERS: tuple[str, ...] = get_args(Trigger)
Triggers = Annotated[list[Trigger], msgspec.Meta(min_length=1)]


class Webhook(Discreet, kw_only=True):
    """A webhook. `secret` comes as X-API-Key with every delivery, so that a receiver knows who calls."""

    secrets: ClassVar[frozenset[str]] = frozenset({"secret"})

    id: str
    version: str | None = None
    target: str
    triggers: list[str]
    secret: str | None = None
    include_full_user: bool | None = None
    include_full_source: bool | None = None


class WebhookCreateBody(Wire, kw_only=True):
    """A new webhook: an http or https address, and what it hears of. Triggers are case-sensitive."""

    target: Uri
    triggers: Triggers
    include_full_user: bool | None = False
    include_full_source: bool | None = False


class WebhookBody(Wire, kw_only=True):
    """What changes of a webhook. What is absent stays; `triggers` are replaced as a whole."""

    target: Uri | UnsetType = UNSET
    triggers: Triggers | UnsetType = UNSET
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET


class WebhookResponse(Wire, kw_only=True):
    """One webhook."""

    webhook: Webhook


class WebhookListResponse(Wire, kw_only=True):
    """All webhooks of an integration, oldest first."""

    webhooks: list[Webhook]
