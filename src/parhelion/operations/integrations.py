"""Integrations."""

from __future__ import annotations

from ..wire import (
    AppNotFound,
    IntegrationCreate,
    IntegrationListFilter,
    IntegrationListResponse,
    IntegrationNotFound,
    IntegrationResponse,
    IntegrationUpdate,
    Page,
)
from ._callers import C_co, Resource
from ._operation import APP, DELETE, GET, PATCH, POST, Walk

PATH = "/v2/apps/{app_id}/integrations"
ONE = PATH + "/{integration_id}"


class Integrations(Resource[C_co]):
    """The ways by which users and programs reach an app."""

    @POST("CreateIntegration", PATH, status=201, scopes=APP, errors=(AppNotFound,))
    def create(self, body: IntegrationCreate) -> IntegrationResponse:
        """Connect the app with a channel, an SDK, or, by type `custom`, a program of your own.

        This project's server reaches no channel: it checks what a channel's integration is made with, keeps it
        without its credentials, and its status is "inactive". Custom integrations and SDKs are "active".

        Needs an account or an app key. Limits: names of 100 characters; a custom integration has exactly one webhook,
        which counts among the app's ten. Errors: `BadRequest` ("Invalid integration type" for one that is not known).

            made = client.integrations.create(
                CustomCreate(
                    display_name="bot",
                    webhooks=[WebhookCreateBody(target="https://example.org/hook", triggers=["conversation:message"])],
                )
            ).integration

        Source: CreateIntegration in the API's specification, 17.12.1.
        """
        ...

    @GET("ListIntegrations", PATH, scopes=APP, errors=(AppNotFound,))
    def list(self, *, page: Page | None = None, filter: IntegrationListFilter | None = None) -> IntegrationListResponse:
        """One page of the app's integrations, oldest first: 25 unless `page` says otherwise, 100 at the most.

        With `filter` only those of some types. An integration of a type that this version does not know comes as an
        `UnknownIntegration`.

        Needs an account or an app key. Errors: `BadRequest` for a page that is not one, or a type that is not known.

            for each in client.integrations.list(filter=IntegrationListFilter(types="custom,web")).integrations:
                print(each.id, each.type, each.status)

        Source: ListIntegrations in the API's specification, 17.12.1.
        """
        ...

    iterate = Walk(
        list,
        """Every integration of the app, oldest first, page after page as they are asked for.

        Arguments and errors as those of `list`.

            for each in client.integrations.iterate():
                print(each.id, each.type)

        In an AsyncClient: `async for each in client.integrations.iterate()`.
        """,
    )

    @GET("GetIntegration", ONE, scopes=APP, errors=(AppNotFound, IntegrationNotFound))
    def get(self, integration_id: str) -> IntegrationResponse:
        """One integration. A custom one is answered with its webhooks.

        Needs an account or an app key. Errors: `IntegrationNotFound`.

            print(client.integrations.get(integration_id).integration.status)

        Source: GetIntegration in the API's specification, 17.12.1.
        """
        ...

    @PATCH("UpdateIntegration", ONE, scopes=APP, errors=(AppNotFound, IntegrationNotFound))
    def update(self, integration_id: str, body: IntegrationUpdate) -> IntegrationResponse:
        """Change an integration. What is absent stays, None takes away.

        Each type takes its own fields and leaves the others alone; what cannot be changed needs a new integration.
        Webhooks are changed with `webhooks`.

        Needs an account or an app key. Limits: a name of 1 to 100 characters. Errors: `BadRequest`,
        `IntegrationNotFound`.

            client.integrations.update(integration_id, IntegrationUpdate(display_name="Shop", brand_color="ff8800"))

        Source: UpdateIntegration in the API's specification, 17.12.1.
        """
        ...

    @DELETE("DeleteIntegration", ONE, scopes=APP, errors=(AppNotFound, IntegrationNotFound))
    def delete(self, integration_id: str) -> None:
        """Delete an integration, with its webhooks, its keys, its switchboard integrations and its clients.

        A switchboard whose default goes along is disabled. The clients go soon after.

        Needs an account or an app key. Errors: `IntegrationNotFound`, also when it was deleted before.

            client.integrations.delete(integration_id)

        Source: DeleteIntegration in the API's specification, 17.12.1; what goes along is our choice.
        """
        ...
