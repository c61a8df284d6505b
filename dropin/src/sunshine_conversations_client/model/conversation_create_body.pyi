# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .participant_sub_schema import ParticipantSubSchema

class ConversationCreateBody(Model):
    type: str
    participants: list[ParticipantSubSchema] | None
    display_name: str | None
    description: str | None
    icon_url: str | None
    metadata: Any
    def __init__(
        self,
        type: str | None = None,
        participants: list[Model | dict[str, Any]] | None = None,
        display_name: str | None = None,
        description: str | None = None,
        icon_url: str | None = None,
        metadata: Any = None,
        **kwargs: Any,
    ) -> None: ...
