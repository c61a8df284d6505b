"""Users."""

from __future__ import annotations

from ..wire import UserCreateBody, UserExists, UserNotFound, UserResponse
from ._operation import GET, POST, C_co, Resource


class Users(Resource[C_co]):
    """The people an app talks with."""

    @POST("CreateUser", "/v2/apps/{app_id}/users", status=201, errors=(UserExists,))
    def create(self, body: UserCreateBody) -> UserResponse:
        """Create a user. They have no conversation yet.

        Limits: an external id of 1 to 1024 characters, names and email of 128, metadata of 4096 bytes. Errors:
        `BadRequest`, `UserExists` when the external id is taken within the app and the brand.

            user = client.users.create(UserCreateBody(external_id="ada", profile=Profile(given_name="Ada"))).user

        Source: CreateUser in the API's specification, 17.12.1. An external id is not required, as its schema says.
        """
        ...

    @GET("GetUser", "/v2/apps/{app_id}/users/{user_id_or_external_id}", errors=(UserNotFound,))
    def get(self, user_id_or_external_id: str, *, brand_id: str | None = None) -> UserResponse:
        """A user, by id or by external id; an id wins. `brand_id` tells apart users of one external id.

        Errors: `UserNotFound`.

            print(client.users.get("ada").user.profile)

        Source: GetUser in the API's specification, 17.12.1.
        """
        ...
