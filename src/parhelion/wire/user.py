"""Users: the people an app talks with."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from ._wire import Instant, Metadata, MetadataUpdate, Short, Uri, Wire

ExternalId = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
BrandId = Annotated[str, msgspec.Meta(min_length=1, max_length=24)]
Locale = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Email = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[^@\s]+@[^@\s]+$(?!\n)")]


class Profile(Wire, kw_only=True):
    """What people see of a user. Names and email are at most 128 characters, the locale is BCP 47."""

    given_name: Short | None = None
    surname: Short | None = None
    email: Email | None = None
    avatar_url: Uri | None = None
    locale: Locale | None = None


class ProfileUpdate(Wire, kw_only=True):
    """What changes of a profile. What is absent stays, None takes away."""

    given_name: Short | UnsetType | None = UNSET
    surname: Short | UnsetType | None = UNSET
    email: Email | UnsetType | None = UNSET
    avatar_url: Uri | UnsetType | None = UNSET
    locale: Locale | UnsetType | None = UNSET


class Identity(Wire, kw_only=True):
    """An address that is known to be the user's."""

    type: str
    value: str
    verification: str | None = None


class User(Wire, kw_only=True):
    """A user, found by `id` or by `external_id`, the name your own system has for them."""

    id: str
    external_id: str | None = None
    zendesk_id: str | None = None
    brand_id: str | None = None
    authenticated: bool | None = None
    signed_up_at: Instant | None = None
    to_be_retained: bool | None = None
    profile: Profile | None = None
    metadata: Metadata | None = None
    identities: list[Identity] | None = None


class UserCreateBody(Wire, kw_only=True):
    """A new user. `external_id` (1 to 1024 characters) is unique within the app and the brand."""

    external_id: ExternalId | None = None
    brand_id: BrandId | None = None
    signed_up_at: Instant | None = None
    to_be_retained: bool | None = None
    profile: Profile | None = None
    metadata: Metadata | None = None


class UserUpdateBody(Wire, kw_only=True):
    """What changes of a user. What is absent stays, None takes away; profile and metadata are changed key by key."""

    signed_up_at: Instant | UnsetType | None = UNSET
    to_be_retained: bool | UnsetType | None = UNSET
    profile: ProfileUpdate | UnsetType | None = UNSET
    metadata: MetadataUpdate | UnsetType | None = UNSET


class SyncUserBody(Wire, kw_only=True):
    """Where two users of Zendesk became one: the one that is left."""

    surviving_zendesk_id: str | None = None


class UserResponse(Wire, kw_only=True):
    """One user."""

    user: User


class UserListFilter(Wire, kw_only=True):
    """Which users: those with this email among their identities."""

    identities_email: str = msgspec.field(name="identities.email")


class UserListResponse(Wire, kw_only=True):
    """All users that were found, oldest first."""

    users: list[User]
