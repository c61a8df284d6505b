# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .user import User

class AuthorWebhook(Model):
    type: Any
    user_id: Any
    user: User | None
    def __init__(
        self, type: Any = None, user_id: Any = None, user: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> None: ...
