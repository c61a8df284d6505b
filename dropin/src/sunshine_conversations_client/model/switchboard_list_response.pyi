# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .switchboard import Switchboard

class SwitchboardListResponse(Model):
    switchboards: list[Switchboard] | None
    def __init__(self, switchboards: list[Model | dict[str, Any]] | None = None, **kwargs: Any) -> None: ...
