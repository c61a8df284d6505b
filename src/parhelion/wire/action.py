"""Actions: the buttons of a message. Told apart by `type`."""

from __future__ import annotations

from typing import Literal

import msgspec

from ._wire import Metadata, Short, Tagged, Unknown, Uri, Wire


class MessengerOptions(Wire, kw_only=True):
    """What only Facebook Messenger understands. Its names are not camelCase on the wire."""

    messenger_extensions: bool | None = msgspec.field(default=None, name="messenger_extensions")
    webview_share_button: Literal["hide"] | None = msgspec.field(default=None, name="webview_share_button")


class ExtraChannelOptions(Wire, kw_only=True):
    """Options of one channel."""

    messenger: MessengerOptions | None = None


class Buy(Tagged, kw_only=True, tag="buy"):
    """Ask for a payment. `amount` is in cents, `currency` a lower-case ISO 4217 code."""

    text: Short
    amount: int
    currency: str | None = None
    metadata: Metadata | None = None


class Link(Tagged, kw_only=True, tag="link"):
    """Open an address."""

    text: Short
    uri: Uri
    default: bool | None = None
    metadata: Metadata | None = None
    extra_channel_options: ExtraChannelOptions | None = None


class LocationRequest(Tagged, kw_only=True, tag="locationRequest"):
    """Ask where the user is."""

    text: Short
    metadata: Metadata | None = None


class Postback(Tagged, kw_only=True, tag="postback"):
    """Tell the business that it was clicked, with a payload; nothing is said in the conversation."""

    text: Short
    payload: str
    metadata: Metadata | None = None


class Reply(Tagged, kw_only=True, tag="reply"):
    """Answer with a ready text; the message that results carries the payload."""

    text: Short
    payload: str
    icon_url: Uri | None = None
    metadata: Metadata | None = None


class Webview(Tagged, kw_only=True, tag="webview"):
    """Open an address inside the conversation, or `fallback` where that is not possible."""

    text: Short
    uri: Uri
    fallback: Uri
    size: Literal["compact", "tall", "full"] | None = None
    default: bool | None = None
    open_on_receive: bool | None = None
    metadata: Metadata | None = None
    extra_channel_options: ExtraChannelOptions | None = None


class UnknownAction(Unknown, kw_only=True, tag="(unknown)"):
    """An action of a type that came after this version; `fields` is the object as it arrived."""


Action = Buy | Link | LocationRequest | Postback | Reply | Webview | UnknownAction
ItemAction = Buy | Link | Postback | Webview | UnknownAction
