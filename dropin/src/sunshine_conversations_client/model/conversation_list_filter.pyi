# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ConversationListFilter(Model):
    user_id: str | None
    user_external_id: str | None
    def __init__(self, user_id: str | None = None, user_external_id: str | None = None, **kwargs: Any) -> None: ...
