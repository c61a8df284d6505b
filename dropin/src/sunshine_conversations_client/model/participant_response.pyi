# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .participant import Participant

class ParticipantResponse(Model):
    participant: Participant | None
    def __init__(self, participant: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
