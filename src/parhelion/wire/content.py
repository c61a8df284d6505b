"""Content: what a message says. Nine types, told apart by `type`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from ._wire import Brief, Metadata, Short, Tagged, Text, Unknown, Uri, Wire
from .action import Action, ItemAction

Size = Annotated[int, msgspec.Meta(ge=1, le=256)]


class TextMessage(Tagged, kw_only=True, tag="text"):
    """Words, and buttons under them. At least one of text, html_text, markdown_text and actions.

    Each text is at most 4096 characters; html_text and markdown_text exclude each other. `payload` is what a clicked
    reply carried.
    """

    text: Text | None = None
    html_text: Text | None = None
    markdown_text: Text | None = None
    actions: list[Action] | None = None
    payload: str | None = None
    block_chat_input: bool | None = None


class ImageMessage(Tagged, kw_only=True, tag="image"):
    """A picture at an address, such as an upload's `media_url`. `alt_text` defaults to the file's name."""

    media_url: Uri
    text: Text | None = None
    html_text: Text | None = None
    markdown_text: Text | None = None
    alt_text: Brief | None = None
    media_type: str | None = None
    media_size: int | float | None = None
    attachment_id: str | None = None
    actions: list[Action] | None = None
    block_chat_input: bool | None = None


class FileMessage(Tagged, kw_only=True, tag="file"):
    """A file at an address. `alt_text` defaults to the file's name."""

    media_url: Uri
    text: Text | None = None
    html_text: Text | None = None
    markdown_text: Text | None = None
    alt_text: Brief | None = None
    media_type: str | None = None
    media_size: int | float | None = None
    attachment_id: str | None = None
    block_chat_input: bool | None = None


class Item(Wire, kw_only=True):
    """One card of a carousel or a list: a title, and one to three buttons."""

    title: Short
    description: Brief | None = None
    media_url: Uri | None = None
    media_type: Brief | None = None
    alt_text: Brief | None = None
    size: Literal["compact", "large"] | None = None
    actions: Annotated[list[ItemAction], msgspec.Meta(min_length=1, max_length=3)]
    metadata: Metadata | None = None


Items = Annotated[list[Item], msgspec.Meta(min_length=1, max_length=10)]


class DisplaySettings(Wire, kw_only=True):
    """How a carousel's pictures are cut."""

    image_aspect_ratio: Literal["horizontal", "square"] | None = None


class CarouselMessage(Tagged, kw_only=True, tag="carousel"):
    """One to ten cards side by side. `text` is what channels without cards show; the server writes it."""

    items: Items
    display_settings: DisplaySettings | None = None
    text: str | None = None
    block_chat_input: bool | None = None


class ListMessage(Tagged, kw_only=True, tag="list"):
    """One to ten cards in a column, and up to ten buttons under them. The server writes `text`."""

    items: Items
    actions: Annotated[list[ItemAction], msgspec.Meta(min_length=1, max_length=10)] | None = None
    text: str | None = None
    block_chat_input: bool | None = None


class FieldOption(Wire, kw_only=True):
    """One choice of a select field."""

    name: Short
    label: Short


class FormField(Wire, kw_only=True):
    """A question of a form. `name` is unique within the form; sizes count characters of a text answer."""

    type: Literal["email", "select", "text"]
    name: Short
    label: Short
    placeholder: Short | None = None
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=256)] | None = None
    email: Short | None = None
    select: list[FieldOption] | None = None
    format: Literal["integer", "decimal"] | None = None
    min_size: Size | None = None
    max_size: Size | None = None
    options: Annotated[list[FieldOption], msgspec.Meta(max_length=200)] | None = None


class FormMessage(Tagged, kw_only=True, tag="form"):
    """One to twenty questions. The server writes `submitted`."""

    fields: Annotated[list[FormField], msgspec.Meta(min_length=1, max_length=20)]
    text: str | None = None
    submitted: bool | None = None
    block_chat_input: bool | None = None


class FormResponseField(Wire, kw_only=True):
    """An answer to a question of a form."""

    type: Literal["email", "select", "text"]
    name: Short
    label: Short
    text: str | None = None
    email: str | None = None
    select: list[FieldOption] | None = None
    format: str | None = None
    quoted_message_id: str | None = None


class FormResponseMessage(Tagged, kw_only=True, tag="formResponse"):
    """A form filled in by a user. It cannot be posted through the API."""

    fields: Annotated[list[FormResponseField], msgspec.Meta(min_length=1, max_length=20)]
    text_fallback: str | None = None


class Coordinates(Wire, kw_only=True):
    """Degrees north and degrees east."""

    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    long: Annotated[float, msgspec.Meta(ge=-180, le=180)]


class Place(Wire, kw_only=True):
    """What people call a location."""

    name: str | None = None
    address: str | None = None


class LocationMessage(Tagged, kw_only=True, tag="location"):
    """A place on the map. `text` is a link to a map; the server writes it."""

    coordinates: Coordinates
    location: Place | None = None
    text: str | None = None
    block_chat_input: bool | None = None


class TemplateMessage(Tagged, kw_only=True, tag="template"):
    """A WhatsApp template, in WhatsApp's own words. It needs `schema="whatsapp"` in the post."""

    template: dict[str, Any]
    block_chat_input: bool | None = None


class UnknownContent(Unknown, kw_only=True, tag="(unknown)"):
    """Content of a type that came after this version; `fields` is the object as it arrived."""


SendableContent = (
    TextMessage
    | ImageMessage
    | FileMessage
    | CarouselMessage
    | ListMessage
    | FormMessage
    | LocationMessage
    | TemplateMessage
)
Content = SendableContent | FormResponseMessage | UnknownContent
