"""Apps."""

from __future__ import annotations

from ..wire import AppCreateBody, AppListFilter, AppListResponse, AppNotFound, AppResponse, AppUpdateBody, Page
from ._callers import C_co, Resource
from ._operation import ACCOUNT, APP, DELETE, GET, PATCH, POST, Walk


class Apps(Resource[C_co]):
    """The apps of an account."""

    @POST("CreateApp", "/v2/apps", status=201, scopes=ACCOUNT)
    def create(self, body: AppCreateBody) -> AppResponse:
        """Create an app. Its keys are created apart, with `app_keys.create`.

        Settings that are left out are as in any new app of this project's server: users may be in several
        conversations, card numbers are masked, messages of the platform are localized, and nothing else is turned on.

        Needs an account key. Limits: a name of 1 to 100 characters, metadata of 4096 bytes. Errors: `BadRequest`.

            app = client.apps.create(AppCreateBody(display_name="My app")).app

        Source: CreateApp in the API's specification, 17.12.1; the settings of a new app are our choice.
        """
        ...

    @GET("ListApps", "/v2/apps", scopes=ACCOUNT)
    def list(self, *, page: Page | None = None, filter: AppListFilter | None = None) -> AppListResponse:
        """One page of the account's apps, oldest first: 25 unless `page` says otherwise, 100 at the most.

        `filter` is for service accounts, which only the hosted service has: here it is always refused.

        Needs an account key. Errors: `BadRequest` for a page that is not one, `Forbidden` for a service account that
        is not the caller's.

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

    @PATCH("UpdateApp", "/v2/apps/{app_id}", scopes=APP, errors=(AppNotFound,))
    def update(self, body: AppUpdateBody) -> AppResponse:
        """Change the app that the client is bound to. What is absent stays; settings and metadata change key by key.

        `multi_convo_enabled` cannot be turned off once it is on, and `end_session_enabled` and
        `disable_conversation_reopen` need it. `conversation_retention_seconds=0` keeps messages for ever.

        Needs an account or an app key. Limits: a name of 1 to 100 characters, metadata of 4096 bytes once the change
        is in it. Errors: `BadRequest`, `AppNotFound`.

            client.apps.update(AppUpdateBody(settings=AppSettingsUpdate(echo_postback=True)))

        Source: UpdateApp in the API's specification, 17.12.1; that keys are merged is our choice, after RFC 7396.
        """
        ...

    @DELETE("DeleteApp", "/v2/apps/{app_id}", scopes=ACCOUNT, errors=(AppNotFound,))
    def delete(self) -> None:
        """Delete the app that the client is bound to, with everything that is in it. There is no way back.

        Its addresses answer 404 at once and its keys stop working within a second; what was in it goes soon after.

        Needs an account key. Errors: `AppNotFound`, also when it was deleted before.

            client.for_app(app.id).apps.delete()

        Source: DeleteApp in the API's specification, 17.12.1.
        """
        ...
