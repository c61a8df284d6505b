"""What people say all day, in few words: made into what the API wants to hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ..wire import Author, Conversation, ImageMessage, Link, MessagePost, Reply, SendableContent, TextMessage, User


def message(
    conversation_id: str | Conversation,
    body: str | SendableContent | MessagePost,
    *,
    author: Author | User | None = None,
    replies: Iterable[str] = (),
    links: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The arguments of `messages.post`."""
    if isinstance(replies, str):
        raise TypeError(f"replies is a list of texts, as in replies=[{replies!r}]")
    buttons = [
        *(Reply(text=text, payload=text) for text in replies),
        *(Link(text=text, uri=uri) for text, uri in (links or {}).items()),
    ]
    if isinstance(body, MessagePost):
        if author is not None or buttons:
            raise TypeError("A MessagePost says its author and its actions itself")
        return {"conversation_id": id_of(conversation_id), "body": body}
    content = TextMessage(text=body) if isinstance(body, str) else body
    if buttons:
        if not isinstance(content, (TextMessage, ImageMessage)):
            raise TypeError(f"Replies and links go with a text or an image, not with a {type(content).__name__}")
        content = msgspec.structs.replace(content, actions=[*(content.actions or ()), *buttons])
    return {"conversation_id": id_of(conversation_id), "body": MessagePost(author=speaker(author), content=content)}


def speaker(author: Author | User | None) -> Author:
    """The business, unless somebody else is named."""
    if isinstance(author, User):
        return Author(type="user", user_id=author.id)
    return author or Author(type="business")


def id_of(thing: str | Conversation | User) -> str:
    """Its id, also when that is all that is known of it."""
    return thing if isinstance(thing, str) else thing.id
