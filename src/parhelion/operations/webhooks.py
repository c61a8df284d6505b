"""Webhooks."""

from __future__ import annotations

from ..wire import (
    AppNotFound,
    IntegrationNotFound,
    NotFound,
    WebhookBody,
    WebhookCreateBody,
    WebhookListResponse,
    WebhookResponse,
)
from ._callers import C_co, Resource
from ._operation import DELETE, GET, PATCH, POST

PATH = "/v2/apps/{app_id}/integrations/{integration_id}/webhooks"
ONE = PATH + "/{webhook_id}"


class Webhooks(Resource[C_co]):
    """Where an app's events are sent. With an integration's key, "me" is the id of that integration."""

    @POST("CreateWebhook", PATH, status=201, errors=(AppNotFound, IntegrationNotFound))
    def create(self, integration_id: str, body: WebhookCreateBody) -> WebhookResponse:
        """Add a webhook to an integration. It is answered with its secret, which comes with every delivery.

        Limits: ten webhooks an app; at least one trigger, all of them known; an http or https address without a
        user name or password in it. Errors: `BadRequest`, `Forbidden` when an integration's key is used for another
        integration, `IntegrationNotFound`.

            webhook = client.webhooks.create(
                integration_id,
                WebhookCreateBody(target="https://example.org/hook", triggers=["conversation:message"]),
            ).webhook

        Source: CreateWebhook in the API's specification, 17.12.1.
        """
        ...

    @GET("ListWebhooks", PATH, errors=(AppNotFound, IntegrationNotFound))
    def list(self, integration_id: str) -> WebhookListResponse:
        """Every webhook of an integration, oldest first, with its secret. There are no pages.

        Errors: `Forbidden` when an integration's key is used for another integration, `IntegrationNotFound`.

            for webhook in client.webhooks.list("me").webhooks:
                print(webhook.target, webhook.triggers)

        Source: ListWebhooks in the API's specification, 17.12.1.
        """
        ...

    @GET("GetWebhook", ONE, errors=(AppNotFound, IntegrationNotFound, NotFound))
    def get(self, integration_id: str, webhook_id: str) -> WebhookResponse:
        """One webhook of an integration, with its secret.

        Errors: `Forbidden` when an integration's key is used for another integration, `IntegrationNotFound`,
        `NotFound` when it has no such webhook.

            print(client.webhooks.get(integration_id, webhook_id).webhook.secret)

        Source: GetWebhook in the API's specification, 17.12.1.
        """
        ...

    @PATCH("UpdateWebhook", ONE, errors=(AppNotFound, IntegrationNotFound, NotFound))
    def update(self, integration_id: str, webhook_id: str, body: WebhookBody) -> WebhookResponse:
        """Change a webhook. What is absent stays; triggers are replaced as a whole. Its secret stays.

        Limits as for a new one. Errors: `BadRequest`, `Forbidden` when an integration's key is used for another
        integration, `IntegrationNotFound`, `NotFound` when it has no such webhook.

            client.webhooks.update(integration_id, webhook_id, WebhookBody(include_full_user=True))

        Source: UpdateWebhook in the API's specification, 17.12.1.
        """
        ...

    @DELETE("DeleteWebhook", ONE, errors=(AppNotFound, IntegrationNotFound, NotFound))
    def delete(self, integration_id: str, webhook_id: str) -> None:
        """Take a webhook away.

        Errors: `Forbidden` when an integration's key is used for another integration, `IntegrationNotFound`,
        `NotFound` when it has no such webhook, or no longer.

            client.webhooks.delete(integration_id, webhook_id)

        Source: DeleteWebhook in the API's specification, 17.12.1.
        """
        ...
