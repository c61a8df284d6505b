# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model

class ActivityMessage(OneOf):
    type: str | None
    data: Any
    def __init__(
        self, actual_instance: Model | dict[str, Any] | str | None = None, data: Any = None, **kwargs: Any
    ) -> None: ...
