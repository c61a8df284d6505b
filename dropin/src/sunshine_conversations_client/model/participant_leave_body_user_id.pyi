# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ParticipantLeaveBodyUserId(Model):
    user_id: str
    def __init__(self, user_id: str | None = None, **kwargs: Any) -> None: ...
