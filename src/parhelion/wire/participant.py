"""Participants: users in a conversation."""

from __future__ import annotations

from typing import ClassVar, Literal

from ._wire import Instant, Wire
from .conversation import ParticipantSub
from .page import Links, Meta
from .user import ExternalId


class ClientAssociation(Wire, kw_only=True):
    """A client through which a participant takes part, such as their "sdk"."""

    type: str | None = None
    client_id: str | None = None


class Participant(Wire, kw_only=True):
    """A user in a conversation: what they have not read yet, and the clients they use, the latest first."""

    id: str
    user_id: str
    unread_count: int | None = None
    client_associations: list[ClientAssociation] | None = None
    user_external_id: str | None = None
    last_read: Instant | None = None


class ParticipantJoinBody(ParticipantSub, kw_only=True):
    """Who joins: `user_id` or `user_external_id`, exactly one of them."""


class ParticipantLeaveBody(Wire, kw_only=True):
    """Who leaves: `user_id`, `user_external_id` or `participant_id`, exactly one of them."""

    user_id: str | None = None
    user_external_id: ExternalId | None = None
    participant_id: str | None = None


class ParticipantResponse(Wire, kw_only=True):
    """One participant."""

    participant: Participant


class ParticipantListResponse(Wire, kw_only=True):
    """A page of a conversation's participants, oldest first."""

    walks: ClassVar[Literal["before", "after"]] = "after"

    participants: list[Participant]
    meta: Meta | None = None
    links: Links | None = None

    def items(self) -> list[Participant]:
        return self.participants
