"""Users."""

from __future__ import annotations

from ...operations import Users
from ...wire import (
    BadRequest,
    Profile,
    User,
    UserCreateBody,
    UserExists,
    UserNotFound,
    UserResponse,
    instant,
)
from ...wire.reading import decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused, Row, milliseconds
from ..rules import metadata
from ..rules.addresses import web_faults
from ._serves import Context, Said, refuse, serves


@serves(Users.create)
async def create(context: Context, body: UserCreateBody) -> Said[UserResponse]:
    picture = body.profile.avatar_url if body.profile else None
    refuse(*web_faults(picture, "profile.avatarUrl"), *metadata.faults(body.metadata, "metadata", "User"))
    try:
        signed_up = instant(milliseconds(body.signed_up_at.timestamp()) if body.signed_up_at else context.now())
    except (ValueError, OverflowError):
        raise BadRequest("signedUpAt: should be a moment of the years 1 to 9999 in UTC") from None
    user = User(
        id=context.engines.ids.next(),
        external_id=body.external_id,
        brand_id=body.brand_id,
        signed_up_at=signed_up,
        to_be_retained=body.to_be_retained,
        profile=body.profile or Profile(),
        metadata=body.metadata or {},
        identities=[],
    )
    write = rows.users.create(context.app_id, user.id, body.external_id, body.brand_id or "", to_json(user))
    try:
        return await context.write(write, UserResponse(user=user))
    except Refused:
        raise UserExists from None


@serves(Users.get)
async def get(context: Context, user_id_or_external_id: str, *, brand_id: str | None = None) -> Said[UserResponse]:
    found = await rows.users.by_id(context.database, context.app_id, user_id_or_external_id)  # an id wins
    if found is None:
        found = await rows.users.by_external_id(
            context.database, context.app_id, user_id_or_external_id, brand_id or ""
        )
    if found is None:
        raise UserNotFound
    return Said(b'{"user":%b}' % found[2])


async def by_id(context: Context, id: str) -> User:
    """The user, or a refusal."""
    return _read(await rows.users.by_id(context.database, context.app_id, id))


async def by_external_id(context: Context, external_id: str, brand_id: str | None = None) -> User:
    """The user, or a refusal."""
    return _read(await rows.users.by_external_id(context.database, context.app_id, external_id, brand_id or ""))


def _read(found: Row | None) -> User:
    if found is None:
        raise UserNotFound
    user: User = decoder(User).decode(found[2])
    return user
