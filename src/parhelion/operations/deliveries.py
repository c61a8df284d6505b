"""Deliveries. Ours: the hosted service tells nothing of what its webhooks got, and what not."""

from __future__ import annotations

from ..wire import (
    DeliveryListFilter,
    DeliveryListResponse,
    DeliveryResponse,
    NotFound,
    Page,
    ReplayBody,
    ReplayResponse,
    WebhookTestBody,
    WebhookTestResponse,
)
from ._callers import C_co, Resource
from ._operation import APP, GET, POST, Walk

PATH = "/parhelion/v1/apps/{app_id}/webhooks/{webhook_id}"
ONE = PATH + "/deliveries/{event_id}"


class Deliveries(Resource[C_co]):
    """What a webhook got, what not, and sending it again or as a test. Only Parhelion's own server knows these."""

    @GET("ListDeliveries", PATH + "/deliveries", scopes=APP, errors=(NotFound,))
    def list(
        self, webhook_id: str, *, filter: DeliveryListFilter | None = None, page: Page | None = None
    ) -> DeliveryListResponse:
        """What a webhook was sent, is still to be sent, and could not be sent. The first page has the newest events.

        A delivery is tried up to five times, within 15 minutes unless much waits for a receiver that fails; after 400,
        401, 403, 404 and 406 it is not tried again. Then it is "failed", and stays with the last answer until its event
        is seven days old. What has arrived is "delivered", and as long listed, but only the newest 500 of a webhook.
        Pages have 25 items, or `page.size` up to 100.

        Errors: `BadRequest` (an unknown state, both cursors), `NotFound` when the app has no such webhook.

            failed = DeliveryListFilter(state="failed")
            for delivery in client.deliveries.list(webhook_id, filter=failed).deliveries:
                print(delivery.type, delivery.attempts, delivery.answer.status)

        Source: ours.
        """
        ...

    iterate = Walk(
        list,
        """Every delivery of a webhook, newest first, page after page: the arguments of `list`.

            for delivery in client.deliveries.iterate(webhook_id):
                print(delivery.event_id, delivery.state)
        """,
    )

    @GET("GetDelivery", ONE, scopes=APP, errors=(NotFound,))
    def get(self, webhook_id: str, event_id: str) -> DeliveryResponse:
        """One delivery, with its request and the last answer.

        The request is as the webhook's settings now make it. What only the receiver may know says "hidden": the secret,
        the signature, and what the target's query says.

        Errors: `NotFound` when the app has no such webhook, when the event was never meant for it, and when the
        delivery is kept no longer: see `list`.

            delivery = client.deliveries.get(webhook_id, event_id).delivery
            print(delivery.request.body, delivery.answer.status, delivery.answer.seconds)

        Source: ours.
        """
        ...

    @POST("ReplayDelivery", ONE + "/replay", status=201, scopes=APP, errors=(NotFound,))
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

    @POST("SendTestEvent", PATH + "/test", status=201, scopes=APP, errors=(NotFound,))
    def test(self, webhook_id: str, body: WebhookTestBody | None = None) -> WebhookTestResponse:
        """Send a made-up event to a webhook, and to nobody else: no other webhook hears of it, and no stream.

        It is of the trigger that is asked for, whether or not the webhook has it, or of the webhook's first. Its ids
        are zeros. It is signed, tried again and listed like every other.

        Errors: `BadRequest` (an unknown trigger), `NotFound` when the app has no such webhook.

            event_id = client.deliveries.test(webhook_id).event_id
            print(client.deliveries.get(webhook_id, event_id).delivery.state)

        Source: ours.
        """
        ...
