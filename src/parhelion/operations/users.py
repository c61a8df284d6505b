"""Users."""

from __future__ import annotations

from ..wire import (
    NotSupported,
    SyncUserBody,
    UserCreateBody,
    UserExists,
    UserListFilter,
    UserListResponse,
    UserNotFound,
    UserResponse,
    UserUpdateBody,
)
from ._callers import C_co, Resource
from ._operation import DELETE, GET, PATCH, POST

PATH = "/v2/apps/{app_id}/users"
ONE = PATH + "/{user_id_or_external_id}"


class Users(Resource[C_co]):
    """The people an app talks with."""

    @POST("CreateUser", PATH, status=201, errors=(UserExists,))
    def create(self, body: UserCreateBody) -> UserResponse:
        """Create a user. They have no conversation yet.

        Limits: an external id of 1 to 1024 characters, names and email of 128, metadata of 4096 bytes. Errors:
        `BadRequest`, `UserExists` when the external id is taken within the app and the brand.

            user = client.users.create(UserCreateBody(external_id="ada", profile=Profile(given_name="Ada"))).user

        Source: CreateUser in the API's specification, 17.12.1. An external id is not required, as its schema says.
        """
        ...

    @GET("ListUsers", PATH)
    def list(self, *, filter: UserListFilter, brand_id: str | None = None) -> UserListResponse:
        """Every user who has an email among their identities, in whatever case it is written. There are no pages.

        With `brand_id` the users of that brand are looked through, otherwise those without a brand. Errors:
        `BadRequest` without a filter.

            for user in client.users.list(filter=UserListFilter(identities_email="ada@example.org")).users:
                print(user.id)

        Source: ListUsers in the API's specification, 17.12.1. On the hosted service an email becomes an identity when
        the user signs in; this project's server has no sign-in, and takes the email of the profile for one.
        """
        ...

    @GET("GetUser", ONE, errors=(UserNotFound,))
    def get(self, user_id_or_external_id: str, *, brand_id: str | None = None) -> UserResponse:
        """A user, by id or by external id; an id wins. `brand_id` tells apart users of one external id.

        Errors: `UserNotFound`.

            print(client.users.get("ada").user.profile)

        Source: GetUser in the API's specification, 17.12.1.
        """
        ...

    @PATCH("UpdateUser", ONE, errors=(UserNotFound,))
    def update(self, user_id_or_external_id: str, body: UserUpdateBody, *, brand_id: str | None = None) -> UserResponse:
        """Change a user. What is absent stays, None takes away; profile and metadata are changed key by key.

        The external id and the brand cannot be changed. Metadata is limited to 4096 bytes once the change is in it.

        Errors: `BadRequest`, `UserNotFound`.

            change = UserUpdateBody(profile=ProfileUpdate(surname="Lovelace"), metadata={"tier": "gold", "trial": None})
            print(client.users.update("ada", change).user.profile)

        Source: UpdateUser in the API's specification, 17.12.1; that keys are merged is our choice, after RFC 7396.
        """
        ...

    @DELETE("DeleteUser", ONE, errors=(UserNotFound,))
    def delete(self, user_id_or_external_id: str, *, brand_id: str | None = None) -> None:
        """Delete a user, their clients and devices, and their history. Their external id is free again.

        Their personal conversations go whole. In groups their place goes at once and their messages soon after.

        Errors: `UserNotFound`, also when they were deleted before.

            client.users.delete("ada")

        Source: DeleteUser in the API's specification, 17.12.1.
        """
        ...

    @DELETE("DeleteUserPersonalInformation", ONE + "/personalinformation", errors=(UserNotFound,))
    def delete_personal_information(self, user_id_or_external_id: str, *, brand_id: str | None = None) -> UserResponse:
        """Empty a user's profile, metadata and identities, and what their clients tell of them. Answers what is left.

        The external id and the time of signing up stay, and so does what was said in conversations.

        Errors: `UserNotFound`.

            print(client.users.delete_personal_information("ada").user.profile)

        Source: DeleteUserPersonalInformation in the API's specification, 17.12.1.
        """
        ...

    @POST("SyncUser", PATH + "/{zendesk_id}/sync", errors=(UserNotFound, NotSupported))
    def sync(self, zendesk_id: str, body: SyncUserBody | None = None) -> UserResponse:
        """Bring a user in line with their record in Zendesk: names, external id, email. Only the hosted service can.

        This project's server does not reach Zendesk, and says so.

        Errors: `UserNotFound` when no user has this Zendesk id, otherwise `NotSupported` here.

            client.users.sync("35436", SyncUserBody(surviving_zendesk_id="35437"))

        Source: SyncUser in the API's specification, 17.12.1.
        """
        ...
