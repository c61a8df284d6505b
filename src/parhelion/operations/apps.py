"""Apps."""

from __future__ import annotations

from ..wire import AppCreateBody, AppListResponse, AppNotFound, AppResponse, Page
from ._operation import ACCOUNT, APP, GET, POST, C_co, Resource, Walk


class Apps(Resource[C_co]):
    """The apps of an account."""

    @POST("CreateApp", "/v2/apps", status=201, scopes=ACCOUNT)
    def create(self, body: AppCreateBody) -> AppResponse:
        """Create an app. Its keys are created apart, with `app_keys.create`.

        Needs an account key. Limits: a name of 1 to 100 characters, metadata of 4096 bytes. Errors: `BadRequest`.

            app = client.apps.create(AppCreateBody(display_name="My app")).app

        Source: CreateApp in the API's specification, 17.12.1.
        """
        ...

    @GET("ListApps", "/v2/apps", scopes=ACCOUNT)
    def list(self, *, page: Page | None = None) -> AppListResponse:
        """One page of the account's apps, oldest first: 25 unless `page` says otherwise, 100 at the most.

        Needs an account key. Errors: `BadRequest` for a page that is not one.

            for app in client.apps.list(page=Page(size=100)).apps:
                print(app.id, app.display_name)

        Source: ListApps in the API's specification, 17.12.1.
        """
        ...

    iterate = Walk(
        list,
        """Every app of the account, oldest first, page after page as they are asked for.

        `page=Page(size=100)` asks for larger pages. Needs an account key. Errors as those of `list`.

            for app in client.apps.iterate():
                print(app.id, app.display_name)

        In an AsyncClient: `async for app in client.apps.iterate()`.
        """,
    )

    @GET("GetApp", "/v2/apps/{app_id}", scopes=APP, errors=(AppNotFound,))
    def get(self) -> AppResponse:
        """The app that the client is bound to.

        Needs an account or an app key. Errors: `AppNotFound`.

            print(client.apps.get().app.display_name)

        Source: GetApp in the API's specification, 17.12.1.
        """
        ...
