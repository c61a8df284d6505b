# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class LocationMessageCoordinates(Model):
    lat: float
    long: float
    def __init__(self, lat: float | None = None, long: float | None = None, **kwargs: Any) -> None: ...
