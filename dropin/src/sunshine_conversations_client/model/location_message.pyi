# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .location_message_coordinates import LocationMessageCoordinates
from .location_message_location import LocationMessageLocation

class LocationMessage(Model):
    type: str
    text: str | None
    coordinates: LocationMessageCoordinates
    location: LocationMessageLocation | None
    block_chat_input: bool | None
    def __init__(
        self,
        type: str | None = None,
        text: str | None = None,
        coordinates: Model | dict[str, Any] | None = None,
        location: Model | dict[str, Any] | None = None,
        block_chat_input: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
