"""Messages: what is posted, what comes back.

MessagePost{author, content, ...}  ->  Message{id, received, author, content, source, ...}
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from ._wire import Instant, Metadata, Short, Tagged, Unknown, Uri, Wire
from .content import Content, SendableContent
from .page import Links, Meta
from .user import BrandId, ExternalId


class Author(Wire, kw_only=True):
    """Who speaks: `Author(type="business")`, or a user by `user_id` or by `user_external_id`.

    `brand_id` goes with `user_external_id`, for users that are kept apart by brand.
    """

    type: Literal["business", "user"]
    subtypes: Annotated[list[Literal["AI", "activity"]], msgspec.Meta(min_length=1, max_length=1)] | None = None
    user_id: str | None = None
    user_external_id: ExternalId | None = None
    brand_id: BrandId | None = None
    display_name: str | None = None
    avatar_url: Uri | None = None


class MessageAuthor(Wire, kw_only=True):
    """Who spoke. `type` is "business" or "user" today; new words may come, and so may new subtypes."""

    type: str
    subtypes: list[str] | None = None
    user_id: str | None = None
    display_name: str | None = None
    avatar_url: str | None = None


class Source(Wire, kw_only=True):
    """Where a message came from: "api:conversations" when it was posted through this API."""

    type: str
    integration_id: str | None = None
    original_message_id: str | None = None
    original_message_timestamp: str | None = None


class Activity(Wire, kw_only=True):
    """What the system did that led to this message, such as "ticket:closed"."""

    type: str
    data: dict[str, Any] | None = None


class Reference(Wire, kw_only=True):
    """Something elsewhere that a message refers to."""

    uri: Uri
    title: Short | None = None
    description: Annotated[str, msgspec.Meta(min_length=1, max_length=256)] | None = None


class QuotedMessage(Tagged, kw_only=True, tag="message"):
    """A message that is answered."""

    message: Message | None = None


class QuotedExternalMessage(Tagged, kw_only=True, tag="externalMessageId"):
    """A message that is answered and known only by its id on the channel."""

    external_message_id: str | None = None


class UnknownQuote(Unknown, kw_only=True, tag="(unknown)"):
    """A quotation of a type that came after this version; `fields` is the object as it arrived."""


Quote = QuotedMessage | QuotedExternalMessage | UnknownQuote


class Destination(Wire, kw_only=True):
    """Where a message to a personal conversation is delivered: one of the two.

    The user must have a client of it in the conversation. `integration_type="none"` makes the message silent: it is
    kept and delivered nowhere.
    """

    integration_id: str | None = None
    integration_type: str | None = None


class OverridePayload(Wire, kw_only=True):
    """A message in the channel's own words."""

    payload: dict[str, Any]


class AppleOverridePayload(Wire, kw_only=True):
    """A message in Apple's own words, for clients that can do all of `with_capabilities`."""

    payload: dict[str, Any]
    with_capabilities: list[Literal["LIST", "TIME", "FORM", "QUICK", "AUTH2"]] | None = None


class MessageOverride(Wire, kw_only=True):
    """What to send instead on one channel."""

    apple: AppleOverridePayload | None = None
    line: OverridePayload | None = None
    messenger: OverridePayload | None = None
    whatsapp: OverridePayload | None = None


class MessagePost(Wire, kw_only=True):
    """A message to be sent: who speaks, and what is said. Metadata is flat and at most 4096 bytes."""

    author: Author
    content: SendableContent
    destination: Destination | None = None
    metadata: Metadata | None = None
    override: MessageOverride | None = None
    schema: Literal["whatsapp"] | None = None


class Message(Wire, kw_only=True):
    """A message of a conversation. Ids rise with time, so they sort as the messages were received."""

    id: str
    received: Instant
    author: MessageAuthor
    content: Content
    source: Source | None = None
    activity: Activity | None = None
    quoted_message: Quote | None = None
    metadata: Metadata | None = None
    deleted: bool | None = None
    references: list[Reference] | None = None


class MessagePostResponse(Wire, kw_only=True):
    """What was posted: one message, or several where the API makes several of one post."""

    messages: list[Message]


class MessageListResponse(Wire, kw_only=True):
    """A page of messages, oldest to newest. The newest page comes first: walk back with `meta.before_cursor`."""

    walks: ClassVar[Literal["before", "after"]] = "before"

    messages: list[Message]
    meta: Meta | None = None
    links: Links | None = None

    def items(self) -> list[Message]:
        return self.messages
