# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model

class MatchCriteria(OneOf):
    type: str | None
    integration_id: str | None
    primary: bool | None
    address: str | None
    subject: str | None
    phone_number: str | None
    def __init__(
        self,
        actual_instance: Model | dict[str, Any] | str | None = None,
        integration_id: str | None = None,
        primary: bool | None = None,
        address: str | None = None,
        subject: str | None = None,
        phone_number: str | None = None,
        **kwargs: Any,
    ) -> None: ...
