# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .source_webhook import SourceWebhook
from .user import User

class UserUpdateEventAllOfPayload(Model):
    user: User | None
    reason: str | None
    source: SourceWebhook | None
    def __init__(
        self,
        user: Model | dict[str, Any] | None = None,
        reason: str | None = None,
        source: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
