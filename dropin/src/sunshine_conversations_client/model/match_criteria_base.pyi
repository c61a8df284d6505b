# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class MatchCriteriaBase(Model):
    type: Any
    integration_id: Any
    primary: Any
    def __init__(
        self, type: str | None = None, integration_id: str | None = None, primary: bool | None = None, **kwargs: Any
    ) -> None: ...
