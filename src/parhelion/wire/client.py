"""Clients: the ways in which a user is reached. Not to be confused with `parhelion.Client`, which asks the API."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ._wire import Instant, Tagged, Wire
from .message import MessagePost
from .page import Links, Meta


class Client(Wire, kw_only=True):
    """One way to reach a user: an address on a channel, or the SDKs ("sdk").

    In a program it is `parhelion.wire.Client`: the name `parhelion.Client` belongs to what asks the API.
    """

    id: str
    type: str
    status: str | None = None
    integration_id: str | None = None
    external_id: str | None = None
    last_seen: Instant | None = None
    linked_at: Instant | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    info: dict[str, Any] | None = None
    raw: dict[str, Any] | None = None


class MatchCriteriaMailgun(Tagged, kw_only=True, tag="mailgun"):
    """Who the user is by email: the `address`, and the subject of what is sent."""

    integration_id: str
    address: str
    subject: str | None = None
    primary: bool | None = None


class MatchCriteriaMessagebird(Tagged, kw_only=True, tag="messagebird"):
    """Who the user is on MessageBird: a phone number with `+` and the country's code."""

    integration_id: str
    phone_number: str
    primary: bool | None = None


class MatchCriteriaTwilio(Tagged, kw_only=True, tag="twilio"):
    """Who the user is on Twilio: a phone number with `+` and the country's code."""

    integration_id: str
    phone_number: str
    primary: bool | None = None


class MatchCriteriaWhatsapp(Tagged, kw_only=True, tag="whatsapp"):
    """Who the user is on WhatsApp: a phone number with `+` and the country's code."""

    integration_id: str
    phone_number: str
    primary: bool | None = None


MatchCriteria = MatchCriteriaMailgun | MatchCriteriaMessagebird | MatchCriteriaTwilio | MatchCriteriaWhatsapp


class Confirmation(Wire, kw_only=True):
    """How the user agrees to be reached there, and what they are told: a text or an image, with links at most."""

    type: Literal["immediate", "userActivity", "prompt"]
    message: MessagePost | None = None


class Target(Wire, kw_only=True):
    """The conversation that the client joins."""

    conversation_id: str


class ClientCreate(Wire, kw_only=True):
    """A channel to be linked: who the user is there, how they agree, and the conversation it is for."""

    match_criteria: MatchCriteria
    confirmation: Confirmation
    target: Target


class ClientResponse(Wire, kw_only=True):
    """One client."""

    client: Client


class ClientListResponse(Wire, kw_only=True):
    """A page of a user's clients, oldest first."""

    walks: ClassVar[Literal["before", "after"]] = "after"

    clients: list[Client]
    meta: Meta | None = None
    links: Links | None = None

    def items(self) -> list[Client]:
        return self.clients
