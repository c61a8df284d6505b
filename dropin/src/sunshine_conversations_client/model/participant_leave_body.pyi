# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model

class ParticipantLeaveBody(OneOf):
    user_id: str | None
    user_external_id: str | None
    participant_id: str | None
    def __init__(
        self,
        actual_instance: Model | dict[str, Any] | str | None = None,
        user_external_id: str | None = None,
        participant_id: str | None = None,
        **kwargs: Any,
    ) -> None: ...
