# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class MatchCriteriaMailgun(Model):
    type: str
    integration_id: str
    primary: bool | None
    address: str
    subject: str | None
    def __init__(
        self,
        type: str | None = None,
        integration_id: str | None = None,
        primary: bool | None = None,
        address: str | None = None,
        subject: str | None = None,
        **kwargs: Any,
    ) -> None: ...
