# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ParticipantLeaveBodyUserExternalId(Model):
    user_external_id: str
    def __init__(self, user_external_id: str | None = None, **kwargs: Any) -> None: ...
