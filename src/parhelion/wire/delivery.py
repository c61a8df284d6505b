"""Deliveries: what a webhook is still to be sent, and what it could not be sent. Ours: the API has no word for them."""

from __future__ import annotations

from typing import ClassVar, Literal

from ._wire import Instant, Wire
from .page import Links, Meta

DeliveryState = Literal["pending", "failed"]


class DeliveryAnswer(Wire, kw_only=True):
    """What a receiver made of an attempt: a status, or the `error` for which there was none.

    `headers` (pairs of name and value) and `body` are the receiver's, as far as the first kilobytes; `seconds` is how
    long it took.
    """

    status: int | None = None
    headers: list[list[str]] | None = None
    body: str | None = None
    error: str | None = None
    seconds: float | None = None


class Delivery(Wire, kw_only=True):
    """An event that a webhook has not got: "pending" with further attempts to come, "failed" without.

    What has arrived is not a delivery any more.
    """

    event_id: str
    type: str
    conversation_id: str | None = None
    created_at: Instant
    state: str
    attempts: int
    next_attempt_at: Instant | None = None
    failed_at: Instant | None = None
    answer: DeliveryAnswer | None = None


class DeliveryListFilter(Wire, kw_only=True):
    """Which deliveries: those in one state."""

    state: DeliveryState | None = None


class DeliveryListResponse(Wire, kw_only=True):
    """A page of a webhook's deliveries, in the order in which it happened."""

    walks: ClassVar[Literal["before", "after"]] = "after"

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
