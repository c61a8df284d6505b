# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ParticipantJoinBody(Model):
    user_id: str | None
    subscribe_sdk_client: bool | None
    user_external_id: str | None
    def __init__(
        self,
        user_id: str | None = None,
        subscribe_sdk_client: bool | None = None,
        user_external_id: str | None = None,
        **kwargs: Any,
    ) -> None: ...
