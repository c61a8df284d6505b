# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .device import Device

class DeviceResponse(Model):
    device: Device | None
    def __init__(self, device: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
