"""App keys."""

from __future__ import annotations

from ..wire import AppKeyCreateBody, AppKeyResponse, AppNotFound
from ._operation import ACCOUNT, POST, C_co, Resource


class AppKeys(Resource[C_co]):
    """The keys with which programs enter an app."""

    @POST("CreateAppKey", "/v2/apps/{app_id}/keys", status=201, scopes=ACCOUNT, errors=(AppNotFound,))
    def create(self, body: AppKeyCreateBody) -> AppKeyResponse:
        """Create a key for the app that the client is bound to.

        Needs an account key. Limits: a name of 1 to 100 characters, ten keys an app. Errors: `BadRequest`,
        `AppNotFound`.

            key = client.for_app(app.id).app_keys.create(AppKeyCreateBody(display_name="bot")).key

        Source: CreateAppKey in the API's specification, 17.12.1.
        """
        ...
