"""App keys."""

from __future__ import annotations

from ..wire import AppKeyCreateBody, AppKeyListResponse, AppKeyResponse, AppNotFound, NotFound
from ._callers import C_co, Resource
from ._operation import ACCOUNT, DELETE, GET, POST

PATH = "/v2/apps/{app_id}/keys"
ONE = PATH + "/{key_id}"


class AppKeys(Resource[C_co]):
    """The keys with which programs enter an app."""

    @POST("CreateAppKey", PATH, status=201, scopes=ACCOUNT, errors=(AppNotFound,))
    def create(self, body: AppKeyCreateBody) -> AppKeyResponse:
        """Create a key for the app that the client is bound to.

        Needs an account key. Limits: a name of 1 to 100 characters, ten keys an app. Errors: `BadRequest`,
        `AppNotFound`.

            key = client.for_app(app.id).app_keys.create(AppKeyCreateBody(display_name="bot")).key

        Source: CreateAppKey in the API's specification, 17.12.1.
        """
        ...

    @GET("ListAppKeys", PATH, scopes=ACCOUNT, errors=(AppNotFound,))
    def list(self) -> AppKeyListResponse:
        """Every key of the app, oldest first, with its secret. There are no pages.

        Needs an account key. Errors: `AppNotFound`.

            for key in client.app_keys.list().keys:
                print(key.id, key.display_name)

        Source: ListAppKeys in the API's specification, 17.12.1.
        """
        ...

    @GET("GetAppKey", ONE, scopes=ACCOUNT, errors=(AppNotFound, NotFound))
    def get(self, key_id: str) -> AppKeyResponse:
        """One key of the app, with its secret.

        Needs an account key. Errors: `AppNotFound`, `NotFound` when the app has no such key.

            print(client.app_keys.get(key_id).key.secret)

        Source: GetAppKey in the API's specification, 17.12.1.
        """
        ...

    @DELETE("DeleteAppKey", ONE, scopes=ACCOUNT, errors=(AppNotFound, NotFound))
    def delete(self, key_id: str) -> None:
        """Take a key away. Whoever uses it is refused within a second.

        Needs an account key. Errors: `AppNotFound`, `NotFound` when the app has no such key, or no longer.

            client.app_keys.delete(key_id)

        Source: DeleteAppKey in the API's specification, 17.12.1.
        """
        ...
