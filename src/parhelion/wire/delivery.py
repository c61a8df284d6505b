"""Deliveries: what a webhook was sent, is still to be sent, or could not be. Ours: the API has no word for them."""

from __future__ import annotations

from typing import ClassVar, Literal

from ._wire import Instant, Wire
from .page import Links, Meta
from .webhook import Trigger

DeliveryState = Literal["pending", "failed", "delivered"]


class DeliveryAnswer(Wire, kw_only=True):
    """What a receiver made of an attempt: a status, or the `error` for which there was none.

    `headers` (pairs of name and value) and `body` are the receiver's, as far as the first kilobytes; `seconds` is how
    long it took, and `sent_at` when it was sent, as its signature says it.
    """

    status: int | None = None
    headers: list[list[str]] | None = None
    body: str | None = None
    error: str | None = None
    seconds: float | None = None
    sent_at: Instant | None = None


class DeliveryRequest(Wire, kw_only=True):
    """What a webhook is sent. Nothing in it is secret: what would be is "hidden".

    `url` is the webhook's target, without the values of its query; `headers` (pairs of name and value) are those that
    an attempt has beside those of every HTTP request; `body` is what is posted.
    """

    url: str
    headers: list[list[str]]
    body: str


class Delivery(Wire, kw_only=True):
    """An event, and what becomes of it at a webhook.

    It is "pending" with attempts to come, "failed" without, or "delivered". `answer` is to the last attempt; `request`
    is told by `deliveries.get` only.
    """

    event_id: str
    type: str
    conversation_id: str | None = None
    created_at: Instant
    state: str
    attempts: int
    next_attempt_at: Instant | None = None
    failed_at: Instant | None = None
    delivered_at: Instant | None = None
    answer: DeliveryAnswer | None = None
    request: DeliveryRequest | None = None


class DeliveryResponse(Wire, kw_only=True):
    """One delivery."""

    delivery: Delivery


class DeliveryListFilter(Wire, kw_only=True):
    """Which deliveries: those in one state."""

    state: DeliveryState | None = None


class DeliveryListResponse(Wire, kw_only=True):
    """A page of a webhook's deliveries, in the order in which it happened; the first page has the newest."""

    walks: ClassVar[Literal["before", "after"]] = "before"

    deliveries: list[Delivery]
    meta: Meta | None = None
    links: Links | None = None

    def items(self) -> list[Delivery]:
        return self.deliveries


class ReplayBody(Wire, kw_only=True):
    """What is to be sent again: all that has failed since a moment; from the beginning when it is absent."""

    since: Instant | None = None


class ReplayResponse(Wire, kw_only=True):
    """How many deliveries are sent again."""

    replayed: int


class WebhookTestBody(Wire, kw_only=True):
    """Of which trigger a test is; of the webhook's first when it is absent."""

    trigger: Trigger | None = None


class WebhookTestResponse(Wire, kw_only=True):
    """The event that is sent as a test: its id, by which its delivery is found, and its trigger."""

    event_id: str
    type: str
