"""Deliveries. Ours: the hosted service tells nothing of what its webhooks did not get."""

from __future__ import annotations

from ..wire import (
    DeliveryListFilter,
    DeliveryListResponse,
    NotFound,
    Page,
    ReplayBody,
    ReplayResponse,
)
from ._callers import C_co, Resource
from ._operation import APP, GET, POST, Walk

PATH = "/parhelion/v1/apps/{app_id}/webhooks/{webhook_id}"


class Deliveries(Resource[C_co]):
    """What a webhook has not got, and sending it again. Only Parhelion's own server knows these operations."""

    @GET("ListDeliveries", PATH + "/deliveries", scopes=APP, errors=(NotFound,))
    def list(
        self, webhook_id: str, *, filter: DeliveryListFilter | None = None, page: Page | None = None
    ) -> DeliveryListResponse:
        """What a webhook is still to be sent, and what it could not be sent, in the order in which it happened.

        A delivery is tried up to five times, within 15 minutes unless much waits for a receiver that fails; after 400,
        401, 403, 404 and 406 it is not tried again. Then it is "failed", and stays with the last answer until its event
        is seven days old. What has arrived is not listed. Pages have 25 items, or `page.size` up to 100.

        Errors: `BadRequest` (an unknown state, both cursors), `NotFound` when the app has no such webhook.

            failed = DeliveryListFilter(state="failed")
            for delivery in client.deliveries.list(webhook_id, filter=failed).deliveries:
                print(delivery.type, delivery.attempts, delivery.answer.status)

        Source: ours.
        """
        ...

    iterate = Walk(
        list,
        """Every delivery of a webhook, page after page: the arguments of `list`.

            for delivery in client.deliveries.iterate(webhook_id):
                print(delivery.event_id, delivery.state)
        """,
    )

    @POST("ReplayDelivery", PATH + "/deliveries/{event_id}/replay", status=201, scopes=APP, errors=(NotFound,))
    def replay(self, webhook_id: str, event_id: str) -> ReplayResponse:
        """Send one event to a webhook, whatever became of it: it failed, it arrived, or it was never meant for it.

        It is sent at once and with five attempts, as the event it was: with the same id. One that is being sent at this
        moment counts as sent. Events are kept for seven days.

        Errors: `NotFound` when the app has no such webhook, or no such event any more.

            client.deliveries.replay(webhook_id, event_id)

        Source: ours.
        """
        ...

    @POST("ReplayDeliveries", PATH + "/replay", status=201, scopes=APP, errors=(NotFound,))
    def replay_failed(self, webhook_id: str, body: ReplayBody | None = None) -> ReplayResponse:
        """Send again what has failed at a webhook, all of it or since a moment: once its receiver is back.

        Each is sent in the order in which it happened, with five attempts more. Answered is how many they are.

        Errors: `NotFound` when the app has no such webhook.

            client.deliveries.replay_failed(webhook_id, ReplayBody(since=yesterday)).replayed

        Source: ours.
        """
        ...
