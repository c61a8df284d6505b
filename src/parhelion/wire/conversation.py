"""Conversations: where messages are exchanged."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ._wire import Instant, Metadata, Name, Uri, Wire
from .user import ExternalId

ConversationType = Literal["personal", "sdkGroup"]


class SwitchboardIntegrationSummary(Wire, kw_only=True):
    """Who has, or is offered, control of a conversation."""

    id: str
    name: str | None = None
    integration_id: str | None = None
    integration_type: str | None = None


class Conversation(Wire, kw_only=True):
    """A conversation. `type` is "personal" (one user, any channel) or "sdkGroup" (users of the SDKs)."""

    id: str
    type: str
    is_default: bool | None = None
    display_name: str | None = None
    description: str | None = None
    icon_url: str | None = None
    metadata: Metadata | None = None
    active_switchboard_integration: SwitchboardIntegrationSummary | None = None
    pending_switchboard_integration: SwitchboardIntegrationSummary | None = None
    business_last_read: Instant | None = None
    last_updated_at: Instant | None = None
    created_at: Instant | None = None


class ParticipantSub(Wire, kw_only=True):
    """Who takes part from the start: `user_id` or `user_external_id`, exactly one of them."""

    user_id: str | None = None
    user_external_id: ExternalId | None = None
    subscribe_sdk_client: bool | None = msgspec.field(default=None, name="subscribeSDKClient")


class ConversationCreateBody(Wire, kw_only=True):
    """A new conversation: exactly one participant when personal, none to ten when sdkGroup."""

    type: ConversationType
    participants: Annotated[list[ParticipantSub], msgspec.Meta(max_length=10)] | None = None
    display_name: Name | None = None
    description: Name | None = None
    icon_url: Uri | None = None
    metadata: Metadata | None = None


class ConversationResponse(Wire, kw_only=True):
    """One conversation."""

    conversation: Conversation
