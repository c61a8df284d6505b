"""Integration keys."""

from __future__ import annotations

from ..wire import (
    AppNotFound,
    IntegrationApiKey,
    IntegrationApiKeyListResponse,
    IntegrationApiKeyResponse,
    IntegrationNotFound,
    NotFound,
)
from ._callers import C_co, Resource
from ._operation import APP, DELETE, GET, POST

PATH = "/v2/apps/{app_id}/integrations/{integration_id}/keys"
ONE = PATH + "/{key_id}"


class CustomIntegrationApiKeys(Resource[C_co]):
    """The keys with which programs enter an app as one custom integration."""

    @POST("CreateCustomIntegrationKey", PATH, status=201, scopes=APP, errors=(AppNotFound, IntegrationNotFound))
    def create(self, integration_id: str, body: IntegrationApiKey) -> IntegrationApiKeyResponse:
        """Create a key for a custom integration. It reaches users and conversations, and the integration's webhooks.

        Needs an account or an app key. Limits: a name of 1 to 100 characters, ten keys an integration. Errors:
        `BadRequest` (also when the integration is not a custom one), `IntegrationNotFound`.

            key = client.integration_keys.create(integration_id, IntegrationApiKey(display_name="bot")).key

        Source: CreateCustomIntegrationKey in the API's specification, 17.12.1.
        """
        ...

    @GET("ListCustomIntegrationKeys", PATH, scopes=APP, errors=(AppNotFound, IntegrationNotFound))
    def list(self, integration_id: str) -> IntegrationApiKeyListResponse:
        """Every key of a custom integration, oldest first, with its secret. There are no pages.

        Needs an account or an app key. Errors: `BadRequest` when the integration is not a custom one,
        `IntegrationNotFound`.

            for key in client.integration_keys.list(integration_id).keys:
                print(key.id, key.display_name)

        Source: ListCustomIntegrationKeys in the API's specification, 17.12.1.
        """
        ...

    @GET("GetCustomIntegrationKey", ONE, scopes=APP, errors=(AppNotFound, IntegrationNotFound, NotFound))
    def get(self, integration_id: str, key_id: str) -> IntegrationApiKeyResponse:
        """One key of a custom integration, with its secret.

        Needs an account or an app key. Errors: `BadRequest` when the integration is not a custom one,
        `IntegrationNotFound`, `NotFound` when it has no such key.

            print(client.integration_keys.get(integration_id, key_id).key.secret)

        Source: GetCustomIntegrationKey in the API's specification, 17.12.1.
        """
        ...

    @DELETE("DeleteCustomIntegrationKey", ONE, scopes=APP, errors=(AppNotFound, IntegrationNotFound, NotFound))
    def delete(self, integration_id: str, key_id: str) -> None:
        """Take a key away. Whoever uses it is refused within a second.

        Needs an account or an app key. Errors: `BadRequest` when the integration is not a custom one,
        `IntegrationNotFound`, `NotFound` when it has no such key, or no longer.

            client.integration_keys.delete(integration_id, key_id)

        Source: DeleteCustomIntegrationKey in the API's specification, 17.12.1.
        """
        ...
