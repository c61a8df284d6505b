# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .switchboard import Switchboard

class SwitchboardResponse(Model):
    switchboard: Switchboard | None
    def __init__(self, switchboard: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
