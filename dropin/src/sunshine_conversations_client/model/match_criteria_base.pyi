# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class MatchCriteriaBase(Model):
    type: Any
    integration_id: Any
    primary: bool | None
    def __init__(
        self, type: Any = None, integration_id: Any = None, primary: bool | None = None, **kwargs: Any
    ) -> None: ...
