"""Users.

An email is an identity here because the app's own key says it, in the profile: there is no sign-in that could.
"""

from __future__ import annotations

from datetime import datetime

from ...operations import Users
from ...wire import (
    AppNotFound,
    BadRequest,
    Identity,
    NotSupported,
    Profile,
    SyncUserBody,
    User,
    UserCreateBody,
    UserExists,
    UserListFilter,
    UserListResponse,
    UserNotFound,
    UserResponse,
    UserUpdateBody,
    instant,
)
from ...wire.reading import decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused, Row, milliseconds
from ..rules import metadata
from ..rules.addresses import web_faults
from ..rules.erasing import client_after
from ..rules.patching import patched
from . import _telling as telling
from ._serves import EMPTY, Context, Said, changing, refuse, serves


@serves(Users.create)
async def create(context: Context, body: UserCreateBody) -> Said[UserResponse]:
    picture = body.profile.avatar_url if body.profile else None
    refuse(*web_faults(picture, "profile.avatarUrl"), *metadata.faults(body.metadata, "metadata", "User"))
    user = User(
        id=context.engines.ids.next(),
        external_id=body.external_id,
        brand_id=body.brand_id,
        signed_up_at=_moment(body.signed_up_at) if body.signed_up_at else instant(context.now()),
        to_be_retained=body.to_be_retained,
        profile=body.profile or Profile(),
        metadata=body.metadata or {},
        identities=_identities(body.profile),
    )
    context.subject = user.id
    write = rows.users.create(
        context.app_id, user.id, body.external_id, body.brand_id or "", email_of(user), to_json(user)
    )
    try:
        return await context.write(write, UserResponse(user=user), f"user/{user.id}")
    except Refused:
        if await rows.apps.find(context.database, context.app_id) is None:
            raise AppNotFound from None
        raise UserExists from None


@serves(Users.list)
async def list_(context: Context, *, filter: UserListFilter, brand_id: str | None = None) -> Said[UserListResponse]:
    email = filter.identities_email.lower()
    # Most users have no email, and nobody is found by having none.
    found = await rows.users.by_email(context.database, context.app_id, email, brand_id or "") if email else []
    return Said(b'{"users":[%b]}' % b",".join(found))


@serves(Users.get)
async def get(context: Context, user_id_or_external_id: str, *, brand_id: str | None = None) -> Said[UserResponse]:
    _, _, body = await named(context, user_id_or_external_id, brand_id)
    return Said(b'{"user":%b}' % body)


@serves(Users.update)
async def update(
    context: Context, user_id_or_external_id: str, body: UserUpdateBody, *, brand_id: str | None = None
) -> Said[UserResponse]:
    picture = list(web_faults(body.profile.avatar_url or None, "profile.avatarUrl")) if body.profile else []
    if isinstance(body.signed_up_at, datetime):
        body.signed_up_at = _moment(body.signed_up_at)

    async def change(found: Row) -> Said[UserResponse]:
        id, _, before = found
        was, user = read(before), read(patched(bytes(before), body))
        refuse(*picture, *metadata.faults(user.metadata, "metadata", "User"))
        user.signed_up_at = _moment(user.signed_up_at) if user.signed_up_at else None
        user.profile, user.metadata = user.profile or Profile(), user.metadata or {}
        if _identities(user.profile) != _identities(was.profile):
            user.identities = _identities(user.profile)
        write = rows.users.update(context.app_id, id, before, to_json(user), email_of(user))
        return await context.write(write, UserResponse(user=user), f"user/{user.id}")

    return await changing(lambda: named(context, user_id_or_external_id, brand_id), change)


@serves(Users.delete)
async def delete(context: Context, user_id_or_external_id: str, *, brand_id: str | None = None) -> None:
    id, _, body = await named(context, user_id_or_external_id, brand_id)
    write = rows.users.delete(context.app_id, id, context.now())
    write = context.telling(write, telling.user_removed(context, read(body)))
    try:
        await context.commit(write, EMPTY, f"user/{id}")
    except Refused:
        raise UserNotFound from None


@serves(Users.delete_personal_information)
async def delete_personal_information(
    context: Context, user_id_or_external_id: str, *, brand_id: str | None = None
) -> Said[UserResponse]:
    async def change(found: Row) -> Said[UserResponse]:
        id, _, before = found
        user = read(before)
        user.signed_up_at = _moment(user.signed_up_at) if user.signed_up_at else None
        user.profile, user.metadata, user.identities = Profile(), {}, []
        clients = [
            (client, was, becomes)
            for client, was in await rows.clients.every(context.database, context.app_id, id)
            if (becomes := client_after(was)) is not None
        ]
        write = rows.users.forget(context.app_id, id, before, to_json(user), clients, context.now())
        return await context.write(write, UserResponse(user=user), f"user/{user.id}")

    return await changing(lambda: named(context, user_id_or_external_id, brand_id), change)


@serves(Users.sync)
async def sync(context: Context, zendesk_id: str, body: SyncUserBody | None = None) -> UserResponse:
    if not await rows.users.has_zendesk_id(context.database, context.app_id, zendesk_id):
        raise UserNotFound
    raise NotSupported("Users cannot be synchronized: this server does not reach Zendesk")


async def named(context: Context, id_or_external_id: str, brand_id: str | None) -> Row:
    """The user's row, (id, default conversation or '', body), or a refusal. An id wins."""
    found = await rows.users.by_id(context.database, context.app_id, id_or_external_id)
    if found is None:
        found = await rows.users.by_external_id(context.database, context.app_id, id_or_external_id, brand_id or "")
    if found is None:
        raise UserNotFound
    return found


async def by_id(context: Context, id: str) -> User:
    """The user, or a refusal."""
    return _found(await rows.users.by_id(context.database, context.app_id, id))


async def meant(context: Context, id: str | None, external_id: str | None, brand_id: str | None = None) -> User:
    """The user who is named in one of the two ways, or a refusal."""
    if id is not None:
        return await by_id(context, id)
    found = await rows.users.by_external_id(context.database, context.app_id, external_id or "", brand_id or "")
    return _found(found)


def _found(row: Row | None) -> User:
    if row is None:
        raise UserNotFound
    return read(row[2])


def read(body: bytes) -> User:
    """A user, of a row's body."""
    user: User = decoder(User).decode(body)
    return user


def _moment(said: datetime) -> datetime:
    try:
        return instant(milliseconds(said.timestamp()))
    except (ValueError, OverflowError):
        raise BadRequest("signedUpAt: should be a moment of the years 1 to 9999 in UTC") from None


def _identities(profile: Profile | None) -> list[Identity]:
    return [Identity(type="email", value=profile.email)] if profile and profile.email else []


def email_of(user: User) -> str:
    """What the user is found by."""
    return next((each.value.lower() for each in user.identities or () if each.type == "email"), "")
