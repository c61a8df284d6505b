# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .device import Device

class DeviceListResponse(Model):
    devices: list[Device] | None
    def __init__(self, devices: list[Model | dict[str, Any]] | None = None, **kwargs: Any) -> None: ...
