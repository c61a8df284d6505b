# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ConversationUpdateBody(Model):
    display_name: str | None
    description: str | None
    icon_url: str | None
    metadata: Any
    def __init__(
        self,
        display_name: str | None = None,
        description: str | None = None,
        icon_url: str | None = None,
        metadata: Any = None,
        **kwargs: Any,
    ) -> None: ...
