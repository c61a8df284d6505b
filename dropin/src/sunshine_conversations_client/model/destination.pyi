# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model

class Destination(OneOf):
    integration_id: str | None
    integration_type: str | None
    def __init__(
        self,
        actual_instance: Model | dict[str, Any] | str | None = None,
        integration_type: str | None = None,
        **kwargs: Any,
    ) -> None: ...
