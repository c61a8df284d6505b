# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model
from .action import Action
from .carousel_message_display_settings import CarouselMessageDisplaySettings
from .form_message_field import FormMessageField
from .item import Item
from .location_message_coordinates import LocationMessageCoordinates
from .location_message_location import LocationMessageLocation

class Content(OneOf):
    type: str | None
    text: str | None
    actions: list[Action] | None
    payload: str | None
    items: list[Item] | None
    display_settings: CarouselMessageDisplaySettings | None
    media_url: str | None
    media_size: int | None
    media_type: str | None
    alt_text: str | None
    attachment_id: str | None
    submitted: bool | None
    block_chat_input: bool | None
    fields: list[FormMessageField] | None
    text_fallback: str | None
    coordinates: LocationMessageCoordinates | None
    location: LocationMessageLocation | None
    template: Any
    html_text: str | None
    markdown_text: str | None
    def __init__(
        self,
        actual_instance: Model | dict[str, Any] | str | None = None,
        text: str | None = None,
        actions: list[Model | dict[str, Any]] | None = None,
        payload: str | None = None,
        items: list[Model | dict[str, Any]] | None = None,
        display_settings: Model | dict[str, Any] | None = None,
        media_url: str | None = None,
        media_size: int | None = None,
        media_type: str | None = None,
        alt_text: str | None = None,
        attachment_id: str | None = None,
        submitted: bool | None = None,
        block_chat_input: bool | None = None,
        fields: list[Model | dict[str, Any]] | None = None,
        text_fallback: str | None = None,
        coordinates: Model | dict[str, Any] | None = None,
        location: Model | dict[str, Any] | None = None,
        template: Any = None,
        html_text: str | None = None,
        markdown_text: str | None = None,
        **kwargs: Any,
    ) -> None: ...
