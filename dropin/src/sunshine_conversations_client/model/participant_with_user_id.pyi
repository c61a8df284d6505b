# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ParticipantWithUserId(Model):
    user_id: str
    subscribe_sdk_client: bool | None
    def __init__(self, user_id: str | None = None, subscribe_sdk_client: bool | None = None, **kwargs: Any) -> None: ...
