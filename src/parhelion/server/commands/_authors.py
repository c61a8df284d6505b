"""Who speaks: a post says it one way, a message tells it another."""

from __future__ import annotations

from typing import NamedTuple

from ...wire import Author, MessageAuthor, User
from ..rules.names import animal_name
from . import users
from ._serves import Context


class Speaker(NamedTuple):
    """Who speaks: as a message tells it, and the user, if it is one."""

    author: MessageAuthor
    user: User | None


async def speaker(context: Context, said: Author) -> Speaker:
    """Who speaks, or a refusal. Whether a user takes part is for the write to find out."""
    if said.type == "business":
        subtypes: list[str] | None = [*said.subtypes] if said.subtypes else None
        business = MessageAuthor(
            type=said.type, subtypes=subtypes, display_name=said.display_name, avatar_url=said.avatar_url
        )
        return Speaker(business, None)
    user = await users.meant(context, said.user_id, said.user_external_id, said.brand_id)
    author = MessageAuthor(
        type=said.type,
        user_id=user.id,
        display_name=said.display_name or _name(user) or await _given_name(context, user),
        avatar_url=said.avatar_url or (user.profile.avatar_url if user.profile else None),
    )
    return Speaker(author, user)


def _name(user: User) -> str | None:
    profile = user.profile
    names = (profile.given_name, profile.surname) if profile else ()
    return " ".join(filter(None, names)) or None


async def _given_name(context: Context, user: User) -> str | None:
    """Of somebody without a name. Nobody else's post has to ask for the settings."""
    return animal_name(user.id) if (await context.settings()).use_animal_names else None
