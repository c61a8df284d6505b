# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class CarouselMessageDisplaySettings(Model):
    image_aspect_ratio: str | None
    def __init__(self, image_aspect_ratio: str | None = None, **kwargs: Any) -> None: ...
