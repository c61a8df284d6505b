# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class MatchCriteriaMessagebird(Model):
    type: str
    integration_id: str
    primary: bool | None
    phone_number: str
    def __init__(
        self,
        type: str | None = None,
        integration_id: str | None = None,
        primary: bool | None = None,
        phone_number: str | None = None,
        **kwargs: Any,
    ) -> None: ...
