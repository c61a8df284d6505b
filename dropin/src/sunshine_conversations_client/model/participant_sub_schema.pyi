# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model

class ParticipantSubSchema(OneOf):
    user_id: str | None
    subscribe_sdk_client: bool | None
    user_external_id: str | None
    def __init__(
        self,
        actual_instance: Model | dict[str, Any] | str | None = None,
        subscribe_sdk_client: bool | None = None,
        user_external_id: str | None = None,
        **kwargs: Any,
    ) -> None: ...
